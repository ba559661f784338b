//! Retries by outcome: limited, spaced, never after the window, never to a wrong number.

use super::*;
use proptest::prelude::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_478_400 + second).expect("in range")
}

fn ended(outcome: AttemptOutcome, tries: u32, ended_at: i64) -> EndedAttempt {
    EndedAttempt { outcome, withdrawal: None, ended_at: at(ended_at), tries, not_placed: 0 }
}

const FAR: i64 = 12 * 3600;

#[test]
fn each_cause_has_its_own_tries_and_interval() {
    let policy: RetryPolicy = "busy=5x10;voicemail=1x240".parse().expect("a policy");
    let next = |outcome, tries| after_attempt(&ended(outcome, tries, 100), at(FAR), &policy);
    let retry = |second| AfterAttempt::Retry { due_at: at(second) };
    let over = |outcome| AfterAttempt::End(SlotEnd::Unanswered(outcome));
    assert_eq!(next(AttemptOutcome::Busy, 4), retry(700));
    assert_eq!(next(AttemptOutcome::Busy, 5), over(AttemptOutcome::Busy));
    assert_eq!(next(AttemptOutcome::NoAnswer, 2), retry(1900));
    assert_eq!(next(AttemptOutcome::NoAnswer, 3), over(AttemptOutcome::NoAnswer));
    assert_eq!(next(AttemptOutcome::Voicemail, 1), over(AttemptOutcome::Voicemail));
    for outcome in [AttemptOutcome::WrongNumber, AttemptOutcome::Reached] {
        assert_eq!(next(outcome, 1), over(outcome));
    }
    assert_eq!(next(AttemptOutcome::Reported, 1), AfterAttempt::End(SlotEnd::Reported));
}

#[test]
fn a_retry_falls_inside_the_window_or_not_at_all() {
    let next = |window_end| after_attempt(&ended(AttemptOutcome::Busy, 1, 0), at(window_end), &RetryPolicy::default());
    assert_eq!(next(1801), AfterAttempt::Retry { due_at: at(1800) });
    assert_eq!(next(1800), AfterAttempt::End(SlotEnd::Unanswered(AttemptOutcome::Busy)));
}

#[test]
fn what_was_not_placed_is_no_try_and_is_asked_again_soon() {
    let next = |tries, not_placed, window_end| {
        let ended = EndedAttempt { not_placed, ..ended(AttemptOutcome::NotPlaced, tries, 0) };
        after_attempt(&ended, at(window_end), &RetryPolicy::default())
    };
    let waits = [5, 10, 20, 40, 80, 160, 300, 300];
    for (not_placed, wait) in (1..).zip(waits) {
        assert_eq!(next(2, not_placed, FAR), AfterAttempt::AgainSoon { due_at: at(wait) });
    }
    assert_eq!(next(9, u32::MAX, FAR), AfterAttempt::AgainSoon { due_at: at(300) }, "tries don't matter");
    assert_eq!(next(0, 1, 5), AfterAttempt::End(SlotEnd::Missed(Missed::NotPlaced)));
    assert_eq!(next(1, 1, 5), AfterAttempt::End(SlotEnd::Unanswered(AttemptOutcome::NotPlaced)));
    assert!(!counts_as_try(AttemptOutcome::NotPlaced) && counts_as_try(AttemptOutcome::Failed));
}

#[test]
fn a_withdrawn_call_ends_the_slot_but_for_a_new_number() {
    let next = |withdrawal, window_end| {
        let ended = EndedAttempt { withdrawal, ..ended(AttemptOutcome::Withdrawn, 5, 0) };
        after_attempt(&ended, at(window_end), &RetryPolicy::default())
    };
    for why in Withdrawal::ALL.iter().filter(|why| **why != Withdrawal::NumberChanged) {
        assert_eq!(next(Some(*why), FAR), AfterAttempt::End(SlotEnd::Cancelled(*why)));
    }
    let unanswered = AfterAttempt::End(SlotEnd::Unanswered(AttemptOutcome::Withdrawn));
    assert_eq!(next(Some(Withdrawal::NumberChanged), FAR), AfterAttempt::Retry { due_at: at(0) });
    assert_eq!(next(Some(Withdrawal::NumberChanged), 0), unanswered);
    assert_eq!(next(None, FAR), unanswered);
    let never_tried =
        EndedAttempt { withdrawal: Some(Withdrawal::NumberChanged), ..ended(AttemptOutcome::Withdrawn, 0, 0) };
    let missed = AfterAttempt::End(SlotEnd::Missed(Missed::WindowPassed));
    assert_eq!(after_attempt(&never_tried, at(0), &RetryPolicy::default()), missed, "only the old number rang");
}

