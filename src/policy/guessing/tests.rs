//! Attackers against the policy: how many of their tries count, and that other callers can still be identified.

use super::*;
use proptest::prelude::*;

const START: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap_or(Timestamp::MAX)
}

/// The caller's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// The number registered for the ID.
    Registered,
    /// Another number.
    Number(u32),
    Hidden,
}

impl From {
    const fn lane(self) -> Lane {
        match self {
            Self::Registered => Lane::Registered,
            Self::Number(_) => Lane::Outsider,
            Self::Hidden => Lane::Hidden,
        }
    }
}

/// The failures so far, as the store keeps them.
#[derive(Default)]
struct Ledger(Vec<(i64, u32, From)>);

impl Ledger {
    fn failures(&self, limits: &GuessingLimits, now: i64, id: u32, from: From, in_call: u32) -> Failures {
        let (day, week) = (GuessingLimits::DAY.as_secs(), GuessingLimits::WEEK.as_secs());
        let window = limits.window().as_secs();
        let count = |since: i64, holds: &dyn Fn(u32, From) -> bool| {
            let failed = self.0.iter().filter(|(at, id, from)| *at >= now - since && *at <= now && holds(*id, *from));
            u32::try_from(failed.count()).unwrap_or(u32::MAX)
        };
        let lane = from.lane();
        let last = self.0.iter().filter(|(_, of, by)| *of == id && by.lane() == lane).map(|(at, ..)| *at).max();
        Failures {
            of_id: count(window, &|of, by| of == id && by.lane() == lane),
            of_id_today: count(day, &|of, by| of == id && by.lane() == lane),
            of_id_this_week: count(week, &|of, by| of == id && by.lane() == lane),
            of_id_by_others: count(day, &|of, by| of == id && by != From::Registered),
            of_id_by_others_this_week: count(week, &|of, by| of == id && by != From::Registered),
            last_of_id: last.filter(|at| *at >= now - day).map(self::at),
            of_caller: if from == From::Hidden { 0 } else { count(window, &|_, by| by == from) },
            of_caller_today: if from == From::Hidden { 0 } else { count(day, &|_, by| by == from) },
            of_lane: count(window, &|_, by| by.lane() == lane),
            of_lane_today: count(day, &|_, by| by.lane() == lane),
            in_call,
        }
    }

    /// Makes a wrong guess. Returns `true` if it was checked.
    fn guess(&mut self, limits: &GuessingLimits, now: i64, id: u32, from: From, in_call: u32) -> bool {
        let failures = self.failures(limits, now, id, from, in_call);
        let judged = limits.standing(from.lane(), &failures, at(now)) == LaneState::Open;
        if judged {
            self.0.push((now, id, from));
        }
        judged
    }

    fn standing(&self, limits: &GuessingLimits, now: i64, id: u32, from: From) -> LaneState {
        limits.standing(from.lane(), &self.failures(limits, now, id, from, 0), at(now))
    }

    /// The maximum number of checked guesses at one ID in any 24 hours, by callers that match `by`.
    fn most_in_a_day(&self, id: u32, by: impl Fn(From) -> bool) -> usize {
        self.most(id, GuessingLimits::DAY, by)
    }

    /// The same for any period of this length.
    fn most(&self, id: u32, length: SignedDuration, by: impl Fn(From) -> bool) -> usize {
        let times: Vec<i64> =
            self.0.iter().filter(|(_, of, from)| *of == id && by(*from)).map(|(at, ..)| *at).collect();
        let within = |from: &i64| times.iter().filter(|at| (*from..*from + length.as_secs()).contains(*at)).count();
        times.iter().map(within).max().unwrap_or_default()
    }
}

/// Callers from hidden, unregistered and registered numbers.
fn callers() -> impl Strategy<Value = From> {
    prop_oneof![Just(From::Hidden), (0_u32..40).prop_map(From::Number), Just(From::Registered)]
}

/// Guesses: seconds since the previous one, ID, caller, and failures so far in the call.
fn attack() -> impl Strategy<Value = Vec<(i64, u32, From, u32)>> {
    let seconds = prop_oneof![0_i64..3, 0_i64..200, 0_i64..20_000];
    prop::collection::vec((seconds, 0_u32..6, callers(), 0_u32..3), 0..400)
}

/// Limits low enough for a short attack to reach each of them.
fn small() -> GuessingLimits {
    GuessingLimits { per_id: 20, per_caller: 6, global: 25, hidden: 12, ..GuessingLimits::default() }
}

fn attacked(limits: &GuessingLimits, attack: &[(i64, u32, From, u32)]) -> (Ledger, i64) {
    let (mut ledger, mut now) = (Ledger::default(), 0);
    for (seconds, id, from, in_call) in attack {
        now += seconds;
        ledger.guess(limits, now, *id, *from, *in_call);
    }
    (ledger, now)
}

