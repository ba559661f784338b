//! Changing the rota: the form, the gaps that it leaves, and what somebody else has changed meanwhile.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use sha2::{Digest as _, Sha256};

use super::may_change;
use super::typed::{Mistakes, Typed};
use super::week::{Gap, Week};
use crate::domain::{AccountState, Contact, Language, Revision, Rota, Shift, SmsToo};
use crate::policy::{MergedRota, RotaPart, merge_rotas};
use crate::service::{
    AccountError, AccountView, CentreError, EmailRule, RotaChanged, RotaView, ServiceError, change_rota, list_staff,
    show_rota,
};
use crate::translations::{Argument, Message, Separator, message};
use crate::web::console::form::{Fields, Submitted};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

const PAGE: &str = "/rota/change";
/// How often a change is tried again on what others have changed meanwhile.
const MOST_TRIES: u32 = 3;

#[derive(Template)]
#[template(path = "console/rota/change.html", config = "src/web/askama.toml")]
struct ChangePage {
    l: Layout,
    f: Frame,
    typed: Typed,
    /// What the form began with, to send it back.
    began: String,
    revision: i64,
    mistakes: Mistakes,
    /// What saving leads to. `None` if it wasn't asked for.
    effect: Option<Effect>,
    surprise: Surprise,
    /// What is stored of the parts that somebody else has changed.
    theirs: Vec<Message>,
    languages: [Language; 7],
    /// The accounts of the health centre: id, name, and whether it is in use.
    accounts: Vec<(String, String, bool)>,
    /// Whether the addresses are written to.
    email: EmailRule,
}

/// What saving leads to.
struct Effect {
    digest: String,
    week: Week,
    gaps: Vec<Gap>,
}

/// Why the page isn't as the reader expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surprise {
    /// Nothing.
    Nothing,
    /// What was typed before the last log-in is back.
    DraftRestored,
    /// Nothing differs from what is stored.
    NothingToSave,
    /// Somebody else has changed the same part.
    ChangedMeanwhile,
    /// What is saved isn't what was previewed.
    NotPreviewed,
}

/// A form to show.
struct Shown {
    typed: Typed,
    began: Rota,
    seen: Revision,
    mistakes: Mistakes,
    effect: Option<Rota>,
    surprise: Surprise,
    theirs: Vec<Message>,
}

