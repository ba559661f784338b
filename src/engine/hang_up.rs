//! The end of a conversation: by the flow, by the caller, or after a failure.

use jiff::SignedDuration;

use super::effect::{Diagnostic, Effect, Fact, Fill, NextAction, Utterance};
use super::event::TransferOutcome;
use super::interpreter::{Interpreter, Transition};
use super::record::{note_transfer, report_is_complete, stop_is_asked_for};
use super::repeat::retry_of;
use super::session::{Frame, Listener, Opened, Person, StopAsked, Waiting};
use crate::domain::{Disposition, Language, Line, PhoneNumber, ReportOutcome};
use crate::flow::{NodeKind, PromptId, REPORT_MINUTES, RecordWhat, names};

/// The prompt for a caller who isn't identified and whose call is ended by a limit. It mentions nothing that was keyed
/// and says how to proceed.
const NOT_IDENTIFIED: &str = "shared.not_identified";
/// The prompt for an identified caller whose call is ended by a limit, and for both in older flow sets.
const GAVE_UP: &str = "shared.gave_up";
/// The prompt after a failure.
const SYSTEM_FAILURE: &str = "shared.system_failure";

/// What is said after a failure. It asks the caller to call again, and thanks for nothing.
pub fn after_failure(language: Language, health_call_number: Option<PhoneNumber>) -> Utterance {
    let fill = vec![Fill::HealthCallNumber(health_call_number)];
    Utterance { prompt: PromptId::from(SYSTEM_FAILURE), language, barge_in: false, fill }
}

impl Interpreter<'_> {
    /// The flow has ended.
    pub(super) fn we_hang_up(&mut self) {
        self.over(self.session.disposition);
        self.reply(NextAction::HangUp, Waiting::Over);
    }

    /// The caller is gone. The answers so far are kept, and the report stays open for today. `transfer` is the outcome
    /// of the transfer, if one was in progress.
    pub(super) fn caller_is_gone(&mut self, transfer: TransferOutcome) -> Transition {
        if self.session.waiting == Waiting::Transfer {
            note_transfer(self, transfer);
        }
        self.keep_unconfirmed_stop();
        self.report_if_advised();
        self.over(self.session.disposition);
        self.session.waiting = Waiting::Over;
        Transition::Wait
    }

    /// Leads to a goodbye and nothing else. The answers so far are kept.
    pub(super) fn withdrawn(&mut self) -> Transition {
        if !matches!(self.session.disposition, Disposition::Reported | Disposition::HandedOver) {
            self.session.disposition = Disposition::Withdrawn;
        }
        self.keep_unconfirmed_stop();
        self.say.clear();
        // Flow sets from before this flow existed lack it. Then the call just ends.
        let flow = self.flow_set.flow(names::WITHDRAWN);
        let first =
            flow.map(|flow| Frame { flow: flow.name.clone(), node: flow.start.to.clone(), opened: Opened::ByLine });
        self.session.stack = first.into_iter().collect();
        self.session.steps = 0;
        if self.session.stack.is_empty() {
            self.we_hang_up();
            return Transition::Wait;
        }
        Transition::Here
    }

    /// After a failure: asks the caller to call again, without thanks.
    pub(super) fn apologise(&mut self, note: Diagnostic) {
        self.effects.push(Effect::Diagnostic(note));
        self.keep_unconfirmed_stop();
        self.say.clear();
        self.say.push(after_failure(self.session.language, self.session.health_call_number.clone()));
        self.over(match self.session.disposition {
            // Staff have taken over. Our failure doesn't change that.
            Disposition::HandedOver => Disposition::HandedOver,
            Disposition::Unanswered => Disposition::Unanswered,
            Disposition::StaffNotReached if self.session.person.is_some() => Disposition::Unanswered,
            _ => Disposition::SystemFailure,
        });
        self.reply(NextAction::HangUp, Waiting::Over);
    }

    /// The limit that a caller has reached who has been on the line too long without being identified, or since. No
    /// prompt is interrupted: it is checked before the next question.
    pub(super) fn reached_limit(&self) -> Option<Diagnostic> {
        let unknown = self.session.person.is_none()
            && matches!(self.session.disposition, Disposition::NotIdentified | Disposition::StaffNotReached);
        if unknown && self.session.identify_by.is_some_and(|by| self.at >= by) {
            return Some(Diagnostic::NotIdentifiedInTime);
        }
        let line = self.session.stack.first().and_then(|frame| self.flow_set.flow(frame.flow.as_str()));
        let most = SignedDuration::from_mins(line.map_or(REPORT_MINUTES, |flow| flow.limits.report_minutes).into());
        let late = self.session.identified_at.is_some_and(|since| self.at.duration_since(since) >= most);
        late.then_some(Diagnostic::NotReportedInTime)
    }

    /// Lines are scarce: a goodbye that reveals nothing (H8) replaces the next question. The answers so far are kept.
    pub(super) fn end_by_limit(&mut self, limit: Diagnostic) {
        self.effects.push(Effect::Diagnostic(limit));
        self.keep_unconfirmed_stop();
        self.say.clear();
        let unknown = self.session.person.is_none() && self.flow_set.prompts.contains_key(NOT_IDENTIFIED);
        let prompt = if unknown { NOT_IDENTIFIED } else { GAVE_UP };
        self.say_prompt(&PromptId::from(prompt), None, false, None);
        self.we_hang_up();
    }

    /// Keeps the request of a caller who asked for calls to stop and is gone before confirming who they are. It is
    /// stored as if they had given up at that question.
    fn keep_unconfirmed_stop(&mut self) {
        let Ok((flow, node)) = self.here() else { return };
        let given_up = retry_of(node).and_then(|retry| flow.nodes.get(&retry.give_up.to));
        let kept = given_up.is_some_and(
            |node| matches!(&node.kind, NodeKind::Record(record) if matches!(record.what, RecordWhat::StopUnconfirmed)),
        );
        if kept {
            stop_is_asked_for(self, StopAsked::Unconfirmed);
        }
    }

    /// Somebody who hangs up once they have heard what to do after a red answer has reported: nobody is to be rung
    /// again while they wait for help. The other questions stay open.
    fn report_if_advised(&mut self) {
        if self.session.advised_at.is_none_or(|heard| self.at < heard) {
            return;
        }
        let before = self.session.disposition;
        // Without a person there is nothing to report.
        if report_is_complete(self).is_ok() && before == Disposition::HandedOver {
            self.session.disposition = before;
        }
    }

    /// Returns `true` if the patient, or somebody who answers for the patient, began the report. In an automated call
    /// anyone may pick up, and who only asks that calls stop hasn't failed to report.
    fn is_begun(&self, person: &Person) -> bool {
        let asked = self.session.listener == Listener::Confirmed && self.session.stop != StopAsked::Confirmed;
        self.session.line != Line::AutomatedCall || asked || !person.answers.is_empty()
    }

    fn over(&mut self, disposition: Disposition) {
        if let Some(person) = self.session.person.take() {
            let outcome = if self.is_begun(&person) { ReportOutcome::Unanswered } else { ReportOutcome::NotBegun };
            let (report, stopped_after) = (person.report, None);
            self.effects.push(Effect::Fact(Fact::ReportClosed { report, outcome, stopped_after }));
        }
        self.session.entries.clear();
        self.session.trail.clear();
        self.effects.push(Effect::Fact(Fact::CallEnded(disposition)));
    }
}
