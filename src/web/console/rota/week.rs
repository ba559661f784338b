//! The week of a rota as a table, its gaps, and its people.

use jiff::civil::Date;
use jiff::{ToSpan as _, ZonedDateTime};

use crate::domain::{Contact, Language, Rota, Shift, SmsToo};
use crate::policy::{RotaGap, monday_of, on_duty, rota_gaps};
use crate::translations::{Message, message};
use crate::web::console::times;

/// A week.
pub(super) struct Week {
    /// Its days.
    pub(super) days: Vec<Day>,
    /// One row for each range of hours.
    pub(super) rows: Vec<Row>,
    /// Which week it is.
    pub(super) name: Message,
    /// The first day of the week before, this one and the next, as the page's address has it. The middle one is `None`
    /// on the page of this week.
    pub(super) before: Option<Date>,
    pub(super) this: Option<Date>,
    pub(super) next: Option<Date>,
}

/// A day of the week.
pub(super) struct Day {
    /// `11/28(土)`.
    pub(super) name: Message,
    /// Whether it is today.
    pub(super) today: bool,
}

/// The shifts of the same hours.
pub(super) struct Row {
    /// `8:30〜12:30`.
    pub(super) hours: Message,
    /// Who is on duty on each day. Empty for nobody.
    pub(super) cells: Vec<Cell>,
}

/// Who is on duty on a day at some hours.
pub(super) struct Cell {
    /// The names, in order.
    pub(super) names: Vec<String>,
    /// Whether it is now.
    pub(super) now: bool,
}

impl Week {
    /// The week with this day.
    pub(super) fn of(rota: &Rota, day: Date, now: &ZonedDateTime) -> Self {
        let (monday, this) = (monday_of(day), monday_of(now.date()));
        let dates: Vec<Date> = (0..7).filter_map(|day| monday.checked_add(day.days()).ok()).collect();
        let mut hours: Vec<_> = rota.parts().shifts.iter().map(|shift| shift.hours).collect();
        hours.sort_by_key(|hours| (hours.from, hours.to_string()));
        hours.dedup();
        let people_now: Vec<&Contact> = on_duty(rota, now.timestamp(), now.time_zone());
        let row = |hours: crate::domain::ShiftHours| {
            let shifts: Vec<&Shift> = rota.parts().shifts.iter().filter(|shift| shift.hours == hours).collect();
            let cell = |date: &Date| {
                let of_day = shifts.iter().filter(|shift| shift.days.has(date.weekday()));
                let contacts: Vec<&Contact> =
                    of_day.flat_map(|shift| shift.contacts.iter().filter_map(|id| rota.contact(*id))).collect();
                let is_now = lasts_now(hours, *date, now) && contacts.iter().any(|one| people_now.contains(one));
                let names = contacts.iter().map(|contact| contact.name.as_str().to_owned()).collect();
                Cell { names, now: is_now }
            };
            Row { hours: written(hours), cells: dates.iter().map(cell).collect() }
        };
        let day = |date: &Date| Day {
            name: message!(
                "rota-day",
                day = date.strftime("%-m/%-d").to_string(),
                weekday = times::weekday_name(date.weekday())
            ),
            today: *date == now.date(),
        };
        let name = match monday == this {
            true => message!("rota-week"),
            false => message!("gate-rota-week", day = monday.strftime("%-m/%-d").to_string()),
        };
        Self {
            days: dates.iter().map(day).collect(),
            rows: hours.into_iter().map(row).collect(),
            name,
            before: monday.checked_sub(7.days()).ok(),
            this: (monday != this).then_some(this),
            next: monday.checked_add(7.days()).ok(),
        }
    }
}

/// Whether a shift that begins on this date lasts now.
fn lasts_now(hours: crate::domain::ShiftHours, date: Date, now: &ZonedDateTime) -> bool {
    let last = if hours.is_over_midnight() { date.tomorrow().unwrap_or(date) } else { date };
    date.to_datetime(hours.from) <= now.datetime() && now.datetime() < hours.until.on(last)
}

/// `8:30〜12:30`.
fn written(hours: crate::domain::ShiftHours) -> Message {
    times::span(&hours.to_string())
}

/// Names in order.
pub(super) fn names(contacts: &[&Contact]) -> String {
    contacts.iter().map(|contact| contact.name.as_str()).collect::<Vec<_>>().join(" → ")
}

/// A time in which nobody is on duty.
pub(super) struct Gap {
    /// When.
    pub(super) when: Message,
}

impl Gap {
    /// The gaps of this week that aren't over, and of the next.
    pub(super) fn of_week(rota: &Rota, now: &ZonedDateTime) -> Vec<Self> {
        let monday = monday_of(now.date());
        let mut gaps = rota_gaps(rota, monday, now.time_zone());
        if let Ok(next) = monday.checked_add(7.days()) {
            for gap in rota_gaps(rota, next, now.time_zone()) {
                match gaps.last_mut().filter(|last| last.until == gap.from) {
                    Some(last) => last.until = gap.until,
                    None => gaps.push(gap),
                }
            }
        }
        gaps.retain(|gap| gap.until > now.timestamp());
        gaps.iter().map(|gap| Self::of(gap, now)).collect()
    }

    fn of(gap: &RotaGap, now: &ZonedDateTime) -> Self {
        let moment = |at: jiff::Timestamp| {
            let at = at.to_zoned_datetime(now.time_zone().clone());
            message!(
                "rota-moment",
                day = at.strftime("%-m/%-d").to_string(),
                weekday = times::weekday_name(at.weekday()),
                time = at.strftime("%-H:%M").to_string()
            )
        };
        Self { when: message!("rota-gap", from = moment(gap.from), until = moment(gap.until)) }
    }
}

/// A person of the rota.
pub(super) struct Person {
    /// The name.
    pub(super) name: String,
    /// The number, as written within the country.
    pub(super) phone: String,
    /// The language's own name, and its tag.
    pub(super) language: (&'static str, &'static str),
    /// Whether an SMS goes to the number, too.
    pub(super) sms: bool,
    /// Where the e-mail goes. Empty for nowhere.
    pub(super) email: String,
    /// The person, as the form names it.
    pub(super) id: String,
    /// Whether the person has an account in the console.
    pub(super) has_account: bool,
    /// What came of the last trial.
    pub(super) trial: Option<Message>,
}

impl Person {
    /// The words for a person.
    pub(super) fn of(contact: &Contact, trial: Option<Message>) -> Self {
        let language: Language = contact.language;
        Self {
            name: contact.name.as_str().to_owned(),
            phone: contact.phone.number().national(),
            language: (language.own_name(), language.tag()),
            sms: contact.sms == SmsToo::Yes,
            has_account: contact.account.is_some(),
            id: contact.id.to_string(),
            trial,
            email: contact.email.as_ref().map(|email| email.expose().to_owned()).unwrap_or_default(),
        }
    }
}
