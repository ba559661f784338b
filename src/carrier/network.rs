//! What any phone network can be asked for, and what can come of it. Every answer that isn't proof is `Unknown`: an
//! error after an accepted call would otherwise ring a patient twice.

use std::time::Duration;

use jiff::Timestamp;

use super::CarrierLegId;
use crate::domain::{CallId, CallableNumber, HangupCause, PhoneNumber};

/// A call to place.
#[derive(Debug, Clone)]
pub struct Dial {
    /// Our own id of it: it stands in the URLs that the network calls back.
    pub call: CallId,
    /// The number to ring.
    pub to: CallableNumber,
    /// The number shown.
    pub from: PhoneNumber,
    /// How long it rings, in seconds.
    pub ring_seconds: u16,
    /// After how long it is ended, whatever goes on, in seconds: what it can cost has an end.
    pub longest_seconds: u32,
}

/// What came of a request to dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialOutcome {
    /// The network has the call, and this is its name for it.
    Accepted(CarrierLegId),
    /// Proven that no phone rings, now: it may be tried again within the window.
    NotProcessed(NotProcessed),
    /// Proven that no phone rings, and the same request won't be taken later either.
    Refused(Refusal),
    /// Nobody knows whether a phone rings.
    Unknown(Uncertainty),
}

/// Why a request wasn't processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotProcessed {
    /// 429: too many requests; wait so long, where the network says it.
    TooMany(Option<Duration>),
    /// No connection was made.
    NoConnection,
}

/// Why a request was refused for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The number doesn't exist or can't be called (Twilio 21211, 21214, 21216, 21217 and their kin).
    Number,
    /// 401 or 403: the account or its token is wrong, suspended or not allowed to call at all. No call can be placed.
    Account,
    /// Any other 4xx: the request is wrong in a way that only we can mend. Also where the account may not call this
    /// number: its country or range isn't enabled (Twilio 21215), which says nothing of other numbers.
    Request,
}

/// Why an outcome isn't known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncertainty {
    /// No answer in time, or the connection broke after the request had gone out.
    NoAnswer,
    /// 5xx.
    ServerError,
    /// A 2xx, 3xx or anything else whose body names no call: HTML, an empty body, a redirect.
    Unreadable,
}

/// How a leg stands, in words that all networks share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegProgress {
    /// The network has it; nothing rings yet.
    Queued,
    /// It rings.
    Ringing,
    /// It was answered and isn't over.
    Answered,
    /// It is over.
    Ended(HangupCause),
}

/// Whether a phone rings or rang, as far as a network's word for a leg tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ringing {
    /// It rings, it rang, or it was answered.
    Proven,
    /// It may have rung, or may ring yet.
    Possible,
    /// The leg is over, and the word for its end is one for calls that didn't get as far.
    RuledOut,
}

impl LegProgress {
    /// Whether a phone rings or rang. A network's word for an ordinary end is the same for a call that was taken back.
    pub const fn ringing(self) -> Ringing {
        match self {
            Self::Ringing
            | Self::Answered
            | Self::Ended(HangupCause::UserBusy | HangupCause::NoAnswer | HangupCause::CallRejected) => Ringing::Proven,
            Self::Queued | Self::Ended(HangupCause::NormalClearing | HangupCause::Unspecified) => Ringing::Possible,
            Self::Ended(HangupCause::TemporaryFailure | HangupCause::InvalidNumberFormat) => Ringing::RuledOut,
        }
    }
}

/// A call in the network's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierCall {
    /// The network's name for it.
    pub leg: CarrierLegId,
    /// Who called whom, where the list says it.
    pub direction: CallDirection,
    /// The number that was shown, if the list has a readable one.
    pub from: Option<PhoneNumber>,
    /// The number called, where the list tells it.
    pub to: Option<PhoneNumber>,
    /// When the network took it, where the list tells it.
    pub created_at: Option<Timestamp>,
    /// How it stands.
    pub progress: LegProgress,
    /// Whether the call was answered, by a person or a machine.
    pub answering: Answering,
}

/// Who placed a call of the network's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallDirection {
    /// A caller rang one of our numbers.
    Inbound,
    /// Our program, or another program of the account, placed the call.
    Outbound,
    /// The network placed it because a call was transferred.
    Transfer,
    /// The list doesn't say it.
    Unknown,
}

/// Whether a call was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// A person or a machine answered.
    Answered,
    /// Nobody did, or nobody has yet.
    NotAnswered,
    /// The list doesn't say it.
    Unknown,
}

/// The newest calls of the network's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The calls, in any order.
    pub calls: Vec<CarrierCall>,
    /// The list was read back to this moment. Older calls may be missing.
    pub complete_since: Timestamp,
}

/// What came of a question to the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupResult<T> {
    /// This.
    Found(T),
    /// The network answered, and knows no such thing.
    Nothing,
    /// The network didn't answer, or nonsense.
    Unavailable(Uncertainty),
}

/// What came of telling the network something about a leg that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandResult {
    /// It obeys.
    Done,
    /// The leg is over, or was never there.
    Gone,
    /// Not known; it may be told again.
    Unavailable,
}

/// What came of a SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsOutcome {
    /// The network has it.
    Accepted,
    /// Proven that it isn't sent.
    Refused,
    /// Nobody knows; it isn't sent again.
    Unknown,
}
