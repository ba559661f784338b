//! The form of a rota: a row for each person and each shift, with empty rows at the end.

use uuid::Uuid;

use std::collections::BTreeSet;

use crate::domain::{
    CallableNumber, Contact, ContactId, EmailAddress, Language, PhoneNumber, PlainLineError, Rota, RotaError,
    RotaParts, Shift, ShiftDays, ShiftHours, ShiftId, SmsToo, StaffName, WaitMinutes,
};
use crate::translations::{Message, message};
use crate::web::console::form::Fields;

/// Empty rows for people.
const SPARE_PEOPLE: usize = 3;
/// Empty rows for shifts.
const SPARE_SHIFTS: usize = 2;

/// A mistake in the form. Rows have fields of their own, so a field's name is made.
pub(super) struct Mistake {
    /// The id of the control.
    pub(super) field: String,
    /// The sentence.
    pub(super) sentence: Message,
}

/// The mistakes of a form, for the summary and beside the fields.
#[derive(Default)]
pub(super) struct Mistakes(pub(super) Vec<Mistake>);

impl Mistakes {
    fn add(&mut self, field: String, sentence: Message) {
        self.0.push(Mistake { field, sentence });
    }

    /// Returns `true` if there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<&Message> {
        self.0.iter().find(|mistake| mistake.field == field).map(|mistake| &mistake.sentence)
    }
}

/// A person as typed.
pub(super) struct TypedPerson {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) language: String,
    pub(super) email: String,
    pub(super) sms: bool,
    /// The id of the account. Empty for none.
    pub(super) account: String,
}

impl TypedPerson {
    fn is_blank(&self) -> bool {
        self.name.trim().is_empty() && self.phone.trim().is_empty() && self.email.trim().is_empty()
    }
}

/// A shift as typed.
pub(super) struct TypedShift {
    pub(super) id: String,
    pub(super) days: [bool; 7],
    pub(super) hours: String,
    /// The ids of the people, in order. Empty for nobody.
    pub(super) people: Vec<String>,
}

impl TypedShift {
    fn is_blank(&self) -> bool {
        self.hours.trim().is_empty() && self.people.iter().all(String::is_empty) && !self.days.contains(&true)
    }
}

/// A rota as typed.
pub(super) struct Typed {
    pub(super) people: Vec<TypedPerson>,
    pub(super) shifts: Vec<TypedShift>,
    pub(super) first: String,
    pub(super) between: String,
    pub(super) fallback: String,
}

impl Typed {
    /// The people that are always shown: those in use, and an empty row.
    pub(super) fn people_shown(&self) -> usize {
        self.people.iter().rposition(|person| !person.is_blank()).map_or(1, |last| last.saturating_add(2))
    }

    /// The shifts that are always shown, likewise.
    pub(super) fn shifts_shown(&self) -> usize {
        self.shifts.iter().rposition(|shift| !shift.is_blank()).map_or(1, |last| last.saturating_add(2))
    }

