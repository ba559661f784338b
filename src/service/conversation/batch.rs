//! One commit: all its events are stepped on data that was loaded together, and all results are written together.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::active_turn::{ActiveTurn, CommittedTurn, PendingOutcome};
use super::transfer::{gone, unless_withdrawn, withdrawn};
use super::turn_log::StoredEvent;
use super::write_set::WriteSet;
use super::{Answered, Begin, CarrierEvent, ConversationError, LegStatus, LineSettings, Outcome, StaffNews};
use crate::domain::{CallId, HangupCause, Language};
use crate::engine::{Effect, Event, EventKind, Reply, Session, Waiting, step};
use crate::flow::{FlowSet, NodeKind};
use crate::service::context::Context;
use crate::store::attempts::{self, AttemptRow};
use crate::store::legs::{self, LegFound};
use crate::store::sessions::{self, SessionRow};
use crate::store::{StoreError, Tx, turns};

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
    /// How legs ended, for calls with events about the staff phone.
    pub(super) ended_legs: HashMap<CallId, HangupCause>,
}

impl<'a> Batch<'a> {
    /// Handles all events in one transaction. The outcomes are in the order of the events.
    pub(super) async fn commit(
        context: &'a Context,
        lines: &'a LineSettings,
        events: &[CarrierEvent],
    ) -> Result<Vec<Outcome>, ConversationError> {
        let tx = context.database.begin_write().await?;
        let mut batch = Self {
            context,
            lines,
            tx,
            at: context.clock.now(),
            active_turns: Vec::with_capacity(events.len()),
            keep: WriteSet::default(),
            sessions: HashMap::new(),
            legs: HashMap::new(),
            attempts: HashMap::new(),
            ended_legs: HashMap::new(),
        };
        batch.load(events).await?;
        let mut coming = Vec::with_capacity(events.len());
        for event in events {
            coming.push(batch.step(event).await?);
        }
        batch.begin_all(events, &mut coming).await?;
        batch.answer_all(events, &mut coming).await?;
        batch.answer_asks().await?;
        let replies = batch.stored_replies(&mut coming).await?;
        let Self { mut tx, keep, active_turns, at, .. } = batch;
        let (active_turns, told) = keep.write(&mut tx, active_turns, at).await?;
        tx.commit().await?;
        if let Some(last) = active_turns.last() {
            context.last_commit.note(last.call, last.turn);
        }
        if !told.is_empty() {
            context.event_bus.tell(told);
            context.dialer_wake.notify_one();
        }
        coming.into_iter().map(|coming| outcome(coming, &active_turns, &replies)).collect()
    }

    /// Loads the legs and sessions that occur in the events.
    async fn load(&mut self, events: &[CarrierEvent]) -> Result<(), ConversationError> {
        let mut names: HashMap<&'static str, Vec<&str>> = HashMap::new();
        let mut calls = Vec::with_capacity(events.len());
        let (mut outbound, mut with_staff) = (Vec::new(), Vec::new());
        for event in events {
            match event {
                CarrierEvent::Begin(Begin { carrier, leg, .. }) => names.entry(carrier).or_default().push(leg),
                CarrierEvent::Status(LegStatus { carrier, leg, call, .. }) => {
                    names.entry(carrier).or_default().push(leg);
                    outbound.extend(*call);
                }
                CarrierEvent::Answered(Answered { carrier, leg, call, .. }) => {
                    names.entry(carrier).or_default().push(leg);
                    outbound.push(*call);
                }
                CarrierEvent::Staff(StaffNews { call, .. }) => {
                    calls.push(*call);
                    with_staff.push(*call);
                }
                CarrierEvent::Turn { call, .. }
                | CarrierEvent::OverInTransfer(call, _)
                | CarrierEvent::Lost(call)
                | CarrierEvent::Withdraw(call) => calls.push(*call),
            }
        }
        if !outbound.is_empty() {
            let rows = attempts::by_calls(&mut self.tx, &outbound).await?;
            self.attempts = rows.into_iter().map(|row| (row.call, row)).collect();
            calls.append(&mut outbound);
        }
        for (carrier, names) in names {
            for found in legs::by_carrier_leg(&mut self.tx, carrier, &names).await? {
                calls.push(found.call);
                self.legs.insert(found.carrier_leg_id.clone(), found);
            }
        }
        self.load_ended_legs(&with_staff).await?;
        if !calls.is_empty() {
            let rows = sessions::load(&mut self.tx, &calls).await?;
            self.sessions = rows.into_iter().map(|row| (row.call, row)).collect();
        }
        Ok(())
    }

