//! What the rules for flow documents find.

use super::super::ToMessage;
use super::{Advice, advice, is_yes_no, way};
use crate::domain::{HiddenKind, Item, Language};
use crate::flow::NodeId;
use crate::flow::fault::{EntryFault, Gap, InsteadFault, KeyFault, KeyUse, PathFault, ReferenceFault, WordingFault};
use crate::flow::form::ObstacleKind;
use crate::translations::{Argument, Message, message};

pub(super) fn reference(fault: &ReferenceFault) -> Advice {
    match fault {
        ReferenceFault::Start(node) => {
            advice(message!("flow-no-start", node = node.as_str()), message!("flow-todo-node"))
        }
        ReferenceFault::Exit { from, to } => {
            advice(message!("flow-no-next", from = from.as_str(), to = to.as_str()), message!("flow-todo-node"))
        }
        ReferenceFault::Entry { of, at } => {
            advice(message!("flow-no-entry", of = of.as_str(), at = at.as_str()), message!("flow-todo-node"))
        }
        ReferenceFault::Flow(flow) => {
            advice(message!("flow-no-flow", flow = flow.as_str()), message!("flow-todo-flow"))
        }
        ReferenceFault::NoExit { node, result, flow } => advice(
            message!("flow-no-exit", node = node.as_str(), result = result.as_str(), flow = flow.as_str()),
            message!("flow-no-exit-todo", result = result.as_str()),
        ),
        ReferenceFault::NeverEndsWith { flow, result } => advice(
            message!("flow-never-ends-with", flow = flow.as_str(), result = result.as_str()),
            message!("flow-never-ends-with-todo"),
        ),
        ReferenceFault::NodeNotReached(node) => {
            advice(message!("flow-node-not-reached", node = node.as_str()), message!("flow-node-not-reached-todo"))
        }
        ReferenceFault::FlowNotReached(flow) => {
            advice(message!("flow-flow-not-reached", flow = flow.as_str()), message!("flow-flow-not-reached-todo"))
        }
    }
}

pub(super) fn key(fault: &KeyFault) -> Advice {
    match fault {
        KeyFault::Shared(key, one, other) => advice(
            message!("flow-key-shared", key = key.0.to_string(), one = *one, other = *other),
            message!("flow-key-shared-todo"),
        ),
        KeyFault::EndsNumber => advice(message!("flow-key-ends-number"), message!("flow-todo-another-key")),
        KeyFault::Visits(key, flow) => {
            advice(message!("flow-key-no-flow", key = &**key, flow = flow.as_str()), message!("flow-todo-flow"))
        }
        KeyFault::VisitTaken(key, used) => advice(
            message!("flow-key-visit-taken", key = key.0.to_string(), used = used.message()),
            message!("flow-key-visit-taken-todo"),
        ),
        KeyFault::NodeTaken(node, key, used) => {
            let todo = match used {
                KeyUse::Repeat => message!("flow-todo-another-key"),
                KeyUse::Visit(_) | KeyUse::Back => message!("flow-key-node-taken-todo"),
            };
            let key = key.0.to_string();
            advice(message!("flow-key-node-taken", node = node.as_str(), key = key, used = used.message()), todo)
        }
        KeyFault::DigitTaken(node, key, used) => {
            let key = key.0.to_string();
            let what = message!("flow-key-digit-taken", node = node.as_str(), key = key, used = used.message());
            advice(what, message!("flow-key-digit-taken-todo"))
        }
        KeyFault::Instead(node, entry, why) => instead(node, entry, why),
        KeyFault::Swapped { node, value, key, usual } => {
            let (key, usual) = (key.0.to_string(), usual.0.to_string());
            let what = message!("flow-key-swapped", node = node.as_str(), key = key, value = &**value);
            advice(what, message!("flow-key-swapped-todo", usual = usual))
        }
    }
}

