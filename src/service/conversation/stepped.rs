//! The turns of a commit that need nothing from the database. They are stepped first, so that what the others and they
//! need then is read in one request.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::active_turn::{ActiveTurn, PendingOutcome};
use super::live_sessions::{LiveSession, LiveSessions};
use super::turn_log::StoredEvent;
use super::{CarrierEvent, LineSettings};
use crate::domain::{CallId, Withdrawal};
use crate::engine::{Effect, Event, EventKind, Session, Waiting, step};
use crate::flow::{FlowSet, NodeKind};
use crate::service::context::Context;
use crate::service::reports::ReportCheck;

/// What the steps of one commit have in common.
#[derive(Clone, Copy)]
pub(super) struct Stepper<'a> {
    pub(super) context: &'a Context,
    pub(super) lines: &'a LineSettings,
    pub(super) at: Timestamp,
}

impl Stepper<'_> {
    /// Steps a session.
    pub(super) fn step(self, live: LiveSession, withdrawal: Option<Withdrawal>, happening: &EventKind) -> ActiveTurn {
        let LiveSession { call, mut session, flow_set, turn, revision } = live;
        session.identify_by = session.identify_by.map(|by| self.identify_by(by));
        session.identified_at = session.identified_at.map(|at| self.context.clock.at_the_latest(at));
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
        ActiveTurn { call, flow_set, session, effects, turn, revision, event }
    }

    /// The deadline for identification. A correction of the clock takes no time away from the caller.
    fn identify_by(self, by: Timestamp) -> Timestamp {
        let within = SignedDuration::from_secs(self.lines.guessing.identify_seconds.into());
        let began = by.checked_sub(within).unwrap_or(by);
        self.context.clock.at_the_latest(began).checked_add(within).unwrap_or(by)
    }
}

/// Returns `true` if what is keyed now must not be stored in the call's history.
fn is_private(flow_set: &FlowSet, session: &Session) -> bool {
    let node = session.top().and_then(|frame| flow_set.flow(frame.flow.as_str())?.nodes.get(&frame.node));
    node.is_some_and(|node| matches!(&node.kind, NodeKind::Gather(gather) if gather.private))
}

/// A commit's events, as far as they could be handled without the database.
pub(super) struct Stepped {
    pub(super) at: Timestamp,
    pub(super) active_turns: Vec<ActiveTurn>,
    /// The outcomes of the events that were stepped, by their place.
    pub(super) outcomes: HashMap<usize, PendingOutcome>,
    /// The calls whose sessions were in memory. The commit fails if another process has changed one of them.
    pub(super) from_memory: Vec<CallId>,
    pub(super) reports: ReportCheck,
}

impl Stepped {
    /// A commit of several events. If a report that they answer was finished elsewhere, it fails.
    pub(super) fn together(at: Timestamp) -> Self {
        Self { reports: ReportCheck::AtCommit, ..Self::alone(at) }
    }

    /// A commit of one event, with everything read from the database.
    pub(super) fn alone(at: Timestamp) -> Self {
        Self {
            at,
            active_turns: Vec::new(),
            outcomes: HashMap::new(),
            from_memory: Vec::new(),
            reports: ReportCheck::First,
        }
    }

    /// Steps this event, the commit's event number `place`, if it is the next turn of a session in memory.
    pub(super) fn add(
        &mut self,
        context: &Context,
        lines: &LineSettings,
        live: &mut LiveSessions,
        place: usize,
        event: &CarrierEvent,
    ) {
        let CarrierEvent::Turn { call, turn, happening } = event else { return };
        let Some(live) = live.take(*call, i64::from(*turn)) else { return };
        let outstanding = live.turn;
        let taken = Stepper { context, lines, at: self.at }.step(live, None, happening);
        let outcome = if taken.is_unfit() {
            PendingOutcome::Stored(*call, outstanding)
        } else {
            self.active_turns.push(taken);
            PendingOutcome::Live(self.active_turns.len().saturating_sub(1))
        };
        self.from_memory.push(*call);
        self.outcomes.insert(place, outcome);
    }
}
