//! The questionnaire can be shown as a form.

use super::Check;
use crate::flow::fault::Fault;
use crate::flow::form::Form;
use crate::flow::names;

/// Runs after the other rules: only a questionnaire that is in order by them is tried as a form, since one mistake
/// would be found twice.
pub(super) fn apply(check: &mut Check<'_>) {
    let Some(flow) = check.flow_set.flow(names::QUESTIONNAIRE) else { return };
    let file = flow.file();
    if !check.is_whole(flow) || check.findings.iter().any(|finding| finding.file == file) {
        return;
    }
    for obstacle in Form::of(flow).err().unwrap_or_default() {
        check.find(flow, obstacle.line, Fault::NoForm(obstacle.node, obstacle.kind));
    }
}
