//! Items that come up more than once on one way through the questions. On a form, all questions are there at once.

use std::collections::BTreeSet;

use super::graph::Graph;
use super::obstacle::{Obstacle, ObstacleKind};
use crate::domain::Item;
use crate::flow::{Node, NodeKind, RecordWhat, Test};

/// Everything that comes up where a form can't show it.
pub(super) fn found(graph: &Graph<'_>) -> Vec<Obstacle> {
    let nodes: Vec<&Node> = graph.nodes().collect();
    let mut obstacles = Vec::new();
    let mut told = BTreeSet::new();
    for (node, later) in nodes.iter().zip(graph.later()) {
        for other in later.iter().filter_map(|nth| nodes.get(*nth)) {
            let again = comes_again(node, other);
            let found = again.map(|item| (Some(item), *other, other.line, ObstacleKind::AskedTwice(item)));
            let found = found.or_else(|| {
                let (item, line) = tested_early(node, other)?;
                Some((Some(item), *node, line, ObstacleKind::TestedBeforeItIsAsked(item)))
            });
            let found = found.or_else(|| {
                after_the_report(node, other).then_some((None, *other, other.line, ObstacleKind::AfterTheReport))
            });
            let Some((item, at, line, kind)) = found else { continue };
            if told.insert(item) {
                obstacles.push(Obstacle { node: at.id.clone(), line, kind });
            }
        }
    }
    obstacles.sort_by_key(|obstacle| obstacle.line);
    obstacles
}

/// Finds an item that is stored and then asked for once more. A number may be measured again by a question that doesn't
/// name the item.
fn comes_again(node: &Node, later: &Node) -> Option<Item> {
    let item = recorded(node)?;
    let yes_no = item.read("yes").is_some();
    (later.question() == Some(item) || (yes_no && recorded(later) == Some(item))).then_some(item)
}

/// Finds a rule about an answer that is only given later, and the rule's line.
fn tested_early(node: &Node, later: &Node) -> Option<(Item, u32)> {
    let NodeKind::Branch(branch) = &node.kind else { return None };
    let item = recorded(later)?;
    let rule = branch.rules.iter().find(|rule| matches!(rule.test, Test::AnswerIs(of, _) if of == item))?;
    Some((item, rule.go.line))
}

fn after_the_report(node: &Node, later: &Node) -> bool {
    let reported = matches!(&node.kind, NodeKind::Record(record) if matches!(record.what, RecordWhat::Report));
    reported && (later.waits() || matches!(later.kind, NodeKind::Record(_)))
}

fn recorded(node: &Node) -> Option<Item> {
    match &node.kind {
        NodeKind::Record(record) => match &record.what {
            RecordWhat::Answer { item, .. } => Some(*item),
            _ => None,
        },
        _ => None,
    }
}
