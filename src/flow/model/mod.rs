//! A flow document as the engine executes it: nodes with exits, and every reference with its line number.

mod nodes;

pub use nodes::*;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::form::{Form, Obstacle};
use super::names;
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
    /// How a sub-flow ended, as the outer flow sees it: `done`, `gave_up`.
    ResultName
}

/// Replaces a required name that is missing in a document. It occurs only in a set that was read with findings.
pub const MISSING: &str = "(missing)";

/// All flow documents and all wording as one set. A session is pinned to the digest of the set with which it began.
#[derive(Debug, Clone)]
pub struct FlowSet {
    /// SHA-256 over all files of the set, in hex.
    pub digest: String,
    /// The flows by name.
    pub flows: BTreeMap<FlowName, Flow>,
    /// The wording.
    pub prompts: BTreeMap<PromptId, Prompt>,
    /// The keys and timeouts of all questions.
    pub keys: SharedKeys,
    /// The files from which the set was read, by path in the folder (`health_call/flow.toml`). They are stored with
    /// the calls that used them.
    pub files: BTreeMap<String, String>,
    /// The questionnaire as a form, once somebody has asked for it.
    pub(in crate::flow) questionnaire: OnceLock<Result<Form, Vec<Obstacle>>>,
}

/// One flow.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Its name.
    pub name: FlowName,
    /// The name for staff.
    pub title: String,
    /// The version. The author raises it with each change.
    pub version: u32,
    /// The first node.
    pub start: Spanned<NodeId>,
    /// Keys that leave a question for another flow, in addition to the shared ones. They also apply in this flow's
    /// sub-flows.
    pub visit: BTreeMap<Key, Spanned<FlowName>>,
    /// The limits.
    pub limits: Limits,
    /// The nodes by name.
    pub nodes: BTreeMap<NodeId, Node>,
    /// The nodes in the order of the document.
    pub order: Vec<NodeId>,
}

/// A reference and its line (counted from 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The target.
    pub to: T,
    /// The line in the flow's `flow.toml`.
    pub line: u32,
}

/// A phone key: `0` to `9`, `*` or `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub char);

/// The keys and timeouts of `shared/keys.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedKeys {
    /// Repeats the question.
    pub repeat: Vec<Key>,
    /// Goes back one question.
    pub back: Option<Key>,
    /// Leaves the question for another flow and returns to it.
    pub visit: BTreeMap<Key, FlowName>,
    /// The longest silence before the first key, in seconds.
    pub first_key_seconds: u8,
    /// The longest silence between two keys, in seconds.
    pub between_keys_seconds: u8,
    /// How often a question is asked before the call gives up.
    pub tries: u8,
}

/// The minutes of [`Limits::report_minutes`] if a flow doesn't say: sixteen questions, each asked twice to somebody who
/// takes most of a minute to answer.
pub const REPORT_MINUTES: u8 = 30;

/// A flow's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most nodes executed in one call. Beyond it, the call ends with an apology, so that a flow can't run
    /// forever.
    pub steps: u32,
    /// The most people to report for in one call.
    pub people: u8,
    /// The most minutes from a person's identification to the end of their report; in a call to a known patient, from
    /// the answer. The call then ends before its next question, and the answers are kept.
    pub report_minutes: u8,
    /// The most seconds that a healthy caller's later calls may take, by language. No limit for a language that isn't
    /// here.
    pub healthy_seconds: BTreeMap<Language, Spanned<u32>>,
}

/// One prompt in all languages.
#[derive(Debug, Clone, Default)]
pub struct Prompt {
    /// The wording in each language.
    pub wording: BTreeMap<Language, Wording>,
}

/// The wording of one prompt in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The text for people to read.
    pub text: Arc<str>,
    /// The text for a voice, if it would misread `text`.
    pub reading: Option<Arc<str>>,
    /// The text on a form, where there are no keys to press, if it differs from `text`.
    pub form: Option<Arc<str>>,
    /// The text on a form in やさしい日本語, with readings as `[漢字|かんじ]`. Only Japanese has it.
    pub easy: Option<Arc<str>>,
    /// The line in the prompt file.
    pub line: u32,
}

impl Wording {
    /// The text for a voice.
    pub fn spoken(&self) -> &Arc<str> {
        self.reading.as_ref().unwrap_or(&self.text)
    }

    /// Whether the words are the same, wherever they are.
    pub fn is_worded_as(&self, other: &Self) -> bool {
        (&self.text, &self.reading, &self.form, &self.easy) == (&other.text, &other.reading, &other.form, &other.easy)
    }

    /// The text on a form.
    pub fn on_form(&self) -> &Arc<str> {
        self.form.as_ref().unwrap_or(&self.text)
    }
}

impl Flow {
    /// The path of its document in the flows' folder.
    pub fn file(&self) -> String {
        format!("{}/flow.toml", self.name)
    }
}

impl FlowSet {
    /// The flow with this name: that of a line, or one that a document names.
    pub fn flow(&self, name: &str) -> Option<&Flow> {
        self.flows.get(name)
    }

    /// The questionnaire as a form. It is worked out once: each page of each report needs it.
    ///
    /// # Errors
    ///
    /// Returns everything that a form can't show; nothing if there is no questionnaire.
    pub fn questionnaire_form(&self) -> Result<&Form, &[Obstacle]> {
        let Some(flow) = self.flow(names::QUESTIONNAIRE) else { return Err(&[]) };
        self.questionnaire.get_or_init(|| Form::of(flow)).as_ref().map_err(Vec::as_slice)
    }

    /// The wording of a prompt.
    pub fn wording(&self, prompt: &str, language: Language) -> Option<&Wording> {
        self.prompts.get(prompt)?.wording.get(&language)
    }
}
