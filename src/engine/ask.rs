//! Questions: asking, asking again, and handling what the caller keyed.

use super::effect::{Fill, NextAction};
use super::go_back::go_back;
use super::interpreter::{Interpreter, InvalidFlow, Transition};
use super::session::{Entry, Opened, Waiting};
use crate::domain::{BirthDate, Item, Keys};
use crate::flow::{Confirm, Flow, Gather, Key, Menu, Node, NodeId, NodeKind, RecordWhat, Retry, Takes, Without};
use crate::policy::report_day;
use jiff::tz::TimeZone;

/// The keys of a confirmation: 1 confirms, 2 asks again.
const RIGHT: &str = "1";
const AGAIN: &str = "2";

/// Why an entry was rejected.
pub(super) enum NotTaken {
    Silence,
    WrongKeys,
}

/// Asks the current question, or skips it if today's report already has its answer.
pub(super) fn ask(interpreter: &mut Interpreter<'_>, flow: &Flow, node: &Node) -> Result<Transition, InvalidFlow> {
    if let Some(item) = node.question()
        && interpreter.session.answer(item).is_some()
    {
        return Ok(Transition::To(after_record(flow, item).ok_or(InvalidFlow)?.clone()));
    }
    let on_trail = !matches!(node.kind, NodeKind::Confirm(_)) && !visiting(interpreter);
    if on_trail && interpreter.session.trail.last() != Some(&node.id) {
        interpreter.session.trail.push(node.id.clone());
    }
    let (max_keys, ends_with_hash) = match &node.kind {
        NodeKind::Menu(menu) => {
            interpreter.say_all(&menu.say, true);
            (1, false)
        }
        NodeKind::Gather(gather) => {
            interpreter.say_all(&gather.say, true);
            (gather.takes.max_keys(), true)
        }
        NodeKind::Confirm(confirm) => {
            say_value(interpreter, confirm);
            (1, false)
        }
        _ => return Err(InvalidFlow),
    };
    let keys = &interpreter.flow_set.keys;
    let own_patience = retry_of(node).and_then(|retry| retry.first_key_seconds);
    let then = NextAction::Gather {
        max_keys,
        ends_with_hash,
        first_key_seconds: own_patience.unwrap_or(keys.first_key_seconds),
        between_keys_seconds: keys.between_keys_seconds,
    };
    interpreter.reply(then, Waiting::Keys);
    Ok(Transition::Wait)
}

fn say_value(interpreter: &mut Interpreter<'_>, confirm: &Confirm) {
    let entry: Box<str> = interpreter.session.entry(&confirm.of.to).unwrap_or_default().into();
    for say in &confirm.say {
        let value = Fill::Value(confirm.read_as, entry.clone());
        interpreter.say_prompt(&say.prompt, say.language, true, Some(value));
    }
}

/// Handles the caller's keys, or silence.
pub(super) fn keyed(interpreter: &mut Interpreter<'_>, keys: &Keys) -> Result<Transition, InvalidFlow> {
    let (flow, node) = interpreter.here()?;
    let keyed = keys.expose();
    let keyed = keyed.strip_suffix('#').filter(|rest| !rest.is_empty()).unwrap_or(keyed);
    let single = single_key(keyed);
    let own = matches!(&node.kind, NodeKind::Menu(menu) if single.is_some_and(|key| menu.keys.contains_key(&key)));
    let without = without_of(node);
    if !own && let Some(key) = single {
        if interpreter.flow_set.keys.repeat.contains(&key) {
            return Ok(Transition::Here);
        }
        if !without.back && !visiting(interpreter) && interpreter.flow_set.keys.back == Some(key) {
            return Ok(go_back(interpreter, flow));
        }
        if !without.visit
            && let Some(visited) = visited_by(interpreter, key)
        {
            interpreter.open(&visited, Opened::ByKey)?;
            return Ok(Transition::Here);
        }
    }
    // A `#` after a complete entry arrives at the next question. It is neither an answer nor a mistake.
    if keyed == "#" && !own {
        return Ok(Transition::Here);
    }
    // `*` inside an entry: the caller wants to hear the question again.
    if keyed.contains('*') && interpreter.flow_set.keys.repeat.contains(&Key('*')) {
        return Ok(Transition::Here);
    }
    let taken = match &node.kind {
        NodeKind::Menu(menu) => take_menu(interpreter, node, menu, keyed),
        NodeKind::Gather(gather) => take_gather(interpreter, node, gather, keyed),
        NodeKind::Confirm(confirm) => take_confirm(confirm, keyed),
        _ => return Err(InvalidFlow),
    };
    match taken {
        Ok(next) => Ok(Transition::To(next)),
        Err(why) => ask_again(interpreter, node, &why),
    }
}

/// Handles the keys at a menu.
pub(super) fn take_menu(
    interpreter: &mut Interpreter<'_>,
    node: &Node,
    menu: &Menu,
    keyed: &str,
) -> Result<NodeId, NotTaken> {
    let choice = single_key(keyed).and_then(|key| menu.keys.get(&key)).ok_or_else(|| not_taken(keyed))?;
    if let Some(value) = &choice.value {
        keep(interpreter, node, value);
    }
    if let Some(language) = choice.language {
        interpreter.session.language = language;
    }
    Ok(choice.go.to.clone())
}

