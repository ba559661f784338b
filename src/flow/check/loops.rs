//! No call loops without asking the caller anything.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Check, sub_flows};
use crate::flow::fault::PathFault;
use crate::flow::{Exit, Flow, Node, NodeId, NodeKind};

/// A place in the flow set: flow and node.
type Place<'a> = (&'a str, &'a str);

pub(super) fn apply<'a>(check: &mut Check<'a>) {
    recursion(check);
    let silent = silent_results(check);
    let edges: BTreeMap<Place<'a>, Vec<Place<'a>>> = check
        .nodes()
        .into_iter()
        .map(|(flow, node)| ((flow.name.as_str(), node.id.as_str()), silent_ways(check, flow, node, &silent)))
        .collect();
    let mut told = BTreeSet::new();
    for (flow, node) in check.nodes() {
        let start = (flow.name.as_str(), node.id.as_str());
        let Some(circle) = circle(start, &edges) else { continue };
        if circle.iter().any(|place| told.contains(place)) {
            continue;
        }
        told.extend(circle.iter().copied());
        let nodes = circle.iter().chain([&start]).map(|(_, node)| NodeId::from(*node)).collect();
        check.find(flow, node.line, PathFault::Circle(nodes));
    }
}

/// A flow that contains itself as a sub-flow would never end.
fn recursion(check: &mut Check<'_>) {
    for flow in check.flows() {
        for (node, sub) in sub_flows(flow) {
            if check.with_sub_flows(sub.as_str()).contains(flow.name.as_str()) {
                check.find(flow, node.line, PathFault::Recursion(flow.name.clone(), node.id.clone()));
            }
        }
    }
}

/// Where a node leads without any key from the caller. A question is skipped if its item is answered.
fn silent_ways<'a>(check: &Check<'a>, flow: &'a Flow, node: &'a Node, silent: &Silent<'a>) -> Vec<Place<'a>> {
    let here = |id: &'a NodeId| (flow.name.as_str(), id.as_str());
    if node.waits() {
        return node.question().and_then(|item| flow.after(item)).map(|spot| here(&spot.to)).into_iter().collect();
    }
    let NodeKind::SubFlow(sub) = &node.kind else {
        return node.exits().into_iter().map(|(_, spot)| here(&spot.to)).collect();
    };
    let passed = silent.get(sub.flow.to.as_str());
    let exits = node.exits().into_iter().filter(|(exit, _)| match exit {
        Exit::Result(result) => passed.is_some_and(|results| results.contains(result.as_str())),
        _ => false,
    });
    let exits = exits.map(|(_, spot)| here(&spot.to));
    let inside = check.flow_set.flow(sub.flow.to.as_str()).map(|flow| (flow.name.as_str(), flow.start.to.as_str()));
    exits.chain(inside).collect()
}

/// The results with which each flow can end without asking anything, computed as a fixed point.
fn silent_results<'a>(check: &Check<'a>) -> Silent<'a> {
    let mut silent = Silent::new();
    loop {
        let mut grown = Silent::new();
        for flow in check.flows() {
            let mut seen = BTreeSet::new();
            let mut open = vec![flow.start.to.as_str()];
            let results = grown.entry(flow.name.as_str()).or_default();
            while let Some(node) = open.pop().and_then(|id| flow.nodes.get(id)) {
                if !seen.insert(node.id.as_str()) {
                    continue;
                }
                if let NodeKind::End(end) = &node.kind {
                    results.insert(end.result.as_str());
                }
                let ways = silent_ways(check, flow, node, &silent);
                open.extend(ways.into_iter().filter(|(to, _)| *to == flow.name.as_str()).map(|(_, id)| id));
            }
        }
        if grown == silent {
            return silent;
        }
        silent = grown;
    }
}

type Silent<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The shortest path from a place back to itself.
fn circle<'a>(start: Place<'a>, edges: &BTreeMap<Place<'a>, Vec<Place<'a>>>) -> Option<Vec<Place<'a>>> {
    let mut from = BTreeMap::<Place<'a>, Place<'a>>::new();
    let mut open = VecDeque::from([start]);
    while let Some(place) = open.pop_front() {
        for next in edges.get(&place).into_iter().flatten() {
            if *next == start {
                let mut way = vec![place];
                while let Some(before) = way.last().filter(|last| **last != start).and_then(|last| from.get(last)) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if !from.contains_key(next) {
                from.insert(*next, place);
                open.push_back(*next);
            }
        }
    }
    None
}
