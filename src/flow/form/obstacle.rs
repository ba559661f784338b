//! What a form can't show, with its place in the document.

use crate::domain::Item;
use crate::flow::NodeId;

/// Something that a form can't show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The node.
    pub node: NodeId,
    /// The line in the flow's `flow.toml`, counted from 1.
    pub line: u32,
    /// What it is.
    pub kind: ObstacleKind,
}

/// The kinds of things that a form can't show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObstacleKind {
    /// The node does something that takes a call: a transfer, an identification, another flow, a request.
    NeedsACall,
    /// A rule depends on the call.
    RuleOnTheCall,
    /// A key changes the call's language.
    ChangesLanguage,
    /// The question takes digits or a date, not a number.
    NotANumber,
    /// Two keys have one value and lead to different nodes.
    TwoWaysForOneValue(Box<str>),
    /// The confirmation doesn't return to its question if the entry is wrong.
    DoesNotReturn,
    /// The questions run in a circle through these nodes.
    Circle(Vec<NodeId>),
    /// The item is asked for once more on the way.
    AskedTwice(Item),
    /// A rule tests an answer that is only given further on.
    TestedBeforeItIsAsked(Item),
    /// Something is asked or stored after the finished report.
    AfterTheReport,
    /// No way through the questions finishes the report.
    NoReport,
    /// The conditions have too many tests for a person to follow, or for a page to show.
    TooManyConditions,
}
