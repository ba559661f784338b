//! A conversation between two turns: everything that the next step needs, and nothing that the store already keeps.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Answer, CentreCode, Disposition, Item, Language, Line, PatientId, PhoneNumber, ReportId};
use crate::flow::{FlowName, NodeId};
use crate::policy::{OfficeHours, Thresholds};

/// One conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The line it runs on.
    pub line: Line,
    /// The language spoken.
    pub language: Language,
    /// Where it stands: the line's own flow first, the flow being walked last.
    pub stack: Vec<Frame>,
    /// What it waits for.
    pub waiting: Waiting,
    /// Tries used at the present question.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tries: u8,
    /// What was keyed in this call and is still needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
    /// The questions asked in this flow so far: where key 7 goes back to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trail: Vec<NodeId>,
    /// The person being reported for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Box<Person>>,
    /// Who takes the caller when a person is wanted: the identified person's centre, else the line's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "desk")]
    pub fallback_centre: Option<Box<Centre>>,
    /// Mismatches in a row at identification.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mismatches: u8,
    /// People dealt with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub people: u8,
    /// Nodes walked.
    pub steps: u32,
    /// The verdict if the call ended now.
    pub disposition: Disposition,
    /// The caller's number, when it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<PhoneNumber>,
    /// The number that automated calls come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_back_number: Option<PhoneNumber>,
    /// The end of the maintenance: month, day, hour, minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<[u8; 4]>,
    /// From when on a caller who isn't identified is asked nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identify_by: Option<Timestamp>,
    /// Who answered a call that we made.
    #[serde(default)]
    pub answered_by: AnsweredBy,
    /// Whether someone has said that they are the patient, or answer for the patient.
    #[serde(default, skip_serializing_if = "is_default")]
    pub listener: Listener,
    /// Whether someone has asked in this call that calls stop, and whether they had said who they are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stop: StopAsked,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// One flow being walked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The flow.
    pub flow: FlowName,
    /// The node at which it stands.
    pub node: NodeId,
    /// How it was opened, which decides where its end leads.
    pub opened: Opened,
}

/// How a flow was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opened {
    /// By the line: its end hangs up.
    ByLine,
    /// By a sub-flow node: its end goes on there.
    BySubFlow,
    /// By a key at a question: its end asks that question again.
    ByKey,
}

/// Who answered, as far as the carrier can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// A person, or nobody knows: treated as a person.
    #[default]
    Person,
    /// Voicemail or a fax machine.
    Machine,
}

/// What the person on the line has said of who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listener {
    /// Nothing yet: anybody may have picked up.
    #[default]
    Unknown,
    /// They are the patient, or answer for the patient.
    Confirmed,
}

/// Whether someone has asked in this call that automated calls stop. A later variant counts for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopAsked {
    /// Nobody has.
    #[default]
    No,
    /// Someone who hadn't said who they are.
    Unconfirmed,
    /// The patient, or someone who answers for the patient.
    Confirmed,
}

/// What a conversation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// Keys of the caller.
    Keys,
    /// The answer to an [`super::Ask`].
    Lookup,
    /// The end of a transfer.
    Transfer,
    /// Nothing any more.
    Over,
}

/// What was keyed at a node.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The flow.
    pub flow: FlowName,
    /// The node.
    pub node: NodeId,
    /// The keys, or the value of the key. It may be an ID or a birth date.
    pub text: Box<str>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({}: personal)", self.node)
    }
}

/// The person being reported for, known since identification.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// The patient.
    pub patient: PatientId,
    /// Today's open report.
    pub report: ReportId,
    /// The patient's health centre.
    pub centre: Centre,
    /// The answers of today's report so far, of earlier calls too.
    pub answers: Vec<(Item, Answer)>,
}

/// What a conversation needs to know of a health centre.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Centre {
    /// Its code.
    pub code: CentreCode,
    /// Its name, as spoken.
    pub name: Box<str>,
    /// Its number.
    pub phone: PhoneNumber,
    /// Its time zone (IANA name).
    pub zone: Box<str>,
    /// When someone is there to talk to.
    pub office_hours: OfficeHours,
    /// Its thresholds.
    pub thresholds: Thresholds,
}

impl Session {
    /// The flow and node at which it stands.
    pub fn top(&self) -> Option<&Frame> {
        self.stack.last()
    }

    /// What was keyed at a node of the flow being walked.
    pub fn entry(&self, node: &NodeId) -> Option<&str> {
        let flow = &self.top()?.flow;
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.flow == *flow && entry.node == *node).map(|entry| &*entry.text)
    }

    /// Forgets what was keyed at a node of the flow being walked.
    pub fn forget(&mut self, node: &NodeId) {
        let Some(flow) = self.top().map(|frame| frame.flow.clone()) else { return };
        self.entries.retain(|entry| entry.flow != flow || entry.node != *node);
    }

    /// The answer of today's report to an item.
    pub fn answer(&self, item: Item) -> Option<Answer> {
        self.person.as_ref()?.answers.iter().rev().find(|(of, _)| *of == item).map(|(_, answer)| *answer)
    }

    /// The centre whose staff the caller would talk to.
    pub fn centre(&self) -> Option<&Centre> {
        self.person.as_ref().map(|person| &person.centre).or(self.fallback_centre.as_deref())
    }
}
