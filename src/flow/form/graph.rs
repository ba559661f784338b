//! The ways through a flow that a form takes: without keys that repeat, go back or leave, and without giving up.

use std::collections::{BTreeMap, BTreeSet};

use super::Condition;
use super::obstacle::{Obstacle, ObstacleKind};
use crate::flow::{Branch, Flow, Gather, Menu, Node, NodeId, NodeKind, RecordWhat, Retry, Spanned, Takes, Test};

/// The most tests of one condition. The built-in questionnaire has three.
const MAX_TESTS: usize = 100;

/// The nodes that a form reaches, in an order in which every way leads onwards.
pub(super) struct Graph<'a> {
    nodes: Vec<&'a Node>,
    /// The ways from each node: the condition and the position of the next node.
    ways: Vec<Vec<(Condition, usize)>>,
    /// The nodes from which the report can be finished.
    finishing: BTreeSet<&'a NodeId>,
}

/// A way before the nodes have positions.
type Way<'a> = (Condition, &'a Spanned<NodeId>);

impl<'a> Graph<'a> {
    pub(super) fn of(flow: &'a Flow) -> Result<Self, Vec<Obstacle>> {
        let finishing = finishing(flow);
        let mut obstacles = Vec::new();
        let mut ways = BTreeMap::<&NodeId, Vec<Way<'a>>>::new();
        let mut open = vec![&flow.start.to];
        while let Some(node) = open.pop().and_then(|id| flow.nodes.get(id)) {
            if ways.contains_key(&node.id) {
                continue;
            }
            obstacles.extend(obstacles_at(node));
            let onward = merged(all_ways(flow, node, &finishing));
            // The document's first way is taken up first, so that the order of the form is that of the document.
            open.extend(onward.iter().rev().map(|(_, spot)| &spot.to).filter(|id| flow.nodes.contains_key(*id)));
            ways.insert(&node.id, onward);
        }
        let order = ordered(flow, &ways).unwrap_or_else(|circle| {
            let asked = |id: &&'a NodeId| Some((*id, ways_from(flow.nodes.get(*id)?, &finishing)));
            let asked = ways.keys().filter_map(asked).collect();
            // Without a circle of questions, one that was already answered leads back.
            obstacles
                .extend(ordered(flow, &asked).map_or_else(|circle| circle, |order| comes_back(flow, &order, circle)));
            Vec::new()
        });
        if obstacles.is_empty() && !finishing.contains(&flow.start.to) {
            let node = flow.start.to.clone();
            obstacles.push(Obstacle { node, line: flow.start.line, kind: ObstacleKind::NoReport });
        }
        if !obstacles.is_empty() {
            obstacles.sort_by_key(|obstacle| obstacle.line);
            return Err(obstacles);
        }
        let positions: BTreeMap<&NodeId, usize> = order.iter().enumerate().map(|(nth, node)| (&node.id, nth)).collect();
        let ways = order
            .iter()
            .map(|node| {
                let ways = ways.remove(&node.id).unwrap_or_default().into_iter();
                ways.filter_map(|(condition, spot)| Some((condition, *positions.get(&spot.to)?))).collect()
            })
            .collect();
        Ok(Self { nodes: order, ways, finishing })
    }