proptest! {
    #[test]
    fn h7_one_id_takes_twenty_tries_a_day_whatever_numbers_they_come_from(attack in attack()) {
        for limits in [GuessingLimits::default(), small()] {
            let (ledger, _) = attacked(&limits, &attack);
            for id in 0..6 {
                prop_assert!(ledger.most_in_a_day(id, |from| from != From::Registered) <= 20);
                prop_assert!(ledger.most_in_a_day(id, |from| from == From::Hidden) <= 10);
            }
        }
    }

    #[test]
    fn h7_an_id_without_failures_is_tried_from_any_other_number_whatever_happens(attack in attack()) {
        let limits = small();
        let (ledger, now) = attacked(&limits, &attack);
        // ID 6 has no failures, and neither has this caller.
        prop_assert_eq!(ledger.standing(&limits, now, 6, From::Number(99)), LaneState::Open);
    }

    #[test]
    fn h7_hidden_numbers_take_nothing_from_other_callers_but_half_of_an_ids_tries(attack in attack()) {
        let limits = small();
        let hidden = attack.into_iter().map(|(seconds, id, _, in_call)| (seconds, id, From::Hidden, in_call));
        let hidden: Vec<_> = hidden.collect();
        let (mut ledger, now) = attacked(&limits, &hidden);
        for id in 0..6 {
            prop_assert_eq!(ledger.standing(&limits, now, id, From::Number(99)), LaneState::Open, "at once");
            // Half of the tries are available too, one per call, with the waits between them.
            for nth in 0..10 {
                let later = now + 7_200 * (nth + 1);
                let caller = From::Number(100 + id * 10 + u32::try_from(nth).unwrap_or_default());
                prop_assert!(ledger.guess(&limits, later, id, caller, 0), "try {} of ID {}", nth, id);
            }
        }
    }

    #[test]
    fn h7_outsiders_never_lock_the_registered_number(attack in attack()) {
        let limits = small();
        let others: Vec<_> = attack.into_iter().filter(|(_, _, from, _)| *from != From::Registered).collect();
        let (ledger, now) = attacked(&limits, &others);
        for id in 0..7 {
            prop_assert_eq!(ledger.standing(&limits, now, id, From::Registered), LaneState::Open);
        }
    }

    #[test]
    fn more_failures_never_open_what_was_closed(
        before in any::<[u32; 4]>(),
        more in 0_usize..4,
        in_call in 0_u32..3,
        lane in 0_usize..3,
        seconds in 0_i64..90_000,
    ) {
        let limits = GuessingLimits::default();
        let lane = Lane::ALL.get(lane).copied().unwrap_or(Lane::Hidden);
        let failures = |[of_id, by_others, of_caller, of_lane]: [u32; 4]| Failures {
            of_id,
            of_id_today: of_id,
            of_id_by_others: by_others.max(of_id),
            last_of_id: Some(at(0)),
            of_caller,
            of_lane,
            in_call,
            ..Failures::default()
        };
        let small = before.map(|count| count % 1_500);
        let mut after = small;
        if let Some(count) = after.get_mut(more) { *count += 1; }
        let open = |counts| limits.standing(lane, &failures(counts), at(seconds)) == LaneState::Open;
        prop_assert!(open(small) || !open(after), "{small:?} {after:?}");
    }
}

/// When guesses at one ID are checked, for an attacker who tries every second from a new number.
fn judged(limits: &GuessingLimits, ledger: &mut Ledger, hours: i64, from: impl Fn(u32) -> From) -> Vec<i64> {
    let mut times = Vec::new();
    let mut number = 1_000;
    let mut now = 0;
    while now < hours * 3_600 {
        if ledger.guess(limits, now, 0, from(number), 0) {
            times.push(now);
        }
        number += 1;
        now += 1;
    }
    times
}

#[test]
fn h7_the_waits_grow_until_the_days_tries_are_used_up() {
    let limits = GuessingLimits::default();
    let times = judged(&limits, &mut Ledger::default(), 24, From::Number);
    assert_eq!(times.len(), 20);
    let gaps: Vec<i64> = times.iter().zip(times.iter().skip(1)).map(|(one, next)| next - one).collect();
    let minute = 60;
    assert_eq!(gaps.get(..3), Some([1, 1, minute].as_slice()), "a call's worth of mistakes makes nobody wait");
    assert!(gaps.is_sorted(), "{gaps:?}");
    assert_eq!(gaps.last(), Some(&3_600));
    let hidden = judged(&limits, &mut Ledger::default(), 24, |_| From::Hidden);
    assert_eq!(hidden.len(), 10, "half of them");
}

