//! Reads the nodes that don't wait for a key. `ask` reads the questions.

use std::sync::Arc;

use super::flow::Defaults;
use super::table::{Table, Value};
use super::{ask, references};
use crate::domain::{Answer, Item};
use crate::flow::fault::{NodeFault, Part, Required, Vocabulary};
use crate::flow::names::NODE_KINDS;
use crate::flow::{
    Announce, Bound, Branch, End, FlowName, HandOver, Identify, Node, NodeId, NodeKind, Record, RecordWhat, ResultName,
    Rule, SubFlow, Test,
};

pub(super) fn read(table: Table<'_>, flow: &FlowName, id: &NodeId, defaults: &Defaults) -> Option<Node> {
    let value = table.need(Required::Kind)?;
    let kind =
        value.word(Vocabulary::NodeKind, &NODE_KINDS, |word| NODE_KINDS.into_iter().find(|kind| *kind == word))?;
    let kind = match kind {
        "announce" => Some(NodeKind::Announce(Announce {
            say: references::need_say(&table, flow),
            short: references::short(&table, flow),
            barge_in: table.get("barge_in").and_then(|value| value.flag()).unwrap_or(true),
            next: references::node(&table, "next"),
        })),
        "menu" => Some(NodeKind::Menu(ask::menu(&table, flow, defaults))),
        "gather" => ask::gather(&table, flow, defaults).map(NodeKind::Gather),
        "confirm" => ask::confirm(&table, flow, defaults).map(NodeKind::Confirm),
        "branch" => Some(NodeKind::Branch(branch(&table))),
        "record" => record(&table, flow, defaults).map(NodeKind::Record),
        "identify" => Some(NodeKind::Identify(identify(&table))),
        "sub_flow" => Some(NodeKind::SubFlow(sub_flow(&table))),
        "hand_over" => Some(NodeKind::HandOver(HandOver {
            ring_seconds: table.need(Required::RingSeconds).and_then(|v| v.number(5..=120)).unwrap_or(30),
            connected: references::node(&table, "connected"),
            failed: references::node(&table, "failed"),
        })),
        _ => {
            let result = table.need(Required::Result).and_then(|value| value.text());
            result.map(|result| NodeKind::End(End { result: ResultName::from(result) }))
        }
    };
    let line = table.line;
    let title = table.get("title").and_then(|value| value.text()).map(Into::into);
    table.finish();
    Some(Node { id: id.clone(), line, title, kind: kind? })
}

fn identify(table: &Table<'_>) -> Identify {
    Identify {
        hersys_id: references::node(table, "hersys_id"),
        birth_date: references::node(table, "birth_date"),
        tries: table.need(Required::Tries).and_then(|value| value.number(1..=9)).unwrap_or(1),
        matched: references::node(table, "matched"),
        resumed: references::node(table, "resumed"),
        mismatch: references::node(table, "mismatch"),
        ended: references::node(table, "ended"),
        give_up: references::node(table, "give_up"),
    }
}

fn sub_flow(table: &Table<'_>) -> SubFlow {
    let flow = table.need(Required::Flow).map(references::spot);
    let flow = flow.unwrap_or(crate::flow::Spanned { to: FlowName::from(crate::flow::MISSING), line: table.line });
    let exits = table.need(Required::Exits).and_then(|value| value.table(Part::Table("exits")));
    let exits =
        exits.iter().flat_map(Table::rows).map(|(result, value)| (ResultName::from(result), references::spot(value)));
    SubFlow { flow, exits: exits.collect() }
}

