//! Key 7: go back one question to correct it.

use super::effect::{Effect, Fact};
use super::interpreter::{Interpreter, InvalidFlow, Transition};
use super::repeat::repeat;
use crate::flow::{Flow, Node, NodeKind, PromptId};

/// The prompt if there is no earlier question.
const FIRST_QUESTION: &str = "shared.first_question";

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