    async fn step(&mut self, event: &CarrierEvent) -> Result<PendingOutcome, ConversationError> {
        match event {
            // A repeated webhook finds its leg. The first reply stays valid.
            CarrierEvent::Begin(begin) => Ok(match self.legs.get(&begin.leg) {
                Some(known) => PendingOutcome::Stored(known.call, 0),
                None => PendingOutcome::Now(Outcome::Unknown),
            }),
            CarrierEvent::Turn { call, turn, happening } => self.step_turn(*call, i64::from(*turn), happening).await,
            CarrierEvent::Answered(answered) => Ok(match self.sessions.get(&answered.call) {
                Some(_) => PendingOutcome::Stored(answered.call, 0),
                None => PendingOutcome::Now(Outcome::Unknown),
            }),
            CarrierEvent::Withdraw(call) => self.step_withdraw(*call).await,
            CarrierEvent::Status(status) => match status.call {
                Some(call) => self.step_outbound_status(status, call).await,
                None => self.step_status(status).await,
            },
            CarrierEvent::Staff(news) => self.step_staff(news).await,
            CarrierEvent::OverInTransfer(call, outcome) => self.step_over_in_transfer(*call, *outcome).await,
            CarrierEvent::Lost(call) => self.step_hang_up(*call, HangupCause::Unspecified).await,
        }
    }

    async fn step_turn(
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
        let replied = self
            .active_turns
            .get(place)
            .is_some_and(|live| !matches!(live.effects.as_slice(), [Effect::Diagnostic(_)]));
        if replied {
            return Ok(PendingOutcome::Live(place));
        }
        // The event isn't what the session waits for. Nothing changes, and the pending reply is said again.
        self.active_turns.truncate(place);
        self.sessions.insert(call, row);
        Ok(PendingOutcome::Stored(call, outstanding))
    }

    async fn step_status(&mut self, status: &LegStatus) -> Result<PendingOutcome, ConversationError> {
        let Some(known) = self.legs.get(&status.leg) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
        let (leg, call) = (known.leg, known.call);
        self.keep.status(leg, status, self.at);
        match status.ended {
            Some(cause) => self.step_leg_end(call, cause).await,
            None => Ok(PendingOutcome::Now(Outcome::Noted)),
        }
    }

    /// Says a goodbye to the person on the line of a withdrawn call.
    async fn step_withdraw(&mut self, call: CallId) -> Result<PendingOutcome, ConversationError> {
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
        let happening = &unless_withdrawn(row, happening);
        let flow_set = self.lines.flow_sets.of(&mut self.tx, &row.flow_set).await?;
        let mut session = read_session(row)?;
        session.identify_by = session.identify_by.map(|by| self.identify_by(by));
        let event = StoredEvent::of(happening, is_private(&flow_set, &session));
        let (mut session, mut effects) = step(&flow_set, session, &Event { at: self.at, happening: happening.clone() });
        // The call was withdrawn. What was keyed is kept, then a goodbye replaces the next question.
        let goes_on = session.waiting != Waiting::Over && !matches!(effects.as_slice(), [Effect::Diagnostic(_)]);
        if row.withdrawal.is_some() && goes_on {
            effects.retain(|effect| !matches!(effect, Effect::Reply(_)));
            let (ended, more) = step(&flow_set, session, &Event { at: self.at, happening: EventKind::Withdrawn });
            session = ended;
            effects.extend(more);
        }
        let (turn, revision) = (row.turn.saturating_add(1), row.revision.saturating_add(1));
        self.active_turns.push(ActiveTurn { call: row.call, flow_set, session, effects, turn, revision, event });
        Ok(self.active_turns.len().saturating_sub(1))
    }

