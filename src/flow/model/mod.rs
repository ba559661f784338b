//! A flow document as the engine walks it: nodes with exits, every reference with its line number.

mod nodes;

pub use nodes::*;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::Language;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// A flow's name, which is its folder's name.
    FlowName
}
name! {
    /// A node's name, unique in its flow.
    NodeId
}
name! {
    /// A prompt's full name: `questionnaire.ask_fatigue`, `shared.goodbye`.
    PromptId
}
name! {
    /// How a flow ended, as its caller sees it: `done`, `gave_up`.
    ResultName
}

/// Stands for a name that a document should have and hasn't: only in a library that was read with findings.
pub const MISSING: &str = "(missing)";

/// All flow documents and all wording, as one set: a session is pinned to the digest of the set that it began with.
#[derive(Debug, Clone)]
pub struct FlowSet {
    /// SHA-256 over all files of the set, in hex.
    pub digest: String,
    /// The flows by name.
    pub flows: BTreeMap<FlowName, Flow>,
    /// The wording.
    pub prompts: BTreeMap<PromptId, Prompt>,
    /// Keys and patience that hold at every question.
    pub keys: SharedKeys,
    /// The files that it was read from, by path below the folder (`health_call/flow.toml`): kept with the calls that
    /// used them.
    pub files: BTreeMap<String, String>,
}

/// One flow.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Its name.
    pub name: FlowName,
    /// What staff call it.
    pub title: String,
    /// Raised by the author with each change.
    pub version: u32,
    /// The node at which it begins.
    pub start: Spanned<NodeId>,
    /// Keys that leave a question for another flow, besides the shared ones; they hold in this flow's sub-flows too.
    pub visit: BTreeMap<Key, Spanned<FlowName>>,
    /// Named limits.
    pub limits: Limits,
    /// The nodes by name.
    pub nodes: BTreeMap<NodeId, Node>,
    /// The nodes in the order of the document.
    pub order: Vec<NodeId>,
}

/// A reference and the line on which it stands (counted from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What is referred to.
    pub to: T,
    /// The line in the flow's `flow.toml`.
    pub line: u32,
}

/// A phone key: `0` to `9`, `*` or `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub char);

/// The keys and the patience of `shared/keys.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedKeys {
    /// Say the question again.
    pub repeat: Vec<Key>,
    /// Go back one question.
    pub back: Option<Key>,
    /// Leave the question for another flow and come back to it.
    pub visit: BTreeMap<Key, FlowName>,
    /// Silence before the first key, in seconds.
    pub first_key_seconds: u8,
    /// Silence between two keys, in seconds.
    pub between_keys_seconds: u8,
    /// How often a question is asked before the call gives up.
    pub tries: u8,
}

/// A flow's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nodes walked in one call. Above it the call ends with an apology: a flow can't run forever.
    pub steps: u32,
    /// People reported for in one call.
    pub people: u8,
}

/// One prompt in all languages.
#[derive(Debug, Clone, Default)]
pub struct Prompt {
    /// The wording per language.
    pub wording: BTreeMap<Language, Wording>,
}

/// The wording of one prompt in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// For people to read.
    pub text: Arc<str>,
    /// For a voice, where it would misread the text.
    pub reading: Option<Arc<str>>,
    /// The line in the prompt file.
    pub line: u32,
}

impl Wording {
    /// What a voice says.
    pub fn spoken(&self) -> &Arc<str> {
        self.reading.as_ref().unwrap_or(&self.text)
    }
}

impl Flow {
    /// The path of its document below the flows' folder.
    pub fn file(&self) -> String {
        format!("{}/flow.toml", self.name)
    }
}

impl FlowSet {
    /// The flow that a line begins with, or another that is named by a document.
    pub fn flow(&self, name: &str) -> Option<&Flow> {
        self.flows.get(name)
    }

    /// The wording of a prompt.
    pub fn wording(&self, prompt: &str, language: Language) -> Option<&Wording> {
        self.prompts.get(prompt)?.wording.get(&language)
    }
}
