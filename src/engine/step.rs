//! The engine's two entry points: begin a conversation, and handle an event.

use super::effect::{Diagnostic, Effect};
use super::event::{Event, EventKind, Start, TransferOutcome};
use super::session::{AnsweredBy, Frame, Listener, Opened, Session, StopAsked, Waiting};
use super::walk::Interpreter;
use crate::domain::Disposition;
use crate::flow::{FlowSet, names};

/// Begins a conversation with its first reply, or with an apology if the line's flow is missing.
pub fn begin(flow_set: &FlowSet, start: Start, at: jiff::Timestamp) -> (Session, Vec<Effect>) {
    let first = flow_set.flow(start.flow.as_str()).map(|flow| flow.start.to.clone());
    let disposition = match (start.flow.as_str(), start.answered_by, &start.person) {
        (names::MAINTENANCE, ..) => Disposition::Maintenance,
        (names::WITHDRAWN, ..) => Disposition::Withdrawn,
        (_, AnsweredBy::Machine, _) => Disposition::Voicemail,
        (.., Some(_)) => Disposition::Unanswered,
        (.., None) => Disposition::NotIdentified,
    };
    let session = Session {
        line: start.line,
        language: start.language,
        stack: first.map(|node| Frame { flow: start.flow, node, opened: Opened::ByLine }).into_iter().collect(),
        waiting: Waiting::Keys,
        tries: 0,
        entries: Vec::new(),
        trail: Vec::new(),
        person: start.person,
        fallback_centre: start.fallback_centre.map(Box::new),
        mismatches: 0,
        people: 0,
        steps: 0,
        disposition,
        caller: start.caller,
        call_back_number: start.call_back_number,
        until: start.until,
        identify_by: start.identify_by,
        answered_by: start.answered_by,
        listener: Listener::default(),
        stop: StopAsked::default(),
    };
    let mut walk = Interpreter::new(flow_set, session, at);
    walk.on();
    walk.finish()
}

/// Handles an event. Total: an event that the session doesn't wait for leaves it unchanged and yields a diagnostic.
pub fn step(flow_set: &FlowSet, session: Session, event: &Event) -> (Session, Vec<Effect>) {
    let fits = match (&event.happening, session.waiting) {
        (_, Waiting::Over) => false,
        (EventKind::Keyed(_), waiting) => waiting == Waiting::Keys,
        (EventKind::Identified(_) | EventKind::CallBack(_), waiting) => waiting == Waiting::Lookup,
        (EventKind::TransferEnded(_) | EventKind::WithdrawnAfterTransfer(_), waiting) => waiting == Waiting::Transfer,
        (EventKind::HungUp(_) | EventKind::HungUpInTransfer(..) | EventKind::Withdrawn, _) => true,
    };
    if !fits {
        return (session, vec![Effect::Diagnostic(Diagnostic::EventDoesNotFit)]);
    }
    let mut walk = Interpreter::new(flow_set, session, event.at);
    match &event.happening {
        EventKind::Keyed(keys) => walk.keyed(keys),
        EventKind::Identified(identified) => walk.identified(identified),
        EventKind::CallBack(fate) => walk.call_back(*fate),
        EventKind::TransferEnded(outcome) => walk.transfer_ended(*outcome),
        EventKind::HungUp(_) => walk.caller_is_gone(TransferOutcome::NotReached),
        EventKind::HungUpInTransfer(_, outcome) => walk.caller_is_gone(*outcome),
        EventKind::Withdrawn => walk.withdrawn(),
        EventKind::WithdrawnAfterTransfer(outcome) => {
            walk.note_transfer(*outcome);
            walk.withdrawn();
        }
    }
    walk.finish()
}
