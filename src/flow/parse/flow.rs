//! Reads one `flow.toml`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::node;
use super::references;
use super::table::{Source, Table, Value};
use crate::domain::Language;
use crate::flow::fault::{Part, Required};
use crate::flow::{Flow, FlowName, Limits, NodeId, REPORT_MINUTES, Say, Spanned};

/// The seconds to which a flow can be limited.
const LIMITABLE: RangeInclusive<u32> = 10..=3_600;

/// What a flow's questions and records do by default.
#[derive(Default)]
pub(super) struct Defaults {
    pub no_input: Option<Vec<Say>>,
    pub no_match: Option<Vec<Say>>,
    pub give_up: Option<Spanned<NodeId>>,
    pub on_red: Vec<Say>,
    pub after_red: Option<Spanned<FlowName>>,
}

pub(super) fn read(source: &Source<'_>, text: &str, folder: &str) -> Option<Flow> {
    let name = FlowName::from(folder);
    let tree = source.tree(text)?;
    let table = Table::new(source, tree.get_ref(), 1, Part::Flow(name.clone()));
    let title = table.need(Required::Title).and_then(|value| value.text());
    let version = table.need(Required::Version).and_then(|value| value.number(1..=u32::MAX));
    let start = references::node(&table, "start");
    let visit = visit(&table);
    let limits = limits(&table);
    let defaults = defaults(&table, &name);
    let (mut nodes, mut order) = (BTreeMap::new(), Vec::new());
    let rows = table.need(Required::Nodes).and_then(|value| value.table(Part::Table("nodes")));
    for (id, value) in rows.iter().flat_map(Table::rows) {
        let id = NodeId::from(id);
        order.push(id.clone());
        let inner = value.table(Part::Node(id.clone()));
        if let Some(node) = inner.and_then(|inner| node::read(inner, &name, &id, &defaults)) {
            nodes.insert(id, node);
        }
    }
    table.finish();
    let (title, version) = (title.unwrap_or(folder).to_owned(), version.unwrap_or(1));
    Some(Flow { name, title, version, start, visit, limits, nodes, order })
}

fn visit(table: &Table<'_>) -> BTreeMap<crate::flow::Key, Spanned<FlowName>> {
    let mut visit = BTreeMap::new();
    let Some(keys) = table.get("keys").and_then(|value| value.table(Part::Table("keys"))) else { return visit };
    let rows = keys.get("visit").and_then(|value| value.table(Part::Table("visit")));
    for (text, value) in rows.iter().flat_map(Table::rows) {
        if let Some(key) = references::key(text, value) {
            visit.insert(key, references::spot(value));
        }
    }
    keys.finish();
    visit
}

fn limits(table: &Table<'_>) -> Limits {
    let mut limits = Limits { steps: 0, people: 1, report_minutes: REPORT_MINUTES, healthy_seconds: BTreeMap::new() };
    let inner = table.need(Required::Limits).and_then(|value| value.table(Part::Table("limits")));
    let Some(inner) = inner else { return limits };
    limits.steps = inner.need(Required::Steps).and_then(|value| value.number(1..=100_000)).unwrap_or_default();
    limits.people = inner.get("people").and_then(|value| value.number(1..=50)).unwrap_or(limits.people);
    let minutes = inner.get("report_minutes").and_then(|value| value.number(5..=120));
    limits.report_minutes = minutes.unwrap_or(limits.report_minutes);
    limits.healthy_seconds = inner.get("healthy_seconds").map(healthy_seconds).unwrap_or_default();
    inner.finish();
    limits
}

/// `healthy_seconds = 180` for every language, or `healthy_seconds = { ja = 200, en = 180 }`.
fn healthy_seconds(value: Value<'_>) -> BTreeMap<Language, Spanned<u32>> {
    let seconds = |value: Value<'_>| value.number(LIMITABLE).map(|to| Spanned { to, line: value.line });
    if !value.is_table() {
        let limit = seconds(value);
        return limit.iter().flat_map(|limit| Language::ALL.map(|language| (language, limit.clone()))).collect();
    }
    let Some(table) = value.table(Part::Table("healthy_seconds")) else { return BTreeMap::new() };
    let stated = Language::ALL.into_iter().filter_map(|language| {
        let limit = table.get(language.tag()).and_then(seconds)?;
        Some((language, limit))
    });
    let limits = stated.collect();
    table.finish();
    limits
}

fn defaults(table: &Table<'_>, flow: &FlowName) -> Defaults {
    let Some(inner) = table.get("defaults").and_then(|value| value.table(Part::Table("defaults"))) else {
        return Defaults::default();
    };
    let say = |field| inner.get(field).map(|value| references::say(value, flow));
    let defaults = Defaults {
        no_input: say("no_input"),
        no_match: say("no_match"),
        give_up: inner.get("give_up").map(references::spot),
        on_red: say("on_red").unwrap_or_default(),
        after_red: inner.get("after_red").map(references::spot),
    };
    inner.finish();
    defaults
}