    /// The nodes, in order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &'a Node> {
        self.nodes.iter().copied()
    }

    /// Whether the questions go on if this one gets no answer.
    pub(super) fn goes_on_without(&self, node: &Node) -> bool {
        retry_of(node).is_some_and(|retry| self.finishing.contains(&retry.give_up.to))
    }

    /// The positions of the nodes that come later on some way, for each node.
    pub(super) fn later(&self) -> Vec<BTreeSet<usize>> {
        let mut later: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.nodes.len()];
        for nth in (0..self.nodes.len()).rev() {
            let next = self.ways.get(nth).into_iter().flatten().map(|(_, next)| *next);
            let all = next.flat_map(|next| later.get(next).into_iter().flatten().copied().chain([next])).collect();
            later.get_mut(nth).into_iter().for_each(|set| set.clone_from(&all));
        }
        later
    }

    /// When each node is reached.
    ///
    /// A node that every way passes is always reached. Any other depends on the ways after which it can no longer be
    /// missed, from nodes at which it still could be.
    pub(super) fn conditions(&self) -> Result<Vec<Condition>, Vec<Obstacle>> {
        let certain = self.certain();
        let after = |nth: usize, node: usize| certain.get(nth).is_some_and(|set| set.contains(&node));
        let mut conditions: Vec<Condition> = Vec::new();
        for (position, node) in self.nodes.iter().enumerate() {
            let mut parts = Vec::new();
            for (nth, before) in conditions.iter().enumerate().filter(|(nth, _)| !after(*nth, position)) {
                let ways = self.ways.get(nth).into_iter().flatten().filter(|(_, next)| after(*next, position));
                parts.extend(ways.map(|(condition, _)| Condition::all([before.clone(), condition.clone()])));
            }
            let condition = if after(0, position) { Condition::Always } else { Condition::any(parts) };
            if condition.tests() > MAX_TESTS {
                let kind = ObstacleKind::TooManyConditions;
                return Err(vec![Obstacle { node: node.id.clone(), line: node.line, kind }]);
            }
            conditions.push(condition);
        }
        Ok(conditions)
    }

    /// The positions of the nodes that every way passes from each node on, itself included.
    fn certain(&self) -> Vec<BTreeSet<usize>> {
        let mut certain: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.nodes.len()];
        for nth in (0..self.nodes.len()).rev() {
            let next = self.ways.get(nth).into_iter().flatten().filter_map(|(_, next)| certain.get(*next));
            let common = next.cloned().reduce(|common, set| common.intersection(&set).copied().collect());
            let mut common = common.unwrap_or_default();
            common.insert(nth);
            certain.get_mut(nth).into_iter().for_each(|set| set.clone_from(&common));
        }
        certain
    }
}

/// The nodes from which the report can be finished, if every question is answered.
fn finishing(flow: &Flow) -> BTreeSet<&NodeId> {
    let mut before = BTreeMap::<&NodeId, Vec<&NodeId>>::new();
    for node in flow.in_order() {
        for (_, spot) in ways_from(node, &BTreeSet::new()) {
            before.entry(&spot.to).or_default().push(&node.id);
        }
    }
    let finishes =
        |node: &&Node| matches!(&node.kind, NodeKind::Record(record) if matches!(record.what, RecordWhat::Report));
    let mut open: Vec<&NodeId> = flow.in_order().filter(finishes).map(|node| &node.id).collect();
    let mut finishing = BTreeSet::new();
    while let Some(id) = open.pop() {
        if finishing.insert(id) {
            open.extend(before.get(id).into_iter().flatten());
        }
    }
    finishing
}

/// The ways from a node. Those of one node exclude each other. A way without an answer is taken only towards the
/// finished report.
fn ways_from<'a>(node: &'a Node, finishing: &BTreeSet<&NodeId>) -> Vec<Way<'a>> {
    let mut ways = match &node.kind {
        NodeKind::Announce(announce) => vec![(Condition::Always, &announce.next)],
        NodeKind::Record(record) => vec![(Condition::Always, &record.next)],
        NodeKind::Confirm(confirm) => vec![(Condition::Always, &confirm.yes)],
        NodeKind::Branch(branch) => rules(branch),
        NodeKind::Menu(menu) => options(node, menu),
        NodeKind::Gather(gather) => entries(node, gather),
        NodeKind::Identify(_) | NodeKind::SubFlow(_) | NodeKind::HandOver(_) | NodeKind::End(_) => Vec::new(),
    };
    let Some(retry) = retry_of(node) else { return ways };
    if finishing.contains(&retry.give_up.to) {
        let given = Condition::Given(node.id.clone());
        ways = ways.into_iter().map(|(way, spot)| (Condition::all([given.clone(), way]), spot)).collect();
        ways.push((given.not(), &retry.give_up));
    }
    ways
}

