//! The carrier's words for how a call stands, and what they mean in ours.

use super::word::is_word;
use crate::carrier::network::Ringing;
use crate::domain::HangupCause;

/// Other carriers' and events' words for a status.
const OTHER_WORDS: [(&str, CallStatus); 6] = [
    ("answered", CallStatus::InProgress),
    ("cancelled", CallStatus::Canceled),
    ("complete", CallStatus::Completed),
    ("error", CallStatus::Failed),
    ("unanswered", CallStatus::NoAnswer),
    ("user-busy", CallStatus::Busy),
];

/// How a leg stands. Source: Twilio, "Call resource: call status values", and `initiated`, `answered` of the status
/// events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallStatus {
    /// Waits at the carrier.
    Queued,
    /// Left the carrier's queue.
    Initiated,
    /// Rings.
    Ringing,
    /// Was answered (`in-progress`, in events and after a transfer `answered`).
    InProgress,
    /// Was answered and has ended.
    Completed,
    /// The called party was busy.
    Busy,
    /// Couldn't be completed, most often because the number doesn't exist.
    Failed,
    /// Rang and wasn't answered.
    NoAnswer,
    /// We took it back before it was answered.
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

    /// Reads a status, however it is spelled.
    pub fn from_code(text: &str) -> Option<Self> {
        let own = Self::ALL.into_iter().find(|status| is_word(text, status.code()));
        own.or_else(|| OTHER_WORDS.iter().find(|(word, _)| is_word(text, word)).map(|(_, status)| *status))
    }

    /// Whether a phone rings or rang. A call that was canceled may have rung before; then the carrier has said so.
    pub const fn ringing(self) -> Ringing {
        match self {
            Self::Ringing | Self::InProgress | Self::Completed | Self::Busy | Self::NoAnswer => Ringing::Proven,
            Self::Queued | Self::Initiated => Ringing::Possible,
            Self::Failed | Self::Canceled => Ringing::RuledOut,
        }
    }

    /// Why the leg ended; none while it lives. `sip` tells apart what the carrier calls `failed`
    /// (RFC 3398 section 8.2.6.1 has the table from SIP to Q.850).
    pub const fn hangup_cause(self, sip: Option<SipCode>) -> Option<HangupCause> {
        match self {
            Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress => None,
            // Q.850 has 16 for both: a call that is taken back is cleared normally by its caller.
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
    /// A code in the range of SIP.
    pub fn new(code: u16) -> Option<Self> {
        (100..=699).contains(&code).then_some(Self(code))
    }

    /// The number.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// What picked up, when the carrier was asked to find out. Source: Twilio, "Answering machine detection".
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
    /// Reads the carrier's word, however it is spelled. A new kind of machine is a machine.
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
