//! Records answers, finished reports and requests to staff.

use super::effect::{Effect, Fact, Query};
use super::event::{CallBack, TransferOutcome};
use super::interpreter::{Interpreter, InvalidFlow, Transition};
use super::session::{Listener, StopAsked, Waiting};
use crate::domain::{AlertKind, Disposition, Item, Job, ReportOutcome, Severity};
use crate::flow::{Node, NodeId, NodeKind, Record, RecordWhat};
use crate::policy::grade;

/// Handles a node that records something.
pub(super) fn record(interpreter: &mut Interpreter<'_>, record: &Record) -> Result<Transition, InvalidFlow> {
    match &record.what {
        RecordWhat::Answer { item, from, on_red, after_red } => {
            if record_answer(interpreter, *item, &from.to)? == Severity::Red {
                interpreter.say_all(on_red, false);
                interpreter.advised = Some(interpreter.say.len());
                interpreter.after_red = after_red.as_ref().map(|flow| flow.to.clone());
            }
        }
        RecordWhat::Report => report_is_complete(interpreter)?,
        RecordWhat::CallBack { .. } => {
            interpreter.session.waiting = Waiting::Lookup;
            interpreter.effects.push(Effect::Query(Query::CallBack));
            return Ok(Transition::Wait);
        }
        RecordWhat::Stop => stop_is_asked_for(interpreter, StopAsked::Confirmed),
        RecordWhat::StopUnconfirmed => stop_is_asked_for(interpreter, StopAsked::Unconfirmed),
        RecordWhat::Listener => interpreter.session.listener = Listener::Confirmed,
        RecordWhat::NotNow => interpreter.session.disposition = Disposition::NotNow,
        RecordWhat::WrongNumber => {
            interpreter.session.disposition = Disposition::WrongNumber;
            raise(interpreter, AlertKind::WrongNumber, None);
        }
    }
    Ok(Transition::To(record.next.to.clone()))
}

fn record_answer(interpreter: &mut Interpreter<'_>, item: Item, from: &NodeId) -> Result<Severity, InvalidFlow> {
    let answer = interpreter.session.entry(from).and_then(|entry| item.read(entry)).ok_or(InvalidFlow)?;
    let person = interpreter.session.person.as_mut().ok_or(InvalidFlow)?;
    let severity = grade(item, answer, &person.centre.thresholds);
    person.answers.retain(|(of, _)| *of != item);
    person.answers.push((item, answer));
    let report = person.report;
    // If staff weren't reached and the caller continues with the questionnaire, the disposition is that of the
    // questionnaire, not of the transfer.
    if interpreter.session.disposition == Disposition::StaffNotReached {
        interpreter.session.disposition = Disposition::Unanswered;
    }
    interpreter.session.advised_at = None;
    interpreter.effects.push(Effect::Fact(Fact::Answered { report, item, answer, severity }));
    if severity == Severity::Red {
        raise(interpreter, AlertKind::RedAnswer, Some(item));
    }
    Ok(severity)
}

pub(super) fn report_is_complete(interpreter: &mut Interpreter<'_>) -> Result<(), InvalidFlow> {
    let person = interpreter.session.person.take().ok_or(InvalidFlow)?;
    interpreter.session.advised_at = None;
    interpreter.session.people = interpreter.session.people.saturating_add(1);
    interpreter.session.disposition = Disposition::Reported;
    // The next member of the family hasn't said who they are.
    interpreter.session.listener = Listener::Unknown;
    interpreter.session.entries.clear();
    interpreter.session.trail.clear();
    let outcome = ReportOutcome::Reported;
    interpreter.effects.push(Effect::Fact(Fact::ReportClosed { report: person.report, outcome }));
    Ok(())
}

/// Tells staff once per call, and once more if the person then confirms who they are, which holds the calls back.
pub(super) fn stop_is_asked_for(interpreter: &mut Interpreter<'_>, asked: StopAsked) {
    if asked <= interpreter.session.stop {
        return;
    }
    interpreter.session.stop = asked;
    match asked {
        StopAsked::No => {}
        StopAsked::Unconfirmed => raise(interpreter, AlertKind::StopUnconfirmed, None),
        StopAsked::Confirmed => raise(interpreter, AlertKind::StopRequest, None),
    }
}

/// Handles the decision about a request to be called back.
pub(super) fn call_back(interpreter: &mut Interpreter<'_>, fate: CallBack) -> Result<Transition, InvalidFlow> {
    let (_, Node { kind: NodeKind::Record(record), .. }) = interpreter.here()? else { return Err(InvalidFlow) };
    let RecordWhat::CallBack { refused } = &record.what else { return Err(InvalidFlow) };
    interpreter.session.waiting = Waiting::Keys;
    let next = match (fate, refused) {
        (CallBack::Refused, Some(refused)) => return Ok(Transition::To(refused.to.clone())),
        (CallBack::TakenBefore, _) => &record.next,
        // Flow sets without a refusal promise a call, so staff are told.
        (CallBack::Taken, _) | (CallBack::Refused, None) => {
            raise(interpreter, AlertKind::CallBack, None);
            &record.next
        }
    };
    handed_over(interpreter);
    Ok(Transition::To(next.to.clone()))
}

/// The caller wants to talk to a person, but the health centre's number can't be called.
pub(super) fn cannot_be_handed_over(interpreter: &mut Interpreter<'_>) {
    let centre = interpreter.session.centre().map(|centre| centre.code.clone());
    let kind = AlertKind::CentrePhone;
    interpreter.effects.push(Effect::Fact(Fact::Alert { kind, centre, person: None, item: None }));
    note_transfer(interpreter, TransferOutcome::NotReached);
}

fn raise(interpreter: &mut Interpreter<'_>, kind: AlertKind, item: Option<Item>) {
    let centre = interpreter.session.centre().map(|centre| centre.code.clone());
    let person = interpreter.session.person.as_ref().map(|person| (person.patient, person.report));
    interpreter.effects.push(Effect::Fact(Fact::Alert { kind, centre: centre.clone(), person, item }));
    if let Some(centre) = centre {
        interpreter.effects.push(Effect::Job(Job::TellCentre { centre, kind }));
    }
}

/// Records the outcome of a transfer as the call's disposition, on every line. A finished report stays finished.
pub(super) fn note_transfer(interpreter: &mut Interpreter<'_>, outcome: TransferOutcome) {
    match outcome {
        TransferOutcome::Talked => handed_over(interpreter),
        TransferOutcome::NotReached => verdict_unless_settled(interpreter, Disposition::StaffNotReached),
    }
}

fn handed_over(interpreter: &mut Interpreter<'_>) {
    verdict_unless_settled(interpreter, Disposition::HandedOver);
}

fn verdict_unless_settled(interpreter: &mut Interpreter<'_>, disposition: Disposition) {
    let open = [Disposition::NotIdentified, Disposition::Unanswered, Disposition::StaffNotReached];
    if open.contains(&interpreter.session.disposition) {
        interpreter.session.disposition = disposition;
    }
}