#[test]
fn h7_the_first_failure_after_a_day_frees_one_try() {
    let limits = GuessingLimits::default();
    let mut ledger = Ledger::default();
    let times = judged(&limits, &mut ledger, 24, From::Number);
    let (first, day) = (times.first().copied().unwrap_or_default(), 86_400);
    let stranger = From::Number(7);
    assert_eq!(ledger.standing(&limits, first + day, 0, stranger), LaneState::IdLocked);
    assert_eq!(ledger.standing(&limits, first + day + 1, 0, stranger), LaneState::Open);
}

#[test]
fn a_clock_put_back_makes_no_wait_longer() {
    let limits = GuessingLimits::default();
    let failures = Failures { of_id_today: 3, of_id_by_others: 3, last_of_id: Some(at(100)), ..Failures::default() };
    let standing = |now| limits.standing(Lane::Outsider, &failures, at(now));
    assert_eq!([standing(40), standing(100), standing(159)], [LaneState::IdWaits; 3]);
    assert_eq!(standing(160), LaneState::Open);
}

#[test]
fn h7_a_slowed_lane_judges_one_try_a_call_and_few_a_day_of_an_id_that_failed() {
    let limits = GuessingLimits::default();
    let slowed = Failures { of_lane: 600, ..Failures::default() };
    let standing = |failures: Failures| limits.standing(Lane::Outsider, &failures, at(10_000));
    assert_eq!(standing(slowed), LaneState::Open, "an ID without failures");
    assert_eq!(standing(Failures { in_call: 1, ..slowed }), LaneState::OneTryACall);
    assert_eq!(standing(Failures { of_caller: 3, ..slowed }), LaneState::CallerLocked, "a quarter of 12");
    let failed = Failures { of_id_today: 1, of_id_by_others: 1, last_of_id: Some(at(10_000 - 899)), ..slowed };
    assert_eq!(standing(failed), LaneState::IdWaits);
    assert_eq!(standing(Failures { last_of_id: Some(at(10_000 - 900)), ..failed }), LaneState::Open);
    assert_eq!(standing(Failures { of_lane: 599, in_call: 1, ..failed }), LaneState::Open, "not slowed any more");
    // Under an attack that never ends.
    let flooded = GuessingLimits { global: 0, ..limits };
    let times = judged(&flooded, &mut Ledger::default(), 24, From::Number);
    assert_eq!(times.len(), 8);
}

#[test]
fn h7_hidden_numbers_are_slowed_and_stopped_by_themselves_alone() {
    let limits = GuessingLimits::default();
    let hidden =
        |of_lane, in_call| limits.standing(Lane::Hidden, &Failures { of_lane, in_call, ..Failures::default() }, at(0));
    assert_eq!([hidden(299, 2), hidden(300, 0), hidden(1_199, 0)], [LaneState::Open; 3]);
    assert_eq!([hidden(300, 1), hidden(1_199, 2)], [LaneState::OneTryACall; 2]);
    assert_eq!(hidden(1_200, 0), LaneState::LaneLocked);
}

/// The warnings about a guess, if it is checked.
fn told(limits: &GuessingLimits, ledger: &mut Ledger, now: i64, id: u32, from: From) -> Vec<Warn> {
    let before = ledger.failures(limits, now, id, from, 0);
    if ledger.guess(limits, now, id, from, 0) { limits.warnings(from.lane(), &before) } else { Vec::new() }
}

proptest! {
    /// An attacker who never triggers a warning stays far below the limits. Guesses that would trigger one are skipped.
    #[test]
    fn h7_who_stays_unnoticed_has_few_tries(
        attack in prop::collection::vec((0_i64..9_000, 0_u32..3, callers()), 0..400),
    ) {
        let limits = small();
        let mut ledger = Ledger::default();
        let mut now = 0;
        for (seconds, id, from) in attack {
            now += seconds;
            let before = ledger.failures(&limits, now, id, from, 0);
            if limits.warnings(from.lane(), &before).is_empty() {
                ledger.guess(&limits, now, id, from, 0);
            }
        }
        for id in 0..3 {
            prop_assert!(ledger.most(id, GuessingLimits::WEEK, |from| from != From::Registered) < 20);
            prop_assert!(ledger.most(id, GuessingLimits::DAY, |from| from == From::Registered) < 18);
            prop_assert!(ledger.most(id, GuessingLimits::WEEK, |from| from == From::Registered) < 36);
        }
        let of_all = |by: &dyn Fn(From) -> bool| {
            Ledger(ledger.0.iter().map(|(at, _, from)| (*at, 0, *from)).collect()).most(0, GuessingLimits::DAY, by)
        };
        prop_assert!(of_all(&|from| from == From::Hidden) < 12);
        prop_assert!(of_all(&|from| from.lane() == Lane::Outsider) < 25);
        for number in 0..40 {
            prop_assert!(of_all(&|from| from == From::Number(number)) < 12);
        }
    }

    /// While an attack continues, its next tries trigger a new warning after staff close the alert.
    #[test]
    fn h7_what_goes_on_is_told_for_as_long_as_it_does(gap in 1_i64..30_000) {
        let limits = GuessingLimits::default();
        let mut ledger = Ledger::default();
        let mut since_told = 0;
        for nth in 0..400 {
            let number = From::Number(1_000 + nth);
            let judged = ledger.0.len();
            let told = told(&limits, &mut ledger, i64::from(nth) * gap, 0, number);
            since_told = if told.is_empty() { since_told + ledger.0.len() - judged } else { 0 };
            prop_assert!(since_told < 20, "try {nth}");
        }
    }
}

