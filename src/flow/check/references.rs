//! Every reference in a document resolves, and every node and flow is reachable.

use std::collections::BTreeSet;

use super::{Check, LINES, sub_flows};
use crate::flow::finding::did_you_mean;
use crate::flow::{Flow, FlowName, MISSING, NodeId, NodeKind, Spanned, SubFlow, Test};

impl<'a> Check<'a> {
    pub(super) fn references(&mut self) {
        for flow in self.flows() {
            self.node_name(flow, "the flow begins at", &flow.start);
            for spot in flow.visit.values() {
                self.flow_name(flow, spot);
            }
        }
        for (flow, node) in self.nodes() {
            let id = &node.id;
            for (_, spot) in node.exits() {
                self.node_name(flow, &format!("the node `{id}` goes to"), spot);
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
                self.node_name(flow, &format!("the node `{id}` uses the entry of"), spot);
            }
            if let NodeKind::SubFlow(sub) = &node.kind {
                self.flow_name(flow, &sub.flow);
                self.results(flow, id, node.line, sub);
            }
        }
    }

    fn node_name(&mut self, flow: &Flow, what: &str, spot: &Spanned<NodeId>) {
        let name = spot.to.as_str();
        if name != MISSING && !flow.order.contains(&spot.to) {
            let nodes = flow.order.iter().map(NodeId::as_str);
            let todo = did_you_mean(name, nodes, "Name a node of this flow, or add it");
            self.find(flow, spot.line, format!("{what} `{name}`, which doesn't exist"), todo);
        }
    }

    fn flow_name(&mut self, flow: &Flow, spot: &Spanned<FlowName>) {
        let name = spot.to.as_str();
        if name != MISSING && !self.flow_set.files.contains_key(&format!("{name}/flow.toml")) {
            let flows = self.flow_set.flows.keys().map(FlowName::as_str);
            let todo = did_you_mean(name, flows, "Name a flow, that is a folder with a flow.toml");
            self.find(flow, spot.line, format!("there is no flow `{name}`"), todo);
        }
    }

    /// A sub-flow's results and the exits for them are the same set.
    fn results(&mut self, flow: &Flow, id: &NodeId, line: u32, sub: &SubFlow) {
        let Some(other) = self.flow_set.flow(sub.flow.to.as_str()).filter(|other| self.is_whole(other)) else { return };
        let given: BTreeSet<&str> = other.results().map(|(_, result)| result.as_str()).collect();
        for result in given.iter().filter(|result| !sub.exits.contains_key(**result)) {
            let what = format!("the node `{id}` has no exit for the result `{result}` of the flow `{}`", other.name);
            self.find(flow, line, what, format!("Add `exits.{result} = \"…\"` with the name of a node"));
        }
        for (result, spot) in sub.exits.iter().filter(|(result, _)| !given.contains(result.as_str())) {
            let what = format!("the flow `{}` never ends with `{result}`", other.name);
            let todo = did_you_mean(result.as_str(), given.iter().copied(), "Take this exit out");
            self.find(flow, spot.line, what, todo);
        }
    }

    /// Reports nodes and flows that no call can reach.
    pub(super) fn reach(&mut self) {
        for flow in self.flows().filter(|flow| self.is_whole(flow)).collect::<Vec<_>>() {
            let reached = reached(flow);
            for node in flow.in_order().filter(|node| !reached.contains(&node.id)) {
                let what = format!("no call ever comes to the node `{}`", node.id);
                self.find(flow, node.line, what, "Let another node go to it, or take it out");
            }
        }
        if self.flows().any(|flow| !self.is_whole(flow)) {
            return;
        }
        let named: BTreeSet<&str> = self
            .flows()
            .flat_map(|flow| flow.visit.values().map(|spot| &spot.to).chain(sub_flows(flow).map(|(_, name)| name)))
            .chain(self.flow_set.keys.visit.values())
            .map(FlowName::as_str)
            .chain(LINES)
            .collect();
        for flow in self.flows().filter(|flow| !named.contains(flow.name.as_str())) {
            let todo = "Let a sub_flow node or a visit key name it, or take its folder away";
            self.find(flow, 1, format!("no call ever comes to the flow `{}`", flow.name), todo);
        }
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
