//! The questionnaire can be shown as a form.

use super::Check;
use crate::flow::form::{Form, Obstacle, ObstacleKind};
use crate::flow::names;

impl Check<'_> {
    /// Runs after the other rules: only a questionnaire that is in order by them is tried as a form, since one mistake
    /// would be found twice.
    pub(super) fn form(&mut self) {
        let Some(flow) = self.flow_set.flow(names::QUESTIONNAIRE) else { return };
        let file = flow.file();
        if !self.is_whole(flow) || self.findings.iter().any(|finding| finding.file == file) {
            return;
        }
        for obstacle in Form::of(flow).err().unwrap_or_default() {
            let (what, todo) = told(&obstacle);
            self.find(flow, obstacle.line, format!("the questionnaire can't be shown as a form: {what}"), todo);
        }
    }
}

fn told(obstacle: &Obstacle) -> (String, String) {
    let node = format!("the node `{}`", obstacle.node);
    let (what, todo) = match &obstacle.kind {
        ObstacleKind::NeedsACall => {
            let todo = "Do this in the flow that asks the questions, before or after them";
            (format!("{node} does something that takes a call"), todo.to_owned())
        }
        ObstacleKind::RuleOnTheCall => {
            let todo = "Let the rule compare an entry or an answer";
            (format!("a rule of {node} depends on the call"), todo.to_owned())
        }
        ObstacleKind::ChangesLanguage => {
            (format!("a key of {node} changes the language"), "Ask for the language before the questions".to_owned())
        }
        ObstacleKind::NotANumber => {
            (format!("{node} takes no number"), "Write `takes = \"number\"` with its bounds".to_owned())
        }
        ObstacleKind::TwoWaysForOneValue(value) => {
            let todo = "Give each key a value of its own, or let both lead to one node";
            (format!("two keys of {node} stand for `{value}` and lead to different nodes"), todo.to_owned())
        }
        ObstacleKind::DoesNotReturn => {
            let todo = "Let `no` name the same node as `of`";
            (format!("after a wrong entry, {node} doesn't return to its question"), todo.to_owned())
        }
        ObstacleKind::Circle(nodes) => {
            let nodes: Vec<String> = nodes.iter().map(|node| format!("`{node}`")).collect();
            let todo = "Let one of these nodes go on to a question that comes later";
            (format!("the questions run in a circle: {}", nodes.join(" → ")), todo.to_owned())
        }
        ObstacleKind::AskedTwice(item) => {
            let todo = "Ask once on each way; only a number can be measured again, by a question without `question`";
            (format!("{node} comes to `{}` again, after its answer was kept", item.code()), todo.to_owned())
        }
        ObstacleKind::TestedBeforeItIsAsked(item) => {
            let todo = "Ask for it before the rule";
            (format!("a rule of {node} compares `{}`, which is asked for later", item.code()), todo.to_owned())
        }
        ObstacleKind::AfterTheReport => {
            let todo = "Let the report be complete after the last question";
            (format!("{node} asks or keeps something after the finished report"), todo.to_owned())
        }
        ObstacleKind::NoReport => {
            let todo = "Add a record node with `report = \"complete\"` after the last question";
            ("no way through the questions finishes the report".to_owned(), todo.to_owned())
        }
        ObstacleKind::TooManyConditions => {
            (format!("{node} depends on too many answers"), "Ask it on fewer ways, or always".to_owned())
        }
    };
    (what, todo)
}