impl Shown {
    fn of(typed: Typed, began: Rota, seen: Revision) -> Self {
        let (mistakes, surprise) = (Mistakes::default(), Surprise::Nothing);
        Self { typed, began, seen, mistakes, effect: None, surprise, theirs: Vec::new() }
    }
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = async {
        let view = view_of(&staff).await?;
        let shown = match kept(&staff, PAGE).await? {
            Some(fields) => {
                let (began, seen) = began_with(&fields, &view);
                Shown { surprise: Surprise::DraftRestored, ..Shown::of(Typed::sent(&fields), began, seen) }
            }
            None => Shown::of(Typed::of(&view.rota, &view.spare), view.rota.clone(), view.revision),
        };
        page(&staff, shown).await
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(form: Submitted) -> Response {
    sent(form, PAGE, async |staff, fields| take(staff, &fields).await).await
}

/// The rota of the reader's health centre, if they may change it.
async fn view_of(staff: &StaffActor) -> Result<RotaView, ServiceError> {
    let centre = staff.logged_in.account.centre.clone().filter(|_| may_change(staff)).ok_or(AccountError::NotFound)?;
    show_rota(staff.context(), staff.actor(), &centre).await
}

/// What a form began with. If that can't be read, what is stored.
fn began_with(fields: &Fields, view: &RotaView) -> (Rota, Revision) {
    let began = serde_json::from_str::<Rota>(fields.get("began")).ok().zip(fields.get("revision").parse().ok());
    began.unwrap_or_else(|| (view.rota.clone(), view.revision))
}

/// Shows the effect, or saves what was shown.
async fn take(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    for _ in 0..MOST_TRIES {
        match try_once(staff, fields).await {
            // Now it is seen what has changed.
            Err(ServiceError::Centre(CentreError::ChangedMeanwhile)) => {}
            other => return other,
        }
    }
    try_once(staff, fields).await
}

async fn try_once(staff: &StaffActor, fields: &Fields) -> Result<Response, ServiceError> {
    let view = view_of(staff).await?;
    let (began, seen) = began_with(fields, &view);
    let typed = Typed::sent(fields);
    let own = match typed.parsed() {
        Ok(own) => own,
        Err(mistakes) => return page(staff, Shown { mistakes, ..Shown::of(typed, began, seen) }).await,
    };
    let merged = match merge_rotas(&began, &own, &view.rota) {
        MergedRota::Both(merged) => merged,
        MergedRota::Conflict(parts) => {
            let theirs = parts.iter().map(|part| stored(&view.rota, *part)).collect();
            // Sent again, the reader's values replace these.
            let shown = Shown::of(typed, view.rota.clone(), view.revision);
            return page(staff, Shown { surprise: Surprise::ChangedMeanwhile, theirs, ..shown }).await;
        }
        MergedRota::Impossible(_) => {
            let shown = Shown::of(Typed::of(&view.rota, &view.spare), view.rota.clone(), view.revision);
            let theirs = vec![message!("rota-impossible")];
            return page(staff, Shown { surprise: Surprise::ChangedMeanwhile, theirs, ..shown }).await;
        }
    };
    if merged == view.rota {
        let shown = Shown::of(Typed::of(&view.rota, &view.spare), view.rota.clone(), view.revision);
        return page(staff, Shown { surprise: Surprise::NothingToSave, ..shown }).await;
    }
    if fields.get("step") == "save" && fields.get("previewed") == digest(&merged) {
        let (context, actor) = (staff.context(), staff.actor());
        let changed = change_rota(context, actor, &view.centre, view.revision, &merged).await?;
        let done = if matches!(changed, RotaChanged::Stored(_)) { "?saved=1" } else { "" };
        return Ok(staff.visit.redirect(&format!("/rota{done}")));
    }
    let surprise = if fields.get("step") == "save" { Surprise::NotPreviewed } else { Surprise::Nothing };
    let shown = Shown::of(Typed::of(&merged, &view.spare), view.rota.clone(), view.revision);
    page(staff, Shown { effect: Some(merged), surprise, ..shown }).await
}

/// By which it is known that what is saved was previewed.
fn digest(rota: &Rota) -> String {
    let json = serde_json::to_string(rota).unwrap_or_default();
    Sha256::digest(json).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// What is stored of a part.
fn stored(rota: &Rota, part: RotaPart) -> Message {
    let parts = rota.parts();
    match part {
        RotaPart::Contact(id) => rota.contact(id).map_or_else(|| message!("rota-stored-no-person"), person),
        RotaPart::Shift(id) => {
            let found = parts.shifts.iter().find(|shift| shift.id == id);
            found.map_or_else(|| message!("rota-stored-no-shift"), |found| shift(rota, found))
        }
        RotaPart::First => message!("rota-rule-first", minutes = u64::from(parts.first.minutes())),
        RotaPart::Between => message!("rota-rule-between", minutes = u64::from(parts.between.minutes())),
        RotaPart::Fallback => match rota.fallback() {
            Some(contact) => message!("rota-rule-fallback", name = contact.name.as_str()),
            None => message!("rota-stored-no-person"),
        },
    }
}

fn person(contact: &Contact) -> Message {
    let sms = if contact.sms == SmsToo::Yes { message!("rota-with-sms") } else { message!("rota-without-sms") };
    let email = match &contact.email {
        Some(email) => message!("rota-names", names = email.expose()),
        None => message!("rota-without-email"),
    };
    message!(
        "rota-stored-person",
        name = contact.name.as_str(),
        phone = contact.phone.number().national(),
        language = contact.language.own_name(),
        sms = sms,
        email = email
    )
}

fn shift(rota: &Rota, shift: &Shift) -> Message {
    let people: Vec<&Contact> = shift.contacts.iter().filter_map(|id| rota.contact(*id)).collect();
    let days = WEEK.iter().filter(|day| shift.days.has(**day)).map(|day| times::weekday_name(*day)).collect();
    message!(
        "rota-stored-shift",
        days = Argument::Joined(Separator::Words, days),
        hours = shift.hours.to_string(),
        names = super::week::names(&people)
    )
}

const WEEK: [jiff::civil::Weekday; 7] = [
    jiff::civil::Weekday::Monday,
    jiff::civil::Weekday::Tuesday,
    jiff::civil::Weekday::Wednesday,
    jiff::civil::Weekday::Thursday,
    jiff::civil::Weekday::Friday,
    jiff::civil::Weekday::Saturday,
    jiff::civil::Weekday::Sunday,
];

async fn page(staff: &StaffActor, shown: Shown) -> Result<Response, ServiceError> {
    let Here { now, frame, .. } = Here::of(staff).await?;
    let status = match (shown.mistakes.is_empty(), shown.surprise) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Surprise::ChangedMeanwhile) => StatusCode::CONFLICT,
        (true, _) => StatusCode::OK,
    };
    let effect = |rota: &Rota| Effect {
        digest: digest(rota),
        week: Week::of(rota, now.date(), &now),
        gaps: Gap::of_week(rota, &now),
    };
    let listed = list_staff(staff.context(), staff.actor()).await?;
    let own = |account: &AccountView| account.centre == staff.logged_in.account.centre;
    let account = |account: AccountView| {
        (account.id.to_string(), String::from(account.name), account.state == AccountState::Active)
    };
    let page = ChangePage {
        l: staff.visit.layout(),
        accounts: listed.into_iter().filter(own).map(account).collect(),
        f: frame,
        began: serde_json::to_string(&shown.began).unwrap_or_default(),
        revision: shown.seen.number(),
        effect: shown.effect.as_ref().map(effect),
        typed: shown.typed,
        mistakes: shown.mistakes,
        surprise: shown.surprise,
        theirs: shown.theirs,
        languages: Language::ALL,
        email: staff.visit.console.settings.email,
    };
    Ok(staff.visit.page(status, &page))
}

impl ChangePage {
    /// The days of a row: the code, the name, and whether it is ticked.
    fn days(&self, row: &super::typed::TypedShift) -> Vec<(&'static str, Message, bool)> {
        let names = crate::domain::ShiftDays::NAMES.into_iter().zip(WEEK).zip(row.days);
        names.map(|((code, day), ticked)| (code, times::weekday_name(day), ticked)).collect()
    }

