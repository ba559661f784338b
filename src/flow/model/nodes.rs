//! The ten kinds of nodes and their fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{FlowName, Key, NodeId, PromptId, ResultName, Spanned};
use crate::domain::{BirthDate, Item, Language};

/// One node.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name.
    pub id: NodeId,
    /// The line on which it begins.
    pub line: u32,
    /// The title for staff in the picture, if neither an item nor its kind provides one.
    pub title: Option<Arc<str>>,
    /// The kind and its fields.
    pub kind: NodeKind,
}

/// The kinds of nodes.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// Says something and continues.
    Announce(Announce),
    /// Asks for one key.
    Menu(Menu),
    /// Asks for a number or date of several keys.
    Gather(Gather),
    /// Repeats an entry: 1 right, 2 again.
    Confirm(Confirm),
    /// Chooses the next node by conditions.
    Branch(Branch),
    /// Stores something: an answer, the finished report, a request.
    Record(Record),
    /// Identifies a patient by HER-SYS ID and birth date.
    Identify(Identify),
    /// Executes another flow and continues by its result.
    SubFlow(SubFlow),
    /// Transfers the caller to staff.
    HandOver(HandOver),
    /// Ends this flow. The outermost flow hangs up.
    End(End),
}

/// A prompt to say, in the call's language or in a fixed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// The prompt.
    pub prompt: PromptId,
    /// A fixed language, for the language menu.
    pub language: Option<Language>,
    /// The line of the reference.
    pub line: u32,
}

/// Says something and continues.
#[derive(Debug, Clone)]
pub struct Announce {
    /// The prompts.
    pub say: Vec<Say>,
    /// The short wording, for a known caller. Empty if there is none.
    pub short: Vec<Say>,
    /// Whether a key cuts it short.
    pub barge_in: bool,
    /// The next node.
    pub next: Spanned<NodeId>,
}

/// What a question does after silence and wrong keys.
#[derive(Debug, Clone)]
pub struct Retry {
    /// Said after silence: the first time, the second time, and so on. The last one is used for all later times.
    pub no_input: Vec<Say>,
    /// Said after a wrong key.
    pub no_match: Vec<Say>,
    /// The next node after all tries.
    pub give_up: Spanned<NodeId>,
    /// How often the question is asked; the shared value if absent.
    pub tries: Option<u8>,
    /// The longest silence before the first key, in seconds; the shared value if absent. Measuring takes longer than
    /// answering.
    pub first_key_seconds: Option<u8>,
}

/// Which of the shared keys are disabled at a question.
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
    /// The prompts.
    pub say: Vec<Say>,
    /// The short wording, for a known caller who is asked for the first time. Empty if there is none.
    pub short: Vec<Say>,
    /// The wording when the question is asked again. If empty, `say` is used.
    pub again: Vec<Say>,
    /// The item of the question. It is skipped if the day's report already has an answer.
    pub question: Option<Item>,
    /// What each key does.
    pub keys: BTreeMap<Key, Choice>,
    /// Silence and wrong keys.
    pub retry: Retry,
    /// The disabled keys.
    pub without: Without,
}

/// What a key of a menu does.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Stored as this node's entry.
    pub value: Option<Arc<str>>,
    /// Becomes the call's language.
    pub language: Option<Language>,
    /// The next node.
    pub go: Spanned<NodeId>,
}

/// Asks for several keys, ended by `#` or by a pause.
#[derive(Debug, Clone)]
pub struct Gather {
    /// The prompts.
    pub say: Vec<Say>,
    /// The short wording, for a known caller who is asked for the first time. Empty if there is none.
    pub short: Vec<Say>,
    /// The item of the question. It is skipped if the day's report already has an answer.
    pub question: Option<Item>,
    /// The accepted entries.
    pub takes: Takes,
    /// Entries that skip the rest (`000`: couldn't be measured).
    pub instead: BTreeMap<String, Spanned<NodeId>>,
    /// Whether every transcript shows the entry as dots.
    pub private: bool,
    /// The longest silence between two keys, in seconds; the shared value if absent. Who reads a number from a paper
    /// looks up between its digits.
    pub between_keys_seconds: Option<u8>,
    /// Silence and wrong keys.
    pub retry: Retry,
    /// The disabled keys.
    pub without: Without,
    /// The next node.
    pub next: Spanned<NodeId>,
}

/// What a gather accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A number of digits, with any value.
    Digits {
        /// The minimum.
        min: u8,
        /// The maximum.
        max: u8,
    },
    /// A number within a range. An entry is complete as soon as no longer one within the range begins with it.
    Number {
        /// The fewest digits that can be keyed.
        fewest: u8,
        /// The most digits, and those of the entry as it is kept: leading zeros need not be keyed.
        digits: u8,
        /// The minimum.
        at_least: u32,
        /// The maximum.
        at_most: u32,
    },
    /// A date in the past: YYYYMMDD, or an era's key (3 昭和, 4 平成, 5 令和) and YYMMDD. The first key tells which.
    Date,
}

