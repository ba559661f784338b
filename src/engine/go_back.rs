//! Key 7: go back one question to correct it.

use super::ask::question_of;
use super::effect::{Effect, Fact};
use super::walk::Interpreter;
use crate::flow::{Flow, NodeKind, PromptId};

/// The prompt if there is no earlier question.
const FIRST_QUESTION: &str = "shared.first_question";

impl Interpreter<'_> {
    /// Goes back to the previous question, or from a confirmation to the entry that it reads back.
    pub(super) fn go_back(&mut self, flow: &Flow) {
        let at_confirmation = matches!(self.here(), Ok((_, node)) if matches!(node.kind, NodeKind::Confirm(_)));
        if !at_confirmation && self.session.trail.len() > 1 {
            self.session.trail.pop();
        } else if !at_confirmation {
            self.say_prompt(&PromptId::from(FIRST_QUESTION), None, false, None);
        }
        let Some(earlier) = self.session.trail.last().cloned() else { return self.on() };
        let item = flow.nodes.get(&earlier).and_then(question_of);
        if let (Some(item), Some(person)) = (item, &mut self.session.person)
            && person.answers.iter().any(|(of, _)| *of == item)
        {
            person.answers.retain(|(of, _)| *of != item);
            self.effects.push(Effect::Fact(Fact::Withdrawn { report: person.report, item }));
        }
        self.session.forget(&earlier);
        self.go(&earlier);
    }
}
