//! A clock is trusted while it agrees with the monotonic clock. After a jump it is trusted only if the carrier's clock
//! agrees.

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

fn right() -> ClockGuard {
    let mut watch = ClockGuard::begun(at(0, 0));
    assert_eq!(watch.look(at(0, 0)), Trust::CompareFirst, "a new one is compared before anybody is called");
    assert_eq!(watch.compared(at(0, 0), shows(0)), Trust::Believed);
    watch
}

#[test]
fn a_clock_that_runs_is_believed_and_compared_now_and_then() {
    let mut watch = right();
    assert_eq!(watch.look(at(3_599, 1)), Trust::Believed);
    assert_eq!(watch.look(at(3_600, 1)), Trust::Compare);
    assert_eq!(watch.compared(at(3_600, 1), shows(3_600)), Trust::Believed);
    assert_eq!(watch.look(at(7_000, 2)), Trust::Believed);
}

#[test]
fn an_hour_forward_or_back_is_doubted_until_the_carrier_says_the_same() {
    for jump in [3_600, -3_600, 61, -61] {
        let mut watch = right();
        assert_eq!(watch.look(at(100, jump)), Trust::CompareFirst);
        assert_eq!(watch.compared(at(100, jump), shows(100)), Trust::Doubted(COMPARE_AGAIN));
        assert_eq!(watch.look(at(110, jump)), Trust::Doubted(Duration::from_secs(20)));
        assert_eq!(watch.look(at(130, jump)), Trust::CompareFirst);
        assert_eq!(watch.compared(at(130, jump), Witness::Unavailable), Trust::Doubted(COMPARE_AGAIN));
        assert_eq!(watch.compared(at(160, jump), Witness::Silent), Trust::Doubted(COMPARE_AGAIN));
        // It was corrected; or it was wrong before, and the carrier's clock shows that.
        assert_eq!(watch.look(at(190, 0)), Trust::CompareFirst);
        assert_eq!(watch.compared(at(190, 0), shows(190)), Trust::Believed);
        assert_eq!(watch.look(at(200, 0)), Trust::Believed);
    }
    let mut watch = right();
    assert_eq!(watch.look(at(100, 60)), Trust::Believed, "within what is allowed");
}

#[test]
fn a_clock_that_was_wrong_all_along_is_found_out() {
    let mut watch = ClockGuard::begun(at(0, 4_000));
    assert_eq!(watch.now(at(0, 4_000)), at(0, 4_000).shown, "nobody knows better");
    assert_eq!(watch.compared(at(0, 4_000), shows(0)), Trust::Doubted(COMPARE_AGAIN));
    assert_eq!(watch.now(at(10, 4_000)), at(10, 0).shown, "the carrier's is gone by");
    let mut watch = right();
    assert_eq!(watch.compared(at(3_600, 30), Witness::Shows(at(3_600, 100).shown)), Trust::Doubted(COMPARE_AGAIN));
}

#[test]
fn a_carrier_that_cannot_be_asked_stops_no_clock_that_was_right() {
    let mut watch = ClockGuard::begun(at(0, 0));
    assert_eq!(watch.compared(at(0, 0), Witness::Unavailable), Trust::NotCompared(COMPARE_AGAIN));
    assert!(watch.in_doubt(at(20, 0)), "nothing is swept or given up");
    assert!(!watch.is_contradicted(at(20, 0)), "and nothing says that it is wrong");
    assert_eq!(watch.look(at(20, 0)), Trust::NotCompared(Duration::from_secs(10)));
    assert_eq!(watch.look(at(30, 0)), Trust::CompareFirst);
    assert_eq!(watch.compared(at(30, 0), shows(30)), Trust::Believed);
    let mut watch = ClockGuard::begun(at(0, 0));
    assert_eq!(watch.compared(at(0, 0), Witness::Unavailable), Trust::NotCompared(COMPARE_AGAIN));
    assert!(watch.is_contradicted(at(20, 3_600)), "it jumped");
    assert_eq!(watch.look(at(20, 3_600)), Trust::CompareFirst);
    assert_eq!(watch.compared(at(20, 3_600), Witness::Unavailable), Trust::Doubted(COMPARE_AGAIN));
    for witness in [Witness::Silent, Witness::Unavailable] {
        let mut watch = ClockGuard::begun(at(0, 0));
        let first = if witness == Witness::Silent { witness } else { shows(0) };
        assert_eq!(watch.compared(at(0, 0), first), Trust::Believed);
        assert_eq!(watch.compared(at(0, 0), witness), Trust::Believed);
        let asked_again = if witness == Witness::Silent { 3_600 } else { 30 };
        assert_eq!(watch.look(at(asked_again - 1, 0)), Trust::Believed);
        assert_eq!(watch.look(at(asked_again, 0)), Trust::Compare);
        assert_eq!(watch.compared(at(asked_again, 0), witness), Trust::Believed);
        assert_eq!(watch.compared(at(asked_again, 3_600), witness), Trust::Doubted(COMPARE_AGAIN));
    }
}

#[test]
fn the_time_goes_on_by_the_steady_clock_after_a_jump() {
    for jump in [3_600, 86_400, -3_600] {
        let mut watch = right();
        assert_eq!(watch.now(at(100, 5)), at(100, 5).shown);
        // No check has happened since the jump, and stored times are right nevertheless.
        assert_eq!(watch.now(at(100, jump)), at(100, 0).shown);
        assert!(watch.in_doubt(at(100, jump)));
        assert_eq!(watch.ago(SignedDuration::from_secs(10), at(100, jump)), None, "nothing is swept");
        assert_eq!(watch.compared(at(100, jump), shows(100)), Trust::Doubted(COMPARE_AGAIN));
        assert_eq!(watch.now(at(500, jump)), at(500, 0).shown);
        assert_eq!(watch.waited(at(100, 0).shown, at(500, jump)).as_secs(), 400);
        // Corrected again. No time was ever wrong.
        assert_eq!(watch.compared(at(600, 0), shows(600)), Trust::Believed);
        assert_eq!(watch.ago(SignedDuration::from_secs(600), at(610, 0)), Some(at(10, 0).shown));
    }
}

