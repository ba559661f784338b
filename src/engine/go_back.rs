//! Key 7: go back one question to correct it.

use super::effect::{Effect, Fact};
use super::interpreter::{Interpreter, Transition};
use crate::flow::{Flow, Node, NodeKind, PromptId};

/// The prompt if there is no earlier question.
const FIRST_QUESTION: &str = "shared.first_question";

/// Goes back to the previous question, or from a confirmation to the entry that it reads back.
pub(super) fn go_back(interpreter: &mut Interpreter<'_>, flow: &Flow) -> Transition {
    let at_confirmation = matches!(interpreter.here(), Ok((_, node)) if matches!(node.kind, NodeKind::Confirm(_)));
    if !at_confirmation && interpreter.session.trail.len() > 1 {
        interpreter.session.trail.pop();
    } else if !at_confirmation {
        interpreter.say_prompt(&PromptId::from(FIRST_QUESTION), None, false, None);
    }
    let Some(earlier) = interpreter.session.trail.last().cloned() else { return Transition::Here };
    let item = flow.nodes.get(&earlier).and_then(Node::question);
    if let (Some(item), Some(person)) = (item, &mut interpreter.session.person)
        && person.answers.iter().any(|(of, _)| *of == item)
    {
        person.answers.retain(|(of, _)| *of != item);
        interpreter.effects.push(Effect::Fact(Fact::Withdrawn { report: person.report, item }));
    }
    interpreter.session.forget(&earlier);
    Transition::To(earlier)
}
