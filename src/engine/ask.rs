//! Questions: asking, asking again, and handling what the caller keyed.

use super::effect::{Fill, NextAction};
use super::entry::Entered;
use super::go_back::{correct_red_answer, corrects_too_often, go_back};
use super::interpreter::{Asking, Interpreter, InvalidFlow, Transition};
use super::repeat::{repeat, retry_of};
use super::session::{Entry, Opened, Waiting};
use crate::domain::{BirthDate, Item, Keyed, Keys};
use crate::flow::{Confirm, Flow, Gather, Key, Menu, Node, NodeId, NodeKind, RecordWhat, Say, Takes, Usual, Without};
use crate::policy::report_day;
use jiff::SignedDuration;
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
    if let NodeKind::Confirm(confirm) = &node.kind
        && let Some(usual) = usual(interpreter, confirm)
    {
        say_value(interpreter, confirm, &usual.say, BargeIn::Never);
        interpreter.noted = true;
        return Ok(Transition::To(confirm.yes.to.clone()));
    }
    let on_trail = !matches!(node.kind, NodeKind::Confirm(_)) && !beside(interpreter);
    if on_trail && interpreter.session.trail.last() != Some(&node.id) {
        interpreter.session.trail.push(node.id.clone());
    }
    let (max_keys, ends_with_hash) = match &node.kind {
        NodeKind::Menu(menu) => {
            let again = interpreter.asking == Asking::Again && !menu.again.is_empty();
            let say = if again { &menu.again } else { interpreter.wording(&menu.say, &menu.short) };
            interpreter.say_all(say, true);
            (1, false)
        }
        NodeKind::Gather(gather) => {
            let say = interpreter.wording(&gather.say, &gather.short);
            interpreter.say_all(say, true);
            (gather.takes.first_keys(), true)
        }
        NodeKind::Confirm(confirm) => {
            say_value(interpreter, confirm, &confirm.say, BargeIn::InLast);
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
        between_keys_seconds: between_keys(interpreter, node),
    };
    interpreter.reply(then, Waiting::Keys);
    Ok(Transition::Wait)
}

/// The longest silence between two keys of this question's entry, in seconds.
fn between_keys(interpreter: &Interpreter<'_>, node: &Node) -> u8 {
    let own = if let NodeKind::Gather(gather) = &node.kind { gather.between_keys_seconds } else { None };
    own.unwrap_or(interpreter.flow_set.keys.between_keys_seconds)
}

/// Waits for the rest of an entry, and says nothing.
fn listen_on(interpreter: &mut Interpreter<'_>, node: &Node, keyed: &str, to_come: u8) -> Transition {
    let between = between_keys(interpreter, node);
    interpreter.session.begun = Some(Keys::heard(keyed));
    let then = NextAction::Gather {
        max_keys: to_come,
        ends_with_hash: true,
        first_key_seconds: between,
        between_keys_seconds: between,
    };
    interpreter.reply(then, Waiting::Keys);
    Transition::Wait
}

/// Which prompts of a read-back a key interrupts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BargeIn {
    /// None: it asks nothing.
    Never,
    /// The last one. Nobody confirms a value before it was read out, and a carrier drops what is keyed until then: a
    /// key too many of the entry.
    InLast,
}

fn say_value(interpreter: &mut Interpreter<'_>, confirm: &Confirm, says: &[Say], barge_in: BargeIn) {
    let entry: Box<str> = interpreter.session.entry(&confirm.of.to).unwrap_or_default().into();
    for (nth, say) in says.iter().enumerate() {
        let value = Fill::Value(confirm.read_as, entry.clone());
        let barge_in = barge_in == BargeIn::InLast && nth.saturating_add(1) == says.len();
        interpreter.say_prompt(&say.prompt, say.language, barge_in, Some(value));
    }
}

/// The read-back without a question, if a known caller keyed a usual value.
fn usual<'c>(interpreter: &Interpreter<'_>, confirm: &'c Confirm) -> Option<&'c Usual> {
    let usual = confirm.usual.as_ref().filter(|_| interpreter.is_known_caller())?;
    let number = interpreter.session.entry(&confirm.of.to)?.parse::<u32>().ok()?;
    (usual.at_least..=usual.at_most).contains(&number).then_some(usual)
}

