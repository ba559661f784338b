//! A line of Today: a person and what there is to look at, or an alert without a person.

use std::collections::HashMap;

use jiff::ZonedDateTime;
use jiff::civil::Date;

use super::claim::ClaimWords;
use super::group::{Group, Whose};
use super::words;
use crate::domain::{AlertId, BirthDate, PatientId, Severity};
use crate::service::{AlertList, AlertPerson, ShownAlert};
use crate::translations::{Message, message};
use crate::web::console::patients::born;
use crate::web::console::times;

/// A line as the page shows it.
#[derive(Clone)]
pub(in crate::web::console) struct Line {
    /// Of its most severe alert.
    pub(in crate::web::console) severity: Severity,
    /// Of its most severe alert.
    pub(in crate::web::console) group: Group,
    /// Of all its alerts.
    groups: Vec<Group>,
    /// When its most severe alert was raised.
    pub(in crate::web::console) time: String,
    /// How long it waits, in minutes.
    pub(in crate::web::console) minutes: i64,
    /// Whom it is about.
    pub(in crate::web::console) person: Option<PersonWords>,
    /// What there is to look at.
    pub(in crate::web::console) facts: Vec<Fact>,
    /// The newest alert, by which the line is taken and closed.
    pub(in crate::web::console) newest: Option<AlertId>,
    /// Who has taken it.
    pub(in crate::web::console) claim: Option<ClaimWords>,
}

/// A person, in words.
#[derive(Clone)]
pub(in crate::web::console) struct PersonWords {
    /// The record.
    pub(in crate::web::console) id: PatientId,
    /// Family name and given name.
    pub(in crate::web::console) name: String,
    /// Age, and the day of observation if it is known.
    pub(in crate::web::console) age: Message,
    /// The HER-SYS ID.
    pub(in crate::web::console) hersys_id: String,
    /// The birth date.
    pub(in crate::web::console) born: Message,
}

/// Something to look at.
#[derive(Clone)]
pub(in crate::web::console) struct Fact {
    /// Of its answer. What is of another kind than an answer has none.
    pub(in crate::web::console) severity: Severity,
    /// What it is, such as a value.
    pub(in crate::web::console) words: Message,
    /// How often it happened, if more than once.
    pub(in crate::web::console) times: Option<u32>,
}

impl Line {
    /// Of the alerts of one person, the most severe first.
    pub(in crate::web::console) fn of(alerts: &[&ShownAlert], claim: Option<ClaimWords>, now: &ZonedDateTime) -> Self {
        let group_of = |shown: &&&ShownAlert| Group::of(shown.alert.kind, shown.reached);
        let groups: Vec<Group> = alerts.iter().map(|shown| group_of(&shown)).collect();
        // Of the most severe group. Its alerts are the oldest first.
        let worst = alerts.iter().min_by_key(group_of);
        let newest = alerts.iter().map(|shown| &shown.alert).max_by_key(|alert| (alert.raised_at, alert.id));
        let raised_at = worst.map_or_else(|| now.timestamp(), |shown| shown.alert.raised_at);
        Self {
            severity: worst.map_or(Severity::None, |shown| shown.alert.kind.severity()),
            group: groups.iter().min().copied().unwrap_or(Group::Other),
            groups,
            time: times::clock_time(raised_at, now),
            minutes: times::minutes_since(raised_at, now.timestamp()),
            person: worst.and_then(|shown| shown.person.as_ref()).map(|person| PersonWords::of(person, now.date())),
            facts: Fact::all_of(alerts),
            newest: newest.map(|alert| alert.id),
            claim,
        }
    }

    /// Returns `true` if it is on the list of this group: that of its most severe alert, and each that asks for
    /// something of its own.
    pub(in crate::web::console) fn is_in(&self, group: Group) -> bool {
        self.group == group || (group.is_of_its_own() && self.has(group))
    }

    /// The groups of which it is as well, each with a badge.
    pub(in crate::web::console) fn also(&self) -> Vec<Group> {
        Group::ALL.into_iter().filter(|group| *group != self.group && self.is_in(*group)).collect()
    }

    /// Returns `true` if an alert on it is of this group.
    pub(in crate::web::console) fn has(&self, group: Group) -> bool {
        self.groups.contains(&group)
    }

