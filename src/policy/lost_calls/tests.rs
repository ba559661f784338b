//! Which attempt accounts for which call.

use super::*;
use proptest::prelude::*;

fn number(nth: u8) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+81901000{nth:04}")).expect("a number")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_478_400 + second).expect("in range")
}

fn call(nth: u8, second: i64) -> ListedCall {
    ListedCall { number: number(nth), placed_at: Some(at(second)) }
}

fn attempt(nth: u8, second: i64, open: bool) -> AttemptWithoutLeg {
    AttemptWithoutLeg { number: number(nth), intended_at: at(second), open }
}

#[test]
fn an_attempt_accounts_for_one_call_to_its_number() {
    let attempts = [attempt(1, 0, true), attempt(2, 0, false)];
    assert_eq!(unaccounted(&[call(1, 1), call(2, 1)], &attempts), Vec::<usize>::new());
    assert_eq!(unaccounted(&[call(1, 1), call(1, 30)], &attempts), [1]);
    assert_eq!(unaccounted(&[call(3, 1)], &attempts), [0], "another number");
    assert_eq!(unaccounted(&[call(2, 121)], &attempts), [0], "long after the attempt ended");
    assert_eq!(unaccounted(&[call(1, 1_000)], &attempts), Vec::<usize>::new(), "the attempt is still open");
    assert_eq!(unaccounted(&[call(1, -121)], &attempts), [0], "before the attempt");
    let undated = ListedCall { number: number(2), placed_at: None };
    assert_eq!(unaccounted(&[undated], &attempts), Vec::<usize>::new());
}

#[test]
fn an_answered_call_whose_end_may_be_lost_counts_as_reached() {
    let lost_since = at(0);
    let ended = |outcome, second| KnownAttempt { outcome: Some(outcome), ended_at: Some(at(second)) };
    let open = KnownAttempt { outcome: None, ended_at: None };
    assert_eq!(after_loss(&open, AtCarrier::Answered, lost_since), AfterLoss::Reached);
    assert_eq!(after_loss(&open, AtCarrier::UnderWay, lost_since), AfterLoss::Later);
    assert_eq!(after_loss(&open, AtCarrier::NotAnswered, lost_since), AfterLoss::Stands);
    for outcome in AttemptOutcome::ALL {
        let may_hide_a_report = matches!(
            outcome,
            AttemptOutcome::Dropped
                | AttemptOutcome::Failed
                | AttemptOutcome::NoAnswer
                | AttemptOutcome::Busy
                | AttemptOutcome::NotPlaced
        );
        let expected = if may_hide_a_report { AfterLoss::Reached } else { AfterLoss::Stands };
        assert_eq!(after_loss(&ended(*outcome, 1), AtCarrier::Answered, lost_since), expected, "{outcome:?}");
        assert_eq!(after_loss(&ended(*outcome, -1), AtCarrier::Answered, lost_since), AfterLoss::Stands);
        assert_eq!(after_loss(&ended(*outcome, 1), AtCarrier::NotAnswered, lost_since), AfterLoss::Stands);
    }
}

proptest! {
    /// A database without data loss accounts for every call, whatever the order of the list.
    #[test]
    fn a_whole_database_accounts_for_every_call(
        seconds in prop::collection::vec((0_u8..4, 0_i64..10), 0..12), delay in 0_i64..100, reverse: bool,
    ) {
        // Attempts to one number follow one another.
        let placed: Vec<(u8, i64)> =
            seconds.iter().zip(0_i64..).map(|((nth, second), place)| (*nth, place * 300 + second)).collect();
        let attempts: Vec<_> = placed.iter().map(|(nth, second)| attempt(*nth, *second, false)).collect();
        let mut calls: Vec<_> = placed.iter().map(|(nth, second)| call(*nth, second + delay)).collect();
        if reverse {
            calls.reverse();
        }
        prop_assert_eq!(unaccounted(&calls, &attempts), Vec::<usize>::new());
        // Without its last attempt, exactly one call is unaccounted for.
        if !attempts.is_empty() {
            prop_assert_eq!(unaccounted(&calls, &attempts[..attempts.len() - 1]).len(), 1);
        }
    }
}
