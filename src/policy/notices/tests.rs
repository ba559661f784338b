//! The daily notice over zones, quiet hours, restarts and clocks that are set.

use std::collections::HashMap;

use jiff::SignedDuration;
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const ZONES: [&str; 7] = [
    "Asia/Tokyo",
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
];

fn schedule(zone: &str, hours: &str, daily: Option<&str>) -> NoticeSchedule {
    NoticeSchedule {
        zone: TimeZone::get(zone).unwrap(),
        hours: hours.parse().unwrap(),
        daily: daily.map(|time| time.parse().unwrap()),
    }
}

fn wanted(day: Date) -> NoticeFacts {
    NoticeFacts {
        kind: NoticeKind::Daily,
        day,
        released: false,
        observed_from: None,
        stopped: false,
        stop_requested: false,
        notices_stopped: false,
        sms: Reachable::Yes,
        email: Reachable::None,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_notice_goes_out_from_its_time_until_the_quiet_hours() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00", Some("08:30"));
    let facts = wanted(date(2026, 11, 30));
    let fate = |moment: &str| notice_fate(&facts, &tokyo, at(moment));
    assert_eq!(fate("2026-11-30T08:29:59+09:00"), NoticeFate::Waits(at("2026-11-30T08:30:00+09:00")));
    assert_eq!(fate("2026-11-30T08:30:00+09:00"), NoticeFate::Goes(NoticeChannel::Sms));
    assert_eq!(fate("2026-11-30T19:59:59+09:00"), NoticeFate::Goes(NoticeChannel::Sms));
    assert_eq!(fate("2026-11-30T20:00:00+09:00"), NoticeFate::Ends(NoNotice::Late));
    assert_eq!(fate("2026-12-01T09:00:00+09:00"), NoticeFate::Ends(NoNotice::Late));
    let off = schedule("Asia/Tokyo", "08:00-20:00", None);
    assert_eq!(notice_fate(&facts, &off, at("2026-11-30T09:00:00+09:00")), NoticeFate::Ends(NoNotice::Off));
    let quiet = schedule("Asia/Tokyo", "08:00-20:00", Some("07:00"));
    assert_eq!(quiet.on(facts.day), None);
}

#[test]
fn nobody_released_stopped_or_asking_to_be_left_alone_gets_one() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00", Some("08:30"));
    let (day, now) = (date(2026, 11, 30), at("2026-11-30T09:00:00+09:00"));
    let dead = NoticeFacts { sms: Reachable::Dead, ..wanted(day) };
    for (facts, fate) in [
        (wanted(day), NoticeFate::Goes(NoticeChannel::Sms)),
        (NoticeFacts { released: true, stopped: true, ..wanted(day) }, NoticeFate::Ends(NoNotice::Released)),
        (NoticeFacts { stopped: true, ..wanted(day) }, NoticeFate::Ends(NoNotice::Stopped)),
        (NoticeFacts { stop_requested: true, ..wanted(day) }, NoticeFate::Ends(NoNotice::StopRequested)),
        (NoticeFacts { notices_stopped: true, ..wanted(day) }, NoticeFate::Ends(NoNotice::NoticesStopped)),
        (NoticeFacts { observed_from: Some(date(2026, 12, 1)), ..wanted(day) }, NoticeFate::Ends(NoNotice::NotBegun)),
        (dead.clone(), NoticeFate::Ends(NoNotice::NoAddress)),
        (NoticeFacts { email: Reachable::Yes, ..dead.clone() }, NoticeFate::Goes(NoticeChannel::Email)),
        (NoticeFacts { email: Reachable::Dead, ..dead }, NoticeFate::Ends(NoNotice::NoAddress)),
    ] {
        assert_eq!(notice_fate(&facts, &tokyo, now), fate, "{facts:?}");
    }
}

#[test]
fn an_invitation_at_night_waits_for_the_morning() {
    let tokyo = schedule("Asia/Tokyo", "08:00-20:00", None);
    let facts = NoticeFacts { kind: NoticeKind::Invitation, ..wanted(date(2026, 11, 30)) };
    let fate = |moment: &str| notice_fate(&facts, &tokyo, at(moment));
    assert_eq!(fate("2026-11-30T19:00:00+09:00"), NoticeFate::Goes(NoticeChannel::Sms));
    assert_eq!(fate("2026-11-30T23:00:00+09:00"), NoticeFate::Waits(at("2026-12-01T08:00:00+09:00")));
    assert_eq!(fate("2026-12-01T03:00:00+09:00"), NoticeFate::Waits(at("2026-12-01T08:00:00+09:00")));
    let early = NoticeFacts { observed_from: Some(date(2026, 12, 5)), ..facts };
    let now = at("2026-11-30T10:00:00+09:00");
    assert_eq!(notice_fate(&early, &tokyo, now), NoticeFate::Goes(NoticeChannel::Sms), "before the observation");
}