fn instead(node: &NodeId, entry: &str, why: &InsteadFault) -> Advice {
    let node = node.as_str();
    match why {
        InsteadFault::NotDigits => advice(
            message!("flow-instead-not-digits", node = node, entry = entry),
            message!("flow-instead-not-digits-todo"),
        ),
        InsteadFault::TooLong(most) => advice(
            message!("flow-instead-too-long", node = node, entry = entry, most = most.to_string()),
            message!("flow-instead-too-long-todo"),
        ),
        InsteadFault::Taken(used) => advice(
            message!("flow-instead-taken", node = node, entry = entry, used = used.message()),
            message!("flow-instead-taken-todo"),
        ),
        InsteadFault::Ordinary => advice(
            message!("flow-instead-ordinary", node = node, entry = entry),
            message!("flow-instead-ordinary-todo"),
        ),
    }
}

#[allow(clippy::too_many_lines, reason = "one arm for each fault, so that the match is total")]
pub(super) fn entry(fault: &EntryFault) -> Advice {
    match fault {
        EntryFault::NotRecorded(node, item) => advice(
            message!("flow-not-recorded", node = node.as_str(), item = item.code()),
            message!("flow-not-recorded-todo", item = item.code()),
        ),
        EntryFault::NoAdvice(node, item) => advice(
            message!("flow-no-advice", node = node.as_str(), item = item.code()),
            message!("flow-no-advice-todo"),
        ),
        EntryFault::Usual { node, least, most } => advice(
            message!("flow-usual", node = node.as_str(), least = least.to_string(), most = most.to_string()),
            message!("flow-usual-todo"),
        ),
        EntryFault::NothingUsual(node) => {
            advice(message!("flow-nothing-usual", node = node.as_str()), message!("flow-nothing-usual-todo"))
        }
        EntryFault::Bounds { node, at_least, at_most, digits } => advice(
            message!(
                "flow-bounds",
                node = node.as_str(),
                least = at_least.to_string(),
                most = at_most.to_string(),
                digits = digits.to_string()
            ),
            message!("flow-bounds-todo"),
        ),
        EntryFault::ReadsNoDigits(node, of) => advice(
            message!("flow-reads-no-digits", node = node.as_str(), of = of.as_str()),
            message!("flow-reads-no-digits-todo"),
        ),
        EntryFault::ReadsPrivate(node, of) => advice(
            message!("flow-reads-private", node = node.as_str(), of = of.as_str()),
            message!("flow-reads-private-todo"),
        ),
        EntryFault::NotSpoken(node, of) => advice(
            message!("flow-not-spoken", node = node.as_str(), of = of.as_str()),
            message!("flow-not-spoken-todo"),
        ),
        EntryFault::NoHersysId(node) => {
            advice(message!("flow-no-hersys-id", node = node.as_str()), message!("flow-no-hersys-id-todo"))
        }
        EntryFault::NoBirthDate(node, by) => advice(
            message!("flow-no-birth-date", node = node.as_str(), by = by.as_str()),
            message!("flow-no-birth-date-todo"),
        ),
        EntryFault::ShownBirthDate(node, by) => advice(
            message!("flow-shown-birth-date", node = node.as_str(), by = by.as_str()),
            message!("flow-shown-birth-date-todo"),
        ),
        EntryFault::NeverHolds(node, of) => advice(
            message!("flow-never-holds", node = node.as_str(), of = of.as_str()),
            message!("flow-never-holds-todo"),
        ),
        EntryFault::OtherItem(node, asked, kept) => advice(
            message!("flow-other-item", node = node.as_str(), asked = asked.code(), kept = kept.code()),
            message!("flow-other-item-todo"),
        ),
        EntryFault::NothingKeyed(node, of) => advice(
            message!("flow-nothing-keyed", node = node.as_str(), of = of.as_str()),
            message!("flow-nothing-keyed-todo"),
        ),
        EntryFault::Value { node, value, asked, item } => {
            let (node, asked) = (node.as_str(), asked.as_str());
            let todo = if is_yes_no(*item) { message!("flow-value-yes-no") } else { message!("flow-value-number") };
            advice(message!("flow-value", node = node, value = &**value, asked = asked, item = item.code()), todo)
        }
        EntryFault::NoValues(node, of) => {
            advice(message!("flow-no-values", node = node.as_str(), of = of.as_str()), message!("flow-no-values-todo"))
        }
        EntryFault::Range { node, at_least, at_most, item } => advice(
            message!(
                "flow-range",
                node = node.as_str(),
                least = at_least.to_string(),
                most = at_most.to_string(),
                item = item.code()
            ),
            bounds(*item),
        ),
        EntryFault::Kind(of, item) => {
            let todo = if is_yes_no(*item) { message!("flow-kind-menu") } else { message!("flow-kind-number") };
            advice(message!("flow-kind", of = of.as_str(), item = item.code()), todo)
        }
        EntryFault::Instead(entry, of, item) => advice(
            message!("flow-instead-kept", entry = &**entry, of = of.as_str(), item = item.code()),
            message!("flow-instead-kept-todo"),
        ),
    }
}

