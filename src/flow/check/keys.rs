//! Each key has only one meaning at a time.

use std::collections::BTreeMap;

use super::Check;
use crate::domain::BirthDate;
use crate::flow::fault::{InsteadFault, KeyFault, KeyUse};
use crate::flow::{Flow, FlowName, Gather, Key, Node, NodeKind, SharedKeys, Takes, Without};

pub(super) fn apply(check: &mut Check<'_>) {
    let keys = &check.flow_set.keys;
    for flow in check.flows() {
        for (key, spot) in &flow.visit {
            let taken = everywhere(keys, Without::default(), &BTreeMap::new());
            if let Some(use_) = taken.get(key) {
                check.find(flow, spot.line, KeyFault::VisitTaken(*key, use_.clone()));
            }
        }
        let visits = visits(check, flow);
        for node in flow.in_order() {
            match &node.kind {
                NodeKind::Menu(menu) => {
                    let taken = everywhere(keys, menu.without, &visits);
                    for (key, choice) in &menu.keys {
                        clash(check, flow, node, choice.go.line, *key, &taken);
                    }
                }
                NodeKind::Confirm(confirm) => {
                    let taken = everywhere(keys, confirm.without, &visits);
                    for key in [Key('1'), Key('2')] {
                        clash(check, flow, node, node.line, key, &taken);
                    }
                }
                NodeKind::Gather(gather) => {
                    entry_keys(check, flow, node, gather, &everywhere(keys, gather.without, &visits));
                }
                _ => {}
            }
        }
    }
}

/// Yes, no and don't know have the same keys at every question: a caller remembers them.
pub(super) fn answers(check: &mut Check<'_>) {
    let mut counts: BTreeMap<(&str, Key), usize> = BTreeMap::new();
    let mut chosen = Vec::new();
    for (flow, node) in check.nodes() {
        let NodeKind::Menu(menu) = &node.kind else { continue };
        for (key, choice) in &menu.keys {
            let Some(value @ ("yes" | "no" | "unknown")) = choice.value.as_deref() else { continue };
            let count = counts.entry((value, *key)).or_default();
            *count = count.saturating_add(1);
            chosen.push((flow, node, value, *key, choice.go.line));
        }
    }
    for (flow, node, value, key, line) in chosen {
        let with_value = counts.iter().filter(|((of, _), _)| *of == value);
        let Some(((_, usual), _)) = with_value.max_by_key(|((_, key), count)| (**count, std::cmp::Reverse(*key)))
        else {
            continue;
        };
        if *usual != key {
            let fault = KeyFault::Swapped { node: node.id.clone(), value: value.into(), key, usual: *usual };
            check.find(flow, line, fault);
        }
    }
}

/// What each key does at a question, besides answering it.
fn everywhere(keys: &SharedKeys, without: Without, visits: &BTreeMap<Key, &FlowName>) -> BTreeMap<Key, KeyUse> {
    let mut taken: BTreeMap<Key, KeyUse> = BTreeMap::new();
    if !without.visit {
        let visits = visits.iter().map(|(key, flow)| (*key, *flow)).chain(keys.visit.iter().map(|(k, f)| (*k, f)));
        taken.extend(visits.map(|(key, flow)| (key, KeyUse::Visit(flow.clone()))));
    }
    if !without.back {
        taken.extend(keys.back.map(|key| (key, KeyUse::Back)));
    }
    taken.extend(keys.repeat.iter().map(|key| (*key, KeyUse::Repeat)));
    taken
}

/// The visit keys of a flow: its own and those of the flows that contain it as a sub-flow.
fn visits<'a>(check: &Check<'a>, flow: &Flow) -> BTreeMap<Key, &'a FlowName> {
    let wholes = check.flows().filter(|whole| check.with_sub_flows(whole.name.as_str()).contains(flow.name.as_str()));
    wholes.flat_map(|whole| whole.visit.iter().map(|(key, spot)| (*key, &spot.to))).collect()
}

fn clash(check: &mut Check<'_>, flow: &Flow, node: &Node, line: u32, key: Key, taken: &BTreeMap<Key, KeyUse>) {
    let Some(use_) = taken.get(&key) else { return };
    check.find(flow, line, KeyFault::NodeTaken(node.id.clone(), key, use_.clone()));
}

fn entry_keys(check: &mut Check<'_>, flow: &Flow, node: &Node, gather: &Gather, taken: &BTreeMap<Key, KeyUse>) {
    let most = match gather.takes {
        Takes::Digits { max, .. } => max,
        Takes::Number { digits, .. } => digits,
        Takes::Date => BirthDate::WESTERN_KEYS,
    };
    let one_digit = matches!(gather.takes, Takes::Digits { min: 1, .. } | Takes::Number { fewest: 1, .. });
    for (entry, spot) in &gather.instead {
        let single = (entry.len() == 1).then(|| entry.chars().next()).flatten().map(Key);
        let fault = if !entry.bytes().all(|byte| byte.is_ascii_digit()) {
            InsteadFault::NotDigits
        } else if entry.len() > usize::from(most) {
            InsteadFault::TooLong(most)
        } else if let Some(use_) = single.and_then(|key| taken.get(&key)) {
            InsteadFault::Taken(use_.clone())
        } else if is_ordinary(gather.takes, entry) {
            InsteadFault::Ordinary
        } else {
            continue;
        };
        check.find(flow, spot.line, KeyFault::Instead(node.id.clone(), entry.as_str().into(), fault));
    }
    if one_digit {
        for (key, use_) in taken.iter().filter(|(key, _)| is_ordinary(gather.takes, &key.0.to_string())) {
            check.find(flow, node.line, KeyFault::DigitTaken(node.id.clone(), *key, use_.clone()));
        }
    }
}

/// Returns `true` if a gather accepts the entry as an ordinary answer.
pub(super) fn is_ordinary(takes: Takes, entry: &str) -> bool {
    let Ok(number) = entry.parse::<u64>() else { return false };
    match takes {
        Takes::Digits { min, max } => (usize::from(min)..=usize::from(max)).contains(&entry.len()),
        Takes::Number { fewest, digits, at_least, at_most } => {
            (usize::from(fewest)..=usize::from(digits)).contains(&entry.len())
                && (u64::from(at_least)..=u64::from(at_most)).contains(&number)
        }
        Takes::Date => [BirthDate::ERA_KEYS, BirthDate::WESTERN_KEYS].map(usize::from).contains(&entry.len()),
    }
}
