//! The facts that are certain at a node, on every path to it: the entries, and the values for the gaps in prompts. A
//! fact holds at a node if it holds on every incoming path.

use std::collections::{BTreeMap, BTreeSet};

use super::Check;
use crate::flow::fault::{Gap, PathFault};
use crate::flow::{Exit, Flow, Node, NodeId, NodeKind, RecordWhat, Say, Test, names};

/// A fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Fact<'a> {
    /// `{centre}` and `{centre_phone}`
    Centre,
    /// `{call_back_number}`
    CallBackNumber,
    /// `{until}`
    Until,
    /// `{open_alerts}`
    OpenAlerts,
    /// A person has said that they are the patient, or answer for the patient.
    Listener,
    /// Keys were pressed at this node.
    Entry(&'a str),
}

type Facts<'a> = BTreeSet<Fact<'a>>;
type Place<'a> = (&'a str, &'a str);

pub(super) fn apply(check: &mut Check<'_>) {
    let known = facts(check);
    for (flow, node) in check.nodes() {
        let Some(facts) = known.get(&(flow.name.as_str(), node.id.as_str())) else { continue };
        for say in node.says() {
            gaps_are_known(check, flow, node, say, facts);
        }
        if stops_calls(node) && !facts.contains(&Fact::Listener) && check.is_whole(flow) {
            check.find(flow, node.line, PathFault::StopsCalls(node.id.clone()));
        }
        let used = match &node.kind {
            NodeKind::Confirm(confirm) => vec![&confirm.of],
            NodeKind::Identify(identify) => vec![&identify.hersys_id, &identify.birth_date],
            NodeKind::Record(record) => match &record.what {
                RecordWhat::Answer { from, .. } => vec![from],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        for spot in used.into_iter().filter(|spot| flow.nodes.contains_key(&spot.to)) {
            if !facts.contains(&Fact::Entry(spot.to.as_str())) && check.is_whole(flow) {
                check.find(flow, spot.line, PathFault::WithoutEntry(node.id.clone(), spot.to.clone()));
            }
        }
    }
}

fn gaps_are_known(check: &mut Check<'_>, flow: &Flow, node: &Node, say: &Say, facts: &Facts<'_>) {
    let Some(prompt) = check.flow_set.prompts.get(&say.prompt) else { return };
    let confirms = matches!(&node.kind, NodeKind::Confirm(confirm)
        if confirm.say.contains(say) || confirm.usual.as_ref().is_some_and(|usual| usual.say.contains(say)));
    let gaps = |gap: &str| prompt.wording.values().any(|wording| wording.text.contains(gap));
    for (gap, known) in [
        (Gap::Value, confirms),
        (Gap::Centre, facts.contains(&Fact::Centre)),
        (Gap::CentrePhone, facts.contains(&Fact::Centre)),
        (Gap::CallBackNumber, facts.contains(&Fact::CallBackNumber)),
        (Gap::Until, facts.contains(&Fact::Until)),
        (Gap::OpenAlerts, facts.contains(&Fact::OpenAlerts)),
    ] {
        if gaps(gap.written()) && !known {
            check.find(flow, say.line, PathFault::UnknownGap(node.id.clone(), say.prompt.clone(), gap));
        }
    }
    if confirms
        && !gaps(Gap::Value.written())
        && matches!(&node.kind, NodeKind::Confirm(confirm) if confirm.say.len() == 1)
    {
        check.find(flow, say.line, PathFault::NotReadBack(node.id.clone(), say.prompt.clone()));
    }
}

fn facts<'a>(check: &Check<'a>) -> BTreeMap<Place<'a>, Facts<'a>> {
    let mut known = BTreeMap::new();
    let mut open: Vec<(Place<'a>, Facts<'a>)> = Vec::new();
    for flow in check.flows() {
        let name = flow.name.as_str();
        let line = match name {
            // The patient was looked up before the call was placed.
            names::AUTOMATED_CALL => Facts::from([Fact::Centre, Fact::CallBackNumber]),
            names::WITHDRAWN => Facts::from([Fact::Centre]),
            names::STAFF_ALERT => Facts::from([Fact::Centre, Fact::OpenAlerts]),
            _ => Facts::new(),
        };
        if super::LINES.contains(&name) {
            open.push(((name, flow.start.to.as_str()), line.clone()));
        }
        let visits = flow.visit.values().filter_map(|spot| check.flow_set.flow(spot.to.as_str()));
        open.extend(visits.map(|visited| ((visited.name.as_str(), visited.start.to.as_str()), line.clone())));
    }
    for visited in check.flow_set.keys.visit.values().filter_map(|name| check.flow_set.flow(name.as_str())) {
        open.push(((visited.name.as_str(), visited.start.to.as_str()), Facts::new()));
    }
    while let Some((place, facts)) = open.pop() {
        let merged: Facts<'a> = match known.get(&place) {
            None => facts,
            Some(before) => facts.intersection(before).cloned().collect(),
        };
        if known.get(&place) == Some(&merged) {
            continue;
        }
        known.insert(place, merged.clone());
        if let Some((flow, node)) =
            check.flow_set.flow(place.0).and_then(|f| f.nodes.get(place.1).map(|node| (f, node)))
        {
            open.extend(onward(check, flow, node, &merged));
        }
    }
    known
}

