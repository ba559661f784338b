//! A commit in progress, and the steps of its conversations.

use std::collections::HashMap;

use jiff::Timestamp;

use super::active_turn::{ActiveTurn, PendingOutcome};
use super::live_sessions::LiveSession;
use super::staff_call::StaffCalls;
use super::stepped::Stepper;
use super::transfer::{gone, unless_withdrawn, withdrawn};
use super::write_set::WriteSet;
use super::{ConversationError, LineSettings, Outcome};
use crate::domain::{CallId, HangupCause, PhoneNumber};
use crate::engine::{EventKind, Session, Waiting};
use crate::service::context::Context;
use crate::store::attempts::AttemptRow;
use crate::store::legs::LegFound;
use crate::store::sessions::SessionRow;
use crate::store::turn_reads::{IdentificationKeys, IdentificationReads};
use crate::store::{StoreError, Tx};

/// One commit in progress.
pub(super) struct Batch<'a> {
    pub(super) context: &'a Context,
    pub(super) lines: &'a LineSettings,
    pub(super) tx: Tx,
    pub(super) at: Timestamp,
    pub(super) active_turns: Vec<ActiveTurn>,
    pub(super) keep: WriteSet,
    pub(super) sessions: HashMap<CallId, SessionRow>,
    pub(super) legs: HashMap<String, LegFound>,
    /// The attempts whose calls occur in the events.
    pub(super) attempts: HashMap<CallId, AttemptRow>,
    /// The calls to staff that occur in the events.
    pub(super) staff_calls: StaffCalls,
    /// How legs ended, for calls with events about the staff phone.
    pub(super) ended_legs: HashMap<CallId, HangupCause>,
    /// How many calls in progress without an identified caller come from the numbers that ring.
    pub(super) unidentified: Vec<(Option<PhoneNumber>, u32)>,
    /// The version of the standing data, if calls may begin.
    pub(super) standing_version: Option<i64>,
    /// What was read for identifications that were known before.
    pub(super) identifications: Option<(IdentificationKeys, IdentificationReads)>,
}

impl Batch<'_> {
    pub(super) async fn step_turn(
        &mut self,
        call: CallId,
        turn: i64,
        happening: &EventKind,
    ) -> Result<PendingOutcome, ConversationError> {
        self.refuse_taken(call)?;
        let Some(row) = self.sessions.get(&call) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
        if turn <= row.turn {
            metrics::counter!("kenkocall_turns_repeated_total").increment(1);
            return Ok(PendingOutcome::Stored(call, turn));
        }
        if turn > row.turn.saturating_add(1) {
            return Ok(PendingOutcome::Now(Outcome::Ahead));
        }
        if row.ended {
            let session = read_session(row)?;
            // The last prompt was said, or the call was given up while it waited for an answer.
            let is_over = session.waiting == Waiting::Over;
            return Ok(PendingOutcome::Now(if is_over { Outcome::Over } else { Outcome::CallAgain(session.language) }));
        }
        let outstanding = row.turn;
        let Some(row) = self.sessions.remove(&call) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
        let place = self.step_session(&row, happening).await?;
        let coming = self.unless_unfit(place, call, outstanding);
        if let PendingOutcome::Stored(..) = coming {
            self.sessions.insert(call, row);
        }
        Ok(coming)
    }

    /// The outcome of a turn that was stepped. If its event isn't what the session waits for, nothing changes, and the
    /// pending reply is said again.
    fn unless_unfit(&mut self, place: usize, call: CallId, outstanding: i64) -> PendingOutcome {
        if self.active_turns.get(place).is_none_or(ActiveTurn::is_unfit) {
            self.active_turns.truncate(place);
            return PendingOutcome::Stored(call, outstanding);
        }
        PendingOutcome::Live(place)
    }

    /// Says a goodbye to the person on the line of a withdrawn call.
    pub(super) async fn step_withdraw(&mut self, call: CallId) -> Result<PendingOutcome, ConversationError> {
        self.refuse_taken(call)?;
        match self.sessions.get(&call) {
            Some(row) if row.ended => Ok(PendingOutcome::Now(Outcome::Over)),
            Some(_) => {
                let Some(row) = self.sessions.remove(&call) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
                let happening = withdrawn(&row);
                Ok(PendingOutcome::Live(self.step_session(&row, &happening).await?))
            }
            None => Ok(PendingOutcome::Now(Outcome::Unknown)),
        }
    }

    pub(super) async fn step_hang_up(
        &mut self,
        call: CallId,
        cause: HangupCause,
    ) -> Result<PendingOutcome, ConversationError> {
        self.refuse_taken(call)?;
        if self.sessions.get(&call).is_some_and(|row| !row.ended)
            && let Some(row) = self.sessions.remove(&call)
        {
            self.step_session(&row, &gone(&row, cause)).await?;
        }
        Ok(PendingOutcome::Now(Outcome::Noted))
    }

    /// A commit handles one turn of a call. A second one is handled separately, on the state that the first one left.
    pub(super) fn refuse_taken(&self, call: CallId) -> Result<(), ConversationError> {
        let taken = self.active_turns.iter().any(|live| live.call == call);
        if taken { Err(StoreError::Stale.into()) } else { Ok(()) }
    }

    /// Steps a loaded session and adds it to the active conversations. Returns its index.
    pub(super) async fn step_session(
        &mut self,
        row: &SessionRow,
        happening: &EventKind,
    ) -> Result<usize, ConversationError> {
        let happening = unless_withdrawn(row, happening);
        let flow_set = self.lines.flow_sets.of(&mut self.tx, &row.flow_set).await?;
        let (call, turn, revision) = (row.call, row.turn, row.revision);
        let live = LiveSession { call, session: read_session(row)?, flow_set, turn, revision };
        let stepper = Stepper { context: self.context, lines: self.lines, at: self.at };
        self.active_turns.push(stepper.step(live, row.withdrawal, &happening));
        Ok(self.active_turns.len().saturating_sub(1))
    }
}

pub(super) fn read_session(row: &SessionRow) -> Result<Session, ConversationError> {
    serde_json::from_str(row.session.as_str()).map_err(|_| ConversationError::Unreadable("session"))
}
