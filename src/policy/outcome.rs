//! The outcome of an attempt. The conversation decides, or the network's hang-up cause if there was none.

use crate::domain::{AttemptOutcome, Disposition, HangupCause};

/// The outcome of an attempt whose call had a conversation. If nobody answered in it, the network's cause decides.
pub const fn outcome_of_conversation(disposition: Disposition, cause: Option<HangupCause>) -> AttemptOutcome {
    match disposition {
        Disposition::Reported => AttemptOutcome::Reported,
        // A person who hung up before being identified answered and didn't finish. The same applies to a person who
        // asked for staff, reached nobody and asked for no call back.
        Disposition::Unanswered | Disposition::NotIdentified | Disposition::StaffNotReached => AttemptOutcome::Dropped,
        Disposition::HandedOver => AttemptOutcome::Reached,
        Disposition::Voicemail => AttemptOutcome::Voicemail,
        Disposition::NotNow => AttemptOutcome::NotNow,
        Disposition::WrongNumber => AttemptOutcome::WrongNumber,
        // If observation ended while the phone rang, the call is withdrawn for that reason as for any other.
        Disposition::Withdrawn | Disposition::ObservationEnded => AttemptOutcome::Withdrawn,
        Disposition::SystemFailure | Disposition::Maintenance => AttemptOutcome::Failed,
        // No patient was called.
        Disposition::AlertsTaken | Disposition::AlertsPassedOn | Disposition::AlertsNotTaken => AttemptOutcome::Reached,
        Disposition::NotAnswered => match cause {
            Some(cause) => outcome_of_cause(cause, false),
            None => AttemptOutcome::NoAnswer,
        },
    }
}

/// The outcome of an attempt by the network's cause. `conversed` means that the call was answered and we had spoken.
pub const fn outcome_of_cause(cause: HangupCause, conversed: bool) -> AttemptOutcome {
    match cause {
        // Whatever the cause (A5).
        _ if conversed => AttemptOutcome::Dropped,
        HangupCause::UserBusy | HangupCause::CallRejected => AttemptOutcome::Busy,
        HangupCause::NoAnswer => AttemptOutcome::NoAnswer,
        HangupCause::InvalidNumberFormat => AttemptOutcome::WrongNumber,
        // The call was answered and over before we spoke, or the cause is unknown.
        HangupCause::NormalClearing | HangupCause::TemporaryFailure | HangupCause::Unspecified => {
            AttemptOutcome::Failed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_decides_before_the_cause() {
        use AttemptOutcome as Outcome;
        for cause in HangupCause::ALL.map(Some).into_iter().chain([None]) {
            for disposition in Disposition::ALL {
                let expected = match disposition {
                    Disposition::Reported => Outcome::Reported,
                    Disposition::Unanswered | Disposition::NotIdentified | Disposition::StaffNotReached => {
                        Outcome::Dropped
                    }
                    Disposition::HandedOver => Outcome::Reached,
                    Disposition::Voicemail => Outcome::Voicemail,
                    Disposition::NotNow => Outcome::NotNow,
                    Disposition::WrongNumber => Outcome::WrongNumber,
                    Disposition::Withdrawn | Disposition::ObservationEnded => Outcome::Withdrawn,
                    Disposition::SystemFailure | Disposition::Maintenance => Outcome::Failed,
                    Disposition::AlertsTaken | Disposition::AlertsPassedOn | Disposition::AlertsNotTaken => {
                        Outcome::Reached
                    }
                    Disposition::NotAnswered => cause.map_or(Outcome::NoAnswer, |cause| outcome_of_cause(cause, false)),
                };
                assert_eq!(outcome_of_conversation(disposition, cause), expected, "{disposition:?} {cause:?}");
            }
        }
    }

    #[test]
    fn without_a_conversation_the_cause_decides() {
        use AttemptOutcome as Outcome;
        use HangupCause::*;
        for (cause, expected) in [
            (NormalClearing, Outcome::Failed),
            (UserBusy, Outcome::Busy),
            (NoAnswer, Outcome::NoAnswer),
            (CallRejected, Outcome::Busy),
            (InvalidNumberFormat, Outcome::WrongNumber),
            (TemporaryFailure, Outcome::Failed),
            (Unspecified, Outcome::Failed),
        ] {
            assert_eq!(outcome_of_cause(cause, false), expected);
            assert_eq!(outcome_of_cause(cause, true), Outcome::Dropped);
        }
    }
}
