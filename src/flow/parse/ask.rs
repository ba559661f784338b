//! Reads the nodes that wait for the caller: menu, gather and confirm.

use std::collections::BTreeMap;

use super::flow::Defaults;
use super::references;
use super::shared_keys::BETWEEN_KEYS;
use super::table::Table;
use crate::flow::fault::{Misstep, NodeFault, Part, Required, Vocabulary};
use crate::flow::{Choice, Confirm, FlowName, Gather, Key, Menu, ReadAs, Retry, Say, Spanned, Takes, Usual, Without};

pub(super) fn menu(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Menu {
    Menu {
        say: references::need_say(table, flow),
        short: references::short(table, flow),
        again: table.get("again").map(|value| references::say(value, flow)).unwrap_or_default(),
        question: table.get("question").and_then(references::item),
        keys: choices(table),
        retry: retry(table, flow, defaults),
        without: without(table),
    }
}

/// `keys.1 = "node"`, `keys.1 = { go, value, language }`, or `choices = { 1 = "yes" }` with `next`.
fn choices(table: &Table<'_>) -> BTreeMap<Key, Choice> {
    let mut choices = BTreeMap::new();
    let short = table.get("choices");
    if let Some(rows) = short.and_then(|value| value.table(Part::Table("choices"))) {
        let next = references::node(table, "next");
        for (text, value) in rows.rows() {
            let choice = value.text().map(|word| Choice { value: Some(word.into()), language: None, go: next.clone() });
            choices.extend(references::key(text, value).zip(choice));
        }
    }
    let long = table.get("keys");
    for (text, value) in long.and_then(|value| value.table(Part::Table("keys"))).iter().flat_map(Table::rows) {
        let Some(key) = references::key(text, value) else { continue };
        let choice = if value.is_text() {
            Some(Choice { value: None, language: None, go: references::spot(value) })
        } else {
            value.table(Part::Key(text.into())).map(|inner| {
                let go = references::node(&inner, "go");
                let word = inner.get("value").and_then(|value| value.text());
                let language = inner.get("language").and_then(references::language);
                inner.finish();
                Choice { value: word.map(Into::into), language, go }
            })
        };
        if choices.contains_key(&key) {
            value.find(NodeFault::KeyTwice(text.into()));
        }
        choices.extend(choice.map(|choice| (key, choice)));
    }
    if choices.is_empty() {
        table.find(NodeFault::NoKeys(table.part.clone()));
    }
    choices
}

pub(super) fn gather(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Option<Gather> {
    let takes = takes(table);
    let instead = table.get("instead").and_then(|value| value.table(Part::Table("instead")));
    let gather = Gather {
        say: references::need_say(table, flow),
        short: references::short(table, flow),
        question: table.get("question").and_then(references::item),
        takes: Takes::Date,
        instead: instead
            .iter()
            .flat_map(Table::rows)
            .map(|(keys, value)| (keys.to_owned(), references::spot(value)))
            .collect(),
        private: table.get("private").and_then(|value| value.flag()).unwrap_or(false),
        between_keys_seconds: table.get("between_keys_seconds").and_then(|value| value.number(BETWEEN_KEYS)),
        retry: retry(table, flow, defaults),
        without: without(table),
        next: references::node(table, "next"),
    };
    takes.map(|takes| Gather { takes, ..gather })
}

fn takes(table: &Table<'_>) -> Option<Takes> {
    const WORDS: [&str; 3] = ["digits", "number", "date"];
    let digits = table.get("digits");
    let (at_least, at_most) = (table.get("at_least"), table.get("at_most"));
    let value = table.need(Required::Takes)?;
    let word = value.word(Vocabulary::Takes, &WORDS, |word| WORDS.into_iter().find(|known| *known == word))?;
    let superfluous: &[_] = match word {
        "digits" => &[at_least, at_most],
        "date" => &[digits, at_least, at_most],
        _ => &[],
    };
    for extra in superfluous.iter().flatten() {
        extra.find(NodeFault::NoUse(word));
    }
    if word == "date" {
        return Some(Takes::Date);
    }
    let Some(digits) = digits else {
        table.find(NodeFault::NoDigits(table.part.clone()));
        return None;
    };
    let counts: Vec<u8> = digits.list().into_iter().filter_map(|count| count.number(1..=20)).collect();
    if word == "number" {
        let at_least = table.need(Required::AtLeast)?.number(0..=99_999_999)?;
        let at_most = table.need(Required::AtMost)?.number(0..=99_999_999)?;
        return match counts[..] {
            [digits @ 1..=8] => Some(Takes::Number { fewest: digits, digits, at_least, at_most }),
            [fewest @ 1..=8, digits @ 1..=8] if fewest <= digits => {
                Some(Takes::Number { fewest, digits, at_least, at_most })
            }
            _ => wrong(digits, NodeFault::DigitsOfNumber),
        };
    }
    match counts[..] {
        [count] => Some(Takes::Digits { min: count, max: count }),
        [min, max] if min <= max => Some(Takes::Digits { min, max }),
        _ => wrong(digits, NodeFault::DigitsOfDigits),
    }
}

fn wrong<T>(value: super::table::Value<'_>, fault: NodeFault) -> Option<T> {
    value.find(fault);
    None
}

pub(super) fn confirm(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Option<Confirm> {
    const WORDS: [&str; 3] = ["temperature", "percent", "digits"];
    let read_as = table.need(Required::ReadAs).and_then(|value| {
        value.word(Vocabulary::ReadAs, &WORDS, |word| match word {
            "temperature" => Some(ReadAs::Temperature),
            "percent" => Some(ReadAs::Percent),
            "digits" => Some(ReadAs::Digits),
            _ => None,
        })
    });
    let (of, yes, no) = (references::node(table, "of"), references::node(table, "yes"), references::node(table, "no"));
    let (say, retry, without) = (references::need_say(table, flow), retry(table, flow, defaults), without(table));
    let usual = table.get("usual").and_then(|value| usual(value, flow));
    read_as.map(|read_as| Confirm { of, read_as, say, usual, yes, no, retry, without })
}

/// `usual = { at_least = 350, at_most = 374, say = "read_back" }`
fn usual(value: super::table::Value<'_>, flow: &FlowName) -> Option<Usual> {
    let table = value.table(Part::Table("usual"))?;
    let bound = |required| table.need(required).and_then(|value| value.number(0..=99_999_999));
    let (at_least, at_most) = (bound(Required::AtLeast), bound(Required::AtMost));
    let say = references::need_say(&table, flow);
    table.finish();
    Some(Usual { at_least: at_least?, at_most: at_most?, say, line: value.line })
}

fn retry(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Retry {
    let say = |after: Misstep, default: &Option<Vec<Say>>| -> Vec<Say> {
        let own = table.get(after.field()).map(|value| references::say(value, flow));
        if own.is_none() && default.is_none() {
            table.find(NodeFault::SaysNothing(table.part.clone(), after));
        }
        own.or_else(|| default.clone()).unwrap_or_default()
    };
    let give_up = table.get("give_up").map(references::spot).or_else(|| defaults.give_up.clone());
    Retry {
        no_input: say(Misstep::NoInput, &defaults.no_input),
        no_match: say(Misstep::NoMatch, &defaults.no_match),
        give_up: give_up.unwrap_or_else(|| give_up_missing(table)),
        tries: table.get("tries").and_then(|value| value.number(1..=9)),
        first_key_seconds: table.get("first_key_seconds").and_then(|value| value.number(3..=120)),
    }
}

fn give_up_missing(table: &Table<'_>) -> Spanned<crate::flow::NodeId> {
    table.find(NodeFault::NoGiveUp(table.part.clone()));
    references::missing(table.line)
}

fn without(table: &Table<'_>) -> Without {
    let mut without = Without::default();
    for value in table.get("without").map(|value| value.list()).unwrap_or_default() {
        match value.word(Vocabulary::Without, &["back", "visit"], |word| match word {
            "back" => Some(true),
            "visit" => Some(false),
            _ => None,
        }) {
            Some(true) => without.back = true,
            Some(false) => without.visit = true,
            None => {}
        }
    }
    without
}
