//! The exits of a node, as one list for all kinds. The check and the picture use it.

use std::sync::Arc;

use super::{Flow, FlowName, Key, Node, NodeId, NodeKind, Record, RecordWhat, ResultName, Say, Spanned, Test};
use crate::domain::{Item, Language};

/// Why a call leaves a node.
#[derive(Debug, Clone)]
pub enum Exit {
    /// The only exit.
    Next,
    /// A key of a menu, with its value or language.
    Key(Key, Option<Arc<str>>, Option<Language>),
    /// An entry that skips the rest.
    Instead(String),
    /// Key 1 of a confirmation.
    Right,
    /// Key 2 of a confirmation.
    Again,
    /// All tries were used.
    GiveUp,
    /// A rule of a branch applies.
    Rule(Test),
    /// No rule applies.
    Otherwise,
    /// The patient was identified.
    Matched,
    /// The patient was identified, and has an unfinished report from an earlier call.
    Resumed,
    /// Identification failed.
    Mismatch,
    /// The patient's observation has ended.
    Ended,
    /// The result of another flow.
    Result(ResultName),
    /// Staff talked with the caller.
    Connected,
    /// No member of staff was reached.
    Failed,
}

impl Node {
    /// All exits, the main one first.
    pub fn exits(&self) -> Vec<(Exit, &Spanned<NodeId>)> {
        match &self.kind {
            NodeKind::Announce(announce) => vec![(Exit::Next, &announce.next)],
            NodeKind::Record(record) => {
                let refused = match &record.what {
                    RecordWhat::CallBack { refused } => refused.as_ref(),
                    _ => None,
                };
                let refused = refused.map(|refused| (Exit::Failed, refused));
                [(Exit::Next, &record.next)].into_iter().chain(refused).collect()
            }
            NodeKind::Menu(menu) => {
                let keys = menu.keys.iter();
                let keys = keys.map(|(key, to)| (Exit::Key(*key, to.value.clone(), to.language), &to.go));
                keys.chain([(Exit::GiveUp, &menu.retry.give_up)]).collect()
            }
            NodeKind::Gather(gather) => {
                let instead = gather.instead.iter().map(|(keys, to)| (Exit::Instead(keys.clone()), to));
                let next = [(Exit::Next, &gather.next)].into_iter();
                next.chain(instead).chain([(Exit::GiveUp, &gather.retry.give_up)]).collect()
            }
            NodeKind::Confirm(confirm) => {
                vec![(Exit::Right, &confirm.yes), (Exit::Again, &confirm.no), (Exit::GiveUp, &confirm.retry.give_up)]
            }
            NodeKind::Branch(branch) => {
                let rules = branch.rules.iter().map(|rule| (Exit::Rule(rule.test.clone()), &rule.go));
                rules.chain([(Exit::Otherwise, &branch.otherwise)]).collect()
            }
            NodeKind::Identify(identify) => vec![
                (Exit::Matched, &identify.matched),
                (Exit::Resumed, &identify.resumed),
                (Exit::Mismatch, &identify.mismatch),
                (Exit::Ended, &identify.ended),
                (Exit::GiveUp, &identify.give_up),
            ],
            NodeKind::SubFlow(sub) => sub.exits.iter().map(|(result, to)| (Exit::Result(result.clone()), to)).collect(),
            NodeKind::HandOver(over) => vec![(Exit::Connected, &over.connected), (Exit::Failed, &over.failed)],
            NodeKind::End(_) => Vec::new(),
        }
    }

    /// Everything that the node may say.
    pub fn says(&self) -> Vec<&Say> {
        const NOTHING: &[Say] = &[];
        let (say, other, retry) = match &self.kind {
            NodeKind::Announce(announce) => (&announce.say, announce.short.as_slice(), None),
            NodeKind::Menu(menu) => (&menu.say, menu.short.as_slice(), Some(&menu.retry)),
            NodeKind::Gather(gather) => (&gather.say, gather.short.as_slice(), Some(&gather.retry)),
            NodeKind::Confirm(confirm) => {
                let usual = confirm.usual.as_ref().map_or(NOTHING, |usual| &usual.say);
                (&confirm.say, usual, Some(&confirm.retry))
            }
            NodeKind::Record(record) => match &record.what {
                RecordWhat::Answer { on_red, .. } => (on_red, NOTHING, None),
                RecordWhat::Report
                | RecordWhat::CallBack { .. }
                | RecordWhat::Stop
                | RecordWhat::StopUnconfirmed
                | RecordWhat::Listener
                | RecordWhat::AlertsTaken
                | RecordWhat::AlertsPassedOn
                | RecordWhat::NotNow
                | RecordWhat::WrongNumber => return Vec::new(),
            },
            NodeKind::Branch(_)
            | NodeKind::Identify(_)
            | NodeKind::SubFlow(_)
            | NodeKind::HandOver(_)
            | NodeKind::End(_) => return Vec::new(),
        };
        let again = if let NodeKind::Menu(menu) = &self.kind { menu.again.as_slice() } else { NOTHING };
        let retry = retry.into_iter().flat_map(|retry| retry.no_input.iter().chain(&retry.no_match));
        say.iter().chain(other).chain(again).chain(retry).collect()
    }

    /// Returns `true` if the call waits here for the caller's keys.
    pub fn waits(&self) -> bool {
        matches!(self.kind, NodeKind::Menu(_) | NodeKind::Gather(_) | NodeKind::Confirm(_))
    }

    /// The item of a question.
    pub fn question(&self) -> Option<Item> {
        match &self.kind {
            NodeKind::Menu(menu) => menu.question,
            NodeKind::Gather(gather) => gather.question,
            _ => None,
        }
    }
}

impl Record {
    /// The flow that follows a red answer.
    pub fn after_red(&self) -> Option<&Spanned<FlowName>> {
        match &self.what {
            RecordWhat::Answer { after_red, .. } => after_red.as_ref(),
            _ => None,
        }
    }
}

impl Flow {
    /// The nodes in the order of the document.
    pub fn in_order(&self) -> impl Iterator<Item = &Node> {
        self.order.iter().filter_map(|id| self.nodes.get(id))
    }

    /// Where the flow continues if an item was answered in an earlier call: after the node that records it.
    pub fn after(&self, item: Item) -> Option<&Spanned<NodeId>> {
        self.in_order().find_map(|node| match &node.kind {
            NodeKind::Record(record) => match &record.what {
                RecordWhat::Answer { item: of, .. } if *of == item => Some(&record.next),
                _ => None,
            },
            _ => None,
        })
    }

    /// The results with which the flow can end.
    pub fn results(&self) -> impl Iterator<Item = (&Node, &ResultName)> {
        self.in_order().filter_map(|node| match &node.kind {
            NodeKind::End(end) => Some((node, &end.result)),
            _ => None,
        })
    }
}
