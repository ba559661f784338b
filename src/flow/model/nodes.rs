//! The ten kinds of node and what each holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{FlowName, Key, NodeId, PromptId, ResultName, Spanned};
use crate::domain::{Item, Language};

/// One node.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub id: NodeId,
    /// The line on which it begins.
    pub line: u32,
    /// What staff call it on the picture, where neither an item nor its kind says it.
    pub title: Option<Arc<str>>,
    /// What it does.
    pub kind: NodeKind,
}

/// What a node does.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// Says something and goes on.
    Announce(Announce),
    /// Asks for one key.
    Menu(Menu),
    /// Asks for a number or date of several keys.
    Gather(Gather),
    /// Reads an entry back: 1 right, 2 again.
    Confirm(Confirm),
    /// Chooses the next node by what is known.
    Branch(Branch),
    /// Keeps something: an answer, the finished report, a request.
    Record(Record),
    /// Looks the person up by HER-SYS ID and birth date.
    Identify(Identify),
    /// Walks another flow and goes on by its result.
    SubFlow(SubFlow),
    /// Connects the caller to a person.
    HandOver(HandOver),
    /// Ends this flow; the outermost one hangs up.
    End(End),
}

/// A prompt to be said, in the call's language or in a fixed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// The prompt.
    pub prompt: PromptId,
    /// A fixed language, for choosing the language.
    pub language: Option<Language>,
    /// The line on which it is named.
    pub line: u32,
}

/// Says something and goes on.
#[derive(Debug, Clone)]
pub struct Announce {
    /// What is said.
    pub say: Vec<Say>,
    /// Whether a key cuts it short.
    pub barge_in: bool,
    /// Where it goes on.
    pub next: Spanned<NodeId>,
}

/// What a question does when it isn't answered as asked.
#[derive(Debug, Clone)]
pub struct Retry {
    /// Said after silence: first time, second time, …; the last one serves for all later times.
    pub no_input: Vec<Say>,
    /// Said after a wrong key.
    pub no_match: Vec<Say>,
    /// Where it goes when all tries are used.
    pub give_up: Spanned<NodeId>,
    /// How often it asks; the shared patience when absent.
    pub tries: Option<u8>,
    /// Silence before the first key, in seconds; the shared patience when absent. Measuring takes longer than
    /// answering.
    pub first_key_seconds: Option<u8>,
}

/// Which of the keys that hold everywhere are off at a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Without {
    /// No key goes back.
    pub back: bool,
    /// No key visits another flow.
    pub visit: bool,
}

/// Asks for one key.
#[derive(Debug, Clone)]
pub struct Menu {
    /// What is said.
    pub say: Vec<Say>,
    /// The item that it asks for: skipped when the day's report already has it.
    pub question: Option<Item>,
    /// What each key does.
    pub keys: BTreeMap<Key, Choice>,
    /// Silence and wrong keys.
    pub retry: Retry,
    /// Keys that are off here.
    pub without: Without,
}

/// What a key of a menu does.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Kept as this node's entry.
    pub value: Option<Arc<str>>,
    /// Becomes the call's language.
    pub language: Option<Language>,
    /// Where it goes on.
    pub go: Spanned<NodeId>,
}

/// Asks for several keys, ended by `#` or by a pause.
#[derive(Debug, Clone)]
pub struct Gather {
    /// What is said.
    pub say: Vec<Say>,
    /// The item that it asks for: skipped when the day's report already has it.
    pub question: Option<Item>,
    /// What is accepted.
    pub takes: Takes,
    /// Entries that skip the rest (`000`: couldn't be measured).
    pub instead: BTreeMap<String, Spanned<NodeId>>,
    /// Shown as dots in every transcript.
    pub private: bool,
    /// Silence and wrong keys.
    pub retry: Retry,
    /// Keys that are off here.
    pub without: Without,
    /// Where it goes on.
    pub next: Spanned<NodeId>,
}

/// What a gather accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// So many digits, any.
    Digits {
        /// The fewest.
        min: u8,
        /// The most.
        max: u8,
    },
    /// A number with exactly this many digits within a range.
    Number {
        /// How many digits.
        digits: u8,
        /// The smallest.
        at_least: u32,
        /// The largest.
        at_most: u32,
    },
    /// A day of the past, YYYYMMDD.
    Date,
}

/// Reads an entry back.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The gather whose entry is read back.
    pub of: Spanned<NodeId>,
    /// How it is spoken.
    pub read_as: ReadAs,
    /// What is said; `{value}` is the entry.
    pub say: Vec<Say>,
    /// Key 1.
    pub yes: Spanned<NodeId>,
    /// Key 2.
    pub no: Spanned<NodeId>,
    /// Silence and wrong keys.
    pub retry: Retry,
    /// Keys that are off here.
    pub without: Without,
}

