//! Entries fit their use, and private entries are never repeated to the caller.

use super::Check;
use super::keys::is_ordinary;
use crate::domain::Item;
use crate::flow::fault::EntryFault;
use crate::flow::{
    Bound, Confirm, Exit, Flow, Gather, Identify, Menu, Node, NodeId, NodeKind, ReadAs, RecordWhat, Spanned, Takes,
    Test, Usual,
};

pub(super) fn apply(check: &mut Check<'_>) {
    for (flow, node) in check.nodes() {
        match &node.kind {
            NodeKind::Confirm(confirm) => read_back(check, flow, node, confirm),
            NodeKind::Identify(identify) => identity(check, flow, node, identify),
            NodeKind::Branch(branch) => {
                branch.rules.iter().for_each(|rule| comparison(check, flow, node, &rule.test));
            }
            NodeKind::Record(record) => {
                if let RecordWhat::Answer { item, from, on_red, .. } = &record.what {
                    answer(check, flow, node, *item, from);
                    if on_red.is_empty() && item.can_be_red() {
                        // A caller who hears no advice after a red answer thinks that it is an ordinary one.
                        check.find(flow, node.line, EntryFault::NoAdvice(node.id.clone(), *item));
                    }
                }
            }
            NodeKind::Gather(gather) => range(check, flow, node, gather.takes),
            _ => {}
        }
        if let Some(item) = node.question()
            && flow.after(item).is_none()
            && check.is_whole(flow)
        {
            check.find(flow, node.line, EntryFault::NotRecorded(node.id.clone(), item));
        }
    }
}

fn range(check: &mut Check<'_>, flow: &Flow, node: &Node, takes: Takes) {
    if let Takes::Number { digits, at_least, at_most, .. } = takes {
        let largest = 10_u32.checked_pow(digits.into()).map_or(u32::MAX, |power| power.saturating_sub(1));
        if at_least > at_most || at_most > largest {
            let node_id = node.id.clone();
            check.find(flow, node.line, EntryFault::Bounds { node: node_id, at_least, at_most, digits });
        }
    }
}

fn read_back(check: &mut Check<'_>, flow: &Flow, node: &Node, confirm: &Confirm) {
    let Some(asked) = flow.nodes.get(&confirm.of.to) else { return };
    let NodeKind::Gather(gather) = &asked.kind else {
        return check.find(flow, confirm.of.line, EntryFault::ReadsNoDigits(node.id.clone(), asked.id.clone()));
    };
    if gather.private || gather.takes == Takes::Date {
        return check.find(flow, confirm.of.line, EntryFault::ReadsPrivate(node.id.clone(), asked.id.clone()));
    }
    if let Some(usual) = &confirm.usual {
        usual_values(check, flow, node, confirm.read_as, usual);
    }
    let fits = match confirm.read_as {
        ReadAs::Digits => true,
        ReadAs::Temperature | ReadAs::Percent => matches!(gather.takes, Takes::Number { digits: 3, .. }),
    };
    if !fits {
        check.find(flow, node.line, EntryFault::NotSpoken(node.id.clone(), asked.id.clone()));
    }
}

/// What may be read back without a question, so that a slip of the finger never hides that somebody is ill: normal
/// values of the temperature (35.0 to 37.4 °C) and of the oxygen saturation (96 % and more). Both were decided in the
/// study of the calls (P4), and a clinician hasn't signed them off yet.
fn usual_values(check: &mut Check<'_>, flow: &Flow, node: &Node, read_as: ReadAs, usual: &Usual) {
    let (least, most) = match read_as {
        ReadAs::Temperature => (350, 374),
        ReadAs::Percent => (96, 100),
        ReadAs::Digits => return check.find(flow, usual.line, EntryFault::NothingUsual(node.id.clone())),
    };
    if usual.at_least < least || usual.at_most > most || usual.at_least > usual.at_most {
        check.find(flow, usual.line, EntryFault::Usual { node: node.id.clone(), least, most });
    }
}

