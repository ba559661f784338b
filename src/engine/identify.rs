//! Identification by HER-SYS ID and birth date.

use super::effect::{Effect, Query};
use super::event::Identified;
use super::interpreter::{Interpreter, InvalidFlow, Transition};
use super::session::{Listener, Waiting};
use crate::domain::{Disposition, HersysId, Keys};
use crate::flow::{Identify, Node, NodeKind};

/// Queries the store for the patient. The two entries are removed from the session, which never keeps proof of
/// identity.
pub(super) fn look_up(interpreter: &mut Interpreter<'_>, identify: &Identify) -> Result<Transition, InvalidFlow> {
    let hersys_id = interpreter.session.entry(&identify.hersys_id.to).and_then(|entry| HersysId::parse(entry).ok());
    let birth_date = interpreter.session.entry(&identify.birth_date.to).and_then(|entry| Keys::parse(entry).ok());
    let birth_date = birth_date.ok_or(InvalidFlow)?;
    interpreter.session.forget(&identify.hersys_id.to);
    interpreter.session.forget(&identify.birth_date.to);
    interpreter.session.trail.clear();
    interpreter.session.waiting = Waiting::Lookup;
    interpreter.effects.push(Effect::Query(Query::Identify { hersys_id, birth_date }));
    Ok(Transition::Wait)
}

/// Handles the store's answer.
pub(super) fn identified(
    interpreter: &mut Interpreter<'_>,
    identified: &Identified,
) -> Result<Transition, InvalidFlow> {
    let (_, Node { kind: NodeKind::Identify(identify), .. }) = interpreter.here()? else { return Err(InvalidFlow) };
    interpreter.session.waiting = Waiting::Keys;
    if !matches!(identified, Identified::Mismatch) {
        interpreter.session.identified_at = Some(interpreter.at);
    }
    let exit = match identified {
        Identified::Matched(person) => {
            interpreter.session.mismatches = 0;
            interpreter.session.disposition = Disposition::Unanswered;
            interpreter.session.listener = Listener::Confirmed;
            interpreter.session.fallback_centre = Some(Box::new(person.centre.clone()));
            let exit = if person.answers.is_empty() { &identify.matched } else { &identify.resumed };
            interpreter.session.person = Some(person.clone());
            exit
        }
        Identified::Mismatch => {
            interpreter.session.mismatches = interpreter.session.mismatches.saturating_add(1);
            if interpreter.session.mismatches >= identify.tries { &identify.give_up } else { &identify.mismatch }
        }
        Identified::ObservationEnded(centre) => {
            interpreter.session.mismatches = 0;
            interpreter.session.people = interpreter.session.people.saturating_add(1);
            interpreter.session.fallback_centre = Some(centre.clone());
            if matches!(interpreter.session.disposition, Disposition::NotIdentified | Disposition::StaffNotReached) {
                interpreter.session.disposition = Disposition::ObservationEnded;
            }
            &identify.ended
        }
    };
    Ok(Transition::To(exit.to.clone()))
}