/// How an entry is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadAs {
    /// Tenths of a degree: 375 is 37.5 °C.
    Temperature,
    /// Percent.
    Percent,
    /// Digit by digit.
    Digits,
}

/// Chooses the next node.
#[derive(Debug, Clone)]
pub struct Branch {
    /// Tried in order.
    pub rules: Vec<Rule>,
    /// Where it goes when none holds.
    pub otherwise: Spanned<NodeId>,
}

/// One rule of a branch.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What must hold.
    pub test: Test,
    /// Where it goes then.
    pub go: Spanned<NodeId>,
}

/// What a branch can ask.
#[derive(Debug, Clone)]
pub enum Test {
    /// `entry = "node", is = "text"`
    EntryIs(Spanned<NodeId>, Arc<str>),
    /// `entry = "node", at_most = 95` or a threshold of the health centre
    EntryAtMost(Spanned<NodeId>, Bound),
    /// `answer = "item", is = "yes"`: the day's report has this answer
    AnswerIs(Item, Arc<str>),
    /// `office = "open"`: a person is there to talk to
    OfficeOpen,
    /// `caller_number = "hidden"`
    CallerNumberHidden,
    /// `caller_number = "not_called"`: it is of a kind that we don't call
    CallerNumberNotCalled,
    /// `people = "no_more"`: the limit of people in one call is reached
    NoMorePeople,
    /// `until = "known"`: the end of the maintenance is known
    UntilKnown,
    /// `answered_by = "machine"`
    AnsweredByMachine,
    /// `listener = "confirmed"`: someone has said in this call that they are the patient, or answer for the patient
    ListenerConfirmed,
}

/// An upper bound: a number, or a threshold of the patient's health centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// A fixed number.
    Number(u32),
    /// The centre's `spo2_amber`, in percent.
    Spo2Amber,
    /// The centre's `spo2_red`, in percent.
    Spo2Red,
}

/// Keeps something.
#[derive(Debug, Clone)]
pub struct Record {
    /// What is kept.
    pub what: RecordWhat,
    /// Where it goes on.
    pub next: Spanned<NodeId>,
}

/// What a record node keeps.
#[derive(Debug, Clone)]
pub enum RecordWhat {
    /// The answer to an item, from a node's entry. A red answer is followed by `on_red` at once.
    Answer {
        /// The item.
        item: Item,
        /// The node whose entry it is.
        from: Spanned<NodeId>,
        /// Said after a red answer.
        on_red: Vec<Say>,
    },
    /// The report is complete.
    Report,
    /// The caller asks to be called back.
    CallBack {
        /// Where it goes when too many ask; without it every request is taken.
        refused: Option<Spanned<NodeId>>,
    },
    /// The patient, or someone who answers for the patient, asks that automated calls stop.
    Stop,
    /// Someone who hasn't said who they are asks that automated calls stop.
    StopUnconfirmed,
    /// Someone says that they are the patient, or answer for the patient.
    Listener,
    /// The person who answered can't talk now.
    NotNow,
    /// The person who answered isn't the one who was called.
    WrongNumber,
}

/// Looks the person up.
#[derive(Debug, Clone)]
pub struct Identify {
    /// The gather with the HER-SYS ID.
    pub hersys_id: Spanned<NodeId>,
    /// The gather with the birth date.
    pub birth_date: Spanned<NodeId>,
    /// How often a mismatch may be tried again.
    pub tries: u8,
    /// Found.
    pub matched: Spanned<NodeId>,
    /// Found, and today's report was begun in an earlier call.
    pub resumed: Spanned<NodeId>,
    /// Not found, not under observation, or locked: the caller can't tell which.
    pub mismatch: Spanned<NodeId>,
    /// Found, and observation has ended.
    pub ended: Spanned<NodeId>,
    /// All tries used.
    pub give_up: Spanned<NodeId>,
}

/// Walks another flow.
#[derive(Debug, Clone)]
pub struct SubFlow {
    /// The flow.
    pub flow: Spanned<FlowName>,
    /// Where it goes on, by the flow's result.
    pub exits: BTreeMap<ResultName, Spanned<NodeId>>,
}

/// Connects the caller to a person.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// How long the person's phone rings, in seconds.
    pub ring_seconds: u8,
    /// They talked, and the person hung up.
    pub connected: Spanned<NodeId>,
    /// Busy, no answer or failed.
    pub failed: Spanned<NodeId>,
}

/// Ends a flow.
#[derive(Debug, Clone)]
pub struct End {
    /// The result that the caller of this flow sees.
    pub result: ResultName,
}

impl Takes {
    /// The entry is complete after this number of keys. An entry of varying length is ended by `#`, also the longest
    /// one: without room for it that `#` would fall into the next question.
    pub const fn max_keys(self) -> u8 {
        match self {
            Self::Digits { min, max } if min < max => max.saturating_add(1),
            Self::Digits { max, .. } => max,
            Self::Number { digits, .. } => digits,
            Self::Date => 8,
        }
    }
}