fn record(table: &Table<'_>, flow: &FlowName, defaults: &Defaults) -> Option<Record> {
    let words = |field, words: &[(&'static str, RecordWhat)]| {
        let value = table.get(field)?;
        let known: Vec<&'static str> = words.iter().map(|(word, _)| *word).collect();
        let read = |text: &str| words.iter().find(|(word, _)| *word == text).map(|(_, what)| what.clone());
        value.word(Vocabulary::Record, &known, read)
    };
    let fixed = |field, word: &'static str, what: RecordWhat| words(field, &[(word, what)]);
    let refused = table.get("refused").map(references::spot);
    if refused.is_some() && table.get("call_back").is_none() {
        table.find(NodeFault::RefusesNothing(table.part.clone()));
    }
    let mut kept: Vec<RecordWhat> = [
        fixed("report", "complete", RecordWhat::Report),
        fixed("call_back", "requested", RecordWhat::CallBack { refused }),
        words("stop", &[("requested", RecordWhat::Stop), ("unconfirmed", RecordWhat::StopUnconfirmed)]),
        fixed("listener", "confirmed", RecordWhat::Listener),
        words("alerts", &[("taken", RecordWhat::AlertsTaken), ("passed_on", RecordWhat::AlertsPassedOn)]),
        fixed("answered", "not_now", RecordWhat::NotNow),
        fixed("number", "wrong", RecordWhat::WrongNumber),
    ]
    .into_iter()
    .flatten()
    .collect();
    let on_red = table.get("on_red").map(|value| references::say(value, flow));
    let after_red = table.get("after_red").map(references::spot);
    let answer = table.get("answer");
    let (from, item) = match answer {
        Some(value) => (Some(references::node(table, "from")), references::item(value)),
        None => (table.get("from").map(references::spot), None),
    };
    if let (Some(item), Some(from)) = (item, from) {
        let on_red = on_red.unwrap_or_else(|| defaults.on_red.clone());
        let after_red = after_red.or_else(|| defaults.after_red.clone());
        kept.push(RecordWhat::Answer { item, from, on_red, after_red });
    }
    let next = references::node(table, "next");
    if asked(table, &["answer", "report", "call_back", "stop", "listener", "alerts", "answered", "number"]) != 1 {
        table.find(NodeFault::NotOneRecord(table.part.clone()));
    }
    kept.pop().map(|what| Record { what, next })
}

fn branch(table: &Table<'_>) -> Branch {
    let rules = table.need(Required::Rules).map(|value| value.list()).unwrap_or_default();
    let rules = rules.into_iter().filter_map(rule).collect();
    Branch { rules, otherwise: references::node(table, "otherwise") }
}

fn rule(value: Value<'_>) -> Option<Rule> {
    let table = value.table(Part::Rule)?;
    let words = |field, words: &[(&'static str, Test)]| {
        let value = table.get(field)?;
        let known: Vec<&'static str> = words.iter().map(|(word, _)| *word).collect();
        let read = |text: &str| words.iter().find(|(word, _)| *word == text).map(|(_, test)| test.clone());
        value.word(Vocabulary::Rule, &known, read)
    };
    let fixed = |field, word: &'static str, test: Test| words(field, &[(word, test)]);
    let mut tests: Vec<Test> = [
        fixed("office", "open", Test::OfficeOpen),
        words("caller_number", &[("hidden", Test::CallerNumberHidden), ("not_called", Test::CallerNumberNotCalled)]),
        fixed("people", "no_more", Test::NoMorePeople),
        fixed("until", "known", Test::UntilKnown),
        fixed("answered_by", "machine", Test::AnsweredByMachine),
        fixed("listener", "confirmed", Test::ListenerConfirmed),
        fixed("known_caller", "yes", Test::KnownCaller),
        fixed("report", "begun", Test::ReportBegun),
        fixed("spo2_question", "left_out", Test::Spo2LeftOut),
        fixed("after_red", "continue", Test::ContinuesAfterRed),
        fixed("open_alerts", "none", Test::NoOpenAlerts),
    ]
    .into_iter()
    .flatten()
    .collect();
    let is = table.get("is");
    let at_most = table.get("at_most");
    if let Some(entry) = table.get("entry").map(references::spot) {
        match (is, at_most) {
            (Some(is), None) => tests.extend(is.text().map(|is| Test::EntryIs(entry, is.into()))),
            (None, Some(bound)) => tests.extend(self::bound(bound).map(|bound| Test::EntryAtMost(entry, bound))),
            _ => value.find(NodeFault::NotOneComparison),
        }
    }
    if let Some(item) = table.get("answer").and_then(references::item) {
        let is = table.need(Required::Is);
        tests.extend(is.and_then(|is| answer(item, is)).map(|is| Test::AnswerIs(item, is)));
    }
    let go = references::node(&table, "go");
    if asked(&table, &RULE_FIELDS) != 1 {
        value.find(NodeFault::NotOneTest);
    }
    table.finish();
    tests.pop().map(|test| Rule { test, go })
}

/// The fields of a rule that name what it tests.
const RULE_FIELDS: [&str; 13] = [
    "office",
    "caller_number",
    "people",
    "until",
    "answered_by",
    "listener",
    "known_caller",
    "report",
    "spo2_question",
    "after_red",
    "open_alerts",
    "entry",
    "answer",
];

/// The number of these fields that are present.
fn asked(table: &Table<'_>, fields: &[&'static str]) -> usize {
    fields.iter().filter(|field| table.get(field).is_some()).count()
}

/// Rules about answers accept only yes-no items. A measured item is compared by its entry.
fn answer(item: Item, value: Value<'_>) -> Option<Arc<str>> {
    let text = value.text()?;
    if !matches!(item.read(text), Some(Answer::YesNo(_))) {
        value.find(NodeFault::NotComparable(item, text.into()));
    }
    Some(text.into())
}

fn bound(value: Value<'_>) -> Option<Bound> {
    if !value.is_text() {
        return value.number(0..=99_999_999).map(Bound::Number);
    }
    value.word(Vocabulary::Threshold, &["spo2_amber", "spo2_red"], |word| match word {
        "spo2_amber" => Some(Bound::Spo2Amber),
        "spo2_red" => Some(Bound::Spo2Red),
        _ => None,
    })
}
