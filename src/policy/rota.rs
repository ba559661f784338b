//! Who is on duty at a time, by a rota and the health centre's time zone, and when nobody is.

mod merge;

pub use merge::{MergedRota, RotaConflict, RotaPart, merge_rotas};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use crate::domain::{Contact, ContactId, Rota, Shift};

/// A time in which nobody is on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotaGap {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// Days of which shifts are looked at around one: a shift that began the day before may go on.
const DAYS_OF_A_WEEK: i32 = 7;

/// The moment of a civil time. A time that the clocks skip is the first one after it, and of one that they repeat it is
/// the first, so that a shift ends when the next one begins.
fn moment(zone: &TimeZone, at: DateTime) -> Timestamp {
    let ambiguous = zone.to_ambiguous_timestamp(at);
    if let AmbiguousOffset::Gap { .. } = ambiguous.offset()
        && let Ok(before) = ambiguous.earlier()
        && let Some(change) = zone.following(before).next()
    {
        return change.timestamp();
    }
    ambiguous.compatible().unwrap_or(Timestamp::MAX)
}

/// When the shift that begins on this date lasts, if it begins on it.
fn lasts(shift: &Shift, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    if !shift.days.has(date.weekday()) {
        return None;
    }
    let last_day = if shift.hours.is_over_midnight() { date.tomorrow().ok()? } else { date };
    let from = moment(zone, date.to_datetime(shift.hours.from));
    let until = moment(zone, shift.hours.until.on(last_day));
    (from < until).then_some((from, until))
}

fn is_on(shift: &Shift, at: Timestamp, zone: &TimeZone) -> bool {
    let today = zone.to_datetime(at).date();
    let days = [today.yesterday().ok(), Some(today)].into_iter().flatten();
    days.filter_map(|day| lasts(shift, day, zone)).any(|(from, until)| from <= at && at < until)
}

/// The people on duty at a time, in the order in which they are rung. If several shifts overlap, the first ones of all
/// come first by the order of the shifts, and everybody comes once.
pub fn on_duty<'a>(rota: &'a Rota, at: Timestamp, zone: &TimeZone) -> Vec<&'a Contact> {
    let mut ids: Vec<ContactId> = Vec::new();
    for shift in rota.parts().shifts.iter().filter(|shift| is_on(shift, at, zone)) {
        let new: Vec<ContactId> = shift.contacts.iter().copied().filter(|contact| !ids.contains(contact)).collect();
        ids.extend(new);
    }
    ids.into_iter().filter_map(|id| rota.contact(id)).collect()
}

/// The shifts that last at some time from `first` on, for this many days, by their beginning.
fn spans(rota: &Rota, first: Date, days: i32, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
    let dates = (-1..days).filter_map(|day| first.checked_add(day.days()).ok());
    let shifts = &rota.parts().shifts;
    let mut spans: Vec<_> =
        dates.flat_map(|date| shifts.iter().filter_map(move |shift| lasts(shift, date, zone))).collect();
    spans.sort_unstable();
    spans
}

/// The times of the week from `monday` on in which nobody is on duty, in order.
pub fn rota_gaps(rota: &Rota, monday: Date, zone: &TimeZone) -> Vec<RotaGap> {
    let midnight = |date: Date| moment(zone, date.to_datetime(Time::midnight()));
    let end = monday.checked_add(DAYS_OF_A_WEEK.days()).map_or(Timestamp::MAX, midnight);
    let mut covered_until = midnight(monday);
    let mut gaps = Vec::new();
    for (from, until) in spans(rota, monday, DAYS_OF_A_WEEK, zone) {
        if from > covered_until && covered_until < end {
            gaps.push(RotaGap { from: covered_until, until: from.min(end) });
        }
        covered_until = covered_until.max(until);
    }
    if covered_until < end {
        gaps.push(RotaGap { from: covered_until, until: end });
    }
    gaps
}

