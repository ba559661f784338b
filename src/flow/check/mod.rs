//! The rules for a set of flow documents. Each finding names a line and a remedy, and keeps `serve` from starting: a
//! call can't ask the author.

mod definite_entries;
mod entries;
mod form;
mod keys;
mod loops;
mod references;
mod wording;

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Fault, FileFault, NodeFault};
use super::finding::Finding;
use super::{Flow, FlowSet, MISSING, Node, NodeKind, names};

impl FlowSet {
    /// What an author should look at, and what doesn't keep calls from being made: questions that are asked in full
    /// although the caller knows them.
    pub fn doubts(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for flow in self.flows.values() {
            for node in flow.in_order().filter(|node| node.question().is_some()) {
                let short = match &node.kind {
                    NodeKind::Menu(menu) => &menu.short,
                    NodeKind::Gather(gather) => &gather.short,
                    _ => continue,
                };
                if short.is_empty() {
                    found.push(Finding::new(flow.file(), node.line, NodeFault::NoShort(node.id.clone())));
                }
            }
        }
        found
    }
}

/// Prompts that the engine says itself. No flow names them, and they must exist.
pub const ENGINE_PROMPTS: [&str; 41] = [
    "shared.gave_up",
    "shared.not_identified",
    "shared.system_failure",
    "shared.first_question",
    "shared.take_your_time",
    "shared.digit_0",
    "shared.digit_1",
    "shared.digit_2",
    "shared.digit_3",
    "shared.digit_4",
    "shared.digit_5",
    "shared.digit_6",
    "shared.digit_7",
    "shared.digit_8",
    "shared.digit_9",
    "shared.spoken_temperature",
    "shared.spoken_percent",
    "shared.spoken_temperature_whole",
    "shared.spoken_until",
    "shared.time_hour_one",
    "shared.time_hour",
    "shared.time_noon",
    "shared.time_midnight",
    "shared.time_night",
    "shared.time_night_minutes",
    "shared.time_am",
    "shared.time_am_minutes",
    "shared.time_pm",
    "shared.time_pm_minutes",
    "shared.month_1",
    "shared.month_2",
    "shared.month_3",
    "shared.month_4",
    "shared.month_5",
    "shared.month_6",
    "shared.month_7",
    "shared.month_8",
    "shared.month_9",
    "shared.month_10",
    "shared.month_11",
    "shared.month_12",
];

/// The most nodes of one flow. The largest built-in flow has 35.
const MAX_NODES: usize = 500;

/// The flows with which calls begin. They must exist.
const LINES: [&str; 6] = [
    names::HEALTH_CALL,
    names::AUTOMATED_CALL,
    names::CALL_BACK,
    names::STAFF_ALERT,
    names::MAINTENANCE,
    names::WITHDRAWN,
];

impl FlowSet {
    /// Reads the documents ([`FlowSet::read`]) and applies all rules, except the limits of a call's length, for which
    /// the engine must walk the flows: `flow_test::checked` applies them too.
    ///
    /// # Errors
    ///
    /// Returns all findings, by file and line.
    pub fn checked(files: BTreeMap<String, String>) -> Result<Self, Vec<Finding>> {
        let (flow_set, mut findings) = Self::read(files);
        let check = Check::new(&flow_set, &findings);
        findings.extend(check.all());
        findings.sort();
        findings.dedup();
        if findings.is_empty() { Ok(flow_set) } else { Err(findings) }
    }
}

/// The input of the rules, and what they have found. Each module below has the rules on one subject.
struct Check<'a> {
    flow_set: &'a FlowSet,
    /// Files that couldn't be read completely. Rules about missing content skip them.
    unread: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn new(flow_set: &'a FlowSet, findings: &[Finding]) -> Self {
        let unread = findings.iter().map(|finding| finding.file.clone()).collect();
        Self { flow_set, unread, findings: Vec::new() }
    }

    fn all(mut self) -> Vec<Finding> {
        self.sizes();
        if !self.findings.is_empty() {
            // The rules would take too long.
            return self.findings;
        }
        self.lines();
        references::apply(&mut self);
        loops::apply(&mut self);
        entries::apply(&mut self);
        keys::apply(&mut self);
        keys::answers(&mut self);
        definite_entries::apply(&mut self);
        wording::apply(&mut self);
        form::apply(&mut self);
        self.findings
    }

    fn find(&mut self, flow: &Flow, line: u32, fault: impl Into<Fault>) {
        self.findings.push(Finding::new(flow.file(), line, fault));
    }

    /// Reports a wrong word, and the one that was probably meant.
    fn find_word(&mut self, flow: &Flow, line: u32, fault: impl Into<Fault>, meant: Option<String>) {
        self.findings.push(Finding::new(flow.file(), line, fault).meant(meant));
    }

    fn sizes(&mut self) {
        for flow in self.flows().filter(|flow| flow.order.len() > MAX_NODES) {
            self.find(flow, 1, FileFault::TooManyNodes { nodes: flow.order.len(), most: MAX_NODES });
        }
    }

    fn lines(&mut self) {
        for line in LINES {
            let file = format!("{line}/flow.toml");
            if !self.flow_set.files.contains_key(&file) {
                self.findings.push(Finding::new(file, 1, FileFault::NoFlow(line)));
            }
        }
    }

    fn flows(&self) -> impl Iterator<Item = &'a Flow> + use<'a> {
        self.flow_set.flows.values()
    }

    fn nodes(&self) -> Vec<(&'a Flow, &'a Node)> {
        self.flows().flat_map(|flow| flow.in_order().map(move |node| (flow, node))).collect()
    }

    /// Returns `true` if every flow was read completely: only then is anything unused or out of reach.
    fn all_flows_whole(&self) -> bool {
        !self.unread.iter().any(|file| file.ends_with("/flow.toml"))
    }

    fn is_whole(&self, flow: &Flow) -> bool {
        !self.unread.contains(&flow.file())
    }

    /// A flow with all of its direct and indirect sub-flows.
    fn with_sub_flows(&self, root: &str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![root];
        while let Some(flow) = open.pop().and_then(|name| self.flow_set.flow(name)) {
            if seen.insert(flow.name.as_str()) {
                open.extend(sub_flows(flow).map(|(_, sub)| sub.as_str()));
            }
        }
        seen
    }
}

/// The other flows that a flow leads to without a key: its sub-flows, and those after a red answer.
fn sub_flows(flow: &Flow) -> impl Iterator<Item = (&Node, &super::FlowName)> {
    flow.in_order().filter_map(|node| {
        let to = match &node.kind {
            NodeKind::SubFlow(sub) => &sub.flow.to,
            NodeKind::Record(record) => &record.after_red()?.to,
            _ => return None,
        };
        (to.as_str() != MISSING).then_some((node, to))
    })
}
