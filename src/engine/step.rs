//! The two entrances: a conversation begins, and something happens to it.

use super::effect::{Effect, Note};
use super::event::{Event, Happening, Start, TransferOutcome};
use super::hang_up::WITHDRAWN;
use super::session::{AnsweredBy, Frame, Listener, Opened, Session, StopAsked, Waiting};
use super::walk::Walk;
use crate::call::Disposition;
use crate::flow::Library;

/// Begins a conversation: its first reply, or an apology when the line's flow is missing.
pub fn begin(library: &Library, start: Start, at: jiff::Timestamp) -> (Session, Vec<Effect>) {
    let first = library.flow(start.flow.as_str()).map(|flow| flow.start.to.clone());
    let disposition = match (start.flow.as_str(), start.answered_by, &start.person) {
        ("maintenance", ..) => Disposition::Maintenance,
        (WITHDRAWN, ..) => Disposition::Withdrawn,
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
        desk: start.desk.map(Box::new),
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
    let mut walk = Walk::new(library, session, at);
    walk.on();
    walk.finish()
}

/// What happens next. Total: an event that doesn't fit leaves the session as it was and yields a note.
pub fn step(library: &Library, session: Session, event: &Event) -> (Session, Vec<Effect>) {
    let fits = match (&event.happening, session.waiting) {
        (_, Waiting::Over) => false,
        (Happening::Keyed(_), waiting) => waiting == Waiting::Keys,
        (Happening::Identified(_) | Happening::CallBack(_), waiting) => waiting == Waiting::Lookup,
        (Happening::TransferEnded(_) | Happening::WithdrawnAfterTransfer(_), waiting) => waiting == Waiting::Transfer,
        (Happening::HungUp(_) | Happening::HungUpInTransfer(..) | Happening::Withdrawn, _) => true,
    };
    if !fits {
        return (session, vec![Effect::Note(Note::EventDoesNotFit)]);
    }
    let mut walk = Walk::new(library, session, event.at);
    match &event.happening {
        Happening::Keyed(keys) => walk.keyed(keys),
        Happening::Identified(identified) => walk.identified(identified),
        Happening::CallBack(fate) => walk.call_back(*fate),
        Happening::TransferEnded(outcome) => walk.transfer_ended(*outcome),
        Happening::HungUp(_) => walk.caller_is_gone(TransferOutcome::NotReached),
        Happening::HungUpInTransfer(_, outcome) => walk.caller_is_gone(*outcome),
        Happening::Withdrawn => walk.withdrawn(),
        Happening::WithdrawnAfterTransfer(outcome) => {
            walk.note_transfer(*outcome);
            walk.withdrawn();
        }
    }
    walk.finish()
}
