//! Committed events, for observers such as the demonstration's terminal. They hold no personal data.

use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::domain::{AttemptOutcome, CallId, Disposition, Item, Line, Severity, SlotEnd, SlotState};
use crate::engine::AnsweredBy;

/// The number of events a slow observer may lag behind before the oldest are dropped for it.
const MOST_BEHIND: usize = 65_536;

/// A committed event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEvent {
    /// When it happened.
    pub at: Timestamp,
    /// The call, if the event is about one.
    pub call: Option<CallId>,
    /// What happened.
    pub what: ServiceEventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceEventKind {
    /// The slots of this number of patients became due.
    SlotsOpened(usize),
    /// A call is about to be placed. The last digits of the number tell calls apart.
    Intended {
        /// The last two digits of the number.
        number_ends: String,
        /// 1 for a slot's first attempt.
        attempt: u32,
    },
    /// A phone rings.
    Ringing,
    /// An inbound call rings on this line.
    RangIn(Line),
    /// An outbound call was answered.
    Answered(AnsweredBy),
    /// An answer was stored.
    Answer(Item, Severity),
    /// An outbound call ended. Holds the slot's new state.
    Ended(AttemptOutcome, SlotState),
    /// An inbound call ended.
    LineEnded(Disposition),
    /// A slot ended without a call.
    SlotEnded(SlotEnd),
}

/// Distributes committed events to observers.
#[derive(Debug, Clone)]
pub struct EventBus(broadcast::Sender<ServiceEvent>);

impl Default for EventBus {
    fn default() -> Self {
        Self(broadcast::Sender::new(MOST_BEHIND))
    }
}

impl EventBus {
    /// Subscribes to events from now on.
    pub fn watch(&self) -> broadcast::Receiver<ServiceEvent> {
        self.0.subscribe()
    }

    /// Publishes committed events. Costs nothing without an observer.
    pub(in crate::service) fn tell(&self, moments: Vec<ServiceEvent>) {
        if self.0.receiver_count() == 0 {
            return;
        }
        for moment in moments {
            // The last observer may have unsubscribed.
            let _left = self.0.send(moment);
        }
    }
}
