//! How a conversation ends: by us, by the caller, or because we failed.

use super::ask::retry_of;
use super::effect::{Diagnostic, Effect, Fact, NextAction};
use super::event::TransferOutcome;
use super::session::{Frame, Opened, StopAsked, Waiting};
use super::walk::Interpreter;
use crate::domain::{Disposition, ReportOutcome};
use crate::flow::{NodeKind, PromptId, RecordWhat};

/// The flow of a call that is no longer wanted when it is answered, or while it goes on.
pub(super) const WITHDRAWN: &str = "withdrawn";
/// Said to who wasn't identified in time: nothing of what was keyed, and how to go on.
const GAVE_UP: &str = "shared.gave_up";
/// Said when we can't go on.
const SYSTEM_FAILURE: &str = "shared.system_failure";

impl Interpreter<'_> {
    /// The flow came to its end.
    pub(super) fn we_hang_up(&mut self) {
        self.over(self.session.disposition);
        self.reply(NextAction::HangUp, Waiting::Over);
    }

    /// The caller is gone: what was answered stays, the report stays open for today. `transfer` is what came of the
    /// transfer, if one was in progress.
    pub(super) fn caller_is_gone(&mut self, transfer: TransferOutcome) {
        if self.session.waiting == Waiting::Transfer {
            self.note_transfer(transfer);
        }
        self.keep_unconfirmed_stop();
        self.over(self.session.disposition);
        self.session.waiting = Waiting::Over;
    }

    /// The person on the line hears a goodbye and nothing else; what was answered stays.
    pub(super) fn withdrawn(&mut self) {
        if !matches!(self.session.disposition, Disposition::Reported | Disposition::HandedOver) {
            self.session.disposition = Disposition::Withdrawn;
        }
        self.keep_unconfirmed_stop();
        self.say.clear();
        // Documents of before there was such a flow have none: then the call just ends.
        let flow = self.flow_set.flow(WITHDRAWN);
        let first =
            flow.map(|flow| Frame { flow: flow.name.clone(), node: flow.start.to.clone(), opened: Opened::ByLine });
        self.session.stack = first.into_iter().collect();
        self.session.steps = 0;
        if self.session.stack.is_empty() { self.we_hang_up() } else { self.on() }
    }

    /// We can't go on: ask the caller to call again, never thank.
    pub(super) fn apologise(&mut self, note: Diagnostic) {
        self.effects.push(Effect::Note(note));
        self.keep_unconfirmed_stop();
        self.say.clear();
        self.say_prompt(&PromptId::from(SYSTEM_FAILURE), None, false, None);
        self.over(match self.session.disposition {
            // Staff have taken it over: our failure changes nothing of that.
            Disposition::HandedOver => Disposition::HandedOver,
            Disposition::Unanswered => Disposition::Unanswered,
            Disposition::StaffNotReached if self.session.person.is_some() => Disposition::Unanswered,
            _ => Disposition::SystemFailure,
        });
        self.reply(NextAction::HangUp, Waiting::Over);
    }

    /// Whether a caller has been on the line for too long without being identified. Nobody is cut off in the middle: it
    /// counts when the next question would be asked.
    pub(super) fn is_out_of_time(&self) -> bool {
        let unknown = self.session.person.is_none()
            && matches!(self.session.disposition, Disposition::NotIdentified | Disposition::StaffNotReached);
        unknown && self.session.identify_by.is_some_and(|by| self.at >= by)
    }

    /// Lines are few: a goodbye that tells nothing (H8) takes the place of the next question.
    pub(super) fn time_is_up(&mut self) {
        self.effects.push(Effect::Note(Diagnostic::NotIdentifiedInTime));
        self.say.clear();
        self.say_prompt(&PromptId::from(GAVE_UP), None, false, None);
        self.we_hang_up();
    }

    /// Someone who is asked who wants the calls to stop, and is gone without an answer, has asked for it all the same:
    /// what giving up at that question would keep is kept.
    fn keep_unconfirmed_stop(&mut self) {
        let Ok((flow, node)) = self.here() else { return };
        let given_up = retry_of(node).and_then(|retry| flow.nodes.get(&retry.give_up.to));
        let kept = given_up.is_some_and(
            |node| matches!(&node.kind, NodeKind::Record(record) if matches!(record.what, RecordWhat::StopUnconfirmed)),
        );
        if kept {
            self.stop_is_asked_for(StopAsked::Unconfirmed);
        }
    }

    fn over(&mut self, disposition: Disposition) {
        if let Some(person) = self.session.person.take() {
            let outcome = ReportOutcome::Unanswered;
            self.effects.push(Effect::Fact(Fact::ReportClosed { report: person.report, outcome }));
        }
        self.session.entries.clear();
        self.session.trail.clear();
        self.effects.push(Effect::Fact(Fact::CallEnded(disposition)));
    }
}
