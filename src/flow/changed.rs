//! Detects changes without a new `version`. Records of calls contain a flow's version, so one version must have one
//! content.

use std::collections::BTreeSet;

use super::fault::{Changed, Earlier, Unversioned};
use super::{ENGINE_PROMPTS, Finding, Flow, FlowName, FlowSet, PromptId, names};

/// The flows in which the engine says prompts of its own, and whose questions use the shared keys.
const ASKING: [&str; 2] = [names::AUTOMATED_CALL, names::HEALTH_CALL];

/// The differences of a set from an earlier one, which `called` describes, in flows with the same version in both:
/// wording, and anything except comments in a `flow.toml`. Shared wording counts for the flows that say it.
pub fn changed_without_version(flow_set: &FlowSet, earlier: &FlowSet, called: Earlier) -> Vec<Finding> {
    let mut found = Vec::new();
    let same: Vec<&Flow> = flow_set.flows.values().filter(|flow| same_version(flow, earlier)).collect();
    for flow in &same {
        let (now, before) = (flow_set.files.get(&flow.file()), earlier.files.get(&flow.file()));
        if content_of(now) != content_of(before) {
            let line = now.map_or(1, |text| line_of_version(text));
            found.push(Finding::new(
                flow.file(),
                line,
                unversioned(Changed::Flow(flow.name.clone(), flow.version), &[flow], called),
            ));
        }
    }
    for (id, prompt) in &flow_set.prompts {
        let Some(before) = earlier.prompts.get(id) else { continue };
        let folder = id.as_str().split('.').next().unwrap_or_default();
        let saying: Vec<&Flow> = if folder == names::SHARED {
            same.iter().filter(|flow| says(flow, id)).copied().collect()
        } else {
            same.iter().filter(|flow| flow.name.as_str() == folder).copied().collect()
        };
        if saying.is_empty() {
            continue;
        }
        for (language, wording) in &prompt.wording {
            let changed = before.wording.get(language).is_some_and(|before| !before.is_worded_as(wording));
            if changed {
                let file = format!("{folder}/prompts/{language}.toml");
                let fault = unversioned(Changed::Words(id.clone()), &saying, called);
                found.push(Finding::new(file, wording.line, fault));
            }
        }
    }
    let asking: Vec<&Flow> = same.into_iter().filter(|flow| ASKING.contains(&flow.name.as_str())).collect();
    if flow_set.keys != earlier.keys && !asking.is_empty() {
        found.push(Finding::new("shared/keys.toml", 1, unversioned(Changed::SharedKeys, &asking, called)));
    }
    found.sort();
    found
}
fn same_version(flow: &Flow, earlier: &FlowSet) -> bool {
    earlier.flow(flow.name.as_str()).is_some_and(|before| before.version == flow.version)
}

/// The content of a document, without comments and layout.
fn content_of(text: Option<&String>) -> Option<toml::Table> {
    text?.trim_start_matches('\u{feff}').parse().ok()
}

fn line_of_version(text: &str) -> u32 {
    let line = text.lines().position(|line| line.trim_start().starts_with("version"));
    line.and_then(|line| u32::try_from(line).ok()).map_or(1, |line| line.saturating_add(1))
}

fn says(flow: &Flow, prompt: &PromptId) -> bool {
    let by_itself = ENGINE_PROMPTS.contains(&prompt.as_str()) && ASKING.contains(&flow.name.as_str());
    by_itself || flow.in_order().any(|node| node.says().into_iter().any(|say| say.prompt == *prompt))
}

fn unversioned(what: Changed, flows: &[&Flow], earlier: Earlier) -> Unversioned {
    let flows: BTreeSet<(FlowName, u32)> = flows.iter().map(|flow| (flow.name.clone(), flow.version)).collect();
    Unversioned { what, flows: flows.into_iter().collect(), earlier }
}