/// Handles the keys of an entry.
pub(super) fn take_gather(
    interpreter: &mut Interpreter<'_>,
    node: &Node,
    gather: &Gather,
    keyed: &str,
) -> Result<NodeId, NotTaken> {
    if let Some(instead) = gather.instead.get(keyed) {
        keep(interpreter, node, keyed);
        return Ok(instead.to.clone());
    }
    let digits = !keyed.is_empty() && keyed.bytes().all(|key| key.is_ascii_digit());
    let fits = digits
        && match gather.takes {
            Takes::Digits { min, max } => (usize::from(min)..=usize::from(max)).contains(&keyed.len()),
            Takes::Number { digits, at_least, at_most } => {
                keyed.len() == usize::from(digits)
                    && keyed.parse::<u32>().is_ok_and(|number| (at_least..=at_most).contains(&number))
            }
            Takes::Date => {
                let zone = interpreter.session.centre().and_then(|centre| TimeZone::get(&centre.zone).ok());
                // Before identification, use the latest date on earth, so that no birthday is rejected too early.
                let zone = zone.unwrap_or_else(|| TimeZone::fixed(jiff::tz::offset(14)));
                BirthDate::parse_keys(keyed, report_day(interpreter.at, &zone)).is_ok()
            }
        };
    if !fits {
        return Err(not_taken(keyed));
    }
    keep(interpreter, node, keyed);
    Ok(gather.next.to.clone())
}

/// Stores the entry of a node and replaces its earlier one.
fn keep(interpreter: &mut Interpreter<'_>, node: &Node, text: &str) {
    let Some(flow) = interpreter.session.top().map(|frame| frame.flow.clone()) else { return };
    interpreter.session.forget(&node.id);
    interpreter.session.entries.push(Entry { flow, node: node.id.clone(), text: text.into() });
}

/// Says what was wrong, in more detail each time, and asks again. Gives up after the last try.
fn ask_again(interpreter: &mut Interpreter<'_>, node: &Node, why: &NotTaken) -> Result<Transition, InvalidFlow> {
    let retry = retry_of(node).ok_or(InvalidFlow)?;
    interpreter.session.tries = interpreter.session.tries.saturating_add(1);
    if interpreter.session.tries >= retry.tries.unwrap_or(interpreter.flow_set.keys.tries) {
        return Ok(Transition::To(retry.give_up.to.clone()));
    }
    let says = match why {
        NotTaken::Silence => &retry.no_input,
        NotTaken::WrongKeys => &retry.no_match,
    };
    let nth = usize::from(interpreter.session.tries).saturating_sub(1);
    if let Some(say) = says.get(nth).or_else(|| says.last()) {
        interpreter.say_prompt(&say.prompt, say.language, false, None);
    }
    Ok(Transition::Here)
}

/// Returns `true` in a flow opened by a key. Such a flow leaves the trail of questions unchanged.
fn visiting(interpreter: &Interpreter<'_>) -> bool {
    interpreter.session.stack.iter().any(|frame| frame.opened == Opened::ByKey)
}

fn visited_by(interpreter: &Interpreter<'_>, key: Key) -> Option<crate::flow::FlowName> {
    // One visit at a time: a key inside a visited flow doesn't open another one.
    if visiting(interpreter) {
        return None;
    }
    let line = interpreter.session.stack.first().and_then(|frame| interpreter.flow_set.flow(frame.flow.as_str()));
    let own = line.and_then(|flow| flow.visit.get(&key)).map(|spot| &spot.to);
    own.or_else(|| interpreter.flow_set.keys.visit.get(&key)).cloned()
}

fn take_confirm(confirm: &Confirm, keyed: &str) -> Result<NodeId, NotTaken> {
    match keyed {
        RIGHT => Ok(confirm.yes.to.clone()),
        AGAIN => Ok(confirm.no.to.clone()),
        _ => Err(not_taken(keyed)),
    }
}

fn not_taken(keyed: &str) -> NotTaken {
    if keyed.is_empty() { NotTaken::Silence } else { NotTaken::WrongKeys }
}

fn single_key(keyed: &str) -> Option<Key> {
    let mut keys = keyed.chars();
    keys.next().filter(|_| keys.next().is_none()).map(Key)
}

fn without_of(node: &Node) -> Without {
    match &node.kind {
        NodeKind::Menu(menu) => menu.without,
        NodeKind::Gather(gather) => gather.without,
        NodeKind::Confirm(confirm) => confirm.without,
        _ => Without::default(),
    }
}

pub(super) fn retry_of(node: &Node) -> Option<&Retry> {
    match &node.kind {
        NodeKind::Menu(menu) => Some(&menu.retry),
        NodeKind::Gather(gather) => Some(&gather.retry),
        NodeKind::Confirm(confirm) => Some(&confirm.retry),
        _ => None,
    }
}

/// The node at which a flow continues after an item was recorded.
pub(super) fn after_record(flow: &Flow, item: Item) -> Option<&NodeId> {
    let mut records = flow.order.iter().filter_map(|id| match &flow.nodes.get(id)?.kind {
        NodeKind::Record(record) => Some(record),
        _ => None,
    });
    let record = records.find(|record| matches!(record.what, RecordWhat::Answer { item: of, .. } if of == item))?;
    Some(&record.next.to)
}
