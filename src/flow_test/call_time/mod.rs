//! How long a call takes, by prompt and in all: a simulated caller answers in a given way, and the engine walks the
//! flow. The speech is estimated ([`crate::flow::speech_time`]).

mod limits;
mod simulated_caller;

use std::sync::Arc;

use crate::domain::{Item, Language};
use crate::flow::{FlowName, FlowSet, NodeId, PromptId, names};

pub use limits::checked;

/// What a typical caller takes for one key, in seconds, from the end of the speech or from the key before.
pub const KEY_SECONDS: f64 = 2.0;

/// The flows that are timed: those with which most calls begin.
pub const TIMED_FLOWS: [&str; 2] = [names::AUTOMATED_CALL, names::HEALTH_CALL];

/// What the caller answers, and so the way through the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallPath {
    /// 36.5 °C, 98 %, and no symptom.
    Healthy,
    /// 36.5 °C, and no symptom, without an oximeter: SpO2 isn't asked for.
    NoOximeter,
    /// 36.5 °C, 98 %, and every symptom.
    AllYes,
    /// A red oxygen saturation, and no symptom.
    Red,
}

impl CallPath {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Healthy, Self::NoOximeter, Self::AllYes, Self::Red];

    /// The word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::NoOximeter => "no_oximeter",
            Self::AllYes => "all_yes",
            Self::Red => "red",
        }
    }
}

/// Whether the caller has completed a call on this line in this language before: the fact `known_caller`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// The patient's first call.
    First,
    /// Any later call.
    Later,
}

impl Occasion {
    /// Both.
    pub const ALL: [Self; 2] = [Self::First, Self::Later];

    /// The word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Later => "later",
        }
    }
}

/// Which call is timed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedCall {
    /// The flow with which it begins.
    pub flow: FlowName,
    /// What the caller answers.
    pub path: CallPath,
    /// Whether it is the caller's first call.
    pub occasion: Occasion,
    /// The caller's language.
    pub language: Language,
}

impl TimedCall {
    /// Times the call. `None` if no answers of this kind lead to a finished report in this language.
    pub fn time(&self, flow_set: &Arc<FlowSet>) -> Option<CallTime> {
        simulated_caller::timed(flow_set, self)
    }
}

/// How long a call takes.
#[derive(Debug, Clone, PartialEq)]
pub struct CallTime {
    /// Its turns, in order.
    pub turns: Vec<TimedTurn>,
}

/// One turn: what is said, and the question at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct TimedTurn {
    /// What is said.
    pub said: Vec<TimedPrompt>,
    /// The seconds of speech that a caller hears who presses the first key as soon as it counts.
    pub with_barge_in: f64,
    /// The question. `None` at the end of the call.
    pub question: Option<TimedQuestion>,
}

/// A prompt that is said.
#[derive(Debug, Clone, PartialEq)]
pub struct TimedPrompt {
    /// The prompt.
    pub prompt: PromptId,
    /// The language in which it is said.
    pub language: Language,
    /// How long it is spoken, with the silence after it.
    pub seconds: f64,
    /// Whether it belongs to the question or stands before it.
    pub place: Place,
}

/// The place of a prompt in its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the question.
    Before,
    /// In the question.
    Question,
}

/// A question and how it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedQuestion {
    /// Its flow.
    pub flow: FlowName,
    /// Its node.
    pub node: NodeId,
    /// The item of the questionnaire. `None` for other questions.
    pub item: Option<Item>,
    /// The keys that the caller presses.
    pub keys: u32,
    /// The wait that ends the entry, in seconds; 0 if a key ends it.
    pub wait_seconds: u8,
}

impl CallTime {
    /// All prompts, in the order in which they are said.
    pub fn prompts(&self) -> impl Iterator<Item = &TimedPrompt> {
        self.turns.iter().flat_map(|turn| &turn.said)
    }

    /// The seconds of speech if every prompt is heard to its end.
    pub fn speech_seconds(&self) -> f64 {
        self.prompts().map(|prompt| prompt.seconds).sum()
    }

    /// The keys that the caller presses.
    pub fn keys(&self) -> u32 {
        self.questions().map(|question| question.keys).sum()
    }

    /// The seconds that the call waits because no key ends an entry.
    pub fn wait_seconds(&self) -> f64 {
        self.questions().map(|question| f64::from(question.wait_seconds)).sum()
    }

    /// The seconds in all, if every prompt is heard to its end.
    pub fn seconds(&self) -> f64 {
        self.speech_seconds() + self.answering_seconds()
    }

    /// The seconds in all, if the caller presses the first key of each answer as soon as it counts.
    pub fn seconds_with_barge_in(&self) -> f64 {
        let speech: f64 = self.turns.iter().map(|turn| turn.with_barge_in).sum();
        speech + self.answering_seconds()
    }

    /// The seconds of speech before the first question of the questionnaire. `None` if the call asks none.
    pub fn instruction_seconds(&self) -> Option<f64> {
        let of_an_item = |turn: &TimedTurn| turn.question.as_ref().is_some_and(|question| question.item.is_some());
        let first = self.turns.iter().position(of_an_item)?;
        let (before, from) = self.turns.split_at_checked(first)?;
        let earlier = before.iter().flat_map(|turn| &turn.said);
        let in_its_turn = from.first()?.said.iter().filter(|prompt| prompt.place == Place::Before);
        Some(earlier.chain(in_its_turn).map(|prompt| prompt.seconds).sum())
    }

    fn questions(&self) -> impl Iterator<Item = &TimedQuestion> {
        self.turns.iter().filter_map(|turn| turn.question.as_ref())
    }

    fn answering_seconds(&self) -> f64 {
        f64::from(self.keys()) * KEY_SECONDS + self.wait_seconds()
    }
}
