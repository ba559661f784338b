//! The questionnaire can be shown as a form.

use super::Check;
use crate::flow::fault::Fault;
use crate::flow::form::Form;
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
            self.find(flow, obstacle.line, Fault::NoForm(obstacle.node, obstacle.kind));
        }
    }
}