/// Repeats an entry.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The gather whose entry is repeated.
    pub of: Spanned<NodeId>,
    /// How it is spoken.
    pub read_as: ReadAs,
    /// The prompts; `{value}` is the entry.
    pub say: Vec<Say>,
    /// Entries that are read back to a known caller without a question.
    pub usual: Option<Usual>,
    /// Key 1: right.
    pub yes: Spanned<NodeId>,
    /// Key 2: again.
    pub no: Spanned<NodeId>,
    /// Silence and wrong keys.
    pub retry: Retry,
    /// The disabled keys.
    pub without: Without,
}

/// Entries that are read back to a known caller without a question. A key then goes back to correct them.
#[derive(Debug, Clone)]
pub struct Usual {
    /// The minimum.
    pub at_least: u32,
    /// The maximum.
    pub at_most: u32,
    /// The prompts; `{value}` is the entry.
    pub say: Vec<Say>,
    /// The line.
    pub line: u32,
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
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// The next node if no rule applies.
    pub otherwise: Spanned<NodeId>,
}

/// One rule of a branch.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The condition.
    pub test: Test,
    /// The next node if the condition holds.
    pub go: Spanned<NodeId>,
}

/// The conditions of a branch.
#[derive(Debug, Clone)]
pub enum Test {
    /// `entry = "node", is = "text"`
    EntryIs(Spanned<NodeId>, Arc<str>),
    /// `entry = "node", at_most = 95` or a threshold of the health centre
    EntryAtMost(Spanned<NodeId>, Bound),
    /// `answer = "item", is = "yes"`: the day's report has this answer
    AnswerIs(Item, Arc<str>),
    /// `office = "open"`: staff are available
    OfficeOpen,
    /// `caller_number = "hidden"`
    CallerNumberHidden,
    /// `caller_number = "not_called"`: its kind is one that we don't call
    CallerNumberNotCalled,
    /// `people = "no_more"`: the limit of people in one call is reached
    NoMorePeople,
    /// `until = "known"`: the end of the maintenance is known
    UntilKnown,
    /// `answered_by = "machine"`
    AnsweredByMachine,
    /// `listener = "confirmed"`: a person has said in this call that they are the patient, or answer for the patient
    ListenerConfirmed,
    /// `known_caller = "yes"`: the patient has completed a call on this line in this language before
    KnownCaller,
    /// `report = "begun"`: today's report has answers from an earlier call
    ReportBegun,
    /// `spo2_question = "left_out"`: the patient has no oximeter, and was asked for SpO2 within the last week
    Spo2LeftOut,
    /// `open_alerts = "none"`: no red alert waits any more, in a call to staff
    NoOpenAlerts,
    /// `after_red = "continue"`: the centre has the questions go on after a red answer
    ContinuesAfterRed,
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

/// Stores something.
#[derive(Debug, Clone)]
pub struct Record {
    /// What is stored.
    pub what: RecordWhat,
    /// The next node.
    pub next: Spanned<NodeId>,
}

/// What a record node stores.
#[derive(Debug, Clone)]
pub enum RecordWhat {
    /// The answer to an item, from a node's entry. A red answer is immediately followed by `on_red`.
    Answer {
        /// The item.
        item: Item,
        /// The node with the entry.
        from: Spanned<NodeId>,
        /// Said after a red answer.
        on_red: Vec<Say>,
        /// The flow that follows a red answer, after what is said.
        after_red: Option<Spanned<FlowName>>,
    },
    /// The report is complete.
    Report,
    /// The caller asks for a call back.
    CallBack {
        /// The next node if too many callers ask. If absent, every request is accepted.
        refused: Option<Spanned<NodeId>>,
    },
    /// The patient, or a person who answers for the patient, asks to stop automated calls.
    Stop,
    /// A person who wasn't identified asks to stop automated calls.
    StopUnconfirmed,
    /// A person says that they are the patient, or answer for the patient.
    Listener,
    /// The member of staff who answered takes the red alerts.
    AlertsTaken,
    /// The member of staff who answered passes the red alerts on to the next person.
    AlertsPassedOn,
    /// The person who answered can't talk now.
    NotNow,
    /// The person who answered isn't the patient.
    WrongNumber,
}

/// Identifies a patient.
#[derive(Debug, Clone)]
pub struct Identify {
    /// The gather with the HER-SYS ID.
    pub hersys_id: Spanned<NodeId>,
    /// The gather with the birth date.
    pub birth_date: Spanned<NodeId>,
    /// The number of mismatches after which the call continues at `give_up`.
    pub tries: u8,
    /// The next node if the patient is identified.
    pub matched: Spanned<NodeId>,
    /// The next node if the patient is identified and has an unfinished report from an earlier call today.
    pub resumed: Spanned<NodeId>,
    /// The next node if the patient isn't found, isn't under observation, or is locked. The caller can't tell which.
    pub mismatch: Spanned<NodeId>,
    /// The next node if the patient is identified and observation has ended.
    pub ended: Spanned<NodeId>,
    /// The next node after all tries.
    pub give_up: Spanned<NodeId>,
}

/// Executes another flow.
#[derive(Debug, Clone)]
pub struct SubFlow {
    /// The flow.
    pub flow: Spanned<FlowName>,
    /// The next node for each result of the flow.
    pub exits: BTreeMap<ResultName, Spanned<NodeId>>,
}

/// Transfers the caller to staff.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// How long the staff's phone rings, in seconds.
    pub ring_seconds: u8,
    /// The next node after staff talked with the caller and hung up.
    pub connected: Spanned<NodeId>,
    /// The next node if staff were busy, didn't answer or couldn't be reached.
    pub failed: Spanned<NodeId>,
}

