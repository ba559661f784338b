//! Walks a flow from node to node until one waits for an event.

use super::ask::ask;
use super::branch::choose;
use super::effect::{Diagnostic, NextAction};
use super::event::TransferOutcome;
use super::identify::look_up;
use super::interpreter::{Asking, Interpreter, InvalidFlow, Transition};
use super::record::{advise_again, cannot_be_handed_over, note_transfer, record};
use super::session::{Opened, Waiting};
use crate::flow::{Node, NodeKind, ResultName, names};

/// Walks on from the current node.
pub(super) fn on(interpreter: &mut Interpreter<'_>) {
    loop {
        interpreter.session.steps = interpreter.session.steps.saturating_add(1);
        let line = interpreter.session.stack.first().and_then(|frame| interpreter.flow_set.flow(frame.flow.as_str()));
        let Some(line) = line else { return interpreter.apologise(Diagnostic::BrokenFlow) };
        if interpreter.session.steps > line.limits.steps {
            return interpreter.end_by_limit(Diagnostic::TooManySteps);
        }
        match visit_node(interpreter) {
            Ok(Transition::To(node)) => {
                interpreter.asking = Asking::First;
                interpreter.stand_at(node);
                open_after_red(interpreter);
            }
            Ok(Transition::Here) => interpreter.asking = Asking::First,
            Ok(Transition::Again) => interpreter.asking = Asking::Again,
            Ok(Transition::Wait) => return,
            Err(InvalidFlow) => return interpreter.apologise(Diagnostic::BrokenFlow),
        }
    }
}

/// Walks on from where an event has led. The tries at the next question are counted from the beginning.
pub(super) fn on_after(interpreter: &mut Interpreter<'_>, event: Result<Transition, InvalidFlow>) {
    match event {
        Ok(Transition::To(node)) => {
            interpreter.session.tries = 0;
            interpreter.session.repeats = 0;
            interpreter.stand_at(node);
            on(interpreter);
        }
        Ok(Transition::Here) => on(interpreter),
        Ok(Transition::Again) => {
            interpreter.asking = Asking::Again;
            on(interpreter);
        }
        Ok(Transition::Wait) => {}
        Err(InvalidFlow) => interpreter.apologise(Diagnostic::BrokenFlow),
    }
}

/// Opens the flow that follows a red answer. Afterwards, the call continues where it stands now.
fn open_after_red(interpreter: &mut Interpreter<'_>) {
    let flow = interpreter.after_red.take();
    if let Some(Err(InvalidFlow)) = flow.map(|flow| interpreter.open(&flow, Opened::ByRedAnswer)) {
        interpreter.apologise(Diagnostic::BrokenFlow);
    }
}

/// Does what the current node is for.
pub(super) fn visit_node(interpreter: &mut Interpreter<'_>) -> Result<Transition, InvalidFlow> {
    let (flow, node) = interpreter.here()?;
    match &node.kind {
        NodeKind::Announce(announce) => {
            let say = interpreter.wording(&announce.say, &announce.short);
            interpreter.say_all(say, announce.barge_in);
            Ok(Transition::To(announce.next.to.clone()))
        }
        NodeKind::Menu(_) | NodeKind::Gather(_) | NodeKind::Confirm(_) => ask(interpreter, flow, node),
        NodeKind::Branch(branch) => Ok(Transition::To(choose(interpreter, &flow.name, branch).clone())),
        NodeKind::Record(what) => record(interpreter, what),
        NodeKind::Identify(identify) => look_up(interpreter, identify),
        NodeKind::SubFlow(sub_flow) => {
            advise_again(interpreter, &sub_flow.flow.to);
            interpreter.open(&sub_flow.flow.to, Opened::BySubFlow)
        }
        NodeKind::HandOver(hand_over) => {
            let Some(centre) = interpreter.session.centre() else {
                return Ok(Transition::To(hand_over.failed.to.clone()));
            };
            if !centre.phone.kind().is_called_for_callers() {
                cannot_be_handed_over(interpreter);
                return Ok(Transition::To(hand_over.failed.to.clone()));
            }
            let then = NextAction::Transfer { number: centre.phone.clone(), ring_seconds: hand_over.ring_seconds };
            interpreter.reply(then, Waiting::Transfer);
            Ok(Transition::Wait)
        }
        NodeKind::End(ending) => end(interpreter, &ending.result),
    }
}

fn end(interpreter: &mut Interpreter<'_>, result: &ResultName) -> Result<Transition, InvalidFlow> {
    let ended = interpreter.session.stack.last().ok_or(InvalidFlow)?.opened;
    let visited = matches!(ended, Opened::ByKey | Opened::ByRedAnswer);
    if ended == Opened::ByLine || (visited && result.as_str() == names::HANG_UP) {
        interpreter.we_hang_up();
        return Ok(Transition::Wait);
    }
    interpreter.session.stack.pop();
    let (_, node) = interpreter.here()?;
    if ended == Opened::ByKey {
        interpreter.session.tries = 0;
        return Ok(Transition::Again);
    }
    if ended == Opened::ByRedAnswer {
        return Ok(Transition::To(node.id.clone()));
    }
    interpreter.session.trail.clear();
    let NodeKind::SubFlow(sub_flow) = &node.kind else { return Err(InvalidFlow) };
    Ok(Transition::To(sub_flow.exits.get(result).ok_or(InvalidFlow)?.to.clone()))
}

/// Handles the end of a transfer.
pub(super) fn transfer_ended(
    interpreter: &mut Interpreter<'_>,
    outcome: TransferOutcome,
) -> Result<Transition, InvalidFlow> {
    let (_, Node { kind: NodeKind::HandOver(hand_over), .. }) = interpreter.here()? else { return Err(InvalidFlow) };
    let exit = match outcome {
        TransferOutcome::Talked => &hand_over.connected,
        TransferOutcome::NotReached => &hand_over.failed,
    };
    note_transfer(interpreter, outcome);
    Ok(Transition::To(exit.to.clone()))
}
