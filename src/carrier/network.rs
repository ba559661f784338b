//! The requests to a carrier, and their outcomes. An outcome without proof is `Unknown`. If it were an error, an
//! accepted call could be placed again, and a patient would be rung twice.

use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

use super::CarrierLegId;
use crate::domain::{CallId, CallableNumber, HangupCause, NoticeId, PhoneNumber};

/// The longest accepted wait that a carrier asks for. No network is overloaded for longer, and a day's slots would pass
/// meanwhile.
pub const MAX_RETRY_AFTER: Duration = Duration::from_mins(10);

/// The outcome of a request that is under way. If it is dropped, the outcome is unknown.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// From which nodes a carrier's legs can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From each node: the carrier keeps the legs, and takes requests over HTTP.
    AnyNode,
    /// Only from the node that has the leg: the connection is in its process. Requests from other nodes are answered
    /// with [`CommandResult::Unavailable`] and [`LookupResult::Unavailable`].
    OwnNode,
}

/// A carrier: what this program asks of the company that connects its calls. Each request is sent once. Whether it may
/// be sent again depends on its outcome.
pub trait Carrier: Send + Sync {
    /// Its name in the database, by which legs and attempts name their carrier.
    fn name(&self) -> &'static str;

    /// From which nodes its legs can be reached.
    fn reach(&self) -> Reach;

    /// Returns `true` if no phone rings.
    fn is_simulated(&self) -> bool {
        false
    }

    /// Asks it to place a call, once.
    fn dial<'a>(&'a self, dial: &'a Dial) -> Pending<'a, DialOutcome>;

    /// Cancels a ringing call.
    fn cancel<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, CommandResult>;

    /// Lets the person on the line hear the goodbye, and hangs up.
    fn say_goodbye<'a>(&'a self, leg: &'a CarrierLegId, call: CallId) -> Pending<'a, CommandResult>;

    /// Looks up a leg's progress.
    fn look_up<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, LookupResult<LegProgress>>;

    /// Looks up whether staff answered the transfer of a leg.
    fn staff_answered<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, LookupResult<bool>>;

    /// The time of its clock. [`LookupResult::Nothing`] if it answers without a time.
    fn time(&self) -> Pending<'_, LookupResult<Timestamp>>;

    /// Its calls to a number since a time.
    fn list<'a>(&'a self, to: &'a PhoneNumber, since: Timestamp) -> Pending<'a, LookupResult<Vec<CarrierCall>>>;

    /// Its calls since a time, to any number, as one list read from the newest call back. The list may lag behind.
    fn list_newest(&self, since: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>>;

    /// All its calls since a time, in both directions.
    fn list_all(&self, since: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>>;

    /// Its newest calls, in both directions: back to `since`, or at least to `required` if there are too many.
    fn list_recent(&self, since: Timestamp, required: Timestamp) -> Pending<'_, LookupResult<Recent>>;

    /// Sends an SMS, once.
    fn send_sms<'a>(&'a self, to: &'a PhoneNumber, from: &'a PhoneNumber, body: &'a str) -> Pending<'a, SmsOutcome>;

    /// Sends a notice to a patient by SMS, once. A carrier that reports on deliveries does so under the notice's id.
    fn send_notice<'a>(
        &'a self,
        to: &'a PhoneNumber,
        from: &'a PhoneNumber,
        body: &'a str,
        _notice: NoticeId,
    ) -> Pending<'a, SmsOutcome> {
        self.send_sms(to, from, body)
    }
}

/// A call to place.
#[derive(Debug, Clone)]
pub struct Dial {
    /// Our own id of the call. It is part of the URLs that the carrier requests.
    pub call: CallId,
    /// The number to ring.
    pub to: CallableNumber,
    /// The caller number to show.
    pub from: PhoneNumber,
    /// How long it rings, in seconds.
    pub ring_seconds: u16,
    /// The maximum length of the call, in seconds. The carrier then ends it, which limits its cost.
    pub longest_seconds: u32,
}

/// The outcome of a request to dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialOutcome {
    /// The carrier has accepted the call, with this identifier.
    Accepted(CarrierLegId),
    /// Proof that no phone rings. The call may be tried again within the calling window.
    NotProcessed(NotProcessed),
    /// Proof that no phone rings. The same request would be refused again.
    Refused(Refusal),
    /// It is unknown whether a phone rings.
    Unknown(Uncertainty),
}

