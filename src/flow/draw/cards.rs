//! One card for each node, with its text broken into lines.

use super::text::wrap;
use super::words::Words;
use crate::domain::Language;
use crate::flow::{Node, NodeKind, RecordWhat};

/// The size of the wording, in pixels.
pub(super) const WORDING: f64 = 14.0;
/// The height of a line of wording.
pub(super) const LINE: f64 = 21.0;
/// The height of the head with kind and title.
pub(super) const HEAD: f64 = 34.0;
const PADDING: f64 = 14.0;

/// The shape of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Question,
    Announcement,
    Decision,
    Record,
    SubFlow,
    HandOver,
    End,
}

impl Shape {
    /// All shapes, in the order of the legend.
    pub const ALL: [Self; 7] =
        [Self::Question, Self::Announcement, Self::Decision, Self::Record, Self::SubFlow, Self::HandOver, Self::End];

    fn of(node: &Node) -> Self {
        match node.kind {
            NodeKind::Menu(_) | NodeKind::Gather(_) | NodeKind::Confirm(_) => Self::Question,
            NodeKind::Announce(_) => Self::Announcement,
            NodeKind::Branch(_) | NodeKind::Identify(_) => Self::Decision,
            NodeKind::Record(_) => Self::Record,
            NodeKind::SubFlow(_) => Self::SubFlow,
            NodeKind::HandOver(_) => Self::HandOver,
            NodeKind::End(_) => Self::End,
        }
    }
}

/// A node in the picture.
pub(super) struct Card {
    pub shape: Shape,
    pub kind: &'static str,
    pub title: String,
    /// Lines of wording, with the language's tag if the prompt has a fixed language.
    pub lines: Vec<(Option<Language>, String)>,
    /// `true` if a red answer is followed by advice here.
    pub advises: bool,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Card {
    pub fn new(words: &Words<'_>, node: &Node, width: f64) -> Self {
        let mut lines = Vec::new();
        let says = match &node.kind {
            NodeKind::Announce(announce) => announce.say.as_slice(),
            NodeKind::Menu(menu) => &menu.say,
            NodeKind::Gather(gather) => &gather.say,
            NodeKind::Confirm(confirm) => &confirm.say,
            _ => &[],
        };
        for say in says {
            let indent = if say.language.is_some() { 62.0 } else { 0.0 };
            let broken = wrap(&words.wording(say), width - 2.0 * PADDING - indent, WORDING);
            // Only the first line of a wording has the tag. The others have the same indentation.
            lines.extend(broken.into_iter().map(|line| (say.language, line)));
        }
        let advises = match &node.kind {
            NodeKind::Record(record) => match &record.what {
                RecordWhat::Answer { item, on_red, .. } => !on_red.is_empty() && item.can_be_red(),
                _ => false,
            },
            _ => false,
        };
        let body = if lines.is_empty() { 0.0 } else { lines.len() as f64 * LINE + PADDING };
        Self {
            shape: Shape::of(node),
            kind: words.kind(node),
            title: words.title(node),
            lines,
            advises,
            x: 0.0,
            y: 0.0,
            width,
            height: HEAD + body,
        }
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub fn middle(&self) -> f64 {
        self.x + self.width / 2.0
    }
}