    /// The deadline for identification. A correction of the clock takes no time away from the caller.
    fn identify_by(&self, by: Timestamp) -> Timestamp {
        let within = SignedDuration::from_secs(self.lines.guessing.identify_seconds.into());
        let began = by.checked_sub(within).unwrap_or(by);
        self.context.clock.at_the_latest(began).checked_add(within).unwrap_or(by)
    }

    async fn stored_replies(&mut self, coming: &mut [PendingOutcome]) -> Result<Replies, ConversationError> {
        let wanted: Vec<(CallId, i64)> = coming
            .iter()
            .filter_map(|coming| match coming {
                PendingOutcome::Stored(call, turn) => Some((*call, *turn)),
                PendingOutcome::Now(_) | PendingOutcome::Live(_) => None,
            })
            .collect();
        let mut replies = HashMap::new();
        if wanted.is_empty() {
            return Ok(replies);
        }
        let calls: Vec<CallId> = wanted.iter().map(|(call, _)| *call).collect();
        let rows: HashMap<CallId, SessionRow> =
            sessions::load(&mut self.tx, &calls).await?.into_iter().map(|row| (row.call, row)).collect();
        for stored in turns::replies(&mut self.tx, &wanted).await? {
            let Some(row) = rows.get(&stored.call) else { continue };
            let flow_set = self.lines.flow_sets.of(&mut self.tx, &row.flow_set).await?;
            let reply: Option<Reply> =
                serde_json::from_str(stored.reply.as_str()).map_err(|_| ConversationError::Unreadable("turn"))?;
            let said = match reply {
                Some(reply) => Said::Reply(Arc::new(reply), flow_set),
                None => Said::Nothing(read_session(row)?.language),
            };
            replies.insert((stored.call, stored.turn), said);
        }
        Ok(replies)
    }
}

fn read_session(row: &SessionRow) -> Result<Session, ConversationError> {
    serde_json::from_str(row.session.as_str()).map_err(|_| ConversationError::Unreadable("session"))
}

/// Returns `true` if what is keyed now must not be stored in the call's history.
fn is_private(flow_set: &FlowSet, session: &Session) -> bool {
    let node = session.top().and_then(|frame| flow_set.flow(frame.flow.as_str())?.nodes.get(&frame.node));
    node.is_some_and(|node| matches!(&node.kind, NodeKind::Gather(gather) if gather.private))
}

fn outcome(
    coming: PendingOutcome,
    active_turns: &[CommittedTurn],
    replies: &Replies,
) -> Result<Outcome, ConversationError> {
    Ok(match coming {
        PendingOutcome::Now(outcome) => outcome,
        PendingOutcome::Live(place) => match active_turns.get(place) {
            Some(CommittedTurn { reply: Some(reply), call, turn, flow_set }) => Outcome::Reply {
                call: *call,
                turn: next(*turn),
                reply: Arc::clone(reply),
                flow_set: Arc::clone(flow_set),
            },
            _ => Outcome::Over,
        },
        PendingOutcome::Stored(call, turn) => match replies.get(&(call, turn)) {
            Some(Said::Reply(reply, flow_set)) => {
                Outcome::Reply { call, turn: next(turn), reply: Arc::clone(reply), flow_set: Arc::clone(flow_set) }
            }
            // The caller answers a question that was never asked, so they are still on the line.
            Some(Said::Nothing(language)) => Outcome::CallAgain(*language),
            None => Outcome::Unknown,
        },
    })
}

fn next(turn: i64) -> u32 {
    u32::try_from(turn.saturating_add(1)).unwrap_or(u32::MAX)
}

/// What was said in a stored turn.
enum Said {
    /// This reply, worded by this flow set.
    Reply(Arc<Reply>, Arc<FlowSet>),
    /// Nothing, as the caller was gone. Holds the caller's language.
    Nothing(Language),
}

/// What was said, by call and turn.
type Replies = HashMap<(CallId, i64), Said>;
