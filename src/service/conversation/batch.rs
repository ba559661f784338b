//! A commit in progress, and the steps of its conversations.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::active_turn::{ActiveTurn, PendingOutcome};
use super::live_sessions::LiveSession;
use super::transfer::{gone, unless_withdrawn, withdrawn};
use super::turn_log::StoredEvent;
use super::write_set::WriteSet;
use super::{ConversationError, LineSettings, Outcome};
use crate::domain::{CallId, HangupCause, PhoneNumber, Withdrawal};
use crate::engine::{Effect, Event, EventKind, Session, Waiting, step};
use crate::flow::{FlowSet, NodeKind};
use crate::service::context::Context;
use crate::store::attempts::AttemptRow;
use crate::store::legs::LegFound;
use crate::store::sessions::SessionRow;
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
    /// The sessions of this process that wait for the turns among the events.
    pub(super) live: HashMap<CallId, LiveSession>,
    pub(super) legs: HashMap<String, LegFound>,
    /// The attempts whose calls occur in the events.
    pub(super) attempts: HashMap<CallId, AttemptRow>,
    /// How legs ended, for calls with events about the staff phone.
    pub(super) ended_legs: HashMap<CallId, HangupCause>,
    /// How many calls in progress without an identified caller come from the numbers that ring.
    pub(super) unidentified: Vec<(Option<PhoneNumber>, u32)>,
    /// The version of the standing data, if calls may begin.
    pub(super) standing_version: Option<i64>,
}

impl Batch<'_> {
    pub(super) async fn step_turn(
        &mut self,
        call: CallId,
        turn: i64,
        happening: &EventKind,
    ) -> Result<PendingOutcome, ConversationError> {
        self.refuse_taken(call)?;
        if let Some(live) = self.live.remove(&call) {
            let outstanding = live.turn;
            let place = self.step_live(live, None, happening);
            return Ok(self.unless_unfit(place, call, outstanding));
        }
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
        let unfit = |live: &ActiveTurn| matches!(live.effects.as_slice(), [Effect::Diagnostic(_)]);
        if self.active_turns.get(place).is_none_or(unfit) {
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
        Ok(self.step_live(live, row.withdrawal, &happening))
    }

    fn step_live(&mut self, live: LiveSession, withdrawal: Option<Withdrawal>, happening: &EventKind) -> usize {
        let LiveSession { call, mut session, flow_set, turn, revision } = live;
        session.identify_by = session.identify_by.map(|by| self.identify_by(by));
        let event = StoredEvent::of(happening, is_private(&flow_set, &session));
        let (mut session, mut effects) = step(&flow_set, session, &Event { at: self.at, happening: happening.clone() });
        // The call was withdrawn. What was keyed is kept, then a goodbye replaces the next question.
        let goes_on = session.waiting != Waiting::Over && !matches!(effects.as_slice(), [Effect::Diagnostic(_)]);
        if withdrawal.is_some() && goes_on {
            effects.retain(|effect| !matches!(effect, Effect::Reply(_)));
            let (ended, more) = step(&flow_set, session, &Event { at: self.at, happening: EventKind::Withdrawn });
            session = ended;
            effects.extend(more);
        }
        let (turn, revision) = (turn.saturating_add(1), revision.saturating_add(1));
        self.active_turns.push(ActiveTurn { call, flow_set, session, effects, turn, revision, event });
        self.active_turns.len().saturating_sub(1)
    }

    /// The deadline for identification. A correction of the clock takes no time away from the caller.
    fn identify_by(&self, by: Timestamp) -> Timestamp {
        let within = SignedDuration::from_secs(self.lines.guessing.identify_seconds.into());
        let began = by.checked_sub(within).unwrap_or(by);
        self.context.clock.at_the_latest(began).checked_add(within).unwrap_or(by)
    }
}

pub(super) fn read_session(row: &SessionRow) -> Result<Session, ConversationError> {
    serde_json::from_str(row.session.as_str()).map_err(|_| ConversationError::Unreadable("session"))
}

/// Returns `true` if what is keyed now must not be stored in the call's history.
fn is_private(flow_set: &FlowSet, session: &Session) -> bool {
    let node = session.top().and_then(|frame| flow_set.flow(frame.flow.as_str())?.nodes.get(&frame.node));
    node.is_some_and(|node| matches!(&node.kind, NodeKind::Gather(gather) if gather.private))
}