/// Handles the caller's keys, or silence.
pub(super) fn keyed(interpreter: &mut Interpreter<'_>, keyed: &Keyed) -> Result<Transition, InvalidFlow> {
    let (flow, node) = interpreter.here()?;
    let entered = Entered::of(&mut interpreter.session, keyed, interpreter.at);
    let keyed = entered.keys.as_str();
    let single = single_key(keyed);
    let own = matches!(&node.kind, NodeKind::Menu(menu) if single.is_some_and(|key| menu.keys.contains_key(&key)));
    // Who keys 3655 for 365 hasn't answered the next question, and doesn't want a person. Its own keys count even so:
    // callers who know the questions type ahead.
    let waits = waits_for_more(interpreter, node);
    let early = entered.asked.is_some_and(|asked| asked.is_left_over(interpreter.at, waits));
    // A value was just noted, and 7 corrects it: as a slip it does no harm.
    let corrects = single.is_some() && single == interpreter.flow_set.keys.back && waits.is_some();
    if early && !own && !corrects && is_left_over(node, keyed) {
        return repeat(interpreter, node);
    }
    let without = without_of(node);
    if !own && let Some(key) = single {
        if interpreter.flow_set.keys.repeat.contains(&key) {
            return repeat(interpreter, node);
        }
        if !without.back && interpreter.flow_set.keys.back == Some(key) {
            if interpreter.session.top().is_some_and(|frame| frame.opened == Opened::ByRedAnswer) {
                return correct_red_answer(interpreter, node);
            }
            if !beside(interpreter) {
                return go_back(interpreter, flow, node);
            }
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
        return repeat(interpreter, node);
    }
    // `*` inside an entry: the caller wants to hear the question again.
    if keyed.contains('*') && interpreter.flow_set.keys.repeat.contains(&Key('*')) {
        return repeat(interpreter, node);
    }
    if entered.open
        && let NodeKind::Gather(gather) = &node.kind
        && let Some(to_come) = gather.keys_to_come(keyed)
    {
        return Ok(listen_on(interpreter, node, keyed, to_come));
    }
    let taken = match &node.kind {
        NodeKind::Menu(menu) => take_menu(interpreter, node, menu, keyed),
        NodeKind::Gather(gather) => take_gather(interpreter, node, gather, keyed),
        NodeKind::Confirm(confirm) => take_confirm(confirm, keyed),
        _ => return Err(InvalidFlow),
    };
    // An entry that was wrong is asked for in full.
    if let (NodeKind::Confirm(confirm), Ok(next)) = (&node.kind, &taken)
        && *next == confirm.no.to
    {
        if corrects_too_often(interpreter) {
            return Ok(Transition::To(confirm.retry.give_up.to.clone()));
        }
        interpreter.session.tries = 0;
        interpreter.stand_at(next.clone());
        return Ok(Transition::Again);
    }
    match taken {
        Ok(next) => {
            interpreter.session.entered = matches!(node.kind, NodeKind::Gather(_));
            Ok(Transition::To(next))
        }
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
    let entry = read_entry(interpreter, gather.takes, keyed).ok_or_else(|| not_taken(keyed))?;
    keep(interpreter, node, &entry);
    Ok(gather.next.to.clone())
}

/// The entry as it is kept, in one form however it was keyed: a number has all its digits, a date is YYYYMMDD. `None`
/// if it doesn't fit.
fn read_entry(interpreter: &Interpreter<'_>, takes: Takes, keyed: &str) -> Option<String> {
    if keyed.is_empty() || !keyed.bytes().all(|key| key.is_ascii_digit()) {
        return None;
    }
    match takes {
        Takes::Digits { min, max } => {
            (usize::from(min)..=usize::from(max)).contains(&keyed.len()).then(|| keyed.to_owned())
        }
        Takes::Number { fewest, digits, at_least, at_most } => {
            let number = keyed.parse::<u32>().ok().filter(|number| (at_least..=at_most).contains(number))?;
            let width = usize::from(digits);
            (usize::from(fewest)..=width).contains(&keyed.len()).then(|| format!("{number:0>width$}"))
        }
        Takes::Date => {
            let zone = interpreter.session.centre().and_then(|centre| TimeZone::get(&centre.zone).ok());
            // Before identification, use the latest date on earth, so that no birthday is rejected too early.
            let zone = zone.unwrap_or_else(|| TimeZone::fixed(jiff::tz::offset(14)));
            BirthDate::parse_keys(keyed, report_day(interpreter.at, &zone)).ok().map(BirthDate::keys)
        }
    }
}

/// Stores the entry of a node and replaces its earlier one.
fn keep(interpreter: &mut Interpreter<'_>, node: &Node, text: &str) {
    let Some(flow) = interpreter.session.top().map(|frame| frame.flow.clone()) else { return };
    interpreter.session.forget(&node.id);
    interpreter.session.entries.push(Entry { flow, node: node.id.clone(), text: text.into() });
}

/// Whether keys that came just after an entry answer nothing here. A single key is no entry of several; the first of
/// more can't be told from those of the entry before.
fn is_left_over(node: &Node, keyed: &str) -> bool {
    match &node.kind {
        NodeKind::Menu(_) => true,
        NodeKind::Confirm(_) => ![RIGHT, AGAIN].contains(&keyed),
        NodeKind::Gather(gather) => single_key(keyed).is_some() && gather.takes.fewest_keys() > 1,
        _ => false,
    }
}

/// How long the carrier waits for another key, where a question takes several.
fn waits_for_more(interpreter: &Interpreter<'_>, node: &Node) -> Option<SignedDuration> {
    let NodeKind::Gather(_) = node.kind else { return None };
    Some(SignedDuration::from_secs(between_keys(interpreter, node).into()))
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
    Ok(Transition::Again)
}

/// Returns `true` beside the questions: in a flow opened by a key or a red answer, from which no key goes back.
fn beside(interpreter: &Interpreter<'_>) -> bool {
    interpreter.session.stack.iter().any(|frame| frame.opened == Opened::ByRedAnswer) || visiting(interpreter)
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

/// The node at which a flow continues after an item was recorded.
pub(super) fn after_record(flow: &Flow, item: Item) -> Option<&NodeId> {
    let mut records = flow.order.iter().filter_map(|id| match &flow.nodes.get(id)?.kind {
        NodeKind::Record(record) => Some(record),
        _ => None,
    });
    let record = records.find(|record| matches!(record.what, RecordWhat::Answer { item: of, .. } if of == item))?;
    Some(&record.next.to)
}