    /// Returns `true` if it is on this list.
    pub(in crate::web::console) fn is_of(&self, whose: Whose) -> bool {
        match whose {
            Whose::All => true,
            Whose::Untaken => self.is_untaken(),
            Whose::Own => self.is_own(),
            Whose::Others => self.claim.is_some() && !self.is_own(),
        }
    }

    /// Returns `true` if the reader has taken it.
    pub(in crate::web::console) fn is_own(&self) -> bool {
        self.claim.as_ref().is_some_and(|claim| claim.is_own)
    }

    /// Returns `true` if nobody deals with it, or with a red alert on it.
    pub(in crate::web::console) fn is_untaken(&self) -> bool {
        self.claim.as_ref().is_none_or(|claim| claim.red_since)
    }
}

impl PersonWords {
    pub(in crate::web::console) fn of(person: &AlertPerson, today: Date) -> Self {
        Self {
            id: person.id,
            name: format!("{} {}", person.family_name.expose(), person.given_name.expose()),
            age: age_at(person.birth_date, person.monitoring_start, today),
            hersys_id: person.hersys_id.expose().to_owned(),
            born: born(person.birth_date),
        }
    }
}

/// The age, and the day of observation if it is known.
pub(in crate::web::console) fn age_at(born: BirthDate, observed_from: Option<Date>, today: Date) -> Message {
    let years = u64::from(years_between(born.expose(), today));
    match observed_from.map(|start| days_between(start, today)) {
        Some(day @ 1..) => message!("console-age-and-day", age = years, day = u64::try_from(day).unwrap_or(0)),
        Some(_) | None => message!("console-age", age = years),
    }
}

/// Whole years of age.
fn years_between(born: Date, today: Date) -> u16 {
    let years = i32::from(today.year()).saturating_sub(i32::from(born.year()));
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    u16::try_from(if had_birthday { years } else { years.saturating_sub(1) }).unwrap_or(0)
}

/// The day of observation: the first one is 1.
fn days_between(start: Date, today: Date) -> i64 {
    i64::from(today.since(start).map_or(-1, |span| span.get_days())).saturating_add(1)
}

impl Fact {
    /// Of the alerts of a line. What happened more than once is said once, with how often.
    fn all_of(alerts: &[&ShownAlert]) -> Vec<Self> {
        let mut facts: Vec<Self> = Vec::new();
        for fact in alerts.iter().map(|shown| Self::of(shown)) {
            match facts.iter_mut().find(|same| same.severity == fact.severity && same.words == fact.words) {
                Some(same) => same.times = Some(same.times.unwrap_or(1).saturating_add(fact.times.unwrap_or(1))),
                None => facts.push(fact),
            }
        }
        facts
    }

    fn of(shown: &ShownAlert) -> Self {
        let alert = &shown.alert;
        Self {
            severity: if Group::of(alert.kind, shown.reached).is_of_its_own() {
                Severity::None
            } else {
                alert.kind.severity()
            },
            words: words::of(shown),
            times: (alert.occurrences > 1).then_some(alert.occurrences),
        }
    }
}

/// Groups the alerts by person, in the order of each person's most severe alert. An alert without a person is a group
/// of its own.
pub(in crate::web::console) fn by_person(open: &AlertList) -> Vec<Vec<&ShownAlert>> {
    let mut lines: Vec<Vec<&ShownAlert>> = Vec::new();
    let mut of_person: HashMap<PatientId, usize> = HashMap::new();
    for shown in open.alerts.items.iter().chain(&open.others) {
        let person = shown.alert.line;
        match person.and_then(|person| of_person.get(&person)).and_then(|place| lines.get_mut(*place)) {
            Some(line) => line.push(shown),
            None => {
                of_person.extend(person.map(|person| (person, lines.len())));
                lines.push(vec![shown]);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn ages_and_days_of_observation() {
        assert_eq!(years_between(date(1948, 4, 12), date(2026, 4, 11)), 77);
        assert_eq!(years_between(date(1948, 4, 12), date(2026, 4, 12)), 78);
        assert_eq!(years_between(date(2024, 2, 29), date(2026, 2, 28)), 1);
        assert_eq!(years_between(date(2026, 4, 12), date(2026, 4, 12)), 0);
        assert_eq!(days_between(date(2026, 11, 22), date(2026, 11, 28)), 7);
        assert_eq!(days_between(date(2026, 11, 28), date(2026, 11, 28)), 1);
        assert_eq!(days_between(date(2026, 11, 29), date(2026, 11, 28)), 0);
    }
}
