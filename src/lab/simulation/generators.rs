//! Generators for single parts of a day: its date, its people, the centre's rules.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::event_log::{PatientState, Rules};
use super::people;
use super::scenario::Odds;
use crate::carrier::simulator::{Between, Habit, PopulationMix};

/// Time zones with the days in 2026 on which clocks go forward and back.
const ZONES: [(&str, Date, Date); 3] = [
    ("Europe/Paris", date(2026, 3, 29), date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8), date(2026, 11, 1)),
    ("Australia/Sydney", date(2026, 10, 4), date(2026, 4, 5)),
];
/// Outcomes with a retry policy.
const CAUSES: [&str; 6] = ["busy", "no_answer", "dropped", "not_now", "voicemail", "failed"];

pub(super) fn day(rng: &mut Rng) -> (&'static str, Date) {
    if sometimes(rng, 0.75) {
        return ("Asia/Tokyo", date(2026, 2, 1).saturating_add(rng.i64(0..330).days()));
    }
    let (zone, forward, back) = one_of(rng, &ZONES);
    (zone, if rng.bool() { forward } else { back })
}

pub(super) fn hours(rng: &mut Rng) -> (Time, Time) {
    let time = |hour: i8, minute: i8| Time::constant(hour, minute, 0, 0);
    (time(one_of(rng, &[8, 9]), one_of(rng, &[0, 30])), time(one_of(rng, &[17, 18, 19]), one_of(rng, &[0, 30])))
}

pub(super) fn rules(rng: &mut Rng) -> Rules {
    let (open, close) = if rng.bool() { (Time::constant(8, 0, 0, 0), Time::constant(20, 0, 0, 0)) } else { hours(rng) };
    let retry = CAUSES.iter().map(|cause| (*cause, (rng.u32(1..=4), one_of(rng, &[1, 5, 10, 30, 60])))).collect();
    let pattern = vec![Time::constant(10, 0, 0, 0)];
    Rules { open, close, day_off: false, report_covers_day: rng.bool(), retry, pattern }
}

/// Draws a call time, rounded to five minutes.
pub(super) fn time(rng: &mut Rng, rules: &Rules) -> Time {
    let minute = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
    let drawn = rng.i64(minute(rules.open)..minute(rules.close)) / 5 * 5;
    let drawn = drawn.max(minute(rules.open));
    let part = |number: i64| i8::try_from(number).unwrap_or_default();
    Time::new(part(drawn / 60), part(drawn % 60), 0, 0).unwrap_or(rules.open)
}

pub(super) fn person(rng: &mut Rng, nth: u32, rules: &Rules, day: Date) -> PatientState {
    let mut times: Vec<Time> = (0..rng.usize(0..=3)).map(|_| time(rng, rules)).collect();
    // Most patients are called at the few times that are popular.
    if sometimes(rng, 0.5) {
        times =
            vec![one_of(rng, &[Time::constant(9, 0, 0, 0), Time::constant(9, 30, 0, 0), Time::constant(16, 0, 0, 0)])];
    }
    times.retain(|time| (rules.open..rules.close).contains(time));
    times.sort_unstable();
    times.dedup();
    let automated = sometimes(rng, 0.9);
    PatientState {
        registered: sometimes(rng, 0.93),
        automated,
        // A patient without automated calls may share the number of a patient who is called.
        number: people::number(if automated || nth == 0 { nth } else { nth - 1 }, 0),
        times,
        observed_from: sometimes(rng, 0.1).then(|| day.saturating_add(rng.i64(-3..2).days())),
        ..PatientState::default()
    }
}

pub(super) fn mix(rng: &mut Rng) -> PopulationMix {
    if sometimes(rng, 0.4) {
        return PopulationMix::default();
    }
    Habit::ALL.iter().fold(PopulationMix::default(), |mix, habit| {
        let weight = if rng.bool() { rng.u32(0..300) } else { habit.usual_weight() };
        mix.with(*habit, weight)
    })
}

pub(super) fn odds(rng: &mut Rng) -> Odds {
    let mut draw = |likely: f64, each: &[f64]| if sometimes(rng, likely) { one_of(rng, each) } else { 0.0 };
    Odds {
        dies: draw(0.5, &[0.001, 0.003, 0.01]),
        fails: draw(0.3, &[0.001, 0.003, 0.01]),
        meddles: draw(0.4, &[0.005, 0.02]),
        rings_while_called: draw(0.4, &[0.02, 0.1]),
        staff_while_ringing: draw(0.4, &[0.02, 0.1]),
        repeats: draw(0.4, &[0.01, 0.05]),
    }
}

/// Draws how long a process is down: usually a moment, rarely a whole window.
pub(super) fn down_for(rng: &mut Rng) -> SignedDuration {
    SignedDuration::from_secs(match rng.u8(0..10) {
        0..=5 => rng.i64(1..30),
        6..=8 => rng.i64(30..1_200),
        _ => rng.i64(1_200..14_400),
    })
}

pub(super) fn sometimes(rng: &mut Rng, likely: f64) -> bool {
    rng.f64() < likely
}

#[allow(clippy::indexing_slicing, reason = "no list is empty")]
pub(super) fn one_of<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.usize(0..all.len())]
}

/// Converts a local time of the day at the centre.
pub(super) fn local(zone: &str, date: Date, time: Time) -> Timestamp {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    zone.to_timestamp(date.to_datetime(time)).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}

/// The text by which an SMS after missed calls is recognised.
pub(super) const SMS: &str = "{centre}です。お電話しましたがつながりませんでした。{call_back_number}";

/// Formats retry policies as staff write them.
pub(super) fn written(retry: &BTreeMap<&'static str, (u32, i64)>) -> String {
    let parts: Vec<String> =
        retry.iter().map(|(cause, (tries, minutes))| format!("{cause}={tries}x{minutes}")).collect();
    parts.join(";")
}

/// The maximum age of the answer to a lookup of a leg, and of the list on most days.
pub(super) const MOST_STALE: Duration = Duration::from_secs(100);
/// On every fourth day the list is this many times older. It then lags for longer than a call with unknown outcome is
/// looked up.
pub(super) const VERY_STALE: u32 = 9;
/// The ranges of delays of a status.
pub(super) const LATE: [Between; 3] =
    [Between::millis(200, 3_000), Between::millis(500, 30_000), Between::millis(1_000, 600_000)];