fn identity(check: &mut Check<'_>, flow: &Flow, node: &Node, identify: &Identify) {
    let takes = |spot: &Spanned<NodeId>| match flow.nodes.get(&spot.to).map(|asked| &asked.kind) {
        Some(NodeKind::Gather(gather)) => Some((gather.takes, gather.private)),
        _ => None,
    };
    let exists = |spot: &Spanned<NodeId>| flow.nodes.contains_key(&spot.to);
    if exists(&identify.hersys_id) {
        let fits = matches!(takes(&identify.hersys_id), Some((Takes::Digits { min, max }, _)) if min >= 6 && max <= 8);
        if !fits {
            check.find(flow, identify.hersys_id.line, EntryFault::NoHersysId(identify.hersys_id.to.clone()));
        }
    }
    if exists(&identify.birth_date) {
        let (asked, by) = (identify.birth_date.to.clone(), node.id.clone());
        let fault = match takes(&identify.birth_date) {
            Some((Takes::Date, true)) => return,
            Some((Takes::Date, false)) => EntryFault::ShownBirthDate(asked, by),
            _ => EntryFault::NoBirthDate(asked, by),
        };
        check.find(flow, identify.birth_date.line, fault);
    }
}

/// A rule about an entry that can never hold is a mistake.
fn comparison(check: &mut Check<'_>, flow: &Flow, node: &Node, test: &Test) {
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
        check.find(flow, entry.line, EntryFault::NeverHolds(node.id.clone(), asked.id.clone()));
    }
}

fn answer(check: &mut Check<'_>, flow: &Flow, node: &Node, item: Item, from: &Spanned<NodeId>) {
    let Some(asked) = flow.nodes.get(&from.to) else { return };
    if let Some(other) = asked.question().filter(|other| *other != item) {
        check.find(flow, from.line, EntryFault::OtherItem(asked.id.clone(), other, item));
    }
    match &asked.kind {
        NodeKind::Menu(menu) => chosen(check, flow, node, item, asked, menu),
        NodeKind::Gather(gather) => measured(check, flow, node, item, asked, gather),
        _ => check.find(flow, from.line, EntryFault::NothingKeyed(node.id.clone(), asked.id.clone())),
    }
}

fn chosen(check: &mut Check<'_>, flow: &Flow, node: &Node, item: Item, asked: &Node, menu: &Menu) {
    for choice in menu.keys.values() {
        let Some(value) = choice.value.as_deref().filter(|value| item.read(value).is_none()) else { continue };
        let (node, asked) = (node.id.clone(), asked.id.clone());
        check.find(flow, choice.go.line, EntryFault::Value { node, value: value.into(), asked, item });
    }
    if menu.keys.values().all(|choice| choice.value.is_none()) {
        check.find(flow, asked.line, EntryFault::NoValues(node.id.clone(), asked.id.clone()));
    }
}

fn measured(check: &mut Check<'_>, flow: &Flow, node: &Node, item: Item, asked: &Node, gather: &Gather) {
    let reads = |number: u32| item.read(&format!("{number:03}")).is_some();
    match gather.takes {
        Takes::Number { digits: 3, at_least, at_most, .. } if reads(at_least) && reads(at_most) => {}
        Takes::Number { digits: 3, at_least, at_most, .. } if item.read("000").is_some() => {
            let node = asked.id.clone();
            check.find(flow, asked.line, EntryFault::Range { node, at_least, at_most, item });
        }
        _ => return check.find(flow, asked.line, EntryFault::Kind(asked.id.clone(), item)),
    }
    for (exit, spot) in asked.exits() {
        if let Exit::Instead(entry) = exit
            && spot.to == node.id
            && item.read(&entry).is_none()
        {
            check.find(flow, spot.line, EntryFault::Instead(entry.into(), asked.id.clone(), item));
        }
    }
}
