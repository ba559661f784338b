//! The position of each card. The main path is in the middle column and the side paths are in the column to its
//! right, each as near as possible to the card that leads there.

use std::collections::{BTreeMap, BTreeSet};

use super::cards::Card;
use super::text::width;
use super::words::Words;
use crate::flow::{Exit, Flow, Node, NodeId, NodeKind, names};

/// The widths of the cards in the two columns.
const MAIN: f64 = 440.0;
const SIDE: f64 = 340.0;
/// The height of the title and the legend.
const TOP: f64 = 190.0;
/// The space between two cards of a column.
const GAP: f64 = 30.0;
/// The line height of an arrow's label.
pub(super) const LABEL: f64 = 17.0;
/// The font size of an arrow's label.
pub(super) const LABEL_SIZE: f64 = 13.0;
/// The space between two arrows at one side of a card.
pub(super) const PORT: f64 = 24.0;

/// The two columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Main,
    Side,
}

/// An arrow between two cards. It stands for all exits with the same target; grey exits have arrows of their own.
pub(super) struct Way {
    pub from: usize,
    pub to: usize,
    pub grey: bool,
    pub labels: Vec<String>,
}

/// The cards in their columns and the arrows between them.
pub(super) struct Picture {
    pub cards: Vec<Card>,
    pub columns: Vec<Column>,
    pub ways: Vec<Way>,
    /// The next card below each card in its column.
    pub below: BTreeMap<usize, usize>,
}

impl Picture {
    /// Returns `true` if an arrow leads straight down to the next card.
    pub fn is_straight(&self, way: &Way) -> bool {
        !way.grey && self.below.get(&way.from) == Some(&way.to)
    }

    pub fn bottom(&self) -> f64 {
        self.cards.iter().map(Card::bottom).fold(TOP, f64::max)
    }
}

pub(super) fn place(words: &Words<'_>) -> Picture {
    let main = main_way(words.flow);
    let side = side_ways(words.flow, &main);
    let order: Vec<&Node> = main.iter().copied().chain(side.iter().map(|(node, _)| *node)).collect();
    let index: BTreeMap<&NodeId, usize> = order.iter().enumerate().map(|(at, node)| (&node.id, at)).collect();
    let column = |at: usize| if at < main.len() { Column::Main } else { Column::Side };
    let cards = order
        .iter()
        .enumerate()
        .map(|(at, node)| Card::new(words, node, if column(at) == Column::Main { MAIN } else { SIDE }));
    let mut picture = Picture {
        cards: cards.collect(),
        columns: (0..order.len()).map(column).collect(),
        ways: order.iter().flat_map(|node| ways(words, node, &index)).collect(),
        below: (1..order.len()).filter(|at| column(*at) == column(at - 1)).map(|at| (at - 1, at)).collect(),
    };
    stretch(&mut picture);
    let beside: Vec<Option<usize>> = side.iter().map(|(_, from)| from.and_then(|id| index.get(id).copied())).collect();
    stack(&mut picture, main.len(), &beside);
    picture
}

/// The path from the start along the most common exits, with each node once.
fn main_way(flow: &Flow) -> Vec<&Node> {
    let mut way: Vec<&Node> = Vec::new();
    let mut next = flow.nodes.get(&flow.start.to);
    while let Some(node) = next {
        way.push(node);
        let fresh = |id: &NodeId| !way.iter().any(|seen| seen.id == *id);
        next = usual(node).into_iter().filter(|id| fresh(id)).find_map(|id| flow.nodes.get(id));
    }
    way
}

/// The exits other than failures, the most common first.
fn usual(node: &Node) -> Vec<&NodeId> {
    let mut exits: Vec<(Exit, &NodeId)> = node.exits().into_iter().map(|(exit, spot)| (exit, &spot.to)).collect();
    exits.retain(|(exit, _)| !is_failure(exit));
    match &node.kind {
        NodeKind::Branch(_) => exits.sort_by_key(|(exit, _)| !matches!(exit, Exit::Otherwise)),
        NodeKind::SubFlow(_) => {
            exits.sort_by_key(|(exit, _)| !matches!(exit, Exit::Result(result) if result.as_str() == names::DONE))
        }
        NodeKind::Identify(_) => exits.truncate(1),
        _ => {}
    }
    exits.into_iter().map(|(_, id)| id).collect()
}

