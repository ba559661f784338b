//! What becomes of a conversation of which nothing was heard for a while. Silence alone ends a call only where there is
//! nobody to ask; while a caller is with staff it is normal.

use jiff::SignedDuration;

use crate::domain::HangupCause;

/// A conversation of which nothing was heard for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietCall {
    /// For how long.
    pub silence: SignedDuration,
    /// Whether the caller is with staff, or their phone rings.
    pub in_transfer: bool,
    /// Whether we placed it: then the carrier was told how long it may last.
    pub placed: bool,
}

/// What the carrier says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierSays {
    /// It is over.
    Over(HangupCause),
    /// It goes on.
    GoesOn,
    /// Nothing: it gave no answer, or none that can be read.
    NoAnswer,
    /// There is no carrier that this program could ask.
    NobodyToAsk,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuietFate {
    /// It ended as the carrier says.
    Ended(HangupCause),
    /// Its end was lost: it counts as over.
    Lost,
    /// It may go on; the carrier is asked again later.
    Wait,
}

/// What becomes of a quiet call. `longest` is how long a call may last, `dialer.longest_call_minutes`.
pub fn quiet_fate(call: &QuietCall, says: CarrierSays, longest: SignedDuration) -> QuietFate {
    match says {
        CarrierSays::Over(cause) => QuietFate::Ended(cause),
        // No attempt ends while the carrier says that its call goes on.
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