/// Also the way past a question whose item was answered earlier on the day.
fn all_ways<'a>(flow: &'a Flow, node: &'a Node, finishing: &BTreeSet<&NodeId>) -> Vec<Way<'a>> {
    let mut ways = ways_from(node, finishing);
    if let Some((item, after)) = node.question().and_then(|item| Some((item, flow.after(item)?))) {
        let before = Condition::AnsweredBefore(item);
        let open = before.clone().not();
        ways = ways.into_iter().map(|(way, spot)| (Condition::all([open.clone(), way]), spot)).collect();
        ways.push((before, after));
    }
    ways
}

fn rules(branch: &Branch) -> Vec<Way<'_>> {
    let mut ways = Vec::new();
    let mut earlier: Vec<Condition> = Vec::new();
    for rule in &branch.rules {
        let test = match &rule.test {
            Test::EntryIs(entry, text) => Condition::Is(entry.to.clone(), text.clone()),
            Test::EntryAtMost(entry, bound) => Condition::AtMost(entry.to.clone(), *bound),
            Test::AnswerIs(item, text) => Condition::Answered(*item, text.clone()),
            // These never hold on a form, and other tests are found as obstacles.
            _ => continue,
        };
        ways.push((Condition::all(earlier.iter().cloned().chain([test.clone()])), &rule.go));
        earlier.push(test.not());
    }
    ways.push((Condition::all(earlier), &branch.otherwise));
    ways
}

fn options<'a>(node: &Node, menu: &'a Menu) -> Vec<Way<'a>> {
    let is = |code: std::sync::Arc<str>| Condition::Is(node.id.clone(), code);
    let code = |(key, choice): (&crate::flow::Key, &'a crate::flow::Choice)| {
        (is(choice.value.clone().unwrap_or_else(|| key.0.to_string().into())), &choice.go)
    };
    menu.keys.iter().map(code).collect()
}

fn entries<'a>(node: &Node, gather: &'a Gather) -> Vec<Way<'a>> {
    let is = |entry: &String| Condition::Is(node.id.clone(), entry.as_str().into());
    let measured = Condition::all(gather.instead.keys().map(|entry| is(entry).not()));
    let instead = gather.instead.iter().map(|(entry, spot)| (is(entry), spot));
    [(measured, &gather.next)].into_iter().chain(instead).collect()
}

/// Ways to one node as one way.
fn merged(ways: Vec<Way<'_>>) -> Vec<Way<'_>> {
    let mut merged: Vec<Way<'_>> = Vec::new();
    for (condition, spot) in ways {
        match merged.iter_mut().find(|(_, other)| other.to == spot.to) {
            Some((whole, _)) => *whole = Condition::any([whole.clone(), condition]),
            None => merged.push((condition, spot)),
        }
    }
    // The ways of a node cover everything, so an only one is always taken.
    if let [(condition, _)] = merged.as_mut_slice() {
        *condition = Condition::Always;
    }
    merged
}

/// The nodes in an order in which every way leads onwards, and otherwise that of the document.
fn ordered<'a>(flow: &'a Flow, ways: &BTreeMap<&'a NodeId, Vec<Way<'a>>>) -> Result<Vec<&'a Node>, Option<Obstacle>> {
    let mut rest: Vec<&Node> = flow.in_order().filter(|node| ways.contains_key(&node.id)).collect();
    let onward = |node: &Node| ways.get(&node.id).into_iter().flatten().map(|(_, spot)| &spot.to);
    let mut order = Vec::new();
    while !rest.is_empty() {
        let entered: BTreeSet<&NodeId> = rest.iter().flat_map(|node| onward(node)).collect();
        let Some(first) = rest.iter().position(|node| !entered.contains(&node.id)) else {
            return Err(circle(&rest, &onward));
        };
        order.push(rest.remove(first));
    }
    Ok(order)
}

/// The question that asks once more for an item that an earlier node in this order stores.
fn comes_back(flow: &Flow, order: &[&Node], otherwise: Option<Obstacle>) -> Option<Obstacle> {
    let position = |id: &NodeId| order.iter().position(|node| node.id == *id);
    let back = order.iter().enumerate().find_map(|(nth, node)| {
        let item = node.question()?;
        let after = position(&flow.after(item)?.to)?;
        let kind = ObstacleKind::AskedTwice(item);
        (after <= nth).then(|| Obstacle { node: node.id.clone(), line: node.line, kind })
    });
    back.or(otherwise)
}

