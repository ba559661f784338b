//! A conversation during its turn, and what remains of it after the commit.

use std::sync::Arc;

use super::Outcome;
use super::live_sessions::LiveSession;
use super::turn_log::StoredEvent;
use crate::domain::{CallId, Line};
use crate::engine::{Effect, Reply, Session};
use crate::flow::FlowSet;

/// A conversation being stepped.
pub(super) struct ActiveTurn {
    pub(super) call: CallId,
    pub(super) flow_set: Arc<FlowSet>,
    pub(super) session: Session,
    pub(super) effects: Vec<Effect>,
    /// The number of the current turn.
    pub(super) turn: i64,
    /// The revision that this turn saves.
    pub(super) revision: i64,
    pub(super) event: StoredEvent,
}

impl ActiveTurn {
    /// Returns `true` if the event isn't what the session waits for, so that nothing changes.
    pub(super) fn is_unfit(&self) -> bool {
        matches!(self.effects.as_slice(), [Effect::Diagnostic(_)])
    }
}

/// The outcome of an event before the commit.
pub(super) enum PendingOutcome {
    /// Already known.
    Now(Outcome),
    /// The reply of the conversation at this index.
    Live(usize),
    /// The stored reply of a turn.
    Stored(CallId, i64),
}

/// What remains of an active conversation after it was written.
pub(super) struct CommittedTurn {
    pub(super) call: CallId,
    pub(super) line: Line,
    pub(super) turn: i64,
    pub(super) reply: Option<Arc<Reply>>,
    pub(super) flow_set: Arc<FlowSet>,
    /// The session for the next turn, if it can be taken without reading.
    pub(super) live: Option<LiveSession>,
}
