//! Slots through a year of daylight saving time in several zones.

use super::*;
use crate::domain::DayEnd;
use proptest::prelude::*;

fn schedule(zone: &str, hours: &str) -> CallingSchedule {
    CallingSchedule {
        zone: TimeZone::get(zone).expect("a zone"),
        hours: hours.parse().expect("hours"),
        days_off: DaysOff::default(),
        pattern: CallPattern::default(),
    }
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn times(text: &str) -> CallTimes {
    text.parse().expect("times")
}

/// Each slot of the day as `time due/window_end`, the latter two in UTC.
fn written(schedule: &CallingSchedule, call_times: &str, day: &str) -> Vec<String> {
    let slots = schedule.slots_on(&times(call_times), date(day));
    let clock = |at: Timestamp| at.strftime("%dT%H:%M");
    slots
        .iter()
        .map(|slot| format!("{} {}/{}", slot.time.strftime("%H:%M"), clock(slot.due_at), clock(slot.window_end)))
        .collect()
}

#[test]
fn a_day_has_its_times_inside_hours_each_until_the_next_or_until_close() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00");
    assert_eq!(written(&tokyo, "09:00;18:00", "2026-11-24"), ["09:00 24T00:00/24T09:00", "18:00 24T09:00/24T11:00"]);
    assert_eq!(written(&tokyo, "", "2026-11-24"), ["10:00 24T01:00/24T11:00"], "the centre's pattern");
    assert_eq!(written(&tokyo, "07:59;08:00;19:59;20:00", "2026-11-24").len(), 2);
    let closed = CallingSchedule { days_off: "tue;2026-11-25".parse().expect("days off"), ..tokyo };
    assert_eq!(written(&closed, "09:00", "2026-11-24"), Vec::<String>::new(), "a Tuesday");
    assert_eq!(written(&closed, "09:00", "2026-11-25"), Vec::<String>::new(), "a date");
    assert_eq!(written(&closed, "09:00", "2026-11-26").len(), 1);
}

#[test]
fn an_unchecked_pattern_still_calls_at_most_four_times_a_day() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00");
    let hourly = CallingSchedule { pattern: "0 * * * *".parse().expect("a pattern"), ..tokyo };
    let names: Vec<i8> =
        hourly.slots_on(&CallTimes::default(), date("2026-11-24")).iter().map(|slot| slot.time.hour()).collect();
    assert_eq!(names, [8, 9, 10, 11]);
}

#[test]
fn a_time_in_the_spring_gap_is_due_after_it_and_once() {
    // Berlin, 29 March 2026: 02:00 is followed by 03:00, at 01:00 UTC.
    let night = schedule("Europe/Berlin", "00:00-23:59");
    assert_eq!(written(&night, "02:30", "2026-03-29"), ["02:30 29T01:30/29T21:59"]);
    assert_eq!(written(&night, "02:30;03:30", "2026-03-29"), ["02:30 29T01:30/29T21:59"], "one moment, one slot");
    assert_eq!(written(&night, "02:30;03:00", "2026-03-29"), ["03:00 29T01:00/29T01:30", "02:30 29T01:30/29T21:59"]);
    let early = schedule("Europe/Berlin", "00:00-03:15");
    assert_eq!(written(&early, "02:10;02:15;02:30", "2026-03-29"), ["02:10 29T01:10/29T01:15"], "pushed past the end");
    // If the closing time is in the gap, calling hours close when the gap begins.
    let into = schedule("Europe/Berlin", "00:00-02:30");
    assert_eq!(written(&into, "01:50;02:10", "2026-03-29"), ["01:50 29T00:50/29T01:00"]);
    let lord_howe = schedule("Australia/Lord_Howe", "00:00-23:59");
    assert_eq!(written(&lord_howe, "02:15", "2026-10-04"), ["02:15 03T15:45/04T12:59"], "a gap of half an hour");
}

#[test]
fn a_time_in_the_autumn_fold_is_due_once() {
    // Berlin, 25 October 2026: 03:00 is followed by 02:00, at 01:00 UTC.
    let night = schedule("Europe/Berlin", "00:00-23:59");
    assert_eq!(written(&night, "02:30;03:00", "2026-10-25"), ["02:30 25T00:30/25T02:00", "03:00 25T02:00/25T22:59"]);
    // The clock is set back to before opening, so the window ends there.
    let late = schedule("Europe/Berlin", "02:30-20:00");
    assert_eq!(written(&late, "02:45", "2026-10-25"), ["02:45 25T00:45/25T01:00"]);
}

#[test]
fn a_skipped_day_has_no_slots_and_the_next_follows() {
    let apia = schedule("Pacific/Apia", "08:00-20:00");
    assert_eq!(written(&apia, "10:00", "2011-12-30"), Vec::<String>::new());
    let after = apia.slots_on(&times("10:00"), date("2011-12-29"))[0].due_at;
    let next = apia.next_slot(&times("10:00"), None, after).expect("a slot");
    assert_eq!((next.date, next.due_at), (date("2011-12-31"), at("2011-12-31T10:00:00+14:00")));
}