/// A circle among nodes each of which another one leads to.
fn circle<'a, W: Iterator<Item = &'a NodeId>>(rest: &[&'a Node], onward: &impl Fn(&'a Node) -> W) -> Option<Obstacle> {
    let mut way: Vec<&'a Node> = vec![rest.first()?];
    // Backwards, since every node is entered.
    for _ in rest {
        let last = way.last()?;
        let before = rest.iter().find(|node| onward(node).any(|id| *id == last.id))?;
        if let Some(start) = way.iter().position(|node| node.id == before.id) {
            let mut nodes: Vec<&Node> = way.get(start..)?.to_vec();
            nodes.reverse();
            let first = nodes.iter().enumerate().min_by_key(|(_, node)| node.line).map_or(0, |(nth, _)| nth);
            nodes.rotate_left(first);
            let line = nodes.first()?.line;
            let names: Vec<NodeId> = nodes.iter().chain(nodes.first()).map(|node| node.id.clone()).collect();
            return Some(Obstacle { node: names.first()?.clone(), line, kind: ObstacleKind::Circle(names) });
        }
        way.push(before);
    }
    None
}

fn obstacles_at(node: &Node) -> Vec<Obstacle> {
    let at = |line: u32, kind: ObstacleKind| Obstacle { node: node.id.clone(), line, kind };
    match &node.kind {
        NodeKind::Announce(_) | NodeKind::End(_) => Vec::new(),
        NodeKind::Identify(_) | NodeKind::SubFlow(_) | NodeKind::HandOver(_) => {
            vec![at(node.line, ObstacleKind::NeedsACall)]
        }
        NodeKind::Record(record) => match record.what {
            RecordWhat::Answer { .. } | RecordWhat::Report => Vec::new(),
            _ => vec![at(node.line, ObstacleKind::NeedsACall)],
        },
        NodeKind::Confirm(confirm) if confirm.no.to != confirm.of.to => {
            vec![at(confirm.no.line, ObstacleKind::DoesNotReturn)]
        }
        NodeKind::Confirm(_) => Vec::new(),
        NodeKind::Gather(gather) => match gather.takes {
            Takes::Number { .. } => Vec::new(),
            Takes::Digits { .. } | Takes::Date => vec![at(node.line, ObstacleKind::NotANumber)],
        },
        NodeKind::Branch(branch) => {
            let asks = |test: &Test| {
                let of_entries = matches!(test, Test::EntryIs(..) | Test::EntryAtMost(..) | Test::AnswerIs(..));
                of_entries || matches!(test, Test::KnownCaller | Test::Spo2LeftOut)
            };
            let rules = branch.rules.iter().filter(|rule| !asks(&rule.test));
            rules.map(|rule| at(rule.go.line, ObstacleKind::RuleOnTheCall)).collect()
        }
        NodeKind::Menu(menu) => {
            let languages = menu.keys.values().filter(|choice| choice.language.is_some());
            let languages = languages.map(|choice| at(choice.go.line, ObstacleKind::ChangesLanguage));
            languages.chain(two_ways(node, menu)).collect()
        }
    }
}

fn two_ways(node: &Node, menu: &Menu) -> Option<Obstacle> {
    let mut known = BTreeMap::<Box<str>, &NodeId>::new();
    menu.keys.iter().find_map(|(key, choice)| {
        let code: Box<str> = choice.value.as_deref().map_or_else(|| key.0.to_string().into(), Into::into);
        let other = known.insert(code.clone(), &choice.go.to);
        let line = choice.go.line;
        let kind = ObstacleKind::TwoWaysForOneValue(code);
        other.filter(|other| **other != choice.go.to).map(|_| Obstacle { node: node.id.clone(), line, kind })
    })
}

fn retry_of(node: &Node) -> Option<&Retry> {
    match &node.kind {
        NodeKind::Menu(menu) => Some(&menu.retry),
        NodeKind::Gather(gather) => Some(&gather.retry),
        _ => None,
    }
}
