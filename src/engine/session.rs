//! A conversation between two turns: what the next step needs and the store doesn't have.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Answer, CentreCode, Disposition, Item, Keys, Language, Line, Oximeter, PatientId, PhoneNumber, ReportId,
    Spo2Question,
};
use crate::flow::{FlowName, NodeId};
use crate::policy::{AfterRed, OfficeHours, Thresholds};

/// One conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// Its line.
    pub line: Line,
    /// The language spoken.
    pub language: Language,
    /// The flows being walked: the line's own flow first, the current one last.
    pub stack: Vec<Frame>,
    /// What it waits for.
    pub waiting: Waiting,
    /// Tries used at the current question.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tries: u8,
    /// How often the current question was repeated without a try.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeats: u8,
    /// How often the caller corrected since an answer was stored.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub corrections: u8,
    /// The times of the current question. `None` in sessions of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// The first keys of an entry to which more may follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Keys>,
    /// Whether an entry of several keys was taken in this turn.
    #[serde(default, skip_serializing_if = "is_default")]
    pub entered: bool,
    /// Entries of this call that are still needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
    /// The questions asked in this flow so far, for key 7.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trail: Vec<NodeId>,
    /// The identified patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Box<Person>>,
    /// The centre for callers who aren't identified and want to talk to a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "desk")]
    pub fallback_centre: Option<Box<Centre>>,
    /// Consecutive mismatches at identification.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mismatches: u8,
    /// The number of people dealt with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub people: u8,
    /// The number of nodes walked.
    pub steps: u32,
    /// The disposition if the call ended now.
    pub disposition: Disposition,
    /// The caller's number. `None` if it is hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<PhoneNumber>,
    /// The number that automated calls come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_number: Option<PhoneNumber>,
    /// The number of the health call line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_call_number: Option<PhoneNumber>,
    /// When the advice after a red answer will have been heard, if no other answer was given since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advised_at: Option<Timestamp>,
    /// The end of the maintenance: month, day, hour, minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<[u8; 4]>,
    /// The deadline for identification. After it, a caller who isn't identified is asked nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identify_by: Option<Timestamp>,
    /// When the present person was identified; in a call to a known patient, when it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identified_at: Option<Timestamp>,
    /// Who answered an outbound call.
    #[serde(default)]
    pub answered_by: AnsweredBy,
    /// How many red alerts wait, in a call to staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_alerts: Option<u32>,
    /// Whether someone has confirmed that they are the patient or answer for the patient.
    #[serde(default, skip_serializing_if = "is_default")]
    pub listener: Listener,
    /// Whether someone in this call asked that calls stop, and whether they had confirmed who they are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stop: StopAsked,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde requires")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// One flow being walked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The flow.
    pub flow: FlowName,
    /// The current node.
    pub node: NodeId,
    /// How it was opened. This determines what follows its end.
    pub opened: Opened,
}

/// How a flow was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opened {
    /// By the line. Its end hangs up.
    ByLine,
    /// By a sub-flow node. Its end continues there.
    BySubFlow,
    /// By a key at a question. Its end asks that question again.
    ByKey,
    /// By a red answer. Its end continues with the next question.
    ByRedAnswer,
}

/// Who answered, as far as the carrier can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// A person, or unknown, which is treated as a person.
    #[default]
    Person,
    /// Voicemail or a fax machine.
    Machine,
}

/// What the person on the line has said about who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listener {
    /// Nothing yet: anyone may have picked up.
    #[default]
    Unknown,
    /// They are the patient, or answer for the patient.
    Confirmed,
}

/// Whether someone in this call asked that automated calls stop. Later variants take precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopAsked {
    /// No one asked.
    #[default]
    No,
    /// Someone who hadn't confirmed who they are.
    Unconfirmed,
    /// The patient, or someone who answers for the patient.
    Confirmed,
}

/// What a conversation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// The caller's keys.
    Keys,
    /// The answer to a [`super::Query`].
    Lookup,
    /// The end of a transfer.
    Transfer,
    /// Nothing: the conversation has ended.
    Over,
}

/// The times by which the next keys are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// When the question was asked.
    pub at: Timestamp,
    /// The earliest time at which silence can have ended the entry.
    pub silent_from: Timestamp,
    /// Until when keys may be left over from the entry of several keys just before. `None` if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_over_until: Option<Timestamp>,
    /// Whether the value of that entry was noted before the question.
    #[serde(default, skip_serializing_if = "is_default")]
    pub noted: bool,
}

/// An entry at a node.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The flow.
    pub flow: FlowName,
    /// The node.
    pub node: NodeId,
    /// The keys, or the value of the key. It may be a HER-SYS ID or a birth date.
    pub text: Box<str>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({}: personal)", self.node)
    }
}

/// The identified patient.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// The patient.
    pub patient: PatientId,
    /// Today's open report.
    pub report: ReportId,
    /// The patient's health centre.
    pub centre: Centre,
    /// The answers of today's report so far, including those of earlier calls.
    pub answers: Vec<(Item, Answer)>,
    /// The languages in which the patient has completed a call on this line before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_in: Vec<Language>,
    /// Whether the patient has an oximeter, as far as the health centre or earlier calls know.
    #[serde(default, skip_serializing_if = "is_default")]
    pub oximeter: Oximeter,
    /// Whether this call asks for SpO2: without an oximeter, once a week only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spo2_question: Spo2Question,
}

/// How a health centre's name is said, where the name itself isn't enough.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SaidAs {
    /// What a Japanese voice reads, in kana. `None`: the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Box<str>>,
    /// What the voices of the other languages read, in Latin letters. `None`: a Japanese voice says the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latin_name: Option<Box<str>>,
}

/// The data of a health centre that a conversation needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Centre {
    /// Its code.
    pub code: CentreCode,
    /// Its name.
    pub name: Box<str>,
    /// How its name is said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub said_as: SaidAs,
    /// Its number.
    pub phone: PhoneNumber,
    /// Its time zone (IANA name).
    pub zone: Box<str>,
    /// When staff can be reached.
    pub office_hours: OfficeHours,
    /// Its thresholds.
    pub thresholds: Thresholds,
    /// What follows the advice after a red answer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub after_red: AfterRed,
}

impl Session {
    /// The current flow and node.
    pub fn top(&self) -> Option<&Frame> {
        self.stack.last()
    }

    /// The entry at a node of the current flow.
    pub fn entry(&self, node: &NodeId) -> Option<&str> {
        self.entry_in(&self.top()?.flow, node)
    }

    /// The entry at a node of this flow.
    pub fn entry_in(&self, flow: &FlowName, node: &NodeId) -> Option<&str> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.flow == *flow && entry.node == *node).map(|entry| &*entry.text)
    }

    /// Removes the entry at a node of the current flow.
    pub fn forget(&mut self, node: &NodeId) {
        let Some(flow) = self.top().map(|frame| frame.flow.clone()) else { return };
        self.entries.retain(|entry| entry.flow != flow || entry.node != *node);
    }

    /// The answer to an item in today's report.
    pub fn answer(&self, item: Item) -> Option<Answer> {
        self.person.as_ref()?.answers.iter().rev().find(|(of, _)| *of == item).map(|(_, answer)| *answer)
    }

    /// The centre whose staff the caller would talk to.
    pub fn centre(&self) -> Option<&Centre> {
        self.person.as_ref().map(|person| &person.centre).or(self.fallback_centre.as_deref())
    }
}
