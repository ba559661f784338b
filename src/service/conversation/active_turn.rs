//! A conversation while its turn is taken, and what stays of it when it is written.

use std::sync::Arc;

use super::Outcome;
use crate::domain::CallId;
use crate::engine::{Effect, Reply, Session};
use crate::flow::FlowSet;
use crate::service::turn_log::StoredEvent;

/// A conversation being stepped.
pub(super) struct ActiveTurn {
    pub(super) call: CallId,
    pub(super) flow_set: Arc<FlowSet>,
    pub(super) session: Session,
    pub(super) effects: Vec<Effect>,
    /// The number of the turn being taken.
    pub(super) turn: i64,
    /// The revision that this turn saves.
    pub(super) revision: i64,
    pub(super) event: StoredEvent,
}

/// What an event comes to, before the commit.
pub(super) enum PendingOutcome {
    /// Known already.
    Now(Outcome),
    /// The reply of this conversation, by its place.
    Live(usize),
    /// The stored reply of a turn.
    Stored(CallId, i64),
}

/// What stays of a live conversation after it was written.
pub(super) struct CommittedTurn {
    pub(super) call: CallId,
    pub(super) turn: i64,
    pub(super) reply: Option<Arc<Reply>>,
    pub(super) flow_set: Arc<FlowSet>,
}
