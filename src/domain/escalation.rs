//! The words of an escalation: which calls to staff it consists of, and what came of each.

use super::codes::codes;

/// Why somebody is rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepRole {
    /// They are on duty.
    OnDuty,
    /// Nobody is on duty, or nobody of them has taken the alerts.
    Fallback,
}

/// How far the call of a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    /// It is about to be placed. The carrier may or may not have been asked.
    Intended,
    /// The carrier has it.
    Placed,
    /// Somebody, or a machine, answered.
    Answered,
    /// It has ended, or counts as ended because nothing is known of it.
    Ended,
}

/// What came of the call of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepOutcome {
    /// The person took the alerts.
    Taken,
    /// The person passed them on to the next.
    PassedOn,
    /// The person answered and decided nothing.
    Heard,
    /// Voicemail or a fax machine answered.
    Voicemail,
    /// The line was busy, or the call was rejected.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// No phone rang.
    Failed,
    /// It is unknown whether a phone rang.
    Unknown,
    /// The alerts were taken or closed while the phone rang.
    Withdrawn,
}

/// What came of the SMS or the e-mail of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeOutcome {
    /// It was accepted for delivery.
    Sent,
    /// It was refused.
    Refused,
    /// It is unknown whether it was sent. It isn't sent again.
    Unknown,
    /// It isn't sent yet: the mail server wasn't reached, or took nothing. It is tried again while red alerts wait.
    NotYet,
}

/// Why an escalation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EscalationEnd {
    /// Somebody who was rung took the alerts.
    ByPhone,
    /// The alerts were taken or closed at the console or the command line.
    ByStaff,
}

codes! {
    StepRole { OnDuty => "on_duty", Fallback => "fallback" }
    StepState { Intended => "intended", Placed => "placed", Answered => "answered", Ended => "ended" }
    StepOutcome {
        Taken => "taken",
        PassedOn => "passed_on",
        Heard => "heard",
        Voicemail => "voicemail",
        Busy => "busy",
        NoAnswer => "no_answer",
        Failed => "failed",
        Unknown => "unknown",
        Withdrawn => "withdrawn",
    }
    NoticeOutcome { Sent => "sent", Refused => "refused", Unknown => "unknown", NotYet => "not_yet" }
    EscalationEnd { ByPhone => "by_phone", ByStaff => "by_staff" }
}

impl NoticeOutcome {
    /// Returns `true` if it certainly wasn't sent, and may be.
    pub const fn may_be_sent_again(self) -> bool {
        matches!(self, Self::NotYet)
    }
}

impl StepOutcome {
    /// Returns `true` if a person was on the phone.
    pub const fn has_reached(self) -> bool {
        matches!(self, Self::Taken | Self::PassedOn | Self::Heard)
    }

    /// Returns `true` if the next person is rung at once. Who has heard of the alerts gets time to take them.
    pub const fn moves_on_at_once(self) -> bool {
        !matches!(self, Self::Taken | Self::Heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_read_as_it_is_stored() {
        assert!(StepRole::ALL.iter().all(|role| StepRole::from_code(role.code()) == Some(*role)));
        assert!(StepState::ALL.iter().all(|state| StepState::from_code(state.code()) == Some(*state)));
        assert!(StepOutcome::ALL.iter().all(|outcome| StepOutcome::from_code(outcome.code()) == Some(*outcome)));
        assert!(NoticeOutcome::ALL.iter().all(|outcome| NoticeOutcome::from_code(outcome.code()) == Some(*outcome)));
        assert!(EscalationEnd::ALL.iter().all(|end| EscalationEnd::from_code(end.code()) == Some(*end)));
        assert_eq!(StepOutcome::from_code("rang"), None);
    }
}