fn bounds(item: Item) -> Message {
    if item == Item::Spo2 { message!("flow-range-spo2") } else { message!("flow-range-temperature") }
}

pub(super) fn path(fault: &PathFault) -> Advice {
    match fault {
        PathFault::WithoutEntry(node, at) => advice(
            message!("flow-without-entry", node = node.as_str(), at = at.as_str()),
            message!("flow-without-entry-todo"),
        ),
        PathFault::Circle(nodes) => {
            let way = way(nodes.iter().map(NodeId::as_str));
            advice(message!("flow-circle", way = way), message!("flow-circle-todo"))
        }
        PathFault::Recursion(flow, node) => advice(
            message!("flow-recursion", flow = flow.as_str(), node = node.as_str()),
            message!("flow-recursion-todo"),
        ),
        PathFault::StopsCalls(node) => {
            advice(message!("flow-stops-calls", node = node.as_str()), message!("flow-stops-calls-todo"))
        }
        PathFault::UnknownGap(node, prompt, gap) => {
            let todo = match gap {
                Gap::Value => message!("flow-gap-value"),
                Gap::Centre | Gap::CentrePhone => message!("flow-gap-centre"),
                Gap::CallBackNumber => message!("flow-gap-call-back-number"),
                Gap::Until => message!("flow-gap-until"),
                Gap::OpenAlerts => message!("flow-gap-open-alerts"),
            };
            let (node, prompt, gap) = (node.as_str(), prompt.as_str(), gap.written());
            advice(message!("flow-gap-not-known", node = node, prompt = prompt, gap = gap), todo)
        }
        PathFault::NotReadBack(node, prompt) => advice(
            message!("flow-not-read-back", node = node.as_str(), prompt = prompt.as_str()),
            message!("flow-not-read-back-todo"),
        ),
    }
}

/// Gaps with their brackets.
fn listed<T: AsRef<str>>(gaps: &[T]) -> Argument {
    let gaps: Vec<String> = gaps.iter().map(|gap| format!("{{{}}}", gap.as_ref())).collect();
    if gaps.is_empty() { message!("flow-no-gap").into() } else { gaps.join(", ").into() }
}

