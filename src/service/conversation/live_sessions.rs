//! The sessions of calls in progress, as this process last committed them. Their turns read nothing from the database:
//! the commit fails if another process has changed the call meanwhile, and the turn is then taken again on what the
//! database holds.

use std::collections::HashMap;
use std::sync::Arc;

use super::active_turn::CommittedTurn;
use crate::domain::CallId;
use crate::engine::Session;
use crate::flow::FlowSet;

/// The most sessions that are kept: about 10 MB.
const MOST: usize = 4_096;

/// A session between two turns. The call is in progress, outside a transfer, and wasn't withdrawn.
pub(super) struct LiveSession {
    pub(super) call: CallId,
    pub(super) session: Session,
    pub(super) flow_set: Arc<FlowSet>,
    /// The turn whose reply is waiting for the caller.
    pub(super) turn: i64,
    /// How often it has been saved.
    pub(super) revision: i64,
}

/// The sessions, by call.
#[derive(Default)]
pub(super) struct LiveSessions(HashMap<CallId, LiveSession>);

impl LiveSessions {
    /// Takes the session that waits for this turn. Any other session of the call is forgotten.
    pub(super) fn take(&mut self, call: CallId, turn: i64) -> Option<LiveSession> {
        self.0.remove(&call).filter(|live| live.turn.saturating_add(1) == turn)
    }

    /// Forgets the session of a call.
    pub(super) fn forget(&mut self, call: CallId) {
        self.0.remove(&call);
    }

    /// Keeps what a commit has stored.
    pub(super) fn committed(&mut self, turns: Vec<CommittedTurn>) {
        for turn in turns {
            match turn.live {
                Some(live) => {
                    if self.0.len() >= MOST {
                        // Some belong to calls that ended elsewhere. The others are read again.
                        self.0.clear();
                    }
                    self.0.insert(turn.call, live);
                }
                None => self.forget(turn.call),
            }
        }
    }
}