fn is_failure(exit: &Exit) -> bool {
    matches!(exit, Exit::GiveUp) || matches!(exit, Exit::Result(result) if result.as_str() == names::GAVE_UP)
}

/// The other nodes, each with the first node that leads to it. Side paths come before what happens if nobody answers.
fn side_ways<'a>(flow: &'a Flow, main: &[&'a Node]) -> Vec<(&'a Node, Option<&'a NodeId>)> {
    let mut seen: BTreeSet<&NodeId> = main.iter().map(|node| &node.id).collect();
    let mut side = Vec::new();
    for failures in [false, true] {
        let mut sources: Vec<&Node> = main.to_vec();
        sources.extend(side.iter().map(|(node, _): &(&Node, _)| *node));
        for source in sources {
            for (_, spot) in source.exits().into_iter().filter(|(exit, _)| is_failure(exit) == failures) {
                let mut from = Some(&source.id);
                let mut next = flow.nodes.get(&spot.to);
                while let Some(node) = next.filter(|node| seen.insert(&node.id)) {
                    side.push((node, if failures { None } else { from }));
                    from = Some(&node.id);
                    next = usual(node).into_iter().find(|id| !seen.contains(id)).and_then(|id| flow.nodes.get(id));
                }
            }
        }
    }
    for node in flow.in_order() {
        if seen.insert(&node.id) {
            side.push((node, None));
        }
    }
    side
}

fn ways(words: &Words<'_>, node: &Node, index: &BTreeMap<&NodeId, usize>) -> Vec<Way> {
    let Some(from) = index.get(&node.id).copied() else { return Vec::new() };
    let mut ways: Vec<Way> = Vec::new();
    for (exit, spot) in node.exits() {
        let Some(to) = index.get(&spot.to).copied() else { continue };
        let grey = is_failure(&exit);
        let label = words.exit(&exit);
        match ways.iter_mut().find(|way| way.to == to && way.grey == grey) {
            Some(way) => way.labels.push(label),
            None => ways.push(Way { from, to, grey, labels: vec![label] }),
        }
    }
    for way in &mut ways {
        way.labels.retain(|label| !label.is_empty());
    }
    ways
}

/// Makes cards tall enough for the arrows at their sides.
fn stretch(picture: &mut Picture) {
    for at in 0..picture.cards.len() {
        let [left, right] = super::routes::ports(picture, at).map(|side| side.len());
        let needed = (left.max(right) as f64 + 0.6) * PORT;
        picture.cards[at].height = picture.cards[at].height.max(needed);
    }
}

/// The label of a straight arrow, with as many words on a line as fit.
pub(super) fn straight_labels(picture: &Picture, from: usize) -> Vec<String> {
    let way = picture.ways.iter().find(|way| way.from == from && picture.is_straight(way));
    let mut lines: Vec<String> = Vec::new();
    for label in way.map(|way| way.labels.as_slice()).unwrap_or_default() {
        match lines.last_mut().filter(|line| width(line, LABEL_SIZE) + width(label, LABEL_SIZE) < MAIN / 2.0 - 20.0) {
            Some(line) => *line = format!("{line}　{label}"),
            None => lines.push(label.clone()),
        }
    }
    lines
}

fn stack(picture: &mut Picture, main: usize, beside: &[Option<usize>]) {
    let room = |picture: &Picture, at: usize| {
        let lines = straight_labels(picture, at).len() as f64;
        GAP.max(lines * LABEL + 26.0)
    };
    let mut y = TOP;
    for at in 0..main {
        picture.cards[at].y = y;
        y = on_grid(picture.cards[at].bottom() + room(picture, at));
    }
    let last = picture.cards.get(main.saturating_sub(1)).map_or(TOP, |card| card.y);
    // Offset by half a port from the main column's grid, so that arrows from both sides never have the same height.
    let mut y = TOP + PORT / 2.0;
    for (nth, from) in beside.iter().enumerate() {
        let at = main + nth;
        let wished = match from {
            Some(from) if *from < main => picture.cards[*from].y + PORT / 2.0,
            Some(_) => y,
            // What happens if nobody answers is next to the end.
            None => last - 4.5 * PORT,
        };
        picture.cards[at].y = y.max(wished);
        y = on_grid(picture.cards[at].bottom() + room(picture, at)) + PORT / 2.0;
    }
}

fn on_grid(y: f64) -> f64 {
    TOP + ((y - TOP) / PORT).ceil() * PORT
}
