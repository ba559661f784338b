//! Records answers, finished reports and requests to staff.

use super::effect::{Effect, Fact, Query};
use super::event::{CallBack, TransferOutcome};
use super::interpreter::{Interpreter, InvalidFlow, Transition};
use super::session::{Listener, StopAsked, Waiting};
use super::stopped::stopped_after;
use crate::domain::{AlertKind, Disposition, Item, Job, ReportOutcome, Severity};
use crate::flow::{FlowName, Node, NodeId, NodeKind, Record, RecordWhat, Say, Spanned};
use crate::policy::grade;

/// Handles a node that records something.
pub(super) fn record(interpreter: &mut Interpreter<'_>, record: &Record) -> Result<Transition, InvalidFlow> {
    match &record.what {
        RecordWhat::Answer { item, from, on_red, after_red } => {
            if record_answer(interpreter, *item, &from.to)? == Severity::Red {
                advise(interpreter, on_red, after_red.as_ref());
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
        RecordWhat::AlertsTaken => interpreter.session.disposition = Disposition::AlertsTaken,
        RecordWhat::AlertsPassedOn => interpreter.session.disposition = Disposition::AlertsPassedOn,
        RecordWhat::NotNow => interpreter.session.disposition = Disposition::NotNow,
        RecordWhat::WrongNumber => {
            interpreter.session.disposition = Disposition::WrongNumber;
            raise(interpreter, AlertKind::WrongNumber, None);
        }
    }
    Ok(Transition::To(record.next.to.clone()))
}

/// Says the advice on a red answer. The flow after it is opened when the call has come to the next node.
fn advise(interpreter: &mut Interpreter<'_>, on_red: &[Say], after_red: Option<&Spanned<FlowName>>) {
    interpreter.say_all(on_red, false);
    interpreter.advised = Some(interpreter.say.len());
    interpreter.after_red = after_red.map(|flow| flow.to.clone());
}

/// Gives the advice once more if an earlier call of the report had a red answer: who was cut off may not have heard it.
pub(super) fn advise_again(interpreter: &mut Interpreter<'_>, questions: &FlowName) {
    let Some(person) = &interpreter.session.person else { return };
    let Some(flow) = interpreter.flow_set.flow(questions.as_str()) else { return };
    let thresholds = person.centre.thresholds;
    let is_red = |item: Item| {
        let answer = person.answers.iter().rev().find(|(of, _)| *of == item);
        answer.is_some_and(|(_, answer)| grade(item, *answer, &thresholds) == Severity::Red)
    };
    let red = flow.nodes.values().find_map(|node| match &node.kind {
        NodeKind::Record(Record { what: RecordWhat::Answer { item, on_red, after_red, .. }, .. }) => {
            is_red(*item).then_some((on_red, after_red))
        }
        _ => None,
    });
    if let Some((on_red, after_red)) = red {
        advise(interpreter, on_red, after_red.as_ref());
    }
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
    interpreter.session.corrections = 0;
    interpreter.effects.push(Effect::Fact(Fact::Answered { report, item, answer, severity }));
    if severity == Severity::Red {
        raise(interpreter, AlertKind::RedAnswer, Some(item));
    }
    Ok(severity)
}

pub(super) fn report_is_complete(interpreter: &mut Interpreter<'_>) -> Result<(), InvalidFlow> {
    let stopped_after = stopped_after(interpreter);
    let person = interpreter.session.person.take().ok_or(InvalidFlow)?;
    interpreter.session.advised_at = None;
    interpreter.session.people = interpreter.session.people.saturating_add(1);
    interpreter.session.disposition = Disposition::Reported;
    // The next member of the family hasn't said who they are.
    interpreter.session.listener = Listener::Unknown;
    interpreter.session.entries.clear();
    interpreter.session.trail.clear();
    let (report, outcome) = (person.report, ReportOutcome::Reported);
    interpreter.effects.push(Effect::Fact(Fact::ReportClosed { report, outcome, stopped_after }));
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
