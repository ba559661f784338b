//! Days that comply with the rules: fixed ones, those that once broke a rule, and new ones in each run.

use kenkocall::lab::simulation::{Death, LoggedEventKind, Scenario, stay_on_processor};

use crate::scenario::{DayFixture, is_clean};

/// The fixed days.
const FIXED: std::ops::Range<u64> = 1..41;
/// Days whose checks once complained: of answers in a second call after the first had finished the report by hanging up
/// after a red answer, of a report made while the clock was an hour fast, of answers in two calls between which the
/// clock was put back (two days), of a job that was postponed while the clock was fast, and of answers in two calls in
/// the same moment (two days).
const ONCE_BROKEN: [u64; 9] = [
    1_796_042_314_635,
    1_796_042_314_800,
    1_796_042_314_647,
    1_796_047_521_113,
    20_262_242,
    20_261_789,
    1_796_065_306_294,
    1_796_065_306_996,
    1_796_075_577_767,
];
/// A day of few people with few other faults.
const FEW_COMMITS: u64 = 24;
/// The number of new days in each run.
const FRESH: u64 = 20;

#[test]
fn fixed_days_hold() {
    let fixture = DayFixture::set();
    for seed in FIXED.chain(ONCE_BROKEN) {
        is_clean(&fixture.play(seed));
    }
}

#[test]
fn fresh_days_hold() {
    let fixture = DayFixture::set();
    let first = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap();
    println!("fresh days from seed {first} on");
    for seed in first..first + FRESH {
        is_clean(&fixture.play(seed));
    }
}

#[test]
fn a_seed_is_the_same_day_again() {
    // As the command does: otherwise two commits at the same time may change places.
    stay_on_processor(0);
    let fixture = DayFixture::set();
    // Seeds of days with crashes, failed commits and clock steps.
    let with_everything = (1..200).filter(|seed| {
        let odds = Scenario::of(*seed, 30).odds;
        odds.dies > 0.0 && odds.fails > 0.0 && odds.meddles > 0.0
    });
    let mut digests = Vec::new();
    let (mut deaths, mut failed) = (0, 0);
    for seed in with_everything.take(4) {
        let (once, again) = (fixture.play(seed), fixture.play(seed));
        for (first, second) in once.record.moments.iter().zip(&again.record.moments) {
            assert_eq!(format!("{first:?}"), format!("{second:?}"), "seed {seed}");
        }
        assert_eq!(once.digest, again.digest, "seed {seed}");
        deaths += once.figures.deaths;
        failed += once.figures.failed;
        digests.push(once.digest);
    }
    assert!(deaths > 0 && failed > 0, "{deaths} deaths and {failed} failed commits");
    assert_ne!(digests[0], digests[1]);
}

#[test]
fn a_crash_at_each_commit_of_a_day_breaks_no_rule() {
    let fixture = DayFixture::set();
    let plan = || Scenario::of(FEW_COMMITS, 3);
    let commits = fixture.play_plan(plan()).figures.commits;
    assert!((40..200).contains(&commits), "{commits} commits; take another seed");
    for commit in 1..=commits {
        for (dies_at, durable) in [(Death::Before(commit), false), (Death::After(commit), true)] {
            let played = fixture.play_plan(Scenario { dies_at: Some(dies_at), ..plan() });
            is_clean(&played);
            let at = Some((commit, durable));
            let died =
                |what: &LoggedEventKind| matches!(what, LoggedEventKind::Died { at_commit, .. } if *at_commit == at);
            assert!(played.record.moments.iter().any(|moment| died(&moment.what)), "{dies_at:?}");
        }
    }
}

#[test]
fn there_is_something_in_a_day() {
    let played = DayFixture::set().play(3);
    let figures = played.figures;
    assert!(figures.calls > 10 && figures.commits > 100 && figures.answers > 20, "{figures:?}");
    let log = played.record.log.unwrap();
    assert!(log.contains("an attempt ended"), "nothing is listened to");
}
