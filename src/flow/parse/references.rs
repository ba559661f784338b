//! References of a flow document: nodes, prompts, items and keys, each with its line.

use super::table::{Table, Value};
use crate::domain::{Item, Language};
use crate::flow::fault::{FieldFault, Part, Required, Vocabulary};
use crate::flow::{FlowName, Key, MISSING, NodeId, Say, Spanned};

const LANGUAGES: [&str; 7] = ["ja", "en", "zh-Hans", "zh-Hant", "ko", "es", "pt"];

/// A required reference to a node. If it is absent, it is replaced by [`MISSING`], and the finding has already been
/// reported.
pub(super) fn node(table: &Table<'_>, field: &'static str) -> Spanned<NodeId> {
    match table.need(Required::Node(field)) {
        Some(value) => spot(value),
        None => missing(table.line),
    }
}

pub(super) fn missing(line: u32) -> Spanned<NodeId> {
    Spanned { to: NodeId::from(MISSING), line }
}

pub(super) fn spot<T: for<'t> From<&'t str>>(value: Value<'_>) -> Spanned<T> {
    Spanned { to: T::from(value.text().unwrap_or(MISSING)), line: value.line }
}

/// The prompts: `"x"`, `{ prompt, language }`, or a list of them.
pub(super) fn say(value: Value<'_>, flow: &FlowName) -> Vec<Say> {
    let list = value.list();
    if list.is_empty() {
        value.find(FieldFault::NothingSaid);
    }
    list.into_iter().filter_map(|item| one_say(item, flow)).collect()
}

fn one_say(value: Value<'_>, flow: &FlowName) -> Option<Say> {
    let full = |id: &str| match id.contains('.') {
        true => id.into(),
        false => format!("{flow}.{id}").as_str().into(),
    };
    if value.is_text() {
        return Some(Say { prompt: full(value.text()?), language: None, line: value.line });
    }
    let table = value.table(Part::Said)?;
    let prompt = table.need(Required::Prompt).and_then(|id| id.text());
    let language = table.get("language").and_then(language);
    table.finish();
    Some(Say { prompt: full(prompt?), language, line: value.line })
}

pub(super) fn need_say(table: &Table<'_>, flow: &FlowName) -> Vec<Say> {
    table.need(Required::Say).map(|value| say(value, flow)).unwrap_or_default()
}

/// The short wording of a node, if there is one.
pub(super) fn short(table: &Table<'_>, flow: &FlowName) -> Vec<Say> {
    table.get("short").map(|value| say(value, flow)).unwrap_or_default()
}

pub(super) fn language(value: Value<'_>) -> Option<Language> {
    value.word(Vocabulary::Language, &LANGUAGES, |tag| LANGUAGES.contains(&tag).then(|| tag.parse().ok()).flatten())
}

pub(super) fn item(value: Value<'_>) -> Option<Item> {
    value.word(Vocabulary::Item, &Item::ALL.map(Item::code), Item::from_code)
}

pub(super) fn key(text: &str, value: Value<'_>) -> Option<Key> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(key @ ('0'..='9' | '*' | '#')), None) => Some(Key(key)),
        _ => {
            value.find(FieldFault::NoSuchKey(text.into()));
            None
        }
    }
}
