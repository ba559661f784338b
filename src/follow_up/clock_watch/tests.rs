//! A clock is gone by while it runs with the steady one, and after a jump only when the carrier's shows the same.

use super::*;
use proptest::prelude::*;

const BEGINNING: i64 = 1_795_478_400;

fn at(steady: i64, ahead: i64) -> Reading {
    Reading {
        shown: Timestamp::from_second(BEGINNING + steady + ahead).expect("in range"),
        steady: Duration::from_secs(steady.unsigned_abs()),
    }
}

fn shows(steady: i64) -> Witness {
    Witness::Shows(at(steady, 0).shown)
}

fn right() -> ClockWatch {
    let mut watch = ClockWatch::default();
    assert_eq!(watch.look(at(0, 0)), Belief::CompareFirst, "a new one is compared before anybody is called");
    assert_eq!(watch.compared(at(0, 0), shows(0)), Belief::Believed);
    watch
}

#[test]
fn a_clock_that_runs_is_believed_and_compared_now_and_then() {
    let mut watch = right();
    assert_eq!(watch.look(at(3_599, 1)), Belief::Believed);
    assert_eq!(watch.look(at(3_600, 1)), Belief::Compare);
    assert_eq!(watch.compared(at(3_600, 1), shows(3_600)), Belief::Believed);
    assert_eq!(watch.look(at(7_000, 2)), Belief::Believed);
}

#[test]
fn an_hour_forward_or_back_is_doubted_until_the_carrier_says_the_same() {
    for jump in [3_600, -3_600, 61, -61] {
        let mut watch = right();
        assert_eq!(watch.look(at(100, jump)), Belief::CompareFirst);
        assert_eq!(watch.compared(at(100, jump), shows(100)), Belief::Doubted(COMPARE_AGAIN));
        assert_eq!(watch.look(at(110, jump)), Belief::Doubted(Duration::from_secs(20)));
        assert_eq!(watch.look(at(130, jump)), Belief::CompareFirst);
        assert_eq!(watch.compared(at(130, jump), Witness::Unavailable), Belief::Doubted(COMPARE_AGAIN));
        assert_eq!(watch.compared(at(160, jump), Witness::Silent), Belief::Doubted(COMPARE_AGAIN));
        // It was put right again; or it was wrong before, and the carrier's says so.
        assert_eq!(watch.look(at(190, 0)), Belief::CompareFirst);
        assert_eq!(watch.compared(at(190, 0), shows(190)), Belief::Believed);
        assert_eq!(watch.look(at(200, 0)), Belief::Believed);
    }
    let mut watch = right();
    assert_eq!(watch.look(at(100, 60)), Belief::Believed, "within what is allowed");
}

#[test]
fn a_clock_that_was_wrong_all_along_is_found_out() {
    let mut watch = ClockWatch::default();
    assert_eq!(watch.compared(at(0, 4_000), shows(0)), Belief::Doubted(COMPARE_AGAIN));
    let mut watch = right();
    assert_eq!(watch.compared(at(3_600, 30), Witness::Shows(at(3_600, 100).shown)), Belief::Doubted(COMPARE_AGAIN));
}

#[test]
fn a_carrier_that_cannot_be_asked_stops_no_clock_that_was_right() {
    let mut watch = ClockWatch::default();
    assert_eq!(watch.compared(at(0, 0), Witness::Unavailable), Belief::Doubted(COMPARE_AGAIN), "who knows");
    for witness in [Witness::Silent, Witness::Unavailable] {
        let mut watch = ClockWatch::default();
        let first = if witness == Witness::Silent { witness } else { shows(0) };
        assert_eq!(watch.compared(at(0, 0), first), Belief::Believed);
        assert_eq!(watch.compared(at(0, 0), witness), Belief::Believed);
        let asked_again = if witness == Witness::Silent { 3_600 } else { 30 };
        assert_eq!(watch.look(at(asked_again - 1, 0)), Belief::Believed);
        assert_eq!(watch.look(at(asked_again, 0)), Belief::Compare);
        assert_eq!(watch.compared(at(asked_again, 0), witness), Belief::Believed);
        assert_eq!(watch.compared(at(asked_again, 3_600), witness), Belief::Doubted(COMPARE_AGAIN));
    }
}

proptest! {
    #[test]
    fn whatever_happens_nothing_is_done_by_a_clock_that_the_carriers_contradicts(
        steps in prop::collection::vec((1_i64..5_000, -7_200_i64..7_200, 0_u8..4), 1..40),
    ) {
        let mut watch = right();
        let mut steady = 0;
        for (runs, ahead, witness) in steps {
            steady += runs;
            let now = at(steady, ahead);
            let believed = match watch.look(now) {
                Belief::Believed | Belief::Compare => true,
                Belief::Doubted(_) => false,
                Belief::CompareFirst => {
                    let witness = match witness {
                        0 => Witness::Silent,
                        1 => Witness::Unavailable,
                        _ => shows(steady),
                    };
                    watch.compared(now, witness) == Belief::Believed
                }
            };
            // Twice: from the carrier's to ours, and from then to now.
            let allowed = CLOCKS_AGREE.as_secs() * 2;
            prop_assert!(!believed || ahead.abs() <= allowed, "{ahead} s ahead");
        }
    }
}
