//! Walks the questionnaire with the entries of a form.

use super::errors::Entries;
use super::{Extent, Submitted, Submitter};
use crate::domain::{Disposition, Line, ReportOutcome, Spo2Question};
use crate::engine::ask::{after_record, take_gather, take_menu};
use crate::engine::effect::{Effect, Fact, Utterance};
use crate::engine::interpreter::{Interpreter, InvalidFlow, Transition};
use crate::engine::session::{AnsweredBy, Frame, Listener, Opened, Person, Session, StopAsked, Waiting};
use crate::engine::walk::visit_node;
use crate::flow::form::{Field, Form, Requirement};
use crate::flow::{Flow, FlowSet, Node, NodeId, NodeKind};

pub(super) fn walked(
    flow_set: &FlowSet,
    form: &Form,
    by: Submitter,
    entries: &Entries,
    extent: Extent,
) -> Result<Submitted, InvalidFlow> {
    let flow = flow_set.flow(form.flow.as_str()).ok_or(InvalidFlow)?;
    let at = by.at;
    let mut interpreter = Interpreter::new(flow_set, session(flow, by), at);
    let mut advice: Vec<Utterance> = Vec::new();
    let (mut asked, mut left_open) = (false, false);
    // A form has no circles, so each node comes at most once.
    for _ in &flow.order {
        let (flow, node) = interpreter.here()?;
        let next = match &node.kind {
            NodeKind::End(_) => return Ok(submitted(interpreter, advice, left_open)),
            NodeKind::Menu(_) | NodeKind::Gather(_) => {
                asked = true;
                let open = open_after(&interpreter, form, flow, node, entries).filter(|_| extent == Extent::SoFar);
                if let Some(after) = open {
                    left_open = true;
                    interpreter.stand_at(after.clone());
                    continue;
                }
                answered(&mut interpreter, form, flow, node, entries)?
            }
            NodeKind::Confirm(confirm) => confirm.yes.to.clone(),
            NodeKind::Announce(_) | NodeKind::Record(_) | NodeKind::Branch(_) => match visit_node(&mut interpreter)? {
                Transition::To(next) => next,
                Transition::Here | Transition::Again | Transition::Wait => return Err(InvalidFlow),
            },
            NodeKind::Identify(_) | NodeKind::SubFlow(_) | NodeKind::HandOver(_) => return Err(InvalidFlow),
        };
        let said = std::mem::take(&mut interpreter.say);
        // Before the first question, a flow explains the keys.
        if asked {
            advice.extend(said);
        }
        interpreter.stand_at(next);
    }
    Err(InvalidFlow)
}

/// Where the flow goes on after a question that must be answered and isn't.
fn open_after<'f>(
    interpreter: &Interpreter<'_>,
    form: &Form,
    flow: &'f Flow,
    node: &Node,
    entries: &Entries,
) -> Option<&'f NodeId> {
    let item = node.question().filter(|item| interpreter.session.answer(*item).is_none())?;
    let is_required = |field: &Field| field.id == node.id && field.requirement == Requirement::Required;
    let is_open = !entries.contains_key(&node.id) && form.fields().any(is_required);
    after_record(flow, item).filter(|_| is_open)
}

/// Handles a question as if its entry were keyed in, or as if nothing were.
fn answered(
    interpreter: &mut Interpreter<'_>,
    form: &Form,
    flow: &Flow,
    node: &Node,
    entries: &Entries,
) -> Result<NodeId, InvalidFlow> {
    if node.question().is_some_and(|item| interpreter.session.answer(item).is_some()) {
        return node.question().and_then(|item| after_record(flow, item)).cloned().ok_or(InvalidFlow);
    }
    match (&node.kind, entries.get(&node.id)) {
        (NodeKind::Menu(menu), Some(entry)) => {
            let field = form.fields().find(|field| field.id == node.id).ok_or(InvalidFlow)?;
            let key = field.option(entry).ok_or(InvalidFlow)?.key.0;
            take_menu(interpreter, node, menu, key.encode_utf8(&mut [0; 4])).map_err(|_| InvalidFlow)
        }
        (NodeKind::Gather(gather), Some(entry)) => {
            take_gather(interpreter, node, gather, entry).map_err(|_| InvalidFlow)
        }
        (NodeKind::Menu(menu), None) => Ok(menu.retry.give_up.to.clone()),
        (NodeKind::Gather(gather), None) => Ok(gather.retry.give_up.to.clone()),
        _ => Err(InvalidFlow),
    }
}

fn submitted(interpreter: Interpreter<'_>, advice: Vec<Utterance>, left_open: bool) -> Submitted {
    let (session, effects) = interpreter.finish();
    let (mut facts, mut jobs) = (Vec::new(), Vec::new());
    for effect in effects {
        match effect {
            Effect::Fact(Fact::ReportClosed { report, .. }) if left_open => {
                let outcome = ReportOutcome::Unanswered;
                facts.push(Fact::ReportClosed { report, outcome, stopped_after: None });
            }
            Effect::Fact(fact) => facts.push(fact),
            Effect::Job(job) => jobs.push(job),
            Effect::Reply(_) | Effect::Query(_) | Effect::Diagnostic(_) => {}
        }
    }
    // As in a call that ends before the report is finished.
    facts.extend(session.person.map(|person| {
        let outcome = ReportOutcome::Unanswered;
        Fact::ReportClosed { report: person.report, outcome, stopped_after: None }
    }));
    Submitted { facts, jobs, advice }
}

/// A session at the beginning of the questionnaire, as after an identification. It ends with the form and isn't stored.
fn session(flow: &Flow, by: Submitter) -> Session {
    Session {
        line: Line::HealthCall,
        language: by.language,
        stack: vec![Frame { flow: flow.name.clone(), node: flow.start.to.clone(), opened: Opened::ByLine }],
        waiting: Waiting::Keys,
        tries: 0,
        repeats: 0,
        corrections: 0,
        asked: None,
        begun: None,
        entered: false,
        entries: Vec::new(),
        trail: Vec::new(),
        // A form is short by itself.
        person: Some(Box::new(Person { known_in: Vec::new(), spo2_question: Spo2Question::Asked, ..by.person })),
        fallback_centre: None,
        mismatches: 0,
        people: 0,
        steps: 0,
        disposition: Disposition::Unanswered,
        caller: None,
        call_back_number: None,
        health_call_number: None,
        advised_at: None,
        until: None,
        identify_by: None,
        identified_at: None,
        answered_by: AnsweredBy::Person,
        open_alerts: None,
        listener: Listener::Confirmed,
        stop: StopAsked::No,
    }
}