/// When the people on duty change next, and who they are then. `None` if they don't within a week.
pub fn next_on_duty<'a>(rota: &'a Rota, at: Timestamp, zone: &TimeZone) -> Option<(Timestamp, Vec<&'a Contact>)> {
    let now = on_duty(rota, at, zone);
    let today = zone.to_datetime(at).date();
    let spans = spans(rota, today, DAYS_OF_A_WEEK + 1, zone);
    let mut changes: Vec<Timestamp> = spans.into_iter().flat_map(|(from, until)| [from, until]).collect();
    changes.sort_unstable();
    changes.dedup();
    let later = changes.into_iter().filter(|change| *change > at);
    later.map(|change| (change, on_duty(rota, change, zone))).find(|(_, then)| *then != now)
}

/// The Monday of the week in which a date is.
pub fn monday_of(date: Date) -> Date {
    let days = i32::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(days.days()).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{CallableNumber, Language, PhoneNumber, RotaParts, ShiftId, SmsToo, StaffName};

    fn id(nth: u128) -> ContactId {
        ContactId(Uuid::from_u128(nth))
    }

    /// A rota with these shifts: days, hours, people.
    fn rota(shifts: &[(&str, &str, &[u128])]) -> Rota {
        let contact = |nth: u128| Contact {
            id: id(nth),
            name: StaffName::parse(&format!("見本 {nth}")).expect("a name"),
            phone: CallableNumber::new(PhoneNumber::from_e164("+819010000101").expect("a number")).expect("callable"),
            language: Language::Japanese,
            email: None,
            sms: SmsToo::Yes,
            account: None,
        };
        let shift = |(nth, (days, hours, contacts)): (usize, &(&str, &str, &[u128]))| Shift {
            id: ShiftId(Uuid::from_u128(nth as u128)),
            days: days.parse().expect("days"),
            hours: hours.parse().expect("hours"),
            contacts: contacts.iter().copied().map(id).collect(),
        };
        let parts = RotaParts {
            contacts: (1..=5).map(contact).collect(),
            shifts: shifts.iter().enumerate().map(shift).collect(),
            fallback: Some(id(5)),
            ..RotaParts::default()
        };
        Rota::new(parts).expect("a rota")
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn names(rota: &Rota, time: &str, zone: &TimeZone) -> Vec<u128> {
        on_duty(rota, at(time), zone).iter().map(|contact| contact.id.0.as_u128()).collect()
    }

    #[test]
    fn a_shift_lasts_over_midnight_into_the_day_after() {
        let tokyo = zone("Asia/Tokyo");
        let rota =
            rota(&[("sat", "22:00-08:30", &[1, 2]), ("sun", "08:30-12:30", &[2, 3]), ("sun", "08:00-09:00", &[4])]);
        for (time, expected) in [
            ("2026-11-28T21:59:59+09:00", vec![]),
            ("2026-11-28T22:00:00+09:00", vec![1, 2]),
            ("2026-11-29T07:59:59+09:00", vec![1, 2]),
            ("2026-11-29T08:00:00+09:00", vec![1, 2, 4]),
            ("2026-11-29T08:30:00+09:00", vec![2, 3, 4]),
            ("2026-11-29T12:30:00+09:00", vec![]),
            ("2026-11-29T23:00:00+09:00", vec![]),
        ] {
            assert_eq!(names(&rota, time, &tokyo), expected, "{time}");
        }
        let (change, then) = next_on_duty(&rota, at("2026-11-28T23:00:00+09:00"), &tokyo).expect("a change");
        assert_eq!((change, then.len()), (at("2026-11-29T08:00:00+09:00"), 3));
    }

    #[test]
    fn the_gaps_of_a_week_are_listed() {
        let tokyo = zone("Asia/Tokyo");
        let rota = rota(&[
            ("mon;tue;wed;thu;fri;sat;sun", "08:30-22:00", &[1]),
            ("mon;tue;wed;thu;fri;sat", "22:00-08:30", &[2]),
        ]);
        let monday = monday_of("2026-11-28".parse().expect("a date"));
        assert_eq!(monday.to_string(), "2026-11-23");
        // The night from Sunday to Monday: at the end of the week before, and of this one.
        let gaps: Vec<(Timestamp, Timestamp)> =
            rota_gaps(&rota, monday, &tokyo).into_iter().map(|gap| (gap.from, gap.until)).collect();
        assert_eq!(
            gaps,
            [
                (at("2026-11-23T00:00:00+09:00"), at("2026-11-23T08:30:00+09:00")),
                (at("2026-11-29T22:00:00+09:00"), at("2026-11-30T00:00:00+09:00")),
            ]
        );
        assert_eq!(rota_gaps(&Rota::default(), monday, &tokyo).len(), 1);
        assert_eq!(next_on_duty(&Rota::default(), at("2026-11-28T10:00:00Z"), &tokyo), None);
    }

    /// Clocks change at the very boundaries of the shifts, too.
    #[test]
    fn somebody_is_on_duty_while_the_clocks_change() {
        let week = "mon;tue;wed;thu;fri;sat;sun";
        let rota = rota(&[
            (week, "00:00-02:00", &[1]),
            (week, "02:00-02:30", &[2]),
            (week, "02:30-03:00", &[3]),
            (week, "03:00-24:00", &[4]),
        ]);
        for (name, days) in [
            ("Europe/Berlin", ["2026-03-29", "2026-10-25"]),
            ("America/New_York", ["2026-03-08", "2026-11-01"]),
            ("America/Santiago", ["2026-04-05", "2026-09-06"]),
            ("Australia/Lord_Howe", ["2026-04-05", "2026-10-04"]),
        ] {
            let zone = zone(name);
            for day in days {
                let date: Date = day.parse().expect("a date");
                let begin = moment(&zone, date.to_datetime(Time::midnight()));
                for minute in 0..26 * 60 {
                    let at = begin.checked_add(jiff::SignedDuration::from_mins(minute)).expect("a time");
                    assert_eq!(on_duty(&rota, at, &zone).len(), 1, "{name} {at}");
                }
                assert_eq!(rota_gaps(&rota, monday_of(date), &zone), []);
            }
        }
    }

    fn shifts() -> impl Strategy<Value = Vec<(String, String, Vec<u128>)>> {
        let days = proptest::sample::subsequence(crate::domain::ShiftDays::NAMES.to_vec(), 1..=7);
        let hours = (0_u8..24, 0_u8..24).prop_filter("hours", |(from, until)| from != until);
        let people = proptest::sample::subsequence(vec![1_u128, 2, 3, 4], 1..=3).prop_shuffle();
        let shift = (days, hours, people)
            .prop_map(|(days, (from, until), people)| (days.join(";"), format!("{from:02}:00-{until:02}:00"), people));
        proptest::collection::vec(shift, 0..6)
    }

    proptest! {
        #[test]
        fn a_moment_is_in_a_gap_exactly_if_nobody_is_on_duty(
            shifts in shifts(), hour in 0_i64..168, name in proptest::sample::select(vec!["Asia/Tokyo", "Europe/Berlin"]),
        ) {
            let shifts: Vec<(&str, &str, &[u128])> =
                shifts.iter().map(|(days, hours, people)| (days.as_str(), hours.as_str(), people.as_slice())).collect();
            let (rota, zone) = (rota(&shifts), zone(name));
            // In Berlin, the clocks change in this week.
            let monday: Date = "2026-03-23".parse().expect("a date");
            let begin = moment(&zone, monday.to_datetime(Time::midnight()));
            let at = begin.checked_add(jiff::SignedDuration::from_hours(hour)).expect("a time");
            prop_assume!(at < moment(&zone, monday.checked_add(7.days()).expect("a date").to_datetime(Time::midnight())));
            let gaps = rota_gaps(&rota, monday, &zone);
            let in_gap = gaps.iter().any(|gap| gap.from <= at && at < gap.until);
            prop_assert_eq!(in_gap, on_duty(&rota, at, &zone).is_empty());
            prop_assert!(gaps.windows(2).all(|pair| pair[0].until < pair[1].from));
            if let Some((change, then)) = next_on_duty(&rota, at, &zone) {
                prop_assert!(change > at && then != on_duty(&rota, at, &zone));
            }
        }
    }
}
