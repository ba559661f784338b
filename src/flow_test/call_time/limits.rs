//! The limits that flows state for their healthy path.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{CallPath, CallTime, Occasion, TimedCall};
use crate::domain::Language;
use crate::flow::fault::{LimitFault, LongPrompt};
use crate::flow::{Finding, Flow, FlowSet};

/// How many of the longest prompts a finding names.
const NAMED_PROMPTS: usize = 3;

/// Reads the documents and applies all rules: those of [`FlowSet::checked`], then the limits of the flows' length.
///
/// # Errors
///
/// Returns all findings, by file and line. The limits are looked at if there are no others.
pub fn checked(files: BTreeMap<String, String>) -> Result<Arc<FlowSet>, Vec<Finding>> {
    let flow_set = Arc::new(FlowSet::checked(files)?);
    let mut findings = Vec::new();
    for flow in flow_set.flows.values() {
        let found = flow.limits.healthy_seconds.iter().filter_map(|(language, limit)| {
            let fault = exceeded(&flow_set, flow, *language, limit.to)?;
            Some(Finding::new(flow.file(), limit.line, fault))
        });
        findings.extend(found);
    }
    // What makes a known caller's call long.
    if !findings.is_empty() {
        findings.extend(flow_set.doubts());
    }
    findings.sort();
    findings.dedup();
    if findings.is_empty() { Ok(flow_set) } else { Err(findings) }
}

fn exceeded(flow_set: &Arc<FlowSet>, flow: &Flow, language: Language, most: u32) -> Option<LimitFault> {
    let occasion = Occasion::Later;
    let call = TimedCall { flow: flow.name.clone(), path: CallPath::Healthy, occasion, language };
    let Some(time) = call.time(flow_set) else {
        return Some(LimitFault::NoReport(flow.name.clone()));
    };
    let seconds = whole(time.seconds());
    (seconds > most).then(|| LimitFault::TooLong { language, seconds, most, longest: longest(flow_set, &time) })
}

fn longest(flow_set: &FlowSet, time: &CallTime) -> Vec<LongPrompt> {
    let mut prompts: Vec<_> = time.prompts().collect();
    prompts.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
    let named = prompts.into_iter().take(NAMED_PROMPTS).filter_map(|said| {
        let wording = flow_set.wording(said.prompt.as_str(), said.language)?;
        let folder = said.prompt.as_str().split('.').next()?;
        Some(LongPrompt {
            prompt: said.prompt.clone(),
            file: format!("{folder}/prompts/{}.toml", said.language).into(),
            line: wording.line,
            seconds: whole(said.seconds),
        })
    });
    named.collect()
}

/// Whole seconds, rounded up: 90.2 seconds are more than 90.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some minutes, and the cast saturates")]
fn whole(seconds: f64) -> u32 {
    seconds.ceil() as u32
}