#[test]
fn the_next_slot_keeps_to_observation_and_to_its_limit() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00");
    let next = |schedule: &CallingSchedule, from: Option<&str>, after: &str| {
        schedule.next_slot(&times("09:00;18:00"), from.map(date), at(after)).map(|slot| (slot.date, slot.time.hour()))
    };
    assert_eq!(next(&tokyo, None, "2026-11-24T08:59:59+09:00"), Some((date("2026-11-24"), 9)));
    assert_eq!(next(&tokyo, None, "2026-11-24T09:00:00+09:00"), Some((date("2026-11-24"), 18)));
    assert_eq!(next(&tokyo, None, "2026-11-24T18:00:00+09:00"), Some((date("2026-11-25"), 9)));
    assert_eq!(next(&tokyo, Some("2026-12-01"), "2026-11-24T09:00:00+09:00"), Some((date("2026-12-01"), 9)));
    assert_eq!(next(&tokyo, Some("2026-11-01"), "2026-11-24T09:00:00+09:00"), Some((date("2026-11-24"), 18)));
    let evening = schedule("Asia/Tokyo", "20:00-21:00");
    assert_eq!(next(&evening, None, "2026-11-24T09:00:00+09:00"), None, "no time lies in the hours");
    assert_eq!(next(&tokyo, Some("9999-12-31"), "2026-11-24T09:00:00Z"), None, "at the end of the calendar");
    assert!(tokyo.next_slot(&times("09:00"), None, Timestamp::MAX).is_none());
    let _ = tokyo.next_slot(&times("09:00"), Some(Date::MIN), Timestamp::MIN);
}

#[test]
fn a_slot_goes_when_what_is_set_no_longer_has_it() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00");
    let (day, nine) = (date("2026-11-24"), Time::constant(9, 0, 0, 0));
    assert!(tokyo.slot(&times("09:00;18:00"), day, nine).is_some());
    assert!(tokyo.slot(&times("09:30"), day, nine).is_none());
    assert!(
        CallingSchedule { hours: "09:30-20:00".parse().expect("hours"), ..tokyo }
            .slot(&times("09:00"), day, nine)
            .is_none()
    );
}

#[test]
fn a_report_counts_for_the_day_or_for_the_slot() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00");
    let times = times("09:00;18:00");
    let slots = tokyo.slots_on(&times, date("2026-11-24"));
    let midnight = at("2026-11-24T00:00:00+09:00");
    let from = |covers, nth: usize| tokyo.reports_count_from(covers, &times, &slots[nth]);
    assert_eq!((from(ReportCovers::Day, 0), from(ReportCovers::Day, 1)), (midnight, midnight));
    assert_eq!((from(ReportCovers::Slot, 0), from(ReportCovers::Slot, 1)), (midnight, slots[1].due_at));
}

#[test]
fn a_day_begins_after_a_gap_at_midnight() {
    let begins =
        |zone: &str, day: &str| schedule(zone, "08:00-20:00").day_begins(date(day)).expect("a moment").to_string();
    assert_eq!(begins("Asia/Tokyo", "2026-11-24"), "2026-11-23T15:00:00Z");
    // São Paulo, 4 November 2018: 00:00 was followed by 01:00.
    assert_eq!(begins("America/Sao_Paulo", "2018-11-04"), "2018-11-04T03:00:00Z");
    // Toronto, 30 March 1919: 23:30 of the day before was followed by 00:30.
    assert_eq!(begins("America/Toronto", "1919-03-31"), "1919-03-31T04:30:00Z");
}

const ZONES: [&str; 12] = [
    "Asia/Tokyo",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "America/Santiago",
    "Asia/Tehran",
    "Antarctica/Troll",
];

fn schedules() -> impl Strategy<Value = CallingSchedule> {
    let time = || (0_i8..24, 0_i8..60).prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0));
    let hours = prop_oneof![
        Just(CallingHours::default()),
        Just(CallingHours { open: Time::midnight(), close: DayEnd::Midnight }),
        (time(), time()).prop_filter_map("opening before closing", |(open, close)| {
            (open < close).then_some(CallingHours { open, close: close.into() })
        }),
    ];
    let days_off = prop::sample::select(vec!["", "sat;sun", "mon;2011-12-31;2026-03-29"]);
    let pattern = prop::sample::select(vec!["0 10 * * *", "30 2,3 * * *;0 0 * * *", "*/7 * 1-7 * mon", "5 9 29 2 *"]);
    (prop::sample::select(&ZONES[..]), hours, days_off, pattern).prop_map(|(zone, hours, days_off, pattern)| {
        CallingSchedule {
            zone: TimeZone::get(zone).expect("a zone"),
            hours,
            days_off: days_off.parse().expect("days off"),
            pattern: pattern.parse().expect("a pattern"),
        }
    })
}

fn call_times() -> impl Strategy<Value = CallTimes> {
    // Half of the times are in the early hours, when clocks change.
    let hour = prop_oneof![0_i8..4, 0_i8..24];
    prop::collection::btree_set((hour, 0_i8..60), 0..=4).prop_map(|set| {
        CallTimes::new(set.into_iter().map(|(hour, minute)| Time::constant(hour, minute, 0, 0)).collect())
            .expect("few and distinct")
    })
}

