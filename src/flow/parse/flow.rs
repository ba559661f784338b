//! Reads one `flow.toml`.

use std::collections::BTreeMap;

use super::node;
use super::references;
use super::table::{Source, Table};
use crate::flow::{Flow, FlowName, Limits, NodeId, Say, Spanned};

/// What a flow's questions and records do by default.
#[derive(Default)]
pub(super) struct Defaults {
    pub no_input: Option<Vec<Say>>,
    pub no_match: Option<Vec<Say>>,
    pub give_up: Option<Spanned<NodeId>>,
    pub on_red: Vec<Say>,
}

pub(super) fn read(source: &Source<'_>, text: &str, folder: &str) -> Option<Flow> {
    let name = FlowName::from(folder);
    let tree = source.tree(text)?;
    let table = Table::new(source, tree.get_ref(), 1, format!("the flow `{name}`"));
    let title = table.need("title", "Add `title = \"…\"`, what staff call it").and_then(|value| value.text());
    let todo = "Add `version = 1` and raise it with each change";
    let version = table.need("version", todo).and_then(|value| value.number(1..=u32::MAX));
    let start = references::node(&table, "start");
    let visit = visit(&table);
    let limits = limits(&table);
    let defaults = defaults(&table, &name);
    let (mut nodes, mut order) = (BTreeMap::new(), Vec::new());
    let rows = table.need("nodes", "Add a node under a heading [nodes.NAME]").and_then(|value| value.table("`nodes`"));
    for (id, value) in rows.iter().flat_map(Table::rows) {
        let id = NodeId::from(id);
        order.push(id.clone());
        let inner = value.table(format!("the node `{id}`"));
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
    let Some(keys) = table.get("keys").and_then(|value| value.table("`keys`")) else { return visit };
    let rows = keys.get("visit").and_then(|value| value.table("`visit`"));
    for (text, value) in rows.iter().flat_map(Table::rows) {
        if let Some(key) = references::key(text, value) {
            visit.insert(key, references::spot(value));
        }
    }
    keys.finish();
    visit
}

fn limits(table: &Table<'_>) -> Limits {
    let todo = "Add a heading [limits] with `steps = …`: far more nodes than the longest call walks";
    let mut limits = Limits { steps: 0, people: 1 };
    let Some(inner) = table.need("limits", todo).and_then(|value| value.table("`limits`")) else { return limits };
    limits.steps = inner.need("steps", todo).and_then(|value| value.number(1..=100_000)).unwrap_or_default();
    limits.people = inner.get("people").and_then(|value| value.number(1..=50)).unwrap_or(limits.people);
    inner.finish();
    limits
}

fn defaults(table: &Table<'_>, flow: &FlowName) -> Defaults {
    let Some(inner) = table.get("defaults").and_then(|value| value.table("`defaults`")) else {
        return Defaults::default();
    };
    let say = |field| inner.get(field).map(|value| references::say(value, flow));
    let defaults = Defaults {
        no_input: say("no_input"),
        no_match: say("no_match"),
        give_up: inner.get("give_up").map(references::spot),
        on_red: say("on_red").unwrap_or_default(),
    };
    inner.finish();
    defaults
}