#[test]
fn a_time_in_the_gap_of_daylight_saving_is_later_and_one_in_the_fold_is_once() {
    let berlin = schedule("Europe/Berlin", "00:00-24:00", Some("02:30"));
    let due = |day: Date| berlin.on(day).map(|day| day.due_at.to_string());
    assert_eq!(due(date(2026, 3, 29)).as_deref(), Some("2026-03-29T01:30:00Z"));
    assert_eq!(due(date(2026, 10, 25)).as_deref(), Some("2026-10-25T00:30:00Z"));
    let apia = schedule("Pacific/Apia", "08:00-20:00", Some("09:00"));
    assert_eq!(apia.on(date(2011, 12, 30)), None, "a day that Samoa left out");
}

#[test]
fn settings_are_written_as_they_are_read() {
    assert_eq!("8:30".parse::<NoticeTime>().map(|time| time.to_string()).as_deref(), Ok("08:30"));
    assert_eq!("25:00".parse::<NoticeTime>(), Err(NoticeTimeError));
    for what in [Invitations::ByHand, Invitations::AtRegistration] {
        assert_eq!(what.to_string().parse(), Ok(what));
    }
    assert_eq!("on".parse::<Invitations>(), Err(InvitationsError));
}

/// What happens to the program while a patient is observed.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The clock goes on, or is set, by so many minutes.
    Clock(i64),
    /// The planner and the sender run.
    Runs,
    /// They run, and the program is killed after the message was handed over, before that is stored.
    Killed,
    /// The patient moves to another zone's health centre.
    Moves(usize),
    /// The patient asks to be left alone, or the health centre decides that notices go on.
    LeftAlone(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_i64..600).prop_map(Step::Clock),
        1 => (-3_000_i64..3_000).prop_map(Step::Clock),
        6 => Just(Step::Runs),
        2 => Just(Step::Killed),
        1 => (0..ZONES.len()).prop_map(Step::Moves),
        1 => any::<bool>().prop_map(Step::LeftAlone),
    ]
}

proptest! {
    /// Whatever the clock, the restarts and the moves do, each civil day has at most one notice, none in quiet hours,
    /// and none after the patient asked to be left alone.
    #[test]
    fn each_day_has_one_notice_at_most(
        steps in prop::collection::vec(step(), 1..120),
        hours in select(vec!["08:00-20:00", "09:30-10:30", "00:00-24:00"]),
        daily in select(vec!["09:30", "08:00", "10:00", "23:59"]),
        begin in 1_790_000_000_i64..1_800_000_000,
    ) {
        let mut zone = 0;
        let mut now = Timestamp::from_second(begin).unwrap();
        let mut alone = false;
        // What is stored: the days, and whether the intent was committed.
        let mut stored: HashMap<Date, bool> = HashMap::new();
        let mut sent: Vec<(Date, Timestamp)> = Vec::new();
        for step in steps {
            let schedule = schedule(ZONES[zone], hours, Some(daily));
            match step {
                Step::Clock(minutes) => now += SignedDuration::from_mins(minutes),
                Step::Moves(to) => zone = to,
                Step::LeftAlone(asks) => alone = asks,
                Step::Runs | Step::Killed => {
                    if let Some(due) = schedule.due(now) {
                        stored.entry(due.day).or_insert(false);
                    }
                    for (day, intended) in &mut stored {
                        let facts = NoticeFacts { notices_stopped: alone, ..wanted(*day) };
                        match notice_fate(&facts, &schedule, now) {
                            _ if *intended => {}
                            NoticeFate::Goes(_) => {
                                *intended = true;
                                prop_assert!(!alone && schedule.is_open(now));
                                prop_assert_eq!(schedule.day(now), *day);
                                sent.push((*day, now));
                            }
                            NoticeFate::Waits(until) => prop_assert!(until > now),
                            NoticeFate::Ends(_) => *intended = true,
                        }
                    }
                }
            }
        }
        let mut days: Vec<Date> = sent.iter().map(|(day, _)| *day).collect();
        days.sort_unstable();
        days.dedup();
        prop_assert_eq!(days.len(), sent.len());
    }

    /// An invitation that waits goes out at the end of the quiet hours.
    #[test]
    fn an_invitation_that_waits_goes_out_when_it_is_due(
        zone in select(ZONES.to_vec()),
        hours in select(vec!["08:00-20:00", "09:30-10:30", "00:00-24:00"]),
        second in 1_700_000_000_i64..1_900_000_000,
    ) {
        let schedule = schedule(zone, hours, None);
        let now = Timestamp::from_second(second).unwrap();
        let facts = NoticeFacts { kind: NoticeKind::Invitation, ..wanted(schedule.day(now)) };
        match notice_fate(&facts, &schedule, now) {
            NoticeFate::Goes(_) => prop_assert!(schedule.is_open(now)),
            NoticeFate::Waits(until) => {
                prop_assert!(until > now && until.duration_since(now) <= SignedDuration::from_hours(25));
                prop_assert_eq!(notice_fate(&facts, &schedule, until), NoticeFate::Goes(NoticeChannel::Sms));
            }
            NoticeFate::Ends(why) => prop_assert!(false, "{:?}", why),
        }
    }
}
