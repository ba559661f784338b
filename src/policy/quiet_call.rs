//! What happens to a conversation that has been silent for a while. Silence alone ends a call only if there is no
//! carrier to ask. Silence is normal while a caller talks with staff.

use jiff::SignedDuration;

use crate::domain::HangupCause;

/// A conversation that has been silent for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietCall {
    /// How long it has been silent.
    pub silence: SignedDuration,
    /// Whether the call is in a transfer: the staff's phone rings, or the caller talks with staff.
    pub in_transfer: bool,
    /// Whether we placed the call. The carrier then knows its maximum length.
    pub placed: bool,
}

/// The state of the call as reported by the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierSays {
    /// It is over.
    Over(HangupCause),
    /// It is in progress.
    GoesOn,
    /// Unknown: the carrier gave no answer, or an unreadable one.
    NoAnswer,
    /// There is no carrier that this program could ask.
    NobodyToAsk,
}

/// What happens to the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuietFate {
    /// It ended with the cause that the carrier reported.
    Ended(HangupCause),
    /// Its end was lost, so it counts as over.
    Lost,
    /// It may be in progress. The carrier is asked again later.
    Wait,
}

/// Decides about a silent call. `longest` is the maximum length of a call, `dialer.longest_call_minutes`.
pub fn quiet_fate(call: &QuietCall, says: CarrierSays, longest: SignedDuration) -> QuietFate {
    match says {
        CarrierSays::Over(cause) => QuietFate::Ended(cause),
        // An attempt doesn't end while the carrier reports its call as in progress.
        CarrierSays::GoesOn if call.placed => QuietFate::Wait,
        _ if call.silence >= longest => QuietFate::Lost,
        CarrierSays::NobodyToAsk if !call.in_transfer => QuietFate::Lost,
        CarrierSays::GoesOn | CarrierSays::NoAnswer | CarrierSays::NobodyToAsk => QuietFate::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_alone_ends_a_call_only_where_nobody_can_be_asked_and_staff_are_not_on_it() {
        use CarrierSays::{GoesOn, NoAnswer, NobodyToAsk, Over};
        let longest = SignedDuration::from_mins(60);
        let cause = HangupCause::NormalClearing;
        for (minutes, in_transfer, placed) in [10, 31, 59, 60, 300]
            .into_iter()
            .flat_map(|m| [(m, false, false), (m, false, true), (m, true, false), (m, true, true)])
        {
            let call = QuietCall { silence: SignedDuration::from_mins(minutes), in_transfer, placed };
            let fate = |says| quiet_fate(&call, says, longest);
            assert_eq!(fate(Over(cause)), QuietFate::Ended(cause), "{call:?}");
            let too_long = minutes >= 60;
            let expected = |lost| if lost { QuietFate::Lost } else { QuietFate::Wait };
            assert_eq!(fate(GoesOn), expected(too_long && !placed), "{call:?}");
            assert_eq!(fate(NoAnswer), expected(too_long), "{call:?}");
            assert_eq!(fate(NobodyToAsk), expected(too_long || !in_transfer), "{call:?}");
        }
    }
}
