//! What becomes of calls in progress when their patient or the health centre changes. Nobody who asked to be left alone
//! goes on being asked. Other times cut nobody off in the middle of an answer.

use jiff::Timestamp;

use crate::domain::{AttemptState, Withdrawal};

/// An open call of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenCall {
    /// Its state.
    pub state: AttemptState,
    /// When its intent was committed.
    pub intended_at: Timestamp,
    /// Why the call itself isn't wanted, whatever becomes of its slot: it was withdrawn before, or the patient has
    /// another number.
    pub withdrawn: Option<Withdrawal>,
    /// Whether the patient talks with staff.
    pub with_staff: bool,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFate {
    /// Nothing.
    Stays,
    /// It is cancelled, or the person on the line hears a goodbye.
    Withdrawn(Withdrawal),
    /// Its slot ends for this reason. The patient talks with staff, and isn't cut off.
    StaffGoOn(Withdrawal),
    /// Somebody is answering, and goes on. The call decides its slot, which isn't tried again.
    GoesOn,
}

/// What becomes of the open calls of a slot. `slot` is why the slot isn't wanted any more.
pub fn call_fates(slot: Option<Withdrawal>, calls: &[OpenCall]) -> Vec<CallFate> {
    let goes_on = calls.iter().any(|call| fate(slot, call) == CallFate::GoesOn);
    let of_call = |call: &OpenCall| match fate(slot, call) {
        // One call decides the slot.
        CallFate::Withdrawn(Withdrawal::TimesChanged) if goes_on => CallFate::Withdrawn(Withdrawal::Superseded),
        fate => fate,
    };
    calls.iter().map(of_call).collect()
}

fn fate(slot: Option<Withdrawal>, call: &OpenCall) -> CallFate {
    match (slot.or(call.withdrawn), call.state) {
        (None, _) => CallFate::Stays,
        (Some(why), _) if call.with_staff => CallFate::StaffGoOn(why),
        (Some(Withdrawal::TimesChanged), AttemptState::Answered) if call.withdrawn.is_none() => CallFate::GoesOn,
        (Some(why), _) => CallFate::Withdrawn(why),
    }
}

/// The end of the window of a slot whose last call goes on: now. Nothing that was placed lies after it, whatever the
/// clock showed then.
pub fn last_window(call: &OpenCall, now: Timestamp) -> Timestamp {
    let after_it = Timestamp::from_millisecond(call.intended_at.as_millisecond().saturating_add(1));
    now.max(after_it.unwrap_or(now))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn call(state: AttemptState) -> OpenCall {
        OpenCall { state, intended_at: Timestamp::UNIX_EPOCH, withdrawn: None, with_staff: false }
    }

    #[test]
    fn other_times_cancel_what_rings_and_leave_what_was_answered() {
        use AttemptState::{Answered, Intended, Placed, Unknown};
        use CallFate::{GoesOn, StaffGoOn, Stays, Withdrawn};
        let times = Some(Withdrawal::TimesChanged);
        for state in [Intended, Placed, Unknown] {
            assert_eq!(call_fates(times, &[call(state)]), [Withdrawn(Withdrawal::TimesChanged)]);
        }
        assert_eq!(call_fates(times, &[call(Answered)]), [GoesOn]);
        assert_eq!(call_fates(None, &[call(Answered)]), [Stays]);
        let talks = OpenCall { with_staff: true, ..call(Answered) };
        assert_eq!(call_fates(times, &[talks]), [StaffGoOn(Withdrawal::TimesChanged)]);
        let moved = OpenCall { withdrawn: Some(Withdrawal::NumberChanged), ..call(Answered) };
        assert_eq!(call_fates(times, &[moved]), [Withdrawn(Withdrawal::TimesChanged)]);
        assert_eq!(call_fates(None, &[moved]), [Withdrawn(Withdrawal::NumberChanged)]);
        let both = [call(Placed), call(Answered)];
        assert_eq!(call_fates(times, &both), [Withdrawn(Withdrawal::Superseded), GoesOn], "one decides the slot");
    }

    fn open_call() -> impl Strategy<Value = OpenCall> {
        let states = AttemptState::ALL.iter().copied().filter(|state| *state != AttemptState::Ended);
        let withdrawn = prop::option::of(select(Withdrawal::ALL));
        (select(states.collect::<Vec<_>>()), withdrawn, any::<bool>(), 0_i64..1_000).prop_map(
            |(state, withdrawn, with_staff, at)| {
                let intended_at = Timestamp::from_second(at).unwrap();
                OpenCall { state, intended_at, withdrawn, with_staff }
            },
        )
    }

    proptest! {
        /// Nobody is asked on after a stop, and only an answered call outlives its slot's time.
        #[test]
        fn whoever_asked_to_be_left_alone_is_not_asked_on(
            why in select(Withdrawal::ALL), calls in prop::collection::vec(open_call(), 0..3), now in 0_i64..1_000,
        ) {
            let fates = call_fates(Some(why), &calls);
            prop_assert_eq!(fates.len(), calls.len());
            for (call, fate) in calls.iter().zip(fates) {
                match fate {
                    CallFate::GoesOn => {
                        prop_assert_eq!((why, call.state), (Withdrawal::TimesChanged, AttemptState::Answered));
                    }
                    CallFate::Stays => prop_assert!(false, "the slot isn't wanted"),
                    CallFate::StaffGoOn(because) => prop_assert!(call.with_staff && because == why),
                    CallFate::Withdrawn(because) => {
                        prop_assert!(because == why || because == Withdrawal::Superseded);
                    }
                }
                let now = Timestamp::from_second(now).unwrap();
                let end = last_window(call, now);
                prop_assert!(end >= now && end > call.intended_at);
            }
        }
    }
}
