//! Routes arrows at right angles around the cards. Arrows with the same target share a lane.

use std::collections::BTreeMap;

use super::layout::{Column, LABEL_SIZE, PORT, Picture, Way};
use super::text::width;

/// The space between two lanes.
const LANE: f64 = 14.0;
/// The minimum space for an arrow's label beside a card.
const WORDS: f64 = 40.0;
/// The margin around everything.
pub(super) const MARGIN: f64 = 36.0;

/// The areas without cards in which lanes run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strip {
    Left,
    Between,
    Right,
}

/// What connects to a card at its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    /// The arrow head of a lane.
    Enters(Strip, usize, bool),
    /// An exit, by its index.
    Leaves(usize),
}

/// A lane: all arrows of one colour to one card in one strip.
pub(super) struct Lane {
    pub strip: Strip,
    pub to: usize,
    pub grey: bool,
    pub x: f64,
    /// The position of the arrow head.
    pub enters: (f64, f64),
    /// Where each arrow leaves its card: its index and the position.
    pub leaves: Vec<(usize, (f64, f64))>,
}

impl Lane {
    /// The highest and the lowest point.
    pub fn reach(&self) -> (f64, f64) {
        let heights = self.leaves.iter().map(|(_, (_, y))| *y).chain([self.enters.1]);
        heights.fold((f64::MAX, f64::MIN), |(top, bottom), y| (top.min(y), bottom.max(y)))
    }
}

fn strip(picture: &Picture, way: &Way) -> Strip {
    match (picture.columns[way.from], picture.columns[way.to]) {
        (Column::Main, Column::Main) => Strip::Left,
        (Column::Side, Column::Side) => Strip::Right,
        _ => Strip::Between,
    }
}

/// The ports on the left and on the right of a card, from top to bottom, arrow heads first.
pub(super) fn ports(picture: &Picture, card: usize) -> [Vec<Port>; 2] {
    let mut sides = [Vec::new(), Vec::new()];
    let is_right = |strip| match picture.columns[card] {
        Column::Main => strip != Strip::Left,
        Column::Side => strip != Strip::Between,
    };
    for way in picture.ways.iter().filter(|way| way.to == card && !picture.is_straight(way)) {
        let strip = strip(picture, way);
        let port = Port::Enters(strip, card, way.grey);
        let side = &mut sides[usize::from(is_right(strip))];
        if !side.contains(&port) {
            side.push(port);
        }
    }
    for (at, way) in picture.ways.iter().enumerate().filter(|(_, way)| way.from == card && !picture.is_straight(way)) {
        sides[usize::from(is_right(strip(picture, way)))].push(Port::Leaves(at));
    }
    sides
}

/// Assigns a horizontal position to every card and a lane to every group of arrows.
pub(super) fn route(picture: &mut Picture) -> Vec<Lane> {
    let mut lanes = streets(picture);
    let levels = share_out(&mut lanes);
    let count = |strip: Strip| levels.get(&strip).copied().unwrap_or_default() as f64 * LANE;
    let main_words = [words(picture, Column::Main, 0), words(picture, Column::Main, 1)];
    let side_words = [words(picture, Column::Side, 0), words(picture, Column::Side, 1)];
    let main_x = MARGIN + count(Strip::Left) + main_words[0];
    let main_end = main_x + picture.cards.first().map_or(0.0, |card| card.width);
    let side_x = main_end + main_words[1] + count(Strip::Between) + side_words[0];
    let side_end = side_x + picture.cards.last().map_or(0.0, |card| card.width);
    for (card, column) in picture.cards.iter_mut().zip(&picture.columns) {
        card.x = if *column == Column::Main { main_x } else { side_x };
    }
    for lane in &mut lanes {
        let level = (lane.x + 0.5) * LANE;
        lane.x = match lane.strip {
            Strip::Left => main_x - main_words[0] - level,
            Strip::Between => main_end + main_words[1] + level,
            Strip::Right => side_end + side_words[1] + level,
        };
    }
    for card in 0..picture.cards.len() {
        let shape = &picture.cards[card];
        let (left, right, top) = (shape.x, shape.x + shape.width, shape.y);
        for (x, side) in [left, right].into_iter().zip(ports(picture, card)) {
            for (nth, port) in side.into_iter().enumerate() {
                let place = (x, top + (nth as f64 + 0.9) * PORT);
                for lane in &mut lanes {
                    match port {
                        Port::Enters(strip, to, grey) if (lane.strip, lane.to, lane.grey) == (strip, to, grey) => {
                            lane.enters = place;
                        }
                        Port::Leaves(way) => {
                            lane.leaves.iter_mut().filter(|(at, _)| *at == way).for_each(|(_, at)| *at = place);
                        }
                        Port::Enters(..) => {}
                    }
                }
            }
        }
    }
    lanes
}

