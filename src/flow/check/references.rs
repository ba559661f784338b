//! Every reference in a document resolves, and every node and flow is reachable.

use std::collections::BTreeSet;

use super::{Check, LINES, sub_flows};
use crate::flow::fault::ReferenceFault;
use crate::flow::finding::closest;
use crate::flow::{Flow, FlowName, MISSING, NodeId, NodeKind, ResultName, Spanned, SubFlow, Test};

pub(super) fn apply(check: &mut Check<'_>) {
    names(check);
    reach(check);
}

fn names(check: &mut Check<'_>) {
    for flow in check.flows() {
        node_name(check, flow, ReferenceFault::Start, &flow.start);
        for spot in flow.visit.values() {
            flow_name(check, flow, spot);
        }
    }
    for (flow, node) in check.nodes() {
        let id = &node.id;
        for (_, spot) in node.exits() {
            node_name(check, flow, |to| ReferenceFault::Exit { from: id.clone(), to }, spot);
        }
        let named: Vec<&Spanned<NodeId>> = match &node.kind {
            NodeKind::Confirm(confirm) => vec![&confirm.of],
            NodeKind::Record(record) => match &record.what {
                crate::flow::RecordWhat::Answer { from, .. } => vec![from],
                _ => Vec::new(),
            },
            NodeKind::Identify(identify) => vec![&identify.hersys_id, &identify.birth_date],
            NodeKind::Branch(branch) => branch.rules.iter().filter_map(|rule| entry_of(&rule.test)).collect(),
            _ => Vec::new(),
        };
        for spot in named {
            node_name(check, flow, |at| ReferenceFault::Entry { of: id.clone(), at }, spot);
        }
        match &node.kind {
            NodeKind::SubFlow(sub) => {
                flow_name(check, flow, &sub.flow);
                results(check, flow, id, node.line, sub);
            }
            NodeKind::Record(record) => {
                record.after_red().into_iter().for_each(|after_red| flow_name(check, flow, after_red));
            }
            _ => {}
        }
    }
}

fn node_name(check: &mut Check<'_>, flow: &Flow, fault: impl Fn(NodeId) -> ReferenceFault, spot: &Spanned<NodeId>) {
    let name = spot.to.as_str();
    if name != MISSING && !flow.order.contains(&spot.to) {
        let nodes = flow.order.iter().map(NodeId::as_str);
        check.find_word(flow, spot.line, fault(spot.to.clone()), closest(name, nodes));
    }
}

fn flow_name(check: &mut Check<'_>, flow: &Flow, spot: &Spanned<FlowName>) {
    let name = spot.to.as_str();
    if name != MISSING && !check.flow_set.files.contains_key(&format!("{name}/flow.toml")) {
        let flows = check.flow_set.flows.keys().map(FlowName::as_str);
        check.find_word(flow, spot.line, ReferenceFault::Flow(spot.to.clone()), closest(name, flows));
    }
}

/// A sub-flow's results and the exits for them are the same set.
fn results(check: &mut Check<'_>, flow: &Flow, id: &NodeId, line: u32, sub: &SubFlow) {
    let Some(other) = check.flow_set.flow(sub.flow.to.as_str()).filter(|other| check.is_whole(other)) else { return };
    let given: BTreeSet<&str> = other.results().map(|(_, result)| result.as_str()).collect();
    let named = |result: &str| (ResultName::from(result), other.name.clone());
    for result in given.iter().filter(|result| !sub.exits.contains_key(**result)) {
        let (result, of) = named(result);
        check.find(flow, line, ReferenceFault::NoExit { node: id.clone(), result, flow: of });
    }
    for (result, spot) in sub.exits.iter().filter(|(result, _)| !given.contains(result.as_str())) {
        let meant = closest(result.as_str(), given.iter().copied());
        let (result, of) = named(result.as_str());
        check.find_word(flow, spot.line, ReferenceFault::NeverEndsWith { flow: of, result }, meant);
    }
}

/// Reports nodes and flows that no call can reach.
fn reach(check: &mut Check<'_>) {
    for flow in check.flows().filter(|flow| check.is_whole(flow)).collect::<Vec<_>>() {
        let reached = reached(flow);
        for node in flow.in_order().filter(|node| !reached.contains(&node.id)) {
            check.find(flow, node.line, ReferenceFault::NodeNotReached(node.id.clone()));
        }
    }
    if !check.all_flows_whole() {
        return;
    }
    let named: BTreeSet<&str> = check
        .flows()
        .flat_map(|flow| flow.visit.values().map(|spot| &spot.to).chain(sub_flows(flow).map(|(_, name)| name)))
        .chain(check.flow_set.keys.visit.values())
        .map(FlowName::as_str)
        .chain(LINES)
        .collect();
    for flow in check.flows().filter(|flow| !named.contains(flow.name.as_str())) {
        check.find(flow, 1, ReferenceFault::FlowNotReached(flow.name.clone()));
    }
}

fn reached(flow: &Flow) -> BTreeSet<&NodeId> {
    let mut seen = BTreeSet::new();
    let mut open = vec![&flow.start.to];
    while let Some(id) = open.pop() {
        if let Some(node) = flow.nodes.get(id)
            && seen.insert(&node.id)
        {
            open.extend(node.exits().into_iter().map(|(_, spot)| &spot.to));
        }
    }
    seen
}

fn entry_of(test: &Test) -> Option<&Spanned<NodeId>> {
    match test {
        Test::EntryIs(entry, _) | Test::EntryAtMost(entry, _) => Some(entry),
        _ => None,
    }
}
