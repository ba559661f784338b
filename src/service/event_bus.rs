//! Events as they are committed, for observers such as the demonstration's terminal. They hold no personal data.

use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::domain::{AttemptOutcome, CallId, Disposition, Item, Line, Severity, SlotEnd, SlotState};
use crate::engine::AnsweredBy;

/// Moments that a slow watcher may be behind before the oldest are dropped for it.
const MOST_BEHIND: usize = 65_536;

/// Something that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEvent {
    /// When.
    pub at: Timestamp,
    /// The call, where it is about one.
    pub call: Option<CallId>,
    /// What happened.
    pub what: ServiceEventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceEventKind {
    /// The slots of this many patients became due.
    SlotsOpened(usize),
    /// A call is about to be placed; the last digits of the number tell calls apart.
    Intended {
        /// The last two digits.
        number_ends: String,
        /// 1 for a slot's first attempt.
        attempt: u32,
    },
    /// A phone rings.
    Ringing,
    /// Someone rang one of our lines.
    RangIn(Line),
    /// A call of ours was answered.
    Answered(AnsweredBy),
    /// An answer was kept.
    Answer(Item, Severity),
    /// A call of ours is over, and so stands its slot now.
    Ended(AttemptOutcome, SlotState),
    /// A call to one of our lines is over.
    LineEnded(Disposition),
    /// A slot ended without a call.
    SlotEnded(SlotEnd),
}

/// Where moments are told.
#[derive(Debug, Clone)]
pub struct EventBus(broadcast::Sender<ServiceEvent>);

impl Default for EventBus {
    fn default() -> Self {
        Self(broadcast::Sender::new(MOST_BEHIND))
    }
}

impl EventBus {
    /// Watches from now on.
    pub fn watch(&self) -> broadcast::Receiver<ServiceEvent> {
        self.0.subscribe()
    }

    /// Tells what was committed; without a watcher it costs nothing.
    pub(super) fn tell(&self, moments: Vec<ServiceEvent>) {
        if self.0.receiver_count() == 0 {
            return;
        }
        for moment in moments {
            // The last watcher may have left meanwhile.
            let _left = self.0.send(moment);
        }
    }
}
