//! Which call patterns are accepted, and when they fire.

use super::*;
use proptest::prelude::*;

fn pattern(text: &str) -> CallPattern {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn on(text: &str, date: &str) -> String {
    let times = pattern(text).times_on(date.parse().expect("a date"));
    times.iter().map(|time| time.strftime("%H:%M").to_string()).collect::<Vec<_>>().join(" ")
}

fn check(text: &str) -> Result<(), UnusablePattern> {
    let from = Date::constant(2026, 11, 24);
    pattern(text).checked(CallingHours::default(), &DaysOff::default(), from)
}

#[test]
fn expressions_are_read_with_5_6_or_7_fields_and_joined() {
    assert_eq!(on("0 10 * * *", "2026-11-24"), "10:00");
    assert_eq!(on("0 0 10 * * *", "2026-11-24"), "10:00");
    assert_eq!(on("00 30 9,18 * * ? 2026", "2026-11-24"), "09:30 18:30");
    assert_eq!(on("00 30 9,18 * * ? 2027", "2026-11-24"), "");
    assert_eq!(on("0 18 * * *; 0 9 * * *;0 9-18/9 * * tue", "2026-11-24"), "09:00 18:00");
    assert_eq!(on("*/30 9 * nov *", "2026-11-24"), "09:00 09:30");
    assert_eq!(on("0 10 * * Mon-Fri", "2026-11-28"), "", "a Saturday");
    assert_eq!(on("0 10 * * sat,Sunday", "2026-11-29"), "10:00", "a Sunday");
    assert_eq!(on("0 10 29 2 *", "2028-02-29"), "10:00");
    assert_eq!(pattern(" 0  10 * * * ;0 0 18 * * * ").to_string(), "0 10 * * *;0 0 18 * * *");
    assert_eq!(pattern("0 10 * * *"), CallPattern::default());
}

#[test]
fn day_of_month_and_weekday_must_both_hold() {
    let days: Vec<String> = Date::constant(2026, 11, 1)
        .series(1.day())
        .take(61)
        .filter(|date| !pattern("0 10 1-7 * mon").times_on(*date).is_empty())
        .map(|date| date.to_string())
        .collect();
    assert_eq!(days, ["2026-11-02", "2026-12-07"], "the first Monday of each month");
}

#[test]
fn what_is_no_pattern_is_refused_by_its_kind() {
    use CallPatternError::*;
    for wrong in ["", ";", "10:00", "0 10 * *", "0 0 0 10 * * * *", "@daily", "0 10 * * *;", "daily at ten o'clock"] {
        assert!(matches!(wrong.parse::<CallPattern>(), Err(Form | Field { .. })), "{wrong}");
    }
    for (wrong, field) in [
        ("60 10 * * *", "minute"),
        ("0 24 * * *", "hour"),
        ("0 10 32 * *", "day of month"),
        ("0 10 0 * *", "day of month"),
        ("0 10 * 13 *", "month"),
        ("0 10 * * someday", "weekday"),
        ("0 10 * * fri-mon", "weekday"),
        ("0 0 10 * * * 1969", "year"),
        ("0 10- * * *", "hour"),
        ("0 10** * * *", "hour"),
        ("0 9-10-11 * * *", "hour"),
        ("0 ? * * *", "hour"),
        ("0/0 10 * * *", "minute"),
        ("0 99999999999 * * *", "hour"),
        ("0 １０ * * *", "hour"),
    ] {
        assert_eq!(wrong.parse::<CallPattern>(), Err(Field { field }), "{wrong}");
    }
    for wrong in ["0 10 * * 1", "0 10 * * 1-5", "0 10 * * */2", "0 10 * * mon,3", "0 10 * * mon-fri/2"] {
        assert_eq!(wrong.parse::<CallPattern>(), Err(WeekdayNumber), "{wrong}");
    }
    for wrong in ["x 0 10 * * *", "30 0 10 * * *", "* 0 10 * * *", "*/15 0 10 * * *"] {
        assert_eq!(wrong.parse::<CallPattern>(), Err(Seconds), "{wrong}");
    }
    assert_eq!(["0 10 * * *"; 9].join(";").parse::<CallPattern>(), Err(Form));
    assert_eq!(format!("0 10 {} * *", ["1"; 100].join(",")).parse::<CallPattern>(), Err(Form));
}

#[test]
fn a_pattern_that_never_fires_fires_too_often_or_out_of_hours_is_unusable() {
    use UnusablePattern::*;
    let date = Date::constant(2026, 11, 24);
    assert_eq!(check("0 9,12,15,18 * * *"), Ok(()));
    assert_eq!(check("0 10 31 2 *"), Err(NeverFires));
    assert_eq!(check("0 0 10 * * * 2025"), Err(NeverFires));
    assert_eq!(check("* * * * *"), Err(TooOften { date, times: 1440 }));
    assert_eq!(check("0 9-13 * * *"), Err(TooOften { date, times: 5 }));
    assert_eq!(
        check("0 9,12 * * *;0 9,15,17 * * *;0 10 1 1 *"),
        Err(TooOften { date: Date::constant(2027, 1, 1), times: 5 })
    );
    let late = OutsideHours { time: Time::constant(20, 0, 0, 0), hours: CallingHours::default() };
    assert_eq!(check("0 20 24 dec *"), Err(late), "once, a month ahead");
    assert!(late.to_string().contains("fires at 20:00, outside the calling hours 08:00-20:00"));

    let weekend: DaysOff = "sat;sun".parse().expect("days off");
    let check = |text: &str| pattern(text).checked(CallingHours::default(), &weekend, date);
    assert_eq!(check("0 10 * * sat"), Err(NeverFires), "only on days off");
    assert_eq!(check("0 22 * * sat;0 10 * * *"), Ok(()), "what falls on days off alone does no harm");
    // Near the end of the calendar fewer days remain to check, and nothing panics.
    assert!(pattern("0 10 * * *").checked(CallingHours::default(), &weekend, Date::MAX).is_ok());
}

#[test]
fn a_pattern_is_stored_as_text() {
    let stored = serde_json::to_string(&pattern("0 9 * * mon;0 18 * * *")).expect("JSON");
    assert_eq!(stored, "\"0 9 * * mon;0 18 * * *\"");
    assert_eq!(serde_json::from_str::<CallPattern>(&stored).expect("a pattern").to_string(), "0 9 * * mon;0 18 * * *");
    assert!(serde_json::from_str::<CallPattern>("\"0 9 * * 1\"").is_err());
}

proptest! {
    #[test]
    fn a_pattern_fires_exactly_on_the_days_and_times_it_names(
        minutes in prop::collection::btree_set(0_u32..60, 1..5),
        hours in prop::collection::btree_set(0_u32..24, 1..5),
        days in prop::option::of(prop::collection::btree_set(1_u32..32, 1..5)),
        months in prop::option::of(prop::collection::btree_set(1_u32..13, 1..5)),
        weekdays in prop::option::of(prop::collection::btree_set(0_usize..7, 1..4)),
        ahead in 0_i64..2000,
    ) {
        const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let list = |set: &BTreeSet<u32>| set.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let starred = |set: &Option<BTreeSet<u32>>| set.as_ref().map_or("*".to_owned(), list);
        let named = weekdays.as_ref().map_or("*".to_owned(), |set| {
            set.iter().map(|place| NAMES[*place]).collect::<Vec<_>>().join(",")
        });
        let text = format!("{} {} {} {} {named}", list(&minutes), list(&hours), starred(&days), starred(&months));
        let date = Date::constant(2026, 1, 1).saturating_add(ahead.days());
        let has = |set: &Option<BTreeSet<u32>>, number: i8| {
            set.as_ref().is_none_or(|set| set.contains(&u32::try_from(number).expect("positive")))
        };
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).expect("positive");
        let fires = has(&days, date.day()) && has(&months, date.month())
            && weekdays.as_ref().is_none_or(|set| set.contains(&weekday));
        let times = pattern(&text).times_on(date);
        prop_assert_eq!(times.len(), if fires { minutes.len() * hours.len() } else { 0 });
        prop_assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
        for time in times {
            let (hour, minute) = (u32::try_from(time.hour())?, u32::try_from(time.minute())?);
            prop_assert!(hours.contains(&hour) && minutes.contains(&minute) && time.second() == 0);
        }
    }

    #[test]
    fn reading_is_total_and_what_is_read_reads_the_same_again(text in "[0-9a-z*?/,; -]{0,40}|\\PC{0,30}") {
        if let Ok(read) = text.parse::<CallPattern>() {
            prop_assert_eq!(read.to_string().parse::<CallPattern>(), Ok(read));
        }
    }
}