pub(super) fn wording(fault: &WordingFault) -> Advice {
    match fault {
        WordingFault::TooLong { prompt, language, seconds, most } => advice(
            message!(
                "flow-too-long",
                prompt = prompt.as_str(),
                language = language.tag(),
                seconds = *seconds,
                most = *most
            ),
            message!("flow-too-long-todo"),
        ),
        WordingFault::Hidden(name, found) => {
            let code = format!("U+{:04X}", u32::from(found.character));
            let what = message!("flow-hidden", name = &**name, kind = hidden(found.kind), code = code);
            advice(what, message!("flow-hidden-todo"))
        }
        WordingFault::NoPrompt(prompt) => {
            let folder = prompt.as_str().split('.').next().unwrap_or_default();
            let file = format!("{folder}/prompts/{}.toml", Language::Japanese);
            advice(message!("flow-no-prompt", prompt = prompt.as_str()), message!("flow-no-prompt-todo", file = file))
        }
        WordingFault::NoLanguage(prompt, language) => {
            let name = prompt.as_str().rsplit('.').next().unwrap_or_default();
            advice(
                message!("flow-no-language", prompt = prompt.as_str(), language = language.tag()),
                message!("flow-no-language-todo", name = name),
            )
        }
        WordingFault::Unused(prompt, languages) => {
            let languages: Vec<&str> = languages.iter().map(|language| language.tag()).collect();
            advice(
                message!("flow-unused", prompt = prompt.as_str()),
                message!("flow-unused-todo", languages = languages.join(", ")),
            )
        }
        WordingFault::Bracket(prompt) => {
            advice(message!("flow-bracket", prompt = prompt.as_str()), message!("flow-bracket-todo"))
        }
        WordingFault::UnknownGap(prompt, gap, known) => advice(
            message!("flow-unknown-gap", prompt = prompt.as_str(), gap = format!("{{{gap}}}")),
            message!("flow-unknown-gap-todo", gaps = listed(known)),
        ),
        WordingFault::FormGap(prompt, gaps) => {
            let todo = match gaps.as_slice() {
                [] => message!("flow-form-no-gap"),
                gaps => message!("flow-form-gaps", gaps = listed(gaps)),
            };
            advice(message!("flow-form-gap", prompt = prompt.as_str()), todo)
        }
        WordingFault::ReadingGaps(prompt, gaps) => advice(
            message!("flow-reading-gaps", prompt = prompt.as_str()),
            message!("flow-reading-gaps-todo", gaps = listed(gaps)),
        ),
        WordingFault::PartOfValue(prompt, gaps) => advice(
            message!("flow-part-of-value", prompt = prompt.as_str()),
            message!("flow-part-of-value-todo", gaps = listed(gaps)),
        ),
        WordingFault::OtherGaps(prompt, language, gaps) => advice(
            message!("flow-other-gaps", prompt = prompt.as_str(), language = language.tag()),
            message!("flow-other-gaps-todo", gaps = listed(gaps)),
        ),
    }
}

const fn hidden(kind: HiddenKind) -> Message {
    match kind {
        HiddenKind::LineBreak => message!("flow-hidden-line-break"),
        HiddenKind::Control => message!("flow-hidden-control"),
        HiddenKind::Direction => message!("flow-hidden-direction"),
        HiddenKind::Invisible => message!("flow-hidden-invisible"),
    }
}

pub(super) fn form(node: &NodeId, kind: &ObstacleKind) -> Advice {
    let node = node.as_str();
    let (why, todo) = match kind {
        ObstacleKind::NeedsACall => (message!("form-needs-call", node = node), message!("form-needs-call-todo")),
        ObstacleKind::RuleOnTheCall => (message!("form-rule-on-call", node = node), message!("form-rule-on-call-todo")),
        ObstacleKind::ChangesLanguage => (message!("form-language", node = node), message!("form-language-todo")),
        ObstacleKind::NotANumber => (message!("form-not-number", node = node), message!("form-not-number-todo")),
        ObstacleKind::TwoWaysForOneValue(value) => {
            (message!("form-two-ways", node = node, value = &**value), message!("form-two-ways-todo"))
        }
        ObstacleKind::DoesNotReturn => (message!("form-no-return", node = node), message!("form-no-return-todo")),
        ObstacleKind::Circle(nodes) => {
            let way = way(nodes.iter().map(NodeId::as_str));
            (message!("form-circle", way = way), message!("form-circle-todo"))
        }
        ObstacleKind::AskedTwice(item) => {
            (message!("form-asked-twice", node = node, item = item.code()), message!("form-asked-twice-todo"))
        }
        ObstacleKind::TestedBeforeItIsAsked(item) => {
            (message!("form-tested-before", node = node, item = item.code()), message!("form-tested-before-todo"))
        }
        ObstacleKind::AfterTheReport => {
            (message!("form-after-report", node = node), message!("form-after-report-todo"))
        }
        ObstacleKind::NoReport => (message!("form-no-report"), message!("form-no-report-todo")),
        ObstacleKind::TooManyConditions => (message!("form-too-many", node = node), message!("form-too-many-todo")),
    };
    advice(message!("flow-no-form", why = why), todo)
}
