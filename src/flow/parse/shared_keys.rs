//! Reads `shared/keys.toml`: the keys and timeouts of all questions.

use std::collections::BTreeMap;

use super::references;
use super::table::{Source, Table, Value};
use crate::flow::finding::{Finding, did_you_mean};
use crate::flow::{FlowName, Key, SharedKeys};

const FILE: &str = "shared/keys.toml";

pub(super) fn read(files: &BTreeMap<String, String>, findings: &mut Vec<Finding>) -> SharedKeys {
    let mut keys = SharedKeys {
        repeat: Vec::new(),
        back: None,
        visit: BTreeMap::new(),
        first_key_seconds: 10,
        between_keys_seconds: 5,
        tries: 3,
    };
    let Some(text) = files.get(FILE) else {
        let todo = "Copy it from the documents that came with Kenko Call";
        findings.push(Finding::new(FILE, 1, "the file with the keys that hold at every question is missing", todo));
        return keys;
    };
    let text = text.trim_start_matches('\u{feff}');
    let source = Source::new(FILE, text);
    if let Some(tree) = source.tree(text) {
        let table = Table::new(&source, tree.get_ref(), 1, "the file".into());
        let todo = "Copy it from the documents that came with Kenko Call";
        if let Some(inner) = table.need("keys", todo).and_then(|value| value.table("`keys`")) {
            global_keys(&inner, files, &mut keys);
            inner.finish();
        }
        if let Some(inner) = table.need("patience", todo).and_then(|value| value.table("`patience`")) {
            patience(&inner, &mut keys);
            inner.finish();
        }
        table.finish();
    }
    findings.extend(source.into_findings());
    keys
}

fn global_keys(table: &Table<'_>, files: &BTreeMap<String, String>, keys: &mut SharedKeys) {
    let mut taken = BTreeMap::<Key, &str>::new();
    let mut take = |value: Value<'_>, key: Key, use_: &'static str| match taken.insert(key, use_) {
        Some(other) => {
            value.find(format!("the key {} is set to {other} and to {use_}", key.0), "Give each its own key")
        }
        None if key == Key('#') => value.find("the key # ends a number and can't do anything else", "Take another key"),
        None => {}
    };
    for value in table.get("repeat").map(|value| value.list()).unwrap_or_default() {
        if let Some(key) = value.text().and_then(|text| references::key(text, value)) {
            take(value, key, "repeat");
            keys.repeat.push(key);
        }
    }
    if let Some(value) = table.get("back") {
        keys.back = value.text().and_then(|text| references::key(text, value));
        keys.back.into_iter().for_each(|key| take(value, key, "back"));
    }
    let visit = table.get("visit").and_then(|value| value.table("`visit`"));
    for (text, value) in visit.iter().flat_map(Table::rows) {
        let (Some(key), Some(flow)) = (references::key(text, value), value.text()) else { continue };
        take(value, key, "visit");
        if !files.contains_key(&format!("{flow}/flow.toml")) {
            let known = files.keys().filter_map(|path| path.strip_suffix("/flow.toml"));
            let todo = did_you_mean(flow, known, "Name a flow, that is a folder with a flow.toml");
            value.find(format!("the key {text} visits the flow `{flow}`, which doesn't exist"), todo);
        }
        keys.visit.insert(key, FlowName::from(flow));
    }
}

fn patience(table: &Table<'_>, keys: &mut SharedKeys) {
    let number = |field, range| table.need(field, &format!("Add `{field} = …`")).and_then(|value| value.number(range));
    keys.first_key_seconds = number("first_key_seconds", 1..=60).unwrap_or(keys.first_key_seconds);
    keys.between_keys_seconds = number("between_keys_seconds", 1..=60).unwrap_or(keys.between_keys_seconds);
    keys.tries = number("tries", 1..=9).unwrap_or(keys.tries);
}