#[test]
fn h7_nine_tries_a_day_are_told_on_the_third_day() {
    let limits = GuessingLimits::default();
    let mut ledger = Ledger::default();
    let mut days = Vec::new();
    for day in 0..10_i64 {
        for nth in 0..9_u32 {
            let number = From::Number(u32::try_from(day).unwrap_or_default() * 9 + nth);
            if !told(&limits, &mut ledger, day * 86_500 + i64::from(nth) * 4_000, 0, number).is_empty() {
                days.push(day);
            }
        }
    }
    assert_eq!(days.first(), Some(&2), "at the 20th try");
    assert_eq!(days.last(), Some(&9));
}

#[test]
fn staff_are_told_once_at_each_limit() {
    let limits = GuessingLimits::default();
    let warnings = |lane, failures| limits.warnings(lane, &failures);
    let [id, caller, whole] = [WarnOf::Id, WarnOf::Caller, WarnOf::Lane].map(|about| Warn { about, goes_on: false });
    let of_id = |of_id_by_others| Failures { of_id_by_others, ..Failures::default() };
    for lane in [Lane::Outsider, Lane::Hidden] {
        assert_eq!(warnings(lane, of_id(9)), [id], "half of the day's tries");
        assert_eq!([8, 10, 19].map(|count| warnings(lane, of_id(count))), [const { Vec::new() }; 3]);
    }
    assert_eq!(warnings(Lane::Registered, Failures { of_id: 8, ..Failures::default() }), [id]);
    assert_eq!(warnings(Lane::Outsider, Failures { of_caller: 11, ..Failures::default() }), [caller]);
    assert_eq!(warnings(Lane::Outsider, Failures { of_lane: 599, ..Failures::default() }), [whole]);
    assert_eq!(warnings(Lane::Hidden, Failures { of_lane: 299, ..Failures::default() }), [whole]);
    let both = Failures { of_caller: 11, of_id_by_others: 9, ..Failures::default() };
    assert_eq!(warnings(Lane::Outsider, both), [id, caller]);
    let at_once = Failures { of_lane: 299, of_lane_today: 299, ..Failures::default() };
    assert_eq!(warnings(Lane::Hidden, at_once), [whole], "a limit and its slow companion are told once");
}

#[test]
fn staff_are_told_of_slow_guesses_for_as_long_as_they_go_on() {
    type Slow = (Lane, WarnOf, u32, fn(u32) -> Failures);
    let limits = GuessingLimits::default();
    let slow: [Slow; 6] = [
        (Lane::Outsider, WarnOf::Id, 20, |n| Failures { of_id_by_others_this_week: n, ..Failures::default() }),
        (Lane::Registered, WarnOf::Id, 18, |n| Failures { of_id_today: n, ..Failures::default() }),
        (Lane::Registered, WarnOf::Id, 36, |n| Failures { of_id_this_week: n, ..Failures::default() }),
        (Lane::Outsider, WarnOf::Caller, 24, |n| Failures { of_caller_today: n, ..Failures::default() }),
        (Lane::Outsider, WarnOf::Lane, 600, |n| Failures { of_lane_today: n, ..Failures::default() }),
        (Lane::Hidden, WarnOf::Lane, 300, |n| Failures { of_lane_today: n, ..Failures::default() }),
    ];
    for (lane, about, limit, failures) in slow {
        let told = |count: u32| limits.warnings(lane, &failures(count - 1));
        assert_eq!(told(limit - 1), [], "{lane:?} {about:?}");
        assert_eq!(told(limit), [Warn { about, goes_on: false }]);
        assert_eq!(told(limit + 1), [Warn { about, goes_on: true }]);
        assert_eq!(limits.standing(lane, &failures(limit), at(0)), LaneState::Open, "they lock nobody out");
    }
}
