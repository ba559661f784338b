//! The engine's two entry points: begin a conversation, and handle an event.

use super::ask::keyed;
use super::effect::{Diagnostic, Effect};
use super::event::{Event, EventKind, Start, TransferOutcome};
use super::identify::identified;
use super::interpreter::Interpreter;
use super::record::{call_back, note_transfer};
use super::session::{AnsweredBy, Frame, Listener, Opened, Session, StopAsked, Waiting};
use super::walk;
use crate::domain::Disposition;
use crate::flow::{FlowSet, names};

/// Begins a conversation with its first reply, or with an apology if the line's flow is missing.
pub fn begin(flow_set: &FlowSet, start: Start, at: jiff::Timestamp) -> (Session, Vec<Effect>) {
    let first = flow_set.flow(start.flow.as_str()).map(|flow| flow.start.to.clone());
    let disposition = match (start.flow.as_str(), start.answered_by, &start.person) {
        (names::MAINTENANCE, ..) => Disposition::Maintenance,
        (names::WITHDRAWN, ..) => Disposition::Withdrawn,
        (_, AnsweredBy::Machine, _) => Disposition::Voicemail,
        (names::STAFF_ALERT, ..) => Disposition::AlertsNotTaken,
        (.., Some(_)) => Disposition::Unanswered,
        (.., None) => Disposition::NotIdentified,
    };
    let session = Session {
        line: start.line,
        language: start.language,
        stack: first.map(|node| Frame { flow: start.flow, node, opened: Opened::ByLine }).into_iter().collect(),
        waiting: Waiting::Keys,
        tries: 0,
        repeats: 0,
        corrections: 0,
        asked: None,
        begun: None,
        entered: false,
        entries: Vec::new(),
        trail: Vec::new(),
        identified_at: start.person.is_some().then_some(at),
        person: start.person,
        fallback_centre: start.fallback_centre.map(Box::new),
        mismatches: 0,
        people: 0,
        steps: 0,
        disposition,
        caller: start.caller,
        call_back_number: start.call_back_number,
        health_call_number: start.health_call_number,
        advised_at: None,
        until: start.until,
        identify_by: start.identify_by,
        answered_by: start.answered_by,
        open_alerts: start.open_alerts,
        listener: Listener::default(),
        stop: StopAsked::default(),
    };
    let mut interpreter = Interpreter::new(flow_set, session, at);
    walk::on(&mut interpreter);
    interpreter.finish()
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
    let mut interpreter = Interpreter::new(flow_set, session, event.at);
    let leads_to = match &event.happening {
        EventKind::Keyed(keys) => keyed(&mut interpreter, keys),
        EventKind::Identified(found) => identified(&mut interpreter, found),
        EventKind::CallBack(fate) => call_back(&mut interpreter, *fate),
        EventKind::TransferEnded(outcome) => walk::transfer_ended(&mut interpreter, *outcome),
        EventKind::HungUp(_) => Ok(interpreter.caller_is_gone(TransferOutcome::NotReached)),
        EventKind::HungUpInTransfer(_, outcome) => Ok(interpreter.caller_is_gone(*outcome)),
        EventKind::Withdrawn => Ok(interpreter.withdrawn()),
        EventKind::WithdrawnAfterTransfer(outcome) => {
            note_transfer(&mut interpreter, *outcome);
            Ok(interpreter.withdrawn())
        }
    };
    walk::on_after(&mut interpreter, leads_to);
    interpreter.finish()
}
