//! Reads the nodes that wait for the caller: menu, gather and confirm.

use std::collections::BTreeMap;

use super::flow::Defaults;
use super::references;
use super::table::Table;
use crate::flow::{Choice, Confirm, FlowName, Gather, Key, Menu, ReadAs, Retry, Say, Spanned, Takes, Without};

pub(super) fn menu(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Menu {
    Menu {
        say: references::need_say(table, flow),
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
    if let Some(rows) = short.and_then(|value| value.table("`choices`")) {
        let next = references::node(table, "next");
        for (text, value) in rows.rows() {
            let choice = value.text().map(|word| Choice { value: Some(word.into()), language: None, go: next.clone() });
            choices.extend(references::key(text, value).zip(choice));
        }
    }
    let long = table.get("keys");
    for (text, value) in long.and_then(|value| value.table("`keys`")).iter().flat_map(Table::rows) {
        let Some(key) = references::key(text, value) else { continue };
        let choice = if value.is_text() {
            Some(Choice { value: None, language: None, go: references::spot(value) })
        } else {
            value.table(format!("the key {text}")).map(|inner| {
                let go = references::node(&inner, "go");
                let word = inner.get("value").and_then(|value| value.text());
                let language = inner.get("language").and_then(references::language);
                inner.finish();
                Choice { value: word.map(Into::into), language, go }
            })
        };
        if choices.contains_key(&key) {
            value.find(format!("the key {text} stands in `choices` and in `keys`"), "Keep one of the two");
        }
        choices.extend(choice.map(|choice| (key, choice)));
    }
    if choices.is_empty() {
        let todo = "Add `keys.1 = \"…\"` with the name of a node, or `choices` and `next`";
        table.source.find(table.line, format!("{} has no keys", table.name), todo);
    }
    choices
}

pub(super) fn gather(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Option<Gather> {
    let takes = takes(table);
    let instead = table.get("instead").and_then(|value| value.table("`instead`"));
    let gather = Gather {
        say: references::need_say(table, flow),
        question: table.get("question").and_then(references::item),
        takes: Takes::Date,
        instead: instead
            .iter()
            .flat_map(Table::rows)
            .map(|(keys, value)| (keys.to_owned(), references::spot(value)))
            .collect(),
        private: table.get("private").and_then(|value| value.flag()).unwrap_or(false),
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
    let value = table.need("takes", "Add `takes = \"digits\"`, \"number\" or \"date\"")?;
    let word = value.word("way to take keys", &WORDS, |word| WORDS.into_iter().find(|known| *known == word))?;
    let superfluous: &[_] = match word {
        "digits" => &[at_least, at_most],
        "date" => &[digits, at_least, at_most],
        _ => &[],
    };
    for extra in superfluous.iter().flatten() {
        extra.find(format!("`takes = \"{word}\"` has no use for this"), "Take the line out");
    }
    if word == "date" {
        return Some(Takes::Date);
    }
    let Some(digits) = digits else {
        table.source.find(
            table.line,
            format!("{} doesn't say how many digits it takes", table.name),
            "Add `digits = 3`, or `digits = [6, 8]` for a range",
        );
        return None;
    };
    let counts: Vec<u8> = digits.list().into_iter().filter_map(|count| count.number(1..=20)).collect();
    if word == "number" {
        let at_least = table.need("at_least", "Add the smallest number that makes sense")?.number(0..=99_999_999)?;
        let at_most = table.need("at_most", "Add the largest number that makes sense")?.number(0..=99_999_999)?;
        return match counts[..] {
            [digits @ 1..=8] => Some(Takes::Number { digits, at_least, at_most }),
            _ => digits_wrong(digits, "a number has one count of digits, from 1 to 8"),
        };
    }
    match counts[..] {
        [count] => Some(Takes::Digits { min: count, max: count }),
        [min, max] if min <= max => Some(Takes::Digits { min, max }),
        _ => digits_wrong(digits, "`digits` should be one count, or the fewest and the most"),
    }
}

fn digits_wrong<T>(value: super::table::Value<'_>, what: &str) -> Option<T> {
    value.find(what, "Write `digits = 3`, or `digits = [6, 8]` where `takes = \"digits\"`");
    None
}

pub(super) fn confirm(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Option<Confirm> {
    const WORDS: [&str; 3] = ["temperature", "percent", "digits"];
    let read_as =
        table.need("read_as", "Add `read_as = \"temperature\"`, \"percent\" or \"digits\"").and_then(|value| {
            value.word("way to read an entry back", &WORDS, |word| match word {
                "temperature" => Some(ReadAs::Temperature),
                "percent" => Some(ReadAs::Percent),
                "digits" => Some(ReadAs::Digits),
                _ => None,
            })
        });
    let (of, yes, no) = (references::node(table, "of"), references::node(table, "yes"), references::node(table, "no"));
    let (say, retry, without) = (references::need_say(table, flow), retry(table, flow, defaults), without(table));
    read_as.map(|read_as| Confirm { of, read_as, say, yes, no, retry, without })
}

fn retry(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Retry {
    let say = |field, default: &Option<Vec<Say>>| -> Vec<Say> {
        let own = table.get(field).map(|value| references::say(value, flow));
        if own.is_none() && default.is_none() {
            let todo = format!("Add `{field} = [\"…\"]` here or under [defaults]");
            table.source.find(table.line, format!("{} doesn't say anything on {}", table.name, spoken(field)), todo);
        }
        own.or_else(|| default.clone()).unwrap_or_default()
    };
    let give_up = table.get("give_up").map(references::spot).or_else(|| defaults.give_up.clone());
    Retry {
        no_input: say("no_input", &defaults.no_input),
        no_match: say("no_match", &defaults.no_match),
        give_up: give_up.unwrap_or_else(|| give_up_missing(table)),
        tries: table.get("tries").and_then(|value| value.number(1..=9)),
        first_key_seconds: table.get("first_key_seconds").and_then(|value| value.number(5..=120)),
    }
}

fn spoken(field: &str) -> &'static str {
    if field == "no_input" { "silence" } else { "a wrong key" }
}

fn give_up_missing(table: &Table<'_>) -> Spanned<crate::flow::NodeId> {
    let todo = "Add `give_up = \"…\"` here or under [defaults]: where the call goes after the last try";
    table.source.find(table.line, format!("{} has no way on when the caller doesn't answer", table.name), todo);
    references::missing(table.line)
}

fn without(table: &Table<'_>) -> Without {
    let mut without = Without::default();
    for value in table.get("without").map(|value| value.list()).unwrap_or_default() {
        match value.word("key that can be switched off:", &["back", "visit"], |word| match word {
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