/// Why a request wasn't processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotProcessed {
    /// 429: too many requests. The duration is the wait that the carrier asks for, if it sent one.
    TooMany(Option<Duration>),
    /// No connection was established.
    NoConnection,
}

/// Why a request was refused permanently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The number doesn't exist or can't be called (Twilio 21211, 21214, 21216, 21217 and similar).
    Number,
    /// 401 or 403: the account or its token is wrong, suspended or not permitted to call. No call can be placed.
    Account,
    /// Any other 4xx: the request is wrong, and only a change of the program or its settings helps. This includes
    /// numbers that the account isn't permitted to call because their country or range isn't enabled (Twilio 21215).
    /// Other numbers aren't affected.
    Request,
}

/// Why an outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncertainty {
    /// No answer in time, or the connection broke after the request was sent.
    NoAnswer,
    /// 5xx.
    ServerError,
    /// A 2xx, a 3xx or any other status whose body names no call: HTML, an empty body, a redirect.
    Unreadable,
}

/// The progress of a leg, in terms that all carriers share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegProgress {
    /// The carrier has accepted the call, and the phone doesn't ring yet.
    Queued,
    /// The phone rings.
    Ringing,
    /// The call was answered and hasn't ended.
    Answered,
    /// The leg has ended.
    Ended(HangupCause),
}

/// Whether a phone rings or rang, as far as the carrier's status proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ringing {
    /// The phone rings or rang, or the call was answered.
    Proven,
    /// The phone may have rung, or may still ring.
    Possible,
    /// The leg has ended with a status of calls that didn't ring.
    RuledOut,
}

impl LegProgress {
    /// Returns whether a phone rings or rang. Carriers report a normal end and a cancelled call with the same status.
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

/// A call in the carrier's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierCall {
    /// The carrier's identifier of the leg.
    pub leg: CarrierLegId,
    /// The direction, if the list contains it.
    pub direction: CallDirection,
    /// The caller number that was shown; `None` if the list has no readable one.
    pub from: Option<PhoneNumber>,
    /// The number called; `None` if the list doesn't contain it.
    pub to: Option<PhoneNumber>,
    /// When the carrier accepted the call; `None` if the list doesn't contain it.
    pub created_at: Option<Timestamp>,
    /// The progress of the leg.
    pub progress: LegProgress,
    /// Whether the call was answered, by a person or a machine.
    pub answering: Answering,
}

/// Who placed a call in the carrier's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallDirection {
    /// A caller rang one of our numbers.
    Inbound,
    /// Our program, or another program of the account, placed the call.
    Outbound,
    /// The carrier placed the call because a call was transferred.
    Transfer,
    /// The list doesn't contain the direction.
    Unknown,
}

/// Whether a call was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// A person or a machine answered.
    Answered,
    /// The call wasn't answered, or hasn't been answered yet.
    NotAnswered,
    /// The list doesn't contain it.
    Unknown,
}

/// The newest calls of the carrier's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The calls, in any order.
    pub calls: Vec<CarrierCall>,
    /// The list is complete from this time on. Older calls may be missing.
    pub complete_since: Timestamp,
}

/// The outcome of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupResult<T> {
    /// The carrier found it.
    Found(T),
    /// The carrier answered that it doesn't exist.
    Nothing,
    /// The carrier didn't answer, or its answer was unreadable.
    Unavailable(Uncertainty),
}

/// The outcome of a command for a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandResult {
    /// The carrier accepted the command.
    Done,
    /// The leg has ended, or never existed.
    Gone,
    /// The outcome is unknown. The command may be sent again.
    Unavailable,
}

/// The outcome of an SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsOutcome {
    /// The carrier has accepted the SMS.
    Accepted,
    /// Proof that the SMS isn't sent.
    Refused(SmsRefusal),
    /// The outcome is unknown. The SMS isn't sent again.
    Unknown,
}

/// Why an SMS isn't sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsRefusal {
    /// It wasn't processed: no connection, too many requests, or the account can't send at present. The same SMS may be
    /// taken later.
    NotProcessed,
    /// The number takes no SMS: it doesn't exist, or isn't a mobile number (Twilio 21211, 21614).
    Number,
    /// The recipient has opted out at the carrier (Twilio 21610).
    OptedOut,
    /// Anything else. The same request would be refused again.
    Request,
}
