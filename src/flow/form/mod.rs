//! A flow of questions as a form: the same items, bounds, options and conditions that the phone uses, from the same
//! document.
//!
//! A form has no keys to press and no order to wait for. Confirmations become a field's read-back, and silence becomes
//! an empty field. Everything else keeps its meaning: `engine::form::submit` walks the flow with a form's answers.

mod condition;
mod entry;
mod graph;
mod obstacle;
mod repeats;

use std::sync::Arc;

pub use condition::Condition;
pub use entry::NotReadable;
pub use obstacle::{Obstacle, ObstacleKind};

use super::{Flow, FlowName, Key, Menu, Node, NodeId, NodeKind, PromptId, ReadAs, RecordWhat, Say, Takes};
use crate::domain::Item;
use graph::Graph;

/// A flow of questions as a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The flow.
    pub flow: FlowName,
    /// Fields and records in an order in which everything that a condition refers to comes earlier.
    pub steps: Vec<FormStep>,
}

/// A step of a form: something to fill in, or the point at which an answer counts as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormStep {
    /// A question.
    Field(Field),
    /// The answer of an earlier field is stored.
    Record {
        /// The item.
        item: Item,
        /// The field with the entry.
        from: NodeId,
        /// When it is stored.
        if_: Condition,
    },
}

/// One question of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The node of the question. It names the field.
    pub id: NodeId,
    /// The item that is stored. `None` if the answer only decides what is asked next.
    pub item: Option<Item>,
    /// The item whose earlier answer of the day makes the question unnecessary.
    pub question: Option<Item>,
    /// What can be filled in.
    pub kind: FieldKind,
    /// Whether it may stay empty.
    pub requirement: Requirement,
    /// The prompts with the question, for [`super::Wording::on_form`].
    pub label: Vec<PromptId>,
    /// The prompt that explains how to answer; `None` if only the shared one does, which speaks of keys.
    pub help: Option<PromptId>,
    /// How an entry is shown to the person once more.
    pub read_back: Option<ReadBack>,
    /// When it is asked. An item answered earlier on the day isn't asked again, whatever this says.
    pub asked_if: Condition,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A number.
    Number {
        /// The digits of the entry, which has no decimal point.
        digits: u8,
        /// The minimum, in units of the scale.
        at_least: u32,
        /// The maximum, in units of the scale.
        at_most: u32,
        /// The unit of the entry.
        scale: Scale,
        /// Entries beside the range (`000`: couldn't be measured).
        instead: Vec<Box<str>>,
    },
    /// One of several options.
    Choice(Vec<FieldOption>),
}

/// The unit of a number's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// The number itself: 98 is 98.
    Whole,
    /// Tenths: 375 is 37.5.
    Tenths,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOption {
    /// The key that chooses it on the phone.
    pub key: Key,
    /// What is filled in: the key's value, or the key itself if it has none.
    pub code: Arc<str>,
}

/// Whether a field may stay empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Without an answer there is no report: on the phone, the call gives up.
    Required,
    /// The questions go on without it.
    Optional,
}

/// How an entry is shown to the person once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBack {
    /// The prompts; `{value}` is the entry.
    pub prompts: Vec<PromptId>,
    /// How the entry is written.
    pub read_as: ReadAs,
}

impl Form {
    /// Derives the form of a flow.
    ///
    /// # Errors
    ///
    /// Returns everything that a form can't show.
    pub fn of(flow: &Flow) -> Result<Self, Vec<Obstacle>> {
        let graph = Graph::of(flow)?;
        let obstacles = repeats::found(&graph);
        if !obstacles.is_empty() {
            return Err(obstacles);
        }
        let conditions = graph.conditions()?;
        let mut steps = Vec::new();
        for (node, condition) in graph.nodes().zip(conditions) {
            steps.extend(step(flow, &graph, node, condition));
        }
        Ok(Self { flow: flow.name.clone(), steps })
    }

    /// The fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.steps.iter().filter_map(|step| match step {
            FormStep::Field(field) => Some(field),
            FormStep::Record { .. } => None,
        })
    }
}

fn step(flow: &Flow, graph: &Graph<'_>, node: &Node, condition: Condition) -> Option<FormStep> {
    let (kind, say, retry) = match &node.kind {
        NodeKind::Menu(menu) => (FieldKind::Choice(options(menu)), label(&menu.say, &menu.short), &menu.retry),
        NodeKind::Gather(gather) => {
            let Takes::Number { digits, at_least, at_most, .. } = gather.takes else { return None };
            let scale = scale(graph, node);
            let instead = gather.instead.keys().map(|entry| entry.as_str().into()).collect();
            (
                FieldKind::Number { digits, at_least, at_most, scale, instead },
                label(&gather.say, &gather.short),
                &gather.retry,
            )
        }
        NodeKind::Record(record) => {
            let RecordWhat::Answer { item, from, .. } = &record.what else { return None };
            return Some(FormStep::Record { item: *item, from: from.to.clone(), if_: condition });
        }
        _ => return None,
    };
    let own = format!("{}.", flow.name);
    let help = retry.no_match.first().map(|say| &say.prompt).filter(|prompt| prompt.as_str().starts_with(&own));
    let optional = graph.goes_on_without(node);
    Some(FormStep::Field(Field {
        id: node.id.clone(),
        item: item_of(graph, node),
        question: node.question(),
        kind,
        requirement: if optional { Requirement::Optional } else { Requirement::Required },
        label: prompts(say),
        help: help.cloned(),
        read_back: read_back(graph, node),
        asked_if: condition,
    }))
}

/// The wording without keys, if there is one: a form has none.
fn label<'n>(say: &'n [Say], short: &'n [Say]) -> &'n [Say] {
    if short.is_empty() { say } else { short }
}

fn prompts(say: &[Say]) -> Vec<PromptId> {
    say.iter().map(|say| say.prompt.clone()).collect()
}

/// The options of a menu. Of several keys with one meaning, the first is kept.
fn options(menu: &Menu) -> Vec<FieldOption> {
    let mut options: Vec<FieldOption> = Vec::new();
    for (key, choice) in &menu.keys {
        let code = choice.value.clone().unwrap_or_else(|| key.0.to_string().into());
        if options.iter().all(|option| option.code != code) {
            options.push(FieldOption { key: *key, code });
        }
    }
    options
}

fn item_of(graph: &Graph<'_>, node: &Node) -> Option<Item> {
    graph.nodes().find_map(|other| match &other.kind {
        NodeKind::Record(record) => match &record.what {
            RecordWhat::Answer { item, from, .. } if from.to == node.id => Some(*item),
            _ => None,
        },
        _ => None,
    })
}

fn read_back(graph: &Graph<'_>, node: &Node) -> Option<ReadBack> {
    graph.nodes().find_map(|other| match &other.kind {
        NodeKind::Confirm(confirm) if confirm.of.to == node.id => {
            Some(ReadBack { prompts: prompts(&confirm.say), read_as: confirm.read_as })
        }
        _ => None,
    })
}

fn scale(graph: &Graph<'_>, node: &Node) -> Scale {
    let tenths = item_of(graph, node) == Some(Item::BodyTemperature)
        || read_back(graph, node).is_some_and(|read_back| read_back.read_as == ReadAs::Temperature);
    if tenths { Scale::Tenths } else { Scale::Whole }
}
