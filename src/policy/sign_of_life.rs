//! What follows a sign of life: the carrier shows that the call of an attempt is in progress, or that its phone rang,
//! although the attempt had ended. A wrong list had "proven" that the call wasn't placed, or staff had said so. The
//! slot may have another attempt by now. Only one of the two calls continues. A call in which someone is talking is
//! never ended for this.

use crate::domain::{AttemptState, SlotEnd, SlotState, Withdrawal};

/// What the carrier reports about the ended attempt's call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It is in progress.
    Lives,
    /// It is over, and its phone rang.
    Rang,
}

/// Another open attempt of the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rival {
    /// Its state.
    pub state: RivalState,
    /// Why it was withdrawn. `None` if it is still wanted.
    pub withdrawal: Option<Withdrawal>,
}

/// Whether someone is talking in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RivalState {
    /// Not answered, as far as known.
    NotAnswered,
    /// Answered by a person or a machine. A person may be in the middle of a report, or talking with staff.
    Answered,
}

/// The slot and its patient at the time of the sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotThen<'a> {
    /// The state of the slot.
    pub slot: SlotState,
    /// Why the patient must no longer be called at the ended attempt's number. `None` if they may be.
    pub unwanted: Option<Withdrawal>,
    /// The slot's open attempts.
    pub rivals: &'a [Rival],
}

/// What follows a sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterSign {
    /// The ended attempt is open again, and its end decides the slot. Other open attempts are withdrawn as superseded.
    Continues,
    /// The ended attempt's call is withdrawn for this reason. Other open attempts don't change.
    TakenBack(Withdrawal),
    /// The call is over, so there is nothing to withdraw. Other open attempts don't change, because one of them was
    /// answered or calls another number.
    Noted,
}

impl From<AttemptState> for RivalState {
    fn from(state: AttemptState) -> Self {
        match state {
            AttemptState::Answered => Self::Answered,
            AttemptState::Intended | AttemptState::Placed | AttemptState::Unknown | AttemptState::Ended => {
                Self::NotAnswered
            }
        }
    }
}

/// Decides what follows a sign of life of an ended attempt.
pub fn after_sign(sign: Sign, then: &SlotThen<'_>) -> AfterSign {
    let taken_back = match then.slot {
        SlotState::Ended(SlotEnd::Reported) => Some(Withdrawal::Reported),
        SlotState::Ended(SlotEnd::Cancelled(why)) => Some(why),
        SlotState::Ended(SlotEnd::Unanswered(_) | SlotEnd::Missed(_)) => Some(Withdrawal::Superseded),
        SlotState::Waiting | SlotState::Calling => None,
    };
    // The reason for which an open attempt was withdrawn applies to the slot, unless another of its calls superseded
    // it.
    let of_rival = then.rivals.iter().find_map(|rival| rival.withdrawal.filter(|why| *why != Withdrawal::Superseded));
    let talking = then
        .rivals
        .iter()
        .any(|rival| rival.state == RivalState::Answered && rival.withdrawal.is_none())
        .then_some(Withdrawal::Superseded);
    match (sign, then.unwanted.or(taken_back).or(of_rival)) {
        (Sign::Lives, Some(why)) => AfterSign::TakenBack(why),
        (Sign::Lives, None) => talking.map_or(AfterSign::Continues, AfterSign::TakenBack),
        (Sign::Rang, _) if talking.is_some() || then.unwanted.is_some() => AfterSign::Noted,
        (Sign::Rang, _) => AfterSign::Continues,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AttemptOutcome;
    use proptest::prelude::*;
    use proptest::sample::select;

    const RINGS: Rival = Rival { state: RivalState::NotAnswered, withdrawal: None };
    const TALKS: Rival = Rival { state: RivalState::Answered, withdrawal: None };

    fn after(sign: Sign, slot: SlotState, rivals: &[Rival]) -> AfterSign {
        after_sign(sign, &SlotThen { slot, unwanted: None, rivals })
    }

    #[test]
    fn the_one_that_is_not_talking_goes() {
        use AfterSign::{Continues, Noted, TakenBack};
        use Sign::{Lives, Rang};
        use SlotState::{Calling, Waiting};
        assert_eq!(after(Lives, Waiting, &[]), Continues);
        assert_eq!(after(Rang, Waiting, &[]), Continues);
        assert_eq!(after(Lives, Calling, &[RINGS]), Continues);
        assert_eq!(after(Rang, Calling, &[RINGS]), Continues, "its phone rang, so the other one is a second time");
        assert_eq!(after(Lives, Calling, &[TALKS]), TakenBack(Withdrawal::Superseded));
        assert_eq!(after(Rang, Calling, &[TALKS]), Noted);
        let saying_goodbye = Rival { withdrawal: Some(Withdrawal::Superseded), ..TALKS };
        assert_eq!(after(Lives, Calling, &[saying_goodbye, RINGS]), Continues);
    }

    #[test]
    fn a_call_that_nobody_wants_any_more_is_taken_back() {
        use Sign::Lives;
        let ended = |end| after(Lives, SlotState::Ended(end), &[]);
        assert_eq!(ended(SlotEnd::Reported), AfterSign::TakenBack(Withdrawal::Reported));
        assert_eq!(ended(SlotEnd::Cancelled(Withdrawal::Stopped)), AfterSign::TakenBack(Withdrawal::Stopped));
        let unanswered = SlotEnd::Unanswered(AttemptOutcome::Busy);
        assert_eq!(ended(unanswered), AfterSign::TakenBack(Withdrawal::Superseded));
        let stopped = Rival { withdrawal: Some(Withdrawal::Stopped), ..RINGS };
        assert_eq!(after(Lives, SlotState::Calling, &[stopped]), AfterSign::TakenBack(Withdrawal::Stopped));
        let unwanted = Some(Withdrawal::NumberChanged);
        let then = SlotThen { slot: SlotState::Calling, unwanted, rivals: &[RINGS] };
        assert_eq!(after_sign(Lives, &then), AfterSign::TakenBack(Withdrawal::NumberChanged));
    }

    fn rival() -> impl Strategy<Value = Rival> {
        let state = select(vec![RivalState::NotAnswered, RivalState::Answered]);
        (state, prop::option::of(select(Withdrawal::ALL))).prop_map(|(state, withdrawal)| Rival { state, withdrawal })
    }

    proptest! {
        #[test]
        fn two_calls_of_a_slot_never_both_continue_and_no_talk_is_broken_off(
            rivals in prop::collection::vec(rival(), 0..4),
            waiting in any::<bool>(),
            lives in any::<bool>(),
            unwanted in prop::option::of(select(Withdrawal::ALL)),
        ) {
            let slot = if waiting { SlotState::Waiting } else { SlotState::Calling };
            let sign = if lives { Sign::Lives } else { Sign::Rang };
            let after = after_sign(sign, &SlotThen { slot, unwanted, rivals: &rivals });
            let talks = rivals.contains(&TALKS);
            match after {
                AfterSign::Continues => prop_assert!(!talks, "the open ones are withdrawn then"),
                AfterSign::TakenBack(_) => prop_assert!(lives),
                AfterSign::Noted => prop_assert!((talks || unwanted.is_some()) && !lives),
            }
            if lives && unwanted.is_some() {
                prop_assert!(matches!(after, AfterSign::TakenBack(why) if Some(why) == unwanted));
            }
        }
    }
}