/// A moment between 2005 and 2035, often near a clock change in some zone.
fn moments() -> impl Strategy<Value = Timestamp> {
    let near = prop::sample::select(vec![
        "2026-03-28T12:00:00Z",
        "2026-10-24T12:00:00Z",
        "2011-12-29T00:00:00Z",
        "2018-11-03T12:00:00Z",
        "2018-02-17T12:00:00Z",
        "2026-10-03T06:00:00Z",
        "2026-02-14T12:00:00Z",
        "2010-03-13T18:00:00Z",
        "2010-11-06T18:00:00Z",
    ]);
    prop_oneof![
        (1_104_537_600_i64..2_051_222_400).prop_map(|second| Timestamp::from_second(second).expect("in range")),
        (near, 0_i64..172_800).prop_map(|(text, more)| at(text) + jiff::SignedDuration::from_secs(more)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn each_slot_is_inside_hours_few_ordered_and_apart(
        schedule in schedules(), times in call_times(), after in moments(),
    ) {
        let today = schedule.zone.to_datetime(after).date();
        for day in today.series(1.day()).take(3) {
            let slots = schedule.slots_on(&times, day);
            prop_assert!(slots.len() <= CallTimes::MAX);
            prop_assert!(slots.is_empty() || !schedule.days_off.contain(day));
            for slot in &slots {
                let local = schedule.zone.to_datetime(slot.due_at);
                prop_assert!(slot.date == day && local.date() == day && schedule.hours.contain(local.time()));
                prop_assert!(schedule.hours.contain(slot.time));
                prop_assert!(slot.due_at < slot.window_end);
                // The middle and the last moment of the window are within calling hours in civil time.
                let last = slot.window_end - jiff::SignedDuration::from_nanos(1);
                let middle = slot.due_at + slot.due_at.duration_until(slot.window_end) / 2;
                for moment in [middle, last].map(|moment| schedule.zone.to_datetime(moment)) {
                    prop_assert!(moment.date() == day && schedule.hours.contain(moment.time()), "{moment}");
                }
                prop_assert_eq!(schedule.slot(&times, slot.date, slot.time), Some(*slot));
                prop_assert!(schedule.day_begins(day).is_some_and(|begins| begins <= slot.due_at));
            }
            for pair in slots.windows(2) {
                prop_assert!(pair[0].due_at < pair[1].due_at && pair[0].window_end <= pair[1].due_at);
                prop_assert!(pair[0].time != pair[1].time);
            }
        }
    }

    #[test]
    fn stepping_from_slot_to_slot_visits_exactly_those_between(
        schedule in schedules(), times in call_times(), after in moments(), days in 1_i64..6,
        observed in prop::option::of(-3_i64..6),
    ) {
        let until = after + jiff::SignedDuration::from_hours(24 * days);
        let observed = observed.map(|days| schedule.zone.to_datetime(after).date() + days.days());
        let between = schedule.slots_between(&times, observed, after, until, 100);
        let (mut chain, mut now) = (Vec::new(), after);
        while let Some(slot) = schedule.next_slot(&times, observed, now).filter(|slot| slot.due_at <= until) {
            prop_assert!(slot.due_at > now);
            chain.push(slot);
            now = slot.due_at;
        }
        prop_assert_eq!(&chain, &between);
        prop_assert!(between.windows(2).all(|pair| pair[0].window_end <= pair[1].due_at));
        prop_assert!(between.iter().all(|slot| observed.is_none_or(|first| slot.date >= first)));
        prop_assert_eq!(schedule.slots_between(&times, observed, after, until, 2), &between[..between.len().min(2)]);
    }

    #[test]
    fn a_clock_that_steps_back_meets_the_same_slots(
        schedule in schedules(), times in call_times(), after in moments(), back in 0_i64..200_000,
    ) {
        let until = after + jiff::SignedDuration::from_hours(48);
        let before = after - jiff::SignedDuration::from_secs(back);
        let seen = schedule.slots_between(&times, None, after, until, 100);
        let again = schedule.slots_between(&times, None, before, until, 100);
        let again: Vec<PlannedSlot> = again.into_iter().filter(|slot| slot.due_at > after).collect();
        prop_assert_eq!(seen, again);
    }
}

#[test]
fn a_report_is_about_the_latest_slot_that_is_due_or_the_first() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00");
    let (times, day) = (times("09:00;15:00"), date("2026-11-24"));
    let about = |covers, time: &str| {
        let at = at(&format!("2026-11-24T{time}:00+09:00"));
        tokyo.slot_reported(covers, &times, day, at).map(|slot| slot.time.strftime("%H:%M").to_string())
    };
    for (time, slot) in
        [("07:00", "09:00"), ("09:00", "09:00"), ("14:59", "09:00"), ("15:00", "15:00"), ("23:00", "15:00")]
    {
        assert_eq!(about(ReportCovers::Slot, time).as_deref(), Some(slot), "{time}");
        assert_eq!(about(ReportCovers::Day, time), None);
    }
}