#[test]
fn a_policy_is_written_read_and_stored() {
    let all = "busy=3x10;no_answer=2x60;dropped=3x30;not_now=3x30;voicemail=3x30;failed=5x240";
    let policy: RetryPolicy = "no_answer = 2x60; failed=5x240;busy=3x10".parse().expect("a policy");
    assert_eq!(policy.to_string(), all);
    assert_eq!(all.parse(), Ok(policy));
    assert_eq!("".parse(), Ok(RetryPolicy::default()));
    let stored = serde_json::to_string(&policy).expect("JSON");
    assert!(stored.starts_with(r#"{"busy":"3x10","no_answer":"2x60","#), "{stored}");
    assert_eq!(serde_json::from_str::<RetryPolicy>(&stored).ok(), Some(policy));
    assert_eq!(serde_json::from_str::<RetryPolicy>("{}").ok(), Some(RetryPolicy::default()));
    for unreadable in [r#"{"wrong_number":"3x30"}"#, r#"{"busy":"9x30"}"#, r#"{"busy":3}"#] {
        assert!(serde_json::from_str::<RetryPolicy>(unreadable).is_err(), "{unreadable}");
    }
    use RetryPolicyError::*;
    for (wrong, why) in [
        ("busy", Form),
        ("busy=3", Form),
        ("busy=3x", Form),
        ("busy=-3x30", Form),
        ("busy=3x30;", Form),
        ("reported=3x30", Form),
        ("withdrawn=3x30", Form),
        ("bussy=3x30", Form),
        ("busy=0x30", OutOfRange),
        ("busy=6x30", OutOfRange),
        ("busy=999x30", OutOfRange),
        ("busy=3x0", OutOfRange),
        ("busy=3x241", OutOfRange),
        ("busy=3x30;busy=3x30", Twice),
        ("wrong_number=3x30", WrongNumber),
    ] {
        assert_eq!(wrong.parse::<RetryPolicy>(), Err(why), "{wrong}");
    }
}

fn policies() -> impl Strategy<Value = RetryPolicy> {
    let retries = (1_u8..=5, 1_u16..=240).prop_map(|(tries, minutes)| Retries { tries, minutes });
    prop::array::uniform6(retries).prop_map(|[busy, no_answer, dropped, not_now, voicemail, failed]| RetryPolicy {
        busy,
        no_answer,
        dropped,
        not_now,
        voicemail,
        failed,
    })
}

proptest! {
    #[test]
    fn a_slot_is_tried_a_limited_number_of_times_spaced_and_inside_its_window(
        policy in policies(),
        window in 1_i64..100_000,
        story in prop::collection::vec((prop::sample::select(AttemptOutcome::ALL), 0_i64..600), 1..60),
    ) {
        let (mut now, mut tries, mut not_placed) = (0, 0, 0);
        for (outcome, lasts) in story {
            prop_assert!(now < window, "no attempt begins at or after the window's end");
            now += lasts;
            tries += u32::from(counts_as_try(outcome));
            not_placed += u32::from(outcome == AttemptOutcome::NotPlaced);
            let withdrawal = (outcome == AttemptOutcome::Withdrawn).then_some(Withdrawal::NumberChanged);
            let ended = EndedAttempt { outcome, withdrawal, ended_at: at(now), tries, not_placed };
            let due_at = match after_attempt(&ended, at(window), &policy) {
                AfterAttempt::End(_) => return Ok(()),
                AfterAttempt::Retry { due_at } => {
                    if let Some(retries) = policy.of(outcome) {
                        prop_assert!(tries < u32::from(retries.tries()) && tries < 5);
                        prop_assert_eq!(due_at.duration_since(at(now)).unsigned_abs(), retries.interval());
                    } else {
                        prop_assert_eq!(outcome, AttemptOutcome::Withdrawn);
                    }
                    due_at
                }
                AfterAttempt::AgainSoon { due_at } => {
                    prop_assert_eq!(outcome, AttemptOutcome::NotPlaced);
                    let wait = due_at.duration_since(at(now)).unsigned_abs();
                    prop_assert!((FIRST_BACK_OFF..=LONGEST_BACK_OFF).contains(&wait));
                    due_at
                }
            };
            prop_assert!(at(now) <= due_at && due_at < at(window));
            now = due_at.as_second() - at(0).as_second();
        }
    }

    #[test]
    fn it_is_total(
        outcome in prop::sample::select(AttemptOutcome::ALL),
        withdrawal in prop::option::of(prop::sample::select(Withdrawal::ALL)),
        (tries, not_placed) in any::<(u32, u32)>(),
        ended_at in prop::sample::select(vec![Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX]),
        window_end in prop::sample::select(vec![Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX]),
        policy in policies(),
    ) {
        let ended = EndedAttempt { outcome, withdrawal, ended_at, tries, not_placed };
        let next = after_attempt(&ended, window_end, &policy);
        if let AfterAttempt::Retry { due_at } | AfterAttempt::AgainSoon { due_at } = next {
            prop_assert!(due_at < window_end && due_at >= ended_at);
            prop_assert!(!matches!(
                outcome,
                AttemptOutcome::WrongNumber | AttemptOutcome::Reported | AttemptOutcome::Reached
            ));
        }
    }
}

#[test]
fn a_retry_that_a_wrong_clock_has_planned_is_planned_anew() {
    let at = |second: i64| Timestamp::from_second(1_795_478_400 + second).expect("in range");
    let policy: RetryPolicy = "busy=3x10".parse().expect("a policy");
    let due =
        |due_at, scheduled, last: Option<AttemptOutcome>| due_again(at(due_at), at(scheduled), last, &policy, at(0));
    let busy = Some(AttemptOutcome::Busy);
    for as_planned in [-100, 0, 599, 660] {
        assert_eq!(due(as_planned, -1_000, busy), at(as_planned));
    }
    for hours in [1, 24] {
        assert_eq!(due(hours * 3_600 + 600, -1_000, busy), at(600), "the whole wait from now on");
        assert_eq!(due(hours * 3_600 + 5, -1_000, Some(AttemptOutcome::NotPlaced)), at(300));
        assert_eq!(due(hours * 3_600, -1_000, None), at(0), "a call that staff asked for");
    }
    assert_eq!(due(1_200, 1_200, Some(AttemptOutcome::Withdrawn)), at(1_200), "never before its own time");
    assert_eq!(due(9_000, 1_200, Some(AttemptOutcome::Withdrawn)), at(1_200));
}