    /// A stored rota, with empty rows.
    pub(super) fn of(rota: &Rota, spare: &[Uuid]) -> Self {
        let parts = rota.parts();
        let mut spare = spare.iter().map(Uuid::to_string);
        let person = |contact: &Contact| TypedPerson {
            id: contact.id.to_string(),
            name: contact.name.as_str().to_owned(),
            phone: contact.phone.number().national(),
            language: contact.language.tag().to_owned(),
            email: contact.email.as_ref().map(|email| email.expose().to_owned()).unwrap_or_default(),
            sms: contact.sms == SmsToo::Yes,
            account: contact.account.map(|id| id.to_string()).unwrap_or_default(),
        };
        let mut people: Vec<TypedPerson> = parts.contacts.iter().map(person).collect();
        people.extend(spare.by_ref().take(SPARE_PEOPLE).map(|id| TypedPerson {
            id,
            name: String::new(),
            phone: String::new(),
            language: Language::default().tag().to_owned(),
            email: String::new(),
            sms: true,
            account: String::new(),
        }));
        let shift = |shift: &Shift| TypedShift {
            id: shift.id.to_string(),
            days: std::array::from_fn(|place| {
                shift.days.to_string().contains(ShiftDays::NAMES.get(place).unwrap_or(&"-"))
            }),
            hours: shift.hours.to_string(),
            people: slots(shift.contacts.iter().map(ToString::to_string)),
        };
        let mut shifts: Vec<TypedShift> = parts.shifts.iter().map(shift).collect();
        shifts.extend(spare.take(SPARE_SHIFTS).map(|id| TypedShift {
            id,
            days: [false; 7],
            hours: String::new(),
            people: slots(std::iter::empty()),
        }));
        Self {
            people,
            shifts,
            first: parts.first.minutes().to_string(),
            between: parts.between.minutes().to_string(),
            fallback: parts.fallback.map(|id| id.to_string()).unwrap_or_default(),
        }
    }

    /// What was sent.
    pub(super) fn sent(fields: &Fields) -> Self {
        let person = |nth: usize| {
            let get = |part: &str| fields.get(&format!("person-{nth}{part}")).to_owned();
            let id = get("");
            (!id.is_empty()).then(|| TypedPerson {
                id,
                name: get("-name"),
                phone: get("-phone"),
                language: get("-language"),
                email: get("-email"),
                sms: !get("-sms").is_empty(),
                account: get("-account"),
            })
        };
        let shift = |nth: usize| {
            let get = |part: &str| fields.get(&format!("shift-{nth}{part}")).to_owned();
            let id = get("");
            (!id.is_empty()).then(|| TypedShift {
                id,
                days: std::array::from_fn(|place| {
                    ShiftDays::NAMES.get(place).is_some_and(|day| !get(&format!("-{day}")).is_empty())
                }),
                hours: get("-hours"),
                people: (0..Rota::MOST_ON_SHIFT).map(|place| get(&format!("-person-{place}"))).collect(),
            })
        };
        Self {
            people: (0..Rota::MOST_CONTACTS + SPARE_PEOPLE).map_while(person).collect(),
            shifts: (0..Rota::MOST_SHIFTS + SPARE_SHIFTS).map_while(shift).collect(),
            first: fields.get("first").to_owned(),
            between: fields.get("between").to_owned(),
            fallback: fields.get("fallback").to_owned(),
        }
    }

