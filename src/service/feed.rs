//! What happens, as it happens, for whoever watches: the demonstration's terminal. Nothing personal is in it.

use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::call::{AttemptOutcome, CallId, Disposition, Item, Line, Severity, SlotEnd, SlotState};
use crate::engine::AnsweredBy;

/// Moments that a slow watcher may be behind before the oldest are dropped for it.
const MOST_BEHIND: usize = 65_536;

/// Something that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The call, where it is about one.
    pub call: Option<CallId>,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Slots of so many patients became due.
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
    /// Somebody rang one of our lines.
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
pub struct Feed(broadcast::Sender<Moment>);

impl Default for Feed {
    fn default() -> Self {
        Self(broadcast::Sender::new(MOST_BEHIND))
    }
}

impl Feed {
    /// Watches from now on.
    pub fn watch(&self) -> broadcast::Receiver<Moment> {
        self.0.subscribe()
    }

    /// Tells what was committed; without a watcher it costs nothing.
    pub(super) fn tell(&self, moments: Vec<Moment>) {
        if self.0.receiver_count() == 0 {
            return;
        }
        for moment in moments {
            // The last watcher may have left meanwhile.
            let _left = self.0.send(moment);
        }
    }
}
