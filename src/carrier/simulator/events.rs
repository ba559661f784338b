//! The network's events: the simulator's counterpart of a carrier's webhooks.

use jiff::Timestamp;

use crate::carrier::CarrierLegId;
use crate::domain::{CallId, HangupCause, Keyed, Line, PhoneNumber};
use crate::engine::{AnsweredBy, TransferOutcome};

/// An event of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkEvent {
    /// Our own id of the call, if we placed it.
    pub call: Option<CallId>,
    /// The network's identifier of the leg.
    pub leg: CarrierLegId,
    /// When the event reaches us.
    pub at: Timestamp,
    /// The caller number as shown.
    pub from: Option<PhoneNumber>,
    /// The number called; `None` for inbound calls.
    pub to: Option<PhoneNumber>,
    /// What happened.
    pub what: NetworkEventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetworkEventKind {
    /// The phone rings. A status callback.
    Ringing,
    /// A person or a machine answered and waits for speech.
    Answered(AnsweredBy),
    /// The keys pressed, or none within the timeout.
    Keyed(Keyed),
    /// Staff answered the transferred call. A status callback of the staff's phone.
    StaffAnswered,
    /// The transfer ended: staff hung up or never answered.
    TransferEnded(TransferOutcome),
    /// We redirected the call, and the network asks what to do next.
    Redirected,
    /// The leg ended. A status callback.
    Ended(HangupCause),
    /// An inbound call to this line.
    RangIn(Line),
}

impl NetworkEventKind {
    /// Returns `true` if the network now waits for a reply. Exactly one call of [`super::Network::replied`] must
    /// follow. The other events are status callbacks, which can be lost, repeated or late.
    pub const fn wants_reply(&self) -> bool {
        !matches!(self, Self::Ringing | Self::StaffAnswered | Self::Ended(_))
    }
}
