//! Records answers, finished reports and requests to staff.

use super::effect::{Effect, Fact, Query};
use super::event::{CallBack, TransferOutcome};
use super::session::Waiting;
use super::session::{Listener, StopAsked};
use super::walk::{Interpreter, InvalidFlow, Transition};
use crate::domain::{AlertKind, Disposition, Item, Job, ReportOutcome, Severity};
use crate::flow::{Node, NodeId, NodeKind, Record, RecordWhat, Say};
use crate::policy::grade;

impl Interpreter<'_> {
    pub(super) fn record(&mut self, record: &Record) -> Result<Transition, InvalidFlow> {
        match &record.what {
            RecordWhat::Answer { item, from, on_red } => self.record_answer(*item, &from.to, on_red)?,
            RecordWhat::Report => self.report_is_complete()?,
            RecordWhat::CallBack { .. } => {
                self.session.waiting = Waiting::Lookup;
                self.effects.push(Effect::Query(Query::CallBack));
                return Ok(Transition::Wait);
            }
            RecordWhat::Stop => self.stop_is_asked_for(StopAsked::Confirmed),
            RecordWhat::StopUnconfirmed => self.stop_is_asked_for(StopAsked::Unconfirmed),
            RecordWhat::Listener => self.session.listener = Listener::Confirmed,
            RecordWhat::NotNow => self.session.disposition = Disposition::NotNow,
            RecordWhat::WrongNumber => {
                self.session.disposition = Disposition::WrongNumber;
                self.raise(AlertKind::WrongNumber, None);
            }
        }
        Ok(Transition::To(record.next.to.clone()))
    }

    fn record_answer(&mut self, item: Item, from: &NodeId, on_red: &[Say]) -> Result<(), InvalidFlow> {
        let answer = self.session.entry(from).and_then(|entry| item.read(entry)).ok_or(InvalidFlow)?;
        let person = self.session.person.as_mut().ok_or(InvalidFlow)?;
        let severity = grade(item, answer, &person.centre.thresholds);
        person.answers.retain(|(of, _)| *of != item);
        person.answers.push((item, answer));
        let report = person.report;
        // If staff weren't reached and the caller continues with the questionnaire, the disposition is that of the
        // questionnaire, not of the transfer.
        if self.session.disposition == Disposition::StaffNotReached {
            self.session.disposition = Disposition::Unanswered;
        }
        self.effects.push(Effect::Fact(Fact::Answered { report, item, answer, severity }));
        if severity == Severity::Red {
            self.raise(AlertKind::RedAnswer, Some(item));
            self.say_all(on_red, false);
        }
        Ok(())
    }

    fn report_is_complete(&mut self) -> Result<(), InvalidFlow> {
        let person = self.session.person.take().ok_or(InvalidFlow)?;
        self.session.people = self.session.people.saturating_add(1);
        self.session.disposition = Disposition::Reported;
        // The next member of the family hasn't said who they are.
        self.session.listener = Listener::Unknown;
        self.session.entries.clear();
        self.session.trail.clear();
        let outcome = ReportOutcome::Reported;
        self.effects.push(Effect::Fact(Fact::ReportClosed { report: person.report, outcome }));
        Ok(())
    }

    /// Tells staff once per call, and once more if the person then confirms who they are, which holds the calls back.
    pub(super) fn stop_is_asked_for(&mut self, asked: StopAsked) {
        if asked <= self.session.stop {
            return;
        }
        self.session.stop = asked;
        match asked {
            StopAsked::No => {}
            StopAsked::Unconfirmed => self.raise(AlertKind::StopUnconfirmed, None),
            StopAsked::Confirmed => self.raise(AlertKind::StopRequest, None),
        }
    }

    /// Handles the decision about a request to be called back.
    pub(super) fn call_back(&mut self, fate: CallBack) {
        let Ok((_, Node { kind: NodeKind::Record(record), .. })) = self.here() else {
            return self.apologise(super::Diagnostic::BrokenFlow);
        };
        let RecordWhat::CallBack { refused } = &record.what else {
            return self.apologise(super::Diagnostic::BrokenFlow);
        };
        self.session.waiting = Waiting::Keys;
        let next = match (fate, refused) {
            (CallBack::Refused, Some(refused)) => return self.go(&refused.to.clone()),
            (CallBack::TakenBefore, _) => &record.next,
            // Flow sets without a refusal promise a call, so staff are told.
            (CallBack::Taken, _) | (CallBack::Refused, None) => {
                self.raise(AlertKind::CallBack, None);
                &record.next
            }
        };
        self.handed_over();
        self.go(&next.to.clone());
    }

    /// The caller wants to talk to a person, but the health centre's number can't be called.
    pub(super) fn cannot_be_handed_over(&mut self) {
        let centre = self.session.centre().map(|centre| centre.code.clone());
        let kind = AlertKind::CentrePhone;
        self.effects.push(Effect::Fact(Fact::Alert { kind, centre, person: None, item: None }));
        self.note_transfer(TransferOutcome::NotReached);
    }

    fn raise(&mut self, kind: AlertKind, item: Option<Item>) {
        let centre = self.session.centre().map(|centre| centre.code.clone());
        let person = self.session.person.as_ref().map(|person| (person.patient, person.report));
        self.effects.push(Effect::Fact(Fact::Alert { kind, centre: centre.clone(), person, item }));
        if let Some(centre) = centre {
            self.effects.push(Effect::Job(Job::TellCentre { centre, kind }));
        }
    }

    /// Records the outcome of a transfer as the call's disposition, on every line. A finished report stays finished.
    pub(super) fn note_transfer(&mut self, outcome: TransferOutcome) {
        match outcome {
            TransferOutcome::Talked => self.handed_over(),
            TransferOutcome::NotReached => self.verdict_unless_settled(Disposition::StaffNotReached),
        }
    }

    fn handed_over(&mut self) {
        self.verdict_unless_settled(Disposition::HandedOver);
    }

    fn verdict_unless_settled(&mut self, disposition: Disposition) {
        let open = [Disposition::NotIdentified, Disposition::Unanswered, Disposition::StaffNotReached];
        if open.contains(&self.session.disposition) {
            self.session.disposition = disposition;
        }
    }
}
