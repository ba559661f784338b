//! What the line and the conversation tell each other about one call.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::media::{MediaEvents, MediaSession};
use crate::carrier::CarrierLegId;
use crate::carrier::network::Ringing;
use crate::domain::{CallId, HangupCause, Line, PhoneNumber};

/// What happens on the line.
#[derive(Debug)]
pub enum LineEvent {
    /// A call came in and was answered.
    Called(Called),
    /// The phone that we call rings.
    Ringing(CallId, CarrierLegId),
    /// The phone that we call was answered.
    Answered(CallId, Talk),
    /// A call has ended.
    Ended(Ended),
}

/// A call that came in and was answered.
#[derive(Debug)]
pub struct Called {
    /// The line that was called.
    pub line: Line,
    /// The caller's number; `None` if it is hidden.
    pub caller: Option<PhoneNumber>,
    /// The number called.
    pub called: Option<PhoneNumber>,
    /// The call.
    pub talk: Talk,
}

/// A call has ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Our own id, if we placed it.
    pub call: Option<CallId>,
    /// Its leg.
    pub leg: CarrierLegId,
    /// Why.
    pub cause: HangupCause,
    /// Whether the phone rang.
    pub ringing: Ringing,
}

/// An answered call.
pub struct Talk {
    /// Its leg.
    pub leg: CarrierLegId,
    /// Plays.
    pub media: Arc<MediaSession>,
    /// What is heard.
    pub heard: MediaEvents,
    /// What the network tells. Ends with the call.
    pub news: mpsc::Receiver<LegNews>,
    /// What is asked of the call. Dropping it hangs up.
    pub orders: mpsc::Sender<LegOrder>,
}

impl std::fmt::Debug for Talk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Talk").field("leg", &self.leg).finish_non_exhaustive()
    }
}

/// What the network tells about an answered call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegNews {
    /// The other side holds the call, or has resumed it.
    Held(bool),
    /// The person on the line shall hear the goodbye.
    Goodbye,
}

/// What is asked of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegOrder {
    /// End it.
    HangUp,
    /// Stop ringing, if it rings.
    Cancel,
    /// Let the person on the line hear the goodbye.
    Goodbye,
}
