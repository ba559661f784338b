//! Identification by HER-SYS ID and birth date.

use super::effect::{Effect, Query};
use super::event::Identified;
use super::session::{Listener, Waiting};
use super::walk::{Interpreter, InvalidFlow, Transition};
use crate::domain::{Disposition, HersysId, Keys};
use crate::flow::{Identify, Node, NodeKind};

impl Interpreter<'_> {
    /// Queries the store for the patient. The two entries are removed from the session, which never keeps proof of
    /// identity.
    pub(super) fn look_up(&mut self, identify: &Identify) -> Result<Transition, InvalidFlow> {
        let hersys_id = self.session.entry(&identify.hersys_id.to).and_then(|entry| HersysId::parse(entry).ok());
        let birth_date = self.session.entry(&identify.birth_date.to).and_then(|entry| Keys::parse(entry).ok());
        let birth_date = birth_date.ok_or(InvalidFlow)?;
        self.session.forget(&identify.hersys_id.to);
        self.session.forget(&identify.birth_date.to);
        self.session.trail.clear();
        self.session.waiting = Waiting::Lookup;
        self.effects.push(Effect::Query(Query::Identify { hersys_id, birth_date }));
        Ok(Transition::Wait)
    }

    /// Handles the store's answer.
    pub(super) fn identified(&mut self, identified: &Identified) {
        let Ok((_, Node { kind: NodeKind::Identify(identify), .. })) = self.here() else {
            return self.apologise(super::Diagnostic::BrokenFlow);
        };
        self.session.waiting = Waiting::Keys;
        let exit = match identified {
            Identified::Matched(person) => {
                self.session.mismatches = 0;
                self.session.disposition = Disposition::Unanswered;
                self.session.listener = Listener::Confirmed;
                self.session.fallback_centre = Some(Box::new(person.centre.clone()));
                let exit = if person.answers.is_empty() { &identify.matched } else { &identify.resumed };
                self.session.person = Some(person.clone());
                exit
            }
            Identified::Mismatch => {
                self.session.mismatches = self.session.mismatches.saturating_add(1);
                if self.session.mismatches >= identify.tries { &identify.give_up } else { &identify.mismatch }
            }
            Identified::ObservationEnded(centre) => {
                self.session.mismatches = 0;
                self.session.people = self.session.people.saturating_add(1);
                self.session.fallback_centre = Some(centre.clone());
                if matches!(self.session.disposition, Disposition::NotIdentified | Disposition::StaffNotReached) {
                    self.session.disposition = Disposition::ObservationEnded;
                }
                &identify.ended
            }
        };
        let exit = exit.to.clone();
        self.go(&exit);
    }
}
