//! Entries fit their use, and private entries are never repeated to the caller.

use super::Check;
use super::keys::is_ordinary;
use crate::domain::{Answer, Item};
use crate::flow::{
    Bound, Confirm, Exit, Flow, Gather, Identify, Menu, Node, NodeId, NodeKind, ReadAs, RecordWhat, Spanned, Takes,
    Test,
};

impl Check<'_> {
    pub(super) fn entries(&mut self) {
        for (flow, node) in self.nodes() {
            match &node.kind {
                NodeKind::Confirm(confirm) => self.read_back(flow, node, confirm),
                NodeKind::Identify(identify) => self.identity(flow, node, identify),
                NodeKind::Branch(branch) => {
                    branch.rules.iter().for_each(|rule| self.comparison(flow, node, &rule.test));
                }
                NodeKind::Record(record) => {
                    if let RecordWhat::Answer { item, from, on_red } = &record.what {
                        self.answer(flow, node, *item, from);
                        if on_red.is_empty() && item.can_be_red() {
                            self.without_advice(flow, node, *item);
                        }
                    }
                }
                NodeKind::Gather(gather) => self.range(flow, node, gather.takes),
                _ => {}
            }
            if let Some(item) = node.question()
                && flow.after(item).is_none()
                && self.is_whole(flow)
            {
                let what = format!("the node `{}` asks for `{}`, and no record keeps it", node.id, item.code());
                self.find(flow, node.line, what, format!("Add a record node with `answer = \"{}\"`", item.code()));
            }
        }
    }

    /// A caller who hears no advice after a red answer thinks that it is an ordinary one.
    fn without_advice(&mut self, flow: &Flow, node: &Node, item: Item) {
        let what = format!(
            "the node `{}` keeps `{}`, which can be red, and nothing is said after a red answer",
            node.id,
            item.code()
        );
        let todo = "Add `on_red = [\"advice\"]` here or under [defaults]: what to do now, and 119";
        self.find(flow, node.line, what, todo);
    }

    fn range(&mut self, flow: &Flow, node: &Node, takes: Takes) {
        if let Takes::Number { digits, at_least, at_most } = takes {
            let largest = 10_u32.checked_pow(digits.into()).map_or(u32::MAX, |power| power.saturating_sub(1));
            if at_least > at_most || at_most > largest {
                let what = format!("the node `{}` takes {at_least} to {at_most} in {digits} digits", node.id);
                self.find(flow, node.line, what, "Put the smaller number first, and no more digits than are keyed");
            }
        }
    }

    fn read_back(&mut self, flow: &Flow, node: &Node, confirm: &Confirm) {
        let Some(asked) = flow.nodes.get(&confirm.of.to) else { return };
        let NodeKind::Gather(gather) = &asked.kind else {
            let what = format!("the node `{}` reads back `{}`, which takes no digits", node.id, asked.id);
            return self.find(flow, confirm.of.line, what, "Name a gather");
        };
        if gather.private || gather.takes == Takes::Date {
            let what = format!("the node `{}` reads back `{}`, which is private", node.id, asked.id);
            return self.find(flow, confirm.of.line, what, "Take the confirm out: others in the room could hear it");
        }
        let fits = match confirm.read_as {
            ReadAs::Digits => true,
            ReadAs::Temperature | ReadAs::Percent => matches!(gather.takes, Takes::Number { digits: 3, .. }),
        };
        if !fits {
            let what = format!("the node `{}` can't speak the entry of `{}` like this", node.id, asked.id);
            self.find(flow, node.line, what, "Write `read_as = \"digits\"`, or take a number of 3 digits");
        }
    }

    fn identity(&mut self, flow: &Flow, node: &Node, identify: &Identify) {
        let takes = |spot: &Spanned<NodeId>| match flow.nodes.get(&spot.to).map(|asked| &asked.kind) {
            Some(NodeKind::Gather(gather)) => Some((gather.takes, gather.private)),
            _ => None,
        };
        let exists = |spot: &Spanned<NodeId>| flow.nodes.contains_key(&spot.to);
        if exists(&identify.hersys_id) {
            let fits =
                matches!(takes(&identify.hersys_id), Some((Takes::Digits { min, max }, _)) if min >= 6 && max <= 8);
            if !fits {
                let what = format!("the node `{}` takes no HER-SYS ID", identify.hersys_id.to);
                let todo = "Name a gather with `takes = \"digits\"` and `digits = [6, 8]`";
                self.find(flow, identify.hersys_id.line, what, todo);
            }
        }
        if exists(&identify.birth_date) {
            let (what, todo) = match takes(&identify.birth_date) {
                Some((Takes::Date, true)) => return,
                Some((Takes::Date, false)) => ("shows the birth date in transcripts", "Add `private = true` to it"),
                _ => ("takes no birth date", "Name a gather with `takes = \"date\"` and `private = true`"),
            };
            let line = identify.birth_date.line;
            self.find(
                flow,
                line,
                format!("the node `{}`, used by `{}`, {what}", identify.birth_date.to, node.id),
                todo,
            );
        }
    }

    /// A rule about an entry that can never hold is a mistake.
    fn comparison(&mut self, flow: &Flow, node: &Node, test: &Test) {
        let (Test::EntryIs(entry, _) | Test::EntryAtMost(entry, _)) = test else { return };
        let Some(asked) = flow.nodes.get(&entry.to) else { return };
        let possible = match (test, &asked.kind) {
            (Test::EntryIs(_, text), NodeKind::Menu(menu)) => {
                menu.keys.values().any(|choice| choice.value.as_deref() == Some(&**text))
            }
            (Test::EntryIs(_, text), NodeKind::Gather(gather)) => {
                gather.instead.contains_key(&**text) || is_ordinary(gather.takes, text)
            }
            (Test::EntryAtMost(_, Bound::Number(most)), NodeKind::Gather(Gather { takes, .. })) => match takes {
                Takes::Number { at_least, .. } => at_least <= most,
                Takes::Digits { .. } => true,
                Takes::Date => false,
            },
            (Test::EntryAtMost(..), NodeKind::Gather(gather)) => matches!(gather.takes, Takes::Number { .. }),
            _ => false,
        };
        if !possible {
            let what = format!("a rule of the node `{}` never holds: `{}` can't be keyed like this", node.id, asked.id);
            self.find(flow, entry.line, what, "Compare with something that this question takes");
        }
    }

    fn answer(&mut self, flow: &Flow, node: &Node, item: Item, from: &Spanned<NodeId>) {
        let Some(asked) = flow.nodes.get(&from.to) else { return };
        if let Some(other) = asked.question().filter(|other| *other != item) {
            let what = format!("the node `{}` asks for `{}` and is kept as `{}`", asked.id, other.code(), item.code());
            self.find(flow, from.line, what, "Let `question` and `answer` name the same item");
        }
        match &asked.kind {
            NodeKind::Menu(menu) => self.chosen(flow, node, item, asked, menu),
            NodeKind::Gather(gather) => self.measured(flow, node, item, asked, gather),
            _ => {
                let what = format!("the node `{}` keeps the entry of `{}`, where nothing is keyed", node.id, asked.id);
                self.find(flow, from.line, what, "Name a menu or a gather");
            }
        }
    }

    fn chosen(&mut self, flow: &Flow, node: &Node, item: Item, asked: &Node, menu: &Menu) {
        for choice in menu.keys.values() {
            let Some(value) = choice.value.as_deref().filter(|value| item.read(value).is_none()) else { continue };
            let what = format!("the node `{}` can't keep `{value}` of `{}` as `{}`", node.id, asked.id, item.code());
            let todo = match item.read("yes") {
                Some(Answer::YesNo(_)) => "Let the keys stand for yes, no and unknown",
                _ => "Ask for it with a gather that takes a number of 3 digits",
            };
            self.find(flow, choice.go.line, what, todo);
        }
        if menu.keys.values().all(|choice| choice.value.is_none()) {
            let what =
                format!("the node `{}` keeps the entry of `{}`, whose keys stand for nothing", node.id, asked.id);
            self.find(
                flow,
                asked.line,
                what,
                "Write `choices = { 1 = \"yes\", 2 = \"no\", 3 = \"unknown\" }` and `next`",
            );
        }
    }

    fn measured(&mut self, flow: &Flow, node: &Node, item: Item, asked: &Node, gather: &Gather) {
        let reads = |number: u32| item.read(&format!("{number:03}")).is_some();
        match gather.takes {
            Takes::Number { digits: 3, at_least, at_most } if reads(at_least) && reads(at_most) => {}
            Takes::Number { digits: 3, at_least, at_most } if item.read("000").is_some() => {
                let what = format!(
                    "the node `{}` takes {at_least} to {at_most}, more than `{}` can be",
                    asked.id,
                    item.code()
                );
                self.find(flow, asked.line, what, format!("Stay within {}", bounds(item)));
            }
            _ => {
                let what = format!("the entry of `{}` can't be kept as `{}`", asked.id, item.code());
                let todo = match item.read("000") {
                    Some(_) => "Take a number of 3 digits",
                    None => "Ask for it with a menu whose keys stand for yes, no and unknown",
                };
                return self.find(flow, asked.line, what, todo);
            }
        }
        for (exit, spot) in asked.exits() {
            if let Exit::Instead(entry) = exit
                && spot.to == node.id
                && item.read(&entry).is_none()
            {
                let what = format!("the entry {entry} of `{}` can't be kept as `{}`", asked.id, item.code());
                self.find(flow, spot.line, what, "Use 000, which means that it couldn't be measured");
            }
        }
    }
}

fn bounds(item: Item) -> &'static str {
    if item == Item::Spo2 { "70 to 100 (percent)" } else { "340 to 420 (tenths of a degree)" }
}
