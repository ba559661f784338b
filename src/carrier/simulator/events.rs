//! What the network tells: the simulator's form of a carrier's webhooks.

use jiff::Timestamp;

use crate::carrier::CarrierLegId;
use crate::domain::{CallId, HangupCause, Keys, Line, PhoneNumber};
use crate::engine::{AnsweredBy, TransferOutcome};

/// Something that happened to a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkEvent {
    /// Our own id of the call, when we placed it.
    pub call: Option<CallId>,
    /// The network's name of the leg.
    pub leg: CarrierLegId,
    /// When the news reaches us.
    pub at: Timestamp,
    /// The caller's number as shown.
    pub from: Option<PhoneNumber>,
    /// The number called; nobody's for those who call us.
    pub to: Option<PhoneNumber>,
    /// What happened.
    pub what: NetworkEventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkEventKind {
    /// The phone rings. A status.
    Ringing,
    /// Someone or something has picked up, and waits to hear something.
    Answered(AnsweredBy),
    /// Keys, or nothing at all within the patience.
    Keyed(Keys),
    /// The person that the caller is handed over to has picked up. A status, of that person's phone.
    StaffAnswered,
    /// The person that the caller was handed over to has hung up, or never answered.
    TransferEnded(TransferOutcome),
    /// We said that the call is to go on otherwise: the network asks how.
    Redirected,
    /// The leg is over. A status.
    Ended(HangupCause),
    /// Someone calls this line.
    RangIn(Line),
}

impl NetworkEventKind {
    /// Whether the network now waits for what is to be said. Exactly one [`super::Network::replied`] is owed to it.
    /// The others are statuses, which can be lost, repeated or late.
    pub const fn wants_reply(&self) -> bool {
        !matches!(self, Self::Ringing | Self::StaffAnswered | Self::Ended(_))
    }
}
