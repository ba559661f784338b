//! Key 7: go back one question to correct it.

use super::effect::{Effect, Fact};
use super::interpreter::{Interpreter, InvalidFlow, Transition};
use super::repeat::{repeat, retry_of};
use crate::flow::{Flow, Node, NodeId, NodeKind, PromptId};

/// The prompt if there is no earlier question.
const FIRST_QUESTION: &str = "shared.first_question";

/// How often a caller corrects before an answer is stored: all eleven questions and some more.
const MAX_CORRECTIONS: u8 = 20;

/// Goes back to the previous question, or from a confirmation to the entry that it reads back.
pub(super) fn go_back(interpreter: &mut Interpreter<'_>, flow: &Flow, node: &Node) -> Result<Transition, InvalidFlow> {
    let at_confirmation = matches!(node.kind, NodeKind::Confirm(_));
    if !at_confirmation && interpreter.session.trail.len() <= 1 {
        interpreter.say_prompt(&PromptId::from(FIRST_QUESTION), None, false, None);
        return repeat(interpreter, node);
    }
    if !at_confirmation {
        interpreter.session.trail.pop();
    }
    let Some(earlier) = interpreter.session.trail.last().cloned() else { return Ok(Transition::Again) };
    if corrects_too_often(interpreter) {
        let retry = retry_of(node).ok_or(InvalidFlow)?;
        return Ok(Transition::To(retry.give_up.to.clone()));
    }
    take_back(interpreter, flow, earlier)
}

/// Goes back to the question with the red answer. The alert stands.
pub(super) fn correct_red_answer(interpreter: &mut Interpreter<'_>, node: &Node) -> Result<Transition, InvalidFlow> {
    let Some(earlier) = interpreter.session.trail.last().cloned() else {
        interpreter.say_prompt(&PromptId::from(FIRST_QUESTION), None, false, None);
        return repeat(interpreter, node);
    };
    if corrects_too_often(interpreter) {
        return repeat(interpreter, node);
    }
    interpreter.session.stack.pop();
    interpreter.session.advised_at = None;
    let (flow, _) = interpreter.here()?;
    take_back(interpreter, flow, earlier)
}

/// Counts a correction. Returns `true` if the caller corrects without end and stores no answer.
pub(super) fn corrects_too_often(interpreter: &mut Interpreter<'_>) -> bool {
    interpreter.session.corrections = interpreter.session.corrections.saturating_add(1);
    interpreter.session.corrections > MAX_CORRECTIONS
}

fn take_back(interpreter: &mut Interpreter<'_>, flow: &Flow, earlier: NodeId) -> Result<Transition, InvalidFlow> {
    let item = flow.nodes.get(&earlier).and_then(Node::question);
    if let (Some(item), Some(person)) = (item, &mut interpreter.session.person)
        && person.answers.iter().any(|(of, _)| *of == item)
    {
        person.answers.retain(|(of, _)| *of != item);
        interpreter.effects.push(Effect::Fact(Fact::Withdrawn { report: person.report, item }));
    }
    interpreter.session.forget(&earlier);
    interpreter.session.tries = 0;
    interpreter.stand_at(earlier);
    Ok(Transition::Again)
}
