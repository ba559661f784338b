//! Reads `shared/keys.toml`: the keys and timeouts of all questions.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::references;
use super::table::{Source, Table, Value};
use crate::flow::fault::{FileFault, KeyFault, Part, Required};
use crate::flow::finding::{Finding, closest};
use crate::flow::{FlowName, Key, SharedKeys};

const FILE: &str = "shared/keys.toml";

/// The seconds between two keys: at least one, and at most the longest silence that a caller hears.
pub(super) const BETWEEN_KEYS: RangeInclusive<u8> = 1..=15;

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
        findings.push(Finding::new(FILE, 1, FileFault::NoSharedKeys));
        return keys;
    };
    let text = text.trim_start_matches('\u{feff}');
    let source = Source::new(FILE, text);
    if let Some(tree) = source.tree(text) {
        let table = Table::new(&source, tree.get_ref(), 1, Part::File);
        if let Some(inner) = table.need(Required::Shared("keys")).and_then(|value| value.table(Part::Table("keys"))) {
            global_keys(&inner, files, &mut keys);
            inner.finish();
        }
        let patient = table.need(Required::Shared("patience")).and_then(|value| value.table(Part::Table("patience")));
        if let Some(inner) = patient {
            patience(&inner, &mut keys);
            inner.finish();
        }
        table.finish();
    }
    findings.extend(source.into_findings());
    keys
}

fn global_keys(table: &Table<'_>, files: &BTreeMap<String, String>, keys: &mut SharedKeys) {
    let mut taken = BTreeMap::<Key, &'static str>::new();
    let mut take = |value: Value<'_>, key: Key, use_: &'static str| match taken.insert(key, use_) {
        Some(other) => value.find(KeyFault::Shared(key, other, use_)),
        None if key == Key('#') => value.find(KeyFault::EndsNumber),
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
    let visit = table.get("visit").and_then(|value| value.table(Part::Table("visit")));
    for (text, value) in visit.iter().flat_map(Table::rows) {
        let (Some(key), Some(flow)) = (references::key(text, value), value.text()) else { continue };
        take(value, key, "visit");
        if !files.contains_key(&format!("{flow}/flow.toml")) {
            let known = files.keys().filter_map(|path| path.strip_suffix("/flow.toml"));
            let fault = KeyFault::Visits(text.into(), FlowName::from(flow));
            value.source.find_word(value.line, fault, closest(flow, known));
        }
        keys.visit.insert(key, FlowName::from(flow));
    }
}

fn patience(table: &Table<'_>, keys: &mut SharedKeys) {
    let number = |field, range| table.need(Required::Patience(field)).and_then(|value| value.number(range));
    keys.first_key_seconds = number("first_key_seconds", 1..=60).unwrap_or(keys.first_key_seconds);
    keys.between_keys_seconds = number("between_keys_seconds", BETWEEN_KEYS).unwrap_or(keys.between_keys_seconds);
    keys.tries = number("tries", 1..=9).unwrap_or(keys.tries);
}