    /// The rota, or what is wrong.
    pub(super) fn parsed(&self) -> Result<Rota, Mistakes> {
        let mut mistakes = Mistakes::default();
        let people = self.people.iter().enumerate().filter(|(_, person)| !person.is_blank());
        let contacts: Vec<Contact> = people.filter_map(|(nth, one)| contact(nth, one, &mut mistakes)).collect();
        let is_known = |id: &str| self.people.iter().any(|person| person.id == id && !person.is_blank());
        let shifts = self.shifts.iter().enumerate().filter(|(_, shift)| !shift.is_blank());
        let shifts: Vec<Shift> = shifts.filter_map(|(nth, one)| shift(nth, one, is_known, &mut mistakes)).collect();
        let first = minutes("first", &self.first, &mut mistakes);
        let between = minutes("between", &self.between, &mut mistakes);
        let fallback = self.fallback.parse().ok().filter(|_| is_known(&self.fallback));
        if fallback.is_none() && self.people.iter().any(|person| !person.is_blank()) {
            mistakes.add("fallback".to_owned(), message!("rota-fault-fallback"));
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let fallback = fallback.map(ContactId);
        Rota::new(RotaParts { contacts, shifts, first, between, fallback }).map_err(|error| {
            mistakes.add("people".to_owned(), whole(error));
            mistakes
        })
    }
}

/// As many as a shift has.
fn slots(ids: impl Iterator<Item = String>) -> Vec<String> {
    ids.chain(std::iter::repeat_with(String::new)).take(Rota::MOST_ON_SHIFT).collect()
}

fn contact(nth: usize, typed: &TypedPerson, mistakes: &mut Mistakes) -> Option<Contact> {
    let field = |part: &str| format!("person-{nth}-{part}");
    let name = StaffName::parse(&typed.name);
    if let Err(error) = &name {
        let sentence = match error {
            PlainLineError::Empty => message!("rota-fault-name"),
            PlainLineError::TooLong(most) => message!("rota-fault-too-long", most = *most),
            PlainLineError::Hidden(hidden) => {
                message!("rota-fault-hidden", code = format!("U+{:04X}", u32::from(hidden.character)))
            }
        };
        mistakes.add(field("name"), sentence);
    }
    let phone = PhoneNumber::parse(&typed.phone);
    if phone.is_err() {
        mistakes.add(field("phone"), message!("rota-fault-number"));
    }
    let phone = phone.ok().map(CallableNumber::new);
    if matches!(phone, Some(Err(_))) {
        mistakes.add(field("phone"), message!("rota-fault-not-callable"));
    }
    let email = Some(typed.email.trim()).filter(|email| !email.is_empty()).map(EmailAddress::parse).transpose();
    if email.is_err() {
        mistakes.add(field("email"), message!("rota-fault-email"));
    }
    let language = typed.language.parse::<Language>().unwrap_or_default();
    let sms = if typed.sms { SmsToo::Yes } else { SmsToo::No };
    Some(Contact {
        id: ContactId(typed.id.parse().ok()?),
        name: name.ok()?,
        phone: phone?.ok()?,
        language,
        email: email.ok()?,
        sms,
        account: typed.account.parse().ok(),
    })
}

fn shift(nth: usize, typed: &TypedShift, is_known: impl Fn(&str) -> bool, mistakes: &mut Mistakes) -> Option<Shift> {
    let field = |part: &str| format!("shift-{nth}-{part}");
    let days = ShiftDays::of(|place| typed.days.get(place) == Some(&true));
    if days.is_err() {
        mistakes.add(field("days"), message!("rota-fault-days"));
    }
    let hours = typed.hours.parse::<ShiftHours>();
    if hours.is_err() {
        mistakes.add(field("hours"), message!("rota-fault-hours"));
    }
    let named: Vec<&String> = typed.people.iter().filter(|id| !id.is_empty()).collect();
    let contacts: Vec<ContactId> = named.iter().filter_map(|id| id.parse().ok().map(ContactId)).collect();
    let twice = contacts.iter().collect::<BTreeSet<_>>().len() < contacts.len();
    let sentence = match () {
        () if named.is_empty() => Some(message!("rota-fault-nobody")),
        () if !named.iter().all(|id| is_known(id)) => Some(message!("rota-fault-gone")),
        () if twice => Some(message!("rota-fault-twice")),
        () => None,
    };
    let is_right = sentence.is_none();
    if let Some(sentence) = sentence {
        mistakes.add(field("person-0"), sentence);
    }
    let shift = Shift { id: ShiftId(typed.id.parse().ok()?), days: days.ok()?, hours: hours.ok()?, contacts };
    is_right.then_some(shift)
}

fn minutes(field: &str, typed: &str, mistakes: &mut Mistakes) -> WaitMinutes {
    typed.parse().unwrap_or_else(|_| {
        mistakes.add(field.to_owned(), message!("rota-fault-minutes"));
        WaitMinutes::FIRST
    })
}

/// What is wrong with the whole, after each row was right.
fn whole(error: RotaError) -> Message {
    match error {
        RotaError::TooManyContacts => message!("rota-fault-too-many-people", most = Rota::MOST_CONTACTS),
        RotaError::TooManyShifts => message!("rota-fault-too-many-shifts", most = Rota::MOST_SHIFTS),
        _ => message!("rota-fault-rows"),
    }
}
