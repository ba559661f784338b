//! What the findings of flow documents say to their author: what is wrong, and what to do.

mod check;
mod parse;

use super::ToMessage;
use crate::domain::Item;
use crate::flow::Finding;
use crate::flow::fault::{Changed, Earlier, Fault, KeyUse, LimitFault, LongPrompt, Unversioned};
use crate::translations::{Argument, Message, Separator, message};

/// What a finding says.
#[derive(Debug, Clone, PartialEq)]
pub struct Advice {
    /// What is wrong, without a full stop.
    pub what: Message,
    /// The remedy, without a full stop; or a question that suggests the intended word, with its question mark.
    pub todo: Message,
}

impl Advice {
    /// What a finding says.
    pub fn of(finding: &Finding) -> Self {
        let advice = match &finding.fault {
            Fault::File(fault) => parse::file(fault),
            Fault::Field(fault) => parse::field(fault),
            Fault::Node(fault) => parse::node(fault),
            Fault::Reference(fault) => check::reference(fault),
            Fault::Key(fault) => check::key(fault),
            Fault::Entry(fault) => check::entry(fault),
            Fault::Path(fault) => check::path(fault),
            Fault::Wording(fault) => check::wording(fault),
            Fault::Limit(fault) => limit(fault),
            Fault::NoForm(node, kind) => check::form(node, kind),
            Fault::Unversioned(fault) => unversioned(fault),
        };
        match &finding.meant {
            Some(word) => Self { todo: message!("flow-todo-did-you-mean", word = word), ..advice },
            None => advice,
        }
    }
}

fn advice(what: Message, todo: Message) -> Advice {
    Advice { what, todo }
}

fn limit(fault: &LimitFault) -> Advice {
    match fault {
        LimitFault::TooLong { language, seconds, most, longest } => {
            let longest = Argument::Joined(Separator::Words, longest.iter().map(LongPrompt::message).collect());
            advice(
                message!("flow-call-too-long", language = language.tag(), seconds = *seconds, most = *most),
                message!("flow-call-too-long-todo", longest = longest),
            )
        }
        LimitFault::NoReport(flow) => {
            advice(message!("flow-limit-no-report", flow = flow.as_str()), message!("flow-limit-no-report-todo"))
        }
    }
}

impl ToMessage for LongPrompt {
    fn message(&self) -> Message {
        let place = format!("{}:{}", self.file, self.line);
        message!("flow-long-prompt", prompt = self.prompt.as_str(), place = place, seconds = self.seconds)
    }
}

fn unversioned(fault: &Unversioned) -> Advice {
    let versions = fault
        .flows
        .iter()
        .map(|(name, version)| message!("flow-version", flow = name.as_str(), version = version.to_string()));
    let versions = Argument::Joined(Separator::Words, versions.collect());
    let earlier = match fault.earlier {
        Earlier::BuiltIn => message!("flow-earlier-built-in"),
        Earlier::UsedSince(at) => message!("flow-earlier-used", at = format!("{at:.0}")),
    };
    let what = match &fault.what {
        Changed::Flow(flow, version) => {
            let version = version.to_string();
            message!("flow-unversioned-flow", flow = flow.as_str(), version = version, earlier = earlier)
        }
        Changed::Words(prompt) => {
            message!("flow-unversioned-words", prompt = prompt.as_str(), versions = versions, earlier = earlier)
        }
        Changed::SharedKeys => message!("flow-unversioned-keys", versions = versions, earlier = earlier),
    };
    let files: Vec<String> = fault.flows.iter().map(|(name, _)| format!("{name}/flow.toml")).collect();
    advice(what, message!("flow-unversioned-todo", files = files.join(", ")))
}

impl ToMessage for KeyUse {
    fn message(&self) -> Message {
        match self {
            Self::Visit(flow) => message!("flow-key-visits", flow = flow.as_str()),
            Self::Back => message!("flow-key-back"),
            Self::Repeat => message!("flow-key-repeats"),
        }
    }
}

/// Whether an item is answered by yes, no or unknown.
fn is_yes_no(item: Item) -> bool {
    item.read("yes").is_some()
}

/// Names in backticks with arrows between them.
fn way<'a>(nodes: impl IntoIterator<Item = &'a str>) -> String {
    let nodes: Vec<String> = nodes.into_iter().map(|node| format!("`{node}`")).collect();
    nodes.join(" → ")
}