#[test]
fn a_clock_that_was_set_right_is_compared_at_once() {
    let mut watch = right();
    assert_eq!(watch.look(at(100, 3_600)), Trust::CompareFirst);
    assert_eq!(watch.compared(at(100, 3_600), shows(100)), Trust::Doubted(COMPARE_AGAIN));
    assert_eq!(watch.look(at(101, 0)), Trust::CompareFirst);
    assert_eq!(watch.compared(at(101, 0), Witness::Unavailable), Trust::Doubted(COMPARE_AGAIN));
    assert_eq!(watch.look(at(102, 0)), Trust::Doubted(Duration::from_secs(29)), "the carrier isn't asked all the time");
}

#[test]
fn waits_begin_anew_when_the_time_is_corrected() {
    // Our clock was an hour behind from the start, and the carrier could only be asked later.
    let mut watch = ClockGuard::begun(at(0, -3_600));
    assert_eq!(watch.compared(at(0, -3_600), Witness::Silent), Trust::Believed);
    let written = watch.now(at(100, -3_600));
    assert_eq!(watch.look(at(200, 0)), Trust::CompareFirst, "it was set right");
    assert_eq!(watch.compared(at(200, 0), shows(200)), Trust::Believed);
    assert_eq!(watch.waited(written, at(210, 0)).as_secs(), 10, "it was 110 s, and certainly 10");
    let wait = SignedDuration::from_secs(600);
    assert_eq!(watch.ago(wait, at(799, 0)), None);
    assert_eq!(watch.ago(wait, at(800, 0)), Some(at(200, 0).shown));
    // The same for a time in the future.
    assert_eq!(watch.waited(at(9_000, 0).shown, at(800, 0)).as_secs(), 600);
    assert_eq!(watch.waited(at(805, 0).shown, at(800, 0)), SignedDuration::ZERO);
}

#[test]
fn a_time_in_the_future_counts_from_the_beginning_of_the_process() {
    let watch = right();
    assert_eq!(watch.waited(at(90_000, 0).shown, at(50, 0)).as_secs(), 50);
    assert_eq!(watch.waited(at(-90_000, 0).shown, at(50, 0)).as_secs(), 90_050, "what is stored is so");
}

#[test]
fn without_a_carrier_a_jump_is_believed_after_two_minutes() {
    let mut watch = ClockGuard::begun(at(0, 0));
    assert_eq!(watch.compared(at(0, 0), Witness::Nobody), Trust::Believed);
    assert_eq!(watch.compared(at(100, 3_600), Witness::Nobody), Trust::Doubted(COMPARE_AGAIN));
    let wait = SignedDuration::from_secs(60);
    assert_eq!(watch.ago(wait, at(110, 3_600)), Some(at(50, 0).shown), "measured by the steady clock");
    assert_eq!(watch.compared(at(200, 7_200), Witness::Nobody), Trust::Doubted(COMPARE_AGAIN), "another jump");
    assert_eq!(watch.compared(at(300, 7_200), Witness::Nobody), Trust::Doubted(COMPARE_AGAIN));
    assert_eq!(watch.now(at(319, 7_200)), at(319, 0).shown);
    assert_eq!(watch.compared(at(320, 7_200), Witness::Nobody), Trust::Believed);
    assert_eq!(watch.now(at(320, 7_200)), at(320, 7_200).shown);
    assert_eq!(watch.ago(wait, at(330, 7_200)), None, "waits begin anew");
    let mut watch = right();
    assert_eq!(watch.compared(at(100, 3_600), Witness::Nobody), Trust::Doubted(COMPARE_AGAIN));
    assert_eq!(watch.compared(at(200, 0), Witness::Nobody), Trust::Believed, "it was put back");
}

proptest! {
    #[test]
    fn while_the_carrier_can_be_asked_the_time_is_right_at_every_moment(
        steps in prop::collection::vec((1_i64..5_000, -90_000_i64..90_000, any::<bool>()), 1..40),
    ) {
        let mut watch = right();
        let mut steady = 0;
        for (runs, ahead, asked) in steps {
            steady += runs;
            let now = at(steady, ahead);
            let wrong = |watch: &ClockGuard| watch.now(now).duration_since(at(steady, 0).shown).as_secs().abs();
            let allowed = CLOCKS_AGREE.as_secs() * 2;
            prop_assert!(wrong(&watch) <= allowed, "{} s", wrong(&watch));
            if asked {
                watch.compared(now, shows(steady));
                prop_assert!(wrong(&watch) <= allowed, "{} s", wrong(&watch));
            }
            if let Some(ago) = watch.ago(SignedDuration::from_secs(600), now) {
                prop_assert!(ago.duration_since(at(steady - 600, 0).shown).as_secs().abs() <= allowed);
            }
        }
    }

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
                Trust::Believed | Trust::Compare => true,
                Trust::Doubted(_) | Trust::NotCompared(_) => false,
                Trust::CompareFirst => {
                    let witness = match witness {
                        0 => Witness::Silent,
                        1 => Witness::Unavailable,
                        _ => shows(steady),
                    };
                    watch.compared(now, witness) == Trust::Believed
                }
            };
            // Twice: the difference to the carrier's clock, and the drift since then.
            let allowed = CLOCKS_AGREE.as_secs() * 2;
            prop_assert!(!believed || ahead.abs() <= allowed, "{ahead} s ahead");
        }
    }
}
