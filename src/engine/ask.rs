//! Questions: asking, asking again, and handling what the caller keyed.

use super::effect::{Fill, NextAction};
use super::session::{Entry, Opened, Waiting};
use super::walk::{Interpreter, InvalidFlow, Transition};
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

impl Interpreter<'_> {
    /// Asks the current question, or skips it if today's report already has its answer.
    pub(super) fn ask(&mut self, flow: &Flow, node: &Node) -> Result<Transition, InvalidFlow> {
        if let Some(item) = question_of(node)
            && self.session.answer(item).is_some()
        {
            return Ok(Transition::To(after_record(flow, item).ok_or(InvalidFlow)?.clone()));
        }
        let on_trail = !matches!(node.kind, NodeKind::Confirm(_)) && !self.visiting();
        if on_trail && self.session.trail.last() != Some(&node.id) {
            self.session.trail.push(node.id.clone());
        }
        let (max_keys, ends_with_hash) = match &node.kind {
            NodeKind::Menu(menu) => {
                self.say_all(&menu.say, true);
                (1, false)
            }
            NodeKind::Gather(gather) => {
                self.say_all(&gather.say, true);
                (gather.takes.max_keys(), true)
            }
            NodeKind::Confirm(confirm) => {
                self.say_value(confirm);
                (1, false)
            }
            _ => return Err(InvalidFlow),
        };
        let keys = &self.flow_set.keys;
        let own_patience = retry_of(node).and_then(|retry| retry.first_key_seconds);
        let then = NextAction::Gather {
            max_keys,
            ends_with_hash,
            first_key_seconds: own_patience.unwrap_or(keys.first_key_seconds),
            between_keys_seconds: keys.between_keys_seconds,
        };
        self.reply(then, Waiting::Keys);
        Ok(Transition::Wait)
    }

    fn say_value(&mut self, confirm: &Confirm) {
        let entry: Box<str> = self.session.entry(&confirm.of.to).unwrap_or_default().into();
        for say in &confirm.say {
            let value = Fill::Value(confirm.read_as, entry.clone());
            self.say_prompt(&say.prompt, say.language, true, Some(value));
        }
    }

    /// Handles the caller's keys, or silence.
    pub(super) fn keyed(&mut self, keys: &Keys) {
        let Ok((flow, node)) = self.here() else { return self.apologise(super::Diagnostic::BrokenFlow) };
        let keyed = keys.expose();
        let keyed = keyed.strip_suffix('#').filter(|rest| !rest.is_empty()).unwrap_or(keyed);
        let single = single_key(keyed);
        let own = matches!(&node.kind, NodeKind::Menu(menu) if single.is_some_and(|key| menu.keys.contains_key(&key)));
        let without = without_of(node);
        if !own && let Some(key) = single {
            if self.flow_set.keys.repeat.contains(&key) {
                return self.on();
            }
            if !without.back && !self.visiting() && self.flow_set.keys.back == Some(key) {
                return self.go_back(flow);
            }
            if !without.visit
                && let Some(visited) = self.visited_by(key)
            {
                let opened = self.open(&visited, Opened::ByKey);
                return if opened.is_ok() { self.on() } else { self.apologise(super::Diagnostic::BrokenFlow) };
            }
        }
        // A `#` after a complete entry arrives at the next question. It is neither an answer nor a mistake.
        if keyed == "#" && !own {
            return self.on();
        }
        // `*` inside an entry: the caller wants to hear the question again.
        if keyed.contains('*') && self.flow_set.keys.repeat.contains(&Key('*')) {
            return self.on();
        }
        let taken = match &node.kind {
            NodeKind::Menu(menu) => self.take_menu(node, menu, keyed),
            NodeKind::Gather(gather) => self.take_gather(node, gather, keyed),
            NodeKind::Confirm(confirm) => take_confirm(confirm, keyed),
            _ => return self.apologise(super::Diagnostic::BrokenFlow),
        };
        match taken {
            Ok(next) => self.go(&next),
            Err(why) => self.ask_again(node, &why),
        }
    }

    pub(super) fn take_menu(&mut self, node: &Node, menu: &Menu, keyed: &str) -> Result<NodeId, NotTaken> {
        let choice = single_key(keyed).and_then(|key| menu.keys.get(&key)).ok_or_else(|| not_taken(keyed))?;
        if let Some(value) = &choice.value {
            self.keep(node, value);
        }
        if let Some(language) = choice.language {
            self.session.language = language;
        }
        Ok(choice.go.to.clone())
    }

    pub(super) fn take_gather(&mut self, node: &Node, gather: &Gather, keyed: &str) -> Result<NodeId, NotTaken> {
        if let Some(instead) = gather.instead.get(keyed) {
            self.keep(node, keyed);
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
                    let zone = self.session.centre().and_then(|centre| TimeZone::get(&centre.zone).ok());
                    // Before identification, use the latest date on earth, so that no birthday is rejected too early.
                    let zone = zone.unwrap_or_else(|| TimeZone::fixed(jiff::tz::offset(14)));
                    BirthDate::parse_keys(keyed, report_day(self.at, &zone)).is_ok()
                }
            };
        if !fits {
            return Err(not_taken(keyed));
        }
        self.keep(node, keyed);
        Ok(gather.next.to.clone())
    }

    /// Stores the entry of a node and replaces its earlier one.
    fn keep(&mut self, node: &Node, text: &str) {
        let Some(flow) = self.session.top().map(|frame| frame.flow.clone()) else { return };
        self.session.forget(&node.id);
        self.session.entries.push(Entry { flow, node: node.id.clone(), text: text.into() });
    }

    /// Says what was wrong, in more detail each time, and asks again. Gives up after the last try.
    fn ask_again(&mut self, node: &Node, why: &NotTaken) {
        let Some(retry) = retry_of(node) else { return self.apologise(super::Diagnostic::BrokenFlow) };
        self.session.tries = self.session.tries.saturating_add(1);
        if self.session.tries >= retry.tries.unwrap_or(self.flow_set.keys.tries) {
            return self.go(&retry.give_up.to.clone());
        }
        let says = match why {
            NotTaken::Silence => &retry.no_input,
            NotTaken::WrongKeys => &retry.no_match,
        };
        let nth = usize::from(self.session.tries).saturating_sub(1);
        if let Some(say) = says.get(nth).or_else(|| says.last()) {
            self.say_prompt(&say.prompt, say.language, false, None);
        }
        self.on();
    }

    /// Returns `true` in a flow opened by a key. Such a flow leaves the trail of questions unchanged.
    fn visiting(&self) -> bool {
        self.session.stack.iter().any(|frame| frame.opened == Opened::ByKey)
    }

    fn visited_by(&self, key: Key) -> Option<crate::flow::FlowName> {
        // One visit at a time: a key inside a visited flow doesn't open another one.
        if self.visiting() {
            return None;
        }
        let line = self.session.stack.first().and_then(|frame| self.flow_set.flow(frame.flow.as_str()));
        let own = line.and_then(|flow| flow.visit.get(&key)).map(|spot| &spot.to);
        own.or_else(|| self.flow_set.keys.visit.get(&key)).cloned()
    }
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

/// The item that a node asks for.
pub(super) fn question_of(node: &Node) -> Option<Item> {
    match &node.kind {
        NodeKind::Menu(menu) => menu.question,
        NodeKind::Gather(gather) => gather.question,
        _ => None,
    }
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