fn streets(picture: &Picture) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for (at, way) in picture.ways.iter().enumerate().filter(|(_, way)| !picture.is_straight(way)) {
        let strip = strip(picture, way);
        // The heights are approximate here, but sufficient to find lanes that overlap.
        let from = (0.0, picture.cards[way.from].y);
        let to = (0.0, picture.cards[way.to].y);
        match lanes.iter_mut().find(|lane| (lane.strip, lane.to, lane.grey) == (strip, way.to, way.grey)) {
            Some(lane) => lane.leaves.push((at, from)),
            None => {
                lanes.push(Lane { strip, to: way.to, grey: way.grey, x: 0.0, enters: to, leaves: vec![(at, from)] })
            }
        }
    }
    lanes
}

/// Short lanes are placed next to the cards, and lanes that don't overlap share a position. Returns the number of
/// lanes in each strip.
fn share_out(lanes: &mut [Lane]) -> BTreeMap<Strip, usize> {
    let mut order: Vec<usize> = (0..lanes.len()).collect();
    order.sort_by(|a, b| {
        let length = |at: usize| lanes[at].reach().1 - lanes[at].reach().0;
        (lanes[*a].grey, length(*a)).partial_cmp(&(lanes[*b].grey, length(*b))).unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut taken: BTreeMap<Strip, Vec<Vec<(f64, f64)>>> = BTreeMap::new();
    for at in order {
        let (top, bottom) = lanes[at].reach();
        let (top, bottom) = (top - 10.0, bottom + 170.0);
        let levels = taken.entry(lanes[at].strip).or_default();
        let free = levels.iter().position(|used| used.iter().all(|(from, to)| bottom < *from || *to < top));
        let level = free.unwrap_or(levels.len());
        if level == levels.len() {
            levels.push(Vec::new());
        }
        levels[level].push((top, bottom));
        lanes[at].x = level as f64;
    }
    taken.into_iter().map(|(strip, levels)| (strip, levels.len())).collect()
}

/// The space that the longest label needs at one side of a column.
fn words(picture: &Picture, column: Column, side: usize) -> f64 {
    let cards = (0..picture.cards.len()).filter(|card| picture.columns[*card] == column);
    let ports = cards.flat_map(|card| std::mem::take(&mut ports(picture, card)[side]));
    let widths = ports.map(|port| match port {
        Port::Leaves(way) => width(&label(&picture.ways[way]), LABEL_SIZE) + 22.0,
        Port::Enters(..) => WORDS,
    });
    widths.fold(WORDS, f64::max)
}

/// The label of an arrow.
pub(super) fn label(way: &Way) -> String {
    match way.labels.as_slice() {
        // Only the keys, if their meanings would take too much space.
        [first, .., last] if way.labels.len() > 3 => {
            let key = |label: &str| label.split(' ').next().unwrap_or_default().to_owned();
            format!("{}–{}", key(first), key(last))
        }
        labels => labels.join("　"),
    }
}