/// The exits of a node with the facts on each.
fn onward<'a>(check: &Check<'a>, flow: &'a Flow, node: &'a Node, facts: &Facts<'a>) -> Vec<(Place<'a>, Facts<'a>)> {
    let here = |id: &'a NodeId| (flow.name.as_str(), id.as_str());
    let mut facts = facts.clone();
    let mut ways = Vec::new();
    let without_entries = |facts: &Facts<'a>| -> Facts<'a> {
        facts.iter().filter(|fact| !matches!(fact, Fact::Entry(_))).cloned().collect()
    };
    match &node.kind {
        NodeKind::SubFlow(sub) => {
            facts = without_entries(&facts);
            if let Some(inside) = check.flow_set.flow(sub.flow.to.as_str()) {
                ways.push(((inside.name.as_str(), inside.start.to.as_str()), facts.clone()));
            }
        }
        NodeKind::Record(record) => match &record.what {
            RecordWhat::Answer { after_red: Some(after_red), .. } => {
                if let Some(next) = check.flow_set.flow(after_red.to.as_str()) {
                    ways.push(((next.name.as_str(), next.start.to.as_str()), without_entries(&facts)));
                }
            }
            // The report may have been another person's.
            RecordWhat::Report => {
                facts = without_entries(&facts);
                facts.remove(&Fact::Listener);
            }
            RecordWhat::Listener => {
                facts.insert(Fact::Listener);
            }
            _ => {}
        },
        _ => {}
    }
    if let Some(after) = node.question().and_then(|item| flow.after(item)) {
        ways.push((here(&after.to), facts.clone()));
    }
    for (exit, spot) in node.exits() {
        let mut then = facts.clone();
        match (&exit, &node.kind) {
            (Exit::Next | Exit::Instead(_), NodeKind::Gather(_)) | (Exit::Key(_, Some(_), _), _) => {
                then.insert(Fact::Entry(node.id.as_str()));
            }
            (Exit::Matched | Exit::Resumed, _) => then.extend([Fact::Centre, Fact::Listener]),
            (Exit::Ended, _) | (Exit::Rule(Test::OfficeOpen), _) => {
                then.insert(Fact::Centre);
            }
            (Exit::Rule(Test::ListenerConfirmed), _) => {
                then.insert(Fact::Listener);
            }
            (Exit::Rule(Test::UntilKnown), _) => {
                then.insert(Fact::Until);
            }
            _ => {}
        }
        ways.push((here(&spot.to), then));
    }
    ways
}

/// Returns `true` if the node suspends a patient's calls until the centre decides.
fn stops_calls(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Record(record) if matches!(record.what, RecordWhat::Stop))
}
