//! The carrier's call statuses, and their meaning in our terms.

use super::word::is_word;
use crate::carrier::network::Ringing;
use crate::domain::HangupCause;

/// The words for a status that other carriers and events use.
const OTHER_WORDS: [(&str, CallStatus); 6] = [
    ("answered", CallStatus::InProgress),
    ("cancelled", CallStatus::Canceled),
    ("complete", CallStatus::Completed),
    ("error", CallStatus::Failed),
    ("unanswered", CallStatus::NoAnswer),
    ("user-busy", CallStatus::Busy),
];

/// The status of a leg. Source: Twilio, "Call resource: call status values", and `initiated`, `answered` of the
/// status events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallStatus {
    /// Queued at the carrier.
    Queued,
    /// Left the carrier's queue.
    Initiated,
    /// Rings.
    Ringing,
    /// Was answered (`in-progress`; `answered` in events and after a transfer).
    InProgress,
    /// Was answered and has ended.
    Completed,
    /// The called party was busy.
    Busy,
    /// Couldn't be completed, most often because the number doesn't exist.
    Failed,
    /// Rang and wasn't answered.
    NoAnswer,
    /// We cancelled it before it was answered.
    Canceled,
}

impl CallStatus {
    /// All statuses.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Initiated,
        Self::Ringing,
        Self::InProgress,
        Self::Completed,
        Self::Busy,
        Self::Failed,
        Self::NoAnswer,
        Self::Canceled,
    ];

    /// The carrier's word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::NoAnswer => "no-answer",
            Self::Canceled => "canceled",
        }
    }

    /// Reads a status in any spelling.
    pub fn from_code(text: &str) -> Option<Self> {
        let own = Self::ALL.into_iter().find(|status| is_word(text, status.code()));
        own.or_else(|| OTHER_WORDS.iter().find(|(word, _)| is_word(text, word)).map(|(_, status)| *status))
    }

    /// Returns whether a phone rings or rang. A cancelled call may have rung before, which the carrier has then
    /// reported.
    pub const fn ringing(self) -> Ringing {
        match self {
            Self::Ringing | Self::InProgress | Self::Completed | Self::Busy | Self::NoAnswer => Ringing::Proven,
            Self::Queued | Self::Initiated => Ringing::Possible,
            Self::Failed | Self::Canceled => Ringing::RuledOut,
        }
    }

    /// Why the leg ended; `None` if it hasn't ended. `sip` distinguishes the cases that the carrier calls `failed`
    /// (RFC 3398 section 8.2.6.1 has the table from SIP to Q.850).
    pub const fn hangup_cause(self, sip: Option<SipCode>) -> Option<HangupCause> {
        match self {
            Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress => None,
            // Q.850 has 16 for both: a cancelled call is cleared normally by its caller.
            Self::Completed | Self::Canceled => Some(HangupCause::NormalClearing),
            Self::Busy => Some(HangupCause::UserBusy),
            Self::NoAnswer => Some(HangupCause::NoAnswer),
            Self::Failed => Some(match sip {
                Some(SipCode(404 | 410 | 484 | 604)) => HangupCause::InvalidNumberFormat,
                Some(SipCode(403 | 603 | 607 | 608)) => HangupCause::CallRejected,
                Some(SipCode(486 | 600)) => HangupCause::UserBusy,
                Some(SipCode(408 | 480)) => HangupCause::NoAnswer,
                _ => HangupCause::TemporaryFailure,
            }),
        }
    }
}

/// The final SIP response of a leg that we called, 100 to 699 (RFC 3261).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SipCode(u16);

impl SipCode {
    /// Creates a code. Returns `None` if it is out of SIP's range.
    pub fn new(code: u16) -> Option<Self> {
        (100..=699).contains(&code).then_some(Self(code))
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// What answered, if the carrier was asked to detect it. Source: Twilio, "Answering machine detection".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnsweredBy {
    /// `human`
    Human,
    /// `machine_start`, `machine_end_beep`, `machine_end_silence`, `machine_end_other`; Somleng says `machine`.
    Machine,
    /// `fax`
    Fax,
    /// `unknown`
    Unknown,
}

impl AnsweredBy {
    /// Reads the carrier's word in any spelling. A new kind of machine is a machine.
    pub fn from_code(text: &str) -> Option<Self> {
        const MACHINE: &str = "machine";
        const WORDS: [(&str, AnsweredBy); 4] = [
            ("human", AnsweredBy::Human),
            ("fax", AnsweredBy::Fax),
            ("unknown", AnsweredBy::Unknown),
            ("answering-machine", AnsweredBy::Machine),
        ];
        if text.get(..MACHINE.len()).is_some_and(|start| start.eq_ignore_ascii_case(MACHINE)) {
            return Some(Self::Machine);
        }
        WORDS.iter().find(|(word, _)| is_word(text, word)).map(|(_, answered_by)| *answered_by)
    }
}