    /// The people who can be chosen, and whether each is.
    fn choices(&self, chosen: &str) -> Vec<(&str, Message, bool)> {
        let choice = |(nth, person): (usize, &'_ super::typed::TypedPerson)| {
            let name = match person.name.trim() {
                "" => message!("rota-row", nth = nth.saturating_add(1)),
                name => message!("rota-names", names = name),
            };
            (nth, name)
        };
        let people = self.typed.people.iter().enumerate();
        people
            .map(|(nth, person)| {
                let (_, name) = choice((nth, person));
                (person.id.as_str(), name, person.id == chosen)
            })
            .collect()
    }

    /// The accounts that a person may have: those in use, and the one that is chosen.
    fn accounts_of(&self, person: &super::typed::TypedPerson) -> Vec<(&str, &str, bool)> {
        let all = self.accounts.iter().map(|(id, name, is_used)| (id, name, *is_used, *id == person.account));
        let offered = all.filter(|(.., is_used, is_chosen)| *is_used || *is_chosen);
        offered.map(|(id, name, _, is_chosen)| (id.as_str(), name.as_str(), is_chosen)).collect()
    }

    /// Whether more rows for people begin here, which are opened when they are needed.
    fn opens_people(&self, nth: &usize) -> bool {
        *nth == self.typed.people_shown()
    }

    /// Likewise for shifts.
    fn opens_shifts(&self, nth: &usize) -> bool {
        *nth == self.typed.shifts_shown()
    }

    fn nth(&self, place: &usize) -> Message {
        message!("rota-nth", nth = place.saturating_add(1))
    }

    fn wrong(&self, row: &str, nth: &usize, part: &str) -> Option<(String, &Message)> {
        let field = format!("{row}-{nth}-{part}");
        self.mistakes.of(&field).map(|sentence| (field, sentence))
    }
}