/// Ends a flow.
#[derive(Debug, Clone)]
pub struct End {
    /// The result, as the outer flow sees it.
    pub result: ResultName,
}

impl Takes {
    /// The number of keys to collect first: those of the shortest entry. An entry of any digits is ended by `#`, even
    /// the longest. Without room for it, the `#` would become a key of the next question.
    pub const fn first_keys(self) -> u8 {
        match self {
            Self::Digits { min, max } if min < max => max.saturating_add(1),
            Self::Digits { max, .. } => max,
            Self::Number { fewest, .. } => fewest,
            Self::Date => BirthDate::ERA_KEYS,
        }
    }

    /// The number of keys of the shortest entry.
    pub const fn fewest_keys(self) -> u8 {
        match self {
            Self::Digits { min, .. } => min,
            Self::Number { fewest, .. } => fewest,
            Self::Date => BirthDate::ERA_KEYS,
        }
    }

    /// Whether a longer entry with this many keys may begin with these. Who keys a leading zero keys all digits.
    fn goes_on(self, keyed: &str, keys: u8) -> bool {
        match self {
            Self::Digits { .. } => false,
            Self::Number { digits, at_least, at_most, .. } => {
                let missing = u32::from(keys).saturating_sub(u32::try_from(keyed.len()).unwrap_or(u32::MAX));
                let (Some(scale), Ok(begun)) = (10_u64.checked_pow(missing), keyed.parse::<u64>()) else {
                    return false;
                };
                let first = begun.saturating_mul(scale);
                let last = first.saturating_add(scale.saturating_sub(1));
                keyed.starts_with('0') && keys == digits
                    || keys <= digits && first <= at_most.into() && last >= at_least.into()
            }
            Self::Date => keys == BirthDate::WESTERN_KEYS && keyed.starts_with(['1', '2']),
        }
    }
}

impl Gather {
    /// How many keys must follow at least before another entry is complete that begins with these. `None` if the entry
    /// is complete, or too short to tell.
    pub fn keys_to_come(&self, keyed: &str) -> Option<u8> {
        let begun = u8::try_from(keyed.len()).ok().filter(|begun| *begun >= self.takes.first_keys())?;
        let most = match self.takes {
            Takes::Digits { .. } => return None,
            Takes::Number { digits, .. } => digits,
            Takes::Date => BirthDate::WESTERN_KEYS,
        };
        let instead = |keys: u8| {
            let mut entries = self.instead.keys();
            entries.any(|entry| entry.len() == usize::from(keys) && entry.starts_with(keyed))
        };
        let longer = (begun.saturating_add(1)..=most).find(|keys| self.takes.goes_on(keyed, *keys) || instead(*keys));
        longer.map(|keys| keys.saturating_sub(begun))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gather(takes: Takes) -> Gather {
        let spot = || Spanned { to: NodeId::from("next"), line: 1 };
        Gather {
            say: Vec::new(),
            short: Vec::new(),
            question: None,
            takes,
            instead: BTreeMap::from([("000".to_owned(), spot())]),
            private: false,
            between_keys_seconds: None,
            retry: Retry {
                no_input: Vec::new(),
                no_match: Vec::new(),
                give_up: spot(),
                tries: None,
                first_key_seconds: None,
            },
            without: Without::default(),
            next: spot(),
        }
    }

    /// Of all pairs of digits, a third key is waited for only after those with which a number of three digits begins.
    #[test]
    fn an_entry_is_complete_as_soon_as_no_longer_one_begins_with_it() {
        let spo2 = gather(Takes::Number { fewest: 2, digits: 3, at_least: 70, at_most: 100 });
        let open: Vec<String> =
            (0..100).map(|two| format!("{two:02}")).filter(|two| spo2.keys_to_come(two).is_some()).collect();
        assert_eq!(open, ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]);
        assert_eq!(["9", "098", "100"].map(|keyed| spo2.keys_to_come(keyed)), [None; 3]);
        let date = gather(Takes::Date);
        assert_eq!(
            ["3200401", "1945040", "2020010", "0123456", "19450401"].map(|keyed| date.keys_to_come(keyed)),
            [None, Some(1), Some(1), None, None]
        );
        let far = gather(Takes::Number { fewest: 1, digits: 3, at_least: 340, at_most: 420 });
        assert_eq!(["3", "34", "5", "0"].map(|keyed| far.keys_to_come(keyed)), [Some(2), Some(1), None, Some(2)]);
    }
}
