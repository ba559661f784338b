//! What can be wrong with flow documents: codes with their values. The sentences for the author, with what to do, are
//! written at the edge.

use jiff::Timestamp;

use super::form::ObstacleKind;
use super::{FlowName, Key, NodeId, PromptId, ResultName};
use crate::domain::{HiddenCharacter, Item, Language};

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A call can run in a circle, or come to a node without what it needs.
    Path(PathFault),
    /// A file can't be read, or is missing.
    File(FileFault),
    /// A field is missing, unknown or has a value that doesn't fit.
    Field(FieldFault),
    /// A field or a rule is at odds with others of its node.
    Node(NodeFault),
    /// A name leads nowhere, or nothing leads to it.
    Reference(ReferenceFault),
    /// A key has two meanings.
    Key(KeyFault),
    /// An entry doesn't fit its use.
    Entry(EntryFault),
    /// A wording is missing, unused, too long or has wrong gaps.
    Wording(WordingFault),
    /// A call is longer than its flow allows.
    Limit(LimitFault),
    /// The questionnaire can't be shown as a form.
    NoForm(NodeId, ObstacleKind),
    /// Something was changed without a new `version`.
    Unversioned(Unversioned),
}

macro_rules! groups {
    ($($group:ident($inner:ident)),+ $(,)?) => {
        $(impl From<$inner> for Fault {
            fn from(fault: $inner) -> Self {
                Self::$group(fault)
            }
        })+
    };
}

groups! {
    Path(PathFault),
    File(FileFault),
    Field(FieldFault),
    Node(NodeFault),
    Reference(ReferenceFault),
    Key(KeyFault),
    Entry(EntryFault),
    Wording(WordingFault),
    Limit(LimitFault),
    Unversioned(Unversioned),
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The whole file.
    File,
    /// A flow.
    Flow(FlowName),
    /// A node.
    Node(NodeId),
    /// The wording of one language.
    Wording,
    /// The wording of one prompt.
    Prompt(Box<str>),
    /// What is said for one key of a menu.
    Key(Box<str>),
    /// A table with this name.
    Table(&'static str),
    /// A rule of a branch.
    Rule,
    /// A prompt that a node says.
    Said,
}

/// A file can't be read, or is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileFault {
    /// It isn't where a document can be.
    NoPlace,
    /// It has wording for a flow (a folder) that doesn't exist.
    WordingWithoutFlow(Box<str>),
    /// It is named after a language that doesn't exist.
    UnknownLanguage(Box<str>),
    /// It isn't UTF-8.
    NotUtf8,
    /// It isn't TOML. The parser's own words, in English.
    NotToml(String),
    /// A full-width character, which TOML doesn't know, where a quote, a sign or a name should be.
    FullWidth(char),
    /// `shared/keys.toml` is missing.
    NoSharedKeys,
    /// A flow with which calls begin is missing.
    NoFlow(&'static str),
    /// The flow has more nodes than the limit.
    TooManyNodes {
        /// Its nodes.
        nodes: usize,
        /// The limit.
        most: usize,
    },
}

/// A field that must be there, with what its remedy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Required {
    /// This field, with the name of a node.
    Node(&'static str),
    /// The kind of a node.
    Kind,
    /// What a node says.
    Say,
    /// The prompt of `{ prompt, language }`.
    Prompt,
    /// The flow of a `sub_flow`.
    Flow,
    /// The exits of a `sub_flow`.
    Exits,
    /// How long a transfer rings.
    RingSeconds,
    /// The result of an `end`.
    Result,
    /// How often an identification is tried.
    Tries,
    /// The rules of a branch.
    Rules,
    /// What a rule compares an answer with.
    Is,
    /// What a gather takes.
    Takes,
    /// The smallest number of a gather.
    AtLeast,
    /// The largest number of a gather.
    AtMost,
    /// How a confirm reads an entry back.
    ReadAs,
    /// The text of a prompt.
    Text,
    /// This table of `shared/keys.toml`.
    Shared(&'static str),
    /// This number of `[patience]`.
    Patience(&'static str),
    /// The flow's title.
    Title,
    /// The flow's version.
    Version,
    /// The flow's nodes.
    Nodes,
    /// The flow's limits.
    Limits,
    /// The limit of steps.
    Steps,
}

impl Required {
    /// The name of the field.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Node(field) | Self::Shared(field) | Self::Patience(field) => field,
            Self::Kind => "kind",
            Self::Say => "say",
            Self::Prompt => "prompt",
            Self::Flow => "flow",
            Self::Exits => "exits",
            Self::RingSeconds => "ring_seconds",
            Self::Result => "result",
            Self::Tries => "tries",
            Self::Rules => "rules",
            Self::Is => "is",
            Self::Takes => "takes",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::ReadAs => "read_as",
            Self::Text => "text",
            Self::Title => "title",
            Self::Version => "version",
            Self::Nodes => "nodes",
            Self::Limits => "limits",
            Self::Steps => "steps",
        }
    }
}

/// What a word of a fixed list stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vocabulary {
    /// A language.
    Language,
    /// An item of the questionnaire.
    Item,
    /// The kind of a node.
    NodeKind,
    /// What a gather takes.
    Takes,
    /// How a confirm reads an entry back.
    ReadAs,
    /// A key that a question switches off.
    Without,
    /// What a record stores.
    Record,
    /// What a rule tests.
    Rule,
    /// A threshold of the health centre.
    Threshold,
}

/// A field is missing, unknown or has a value that doesn't fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldFault {
    /// A required field is missing.
    Missing(Part, Required),
    /// The part has no such field.
    Unknown {
        /// The part.
        part: Part,
        /// The field.
        field: Box<str>,
        /// The fields that it can have.
        known: Vec<&'static str>,
    },
    /// The name stands twice in one place.
    Repeated,
    /// A text is empty.
    Empty,
    /// The value isn't a text.
    NotText,
    /// The value isn't true or false.
    NotFlag,
    /// The value isn't a whole number within these bounds.
    NotNumber {
        /// The smallest.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// The part isn't a table.
    NotTable(Part),
    /// There is no such word.
    UnknownWord {
        /// What the word should name.
        of: Vocabulary,
        /// The word.
        word: Box<str>,
        /// The words that there are.
        known: Vec<&'static str>,
    },
    /// A phone has no such key.
    NoSuchKey(Box<str>),
    /// A list of prompts is empty.
    NothingSaid,
}

/// What a caller does that a question didn't ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misstep {
    /// No key is pressed.
    NoInput,
    /// A wrong key is pressed.
    NoMatch,
}

impl Misstep {
    /// The name of its field.
    pub const fn field(self) -> &'static str {
        match self {
            Self::NoInput => "no_input",
            Self::NoMatch => "no_match",
        }
    }
}

/// A field or a rule is at odds with others of its node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeFault {
    /// A record other than a call-back has `refused`.
    RefusesNothing(Part),
    /// A record stores nothing, or several things.
    NotOneRecord(Part),
    /// A rule tests nothing, or several things.
    NotOneTest,
    /// A rule about an entry compares it never or twice.
    NotOneComparison,
    /// The answer isn't compared with such a word.
    NotComparable(Item, Box<str>),
    /// The key is in `choices` and in `keys`.
    KeyTwice(Box<str>),
    /// A menu has no keys.
    NoKeys(Part),
    /// The field has no use with this `takes`.
    NoUse(&'static str),
    /// A gather doesn't say how many digits it takes.
    NoDigits(Part),
    /// A number has several counts of digits, or too many digits.
    DigitsOfNumber,
    /// `digits` is neither a count nor a range.
    DigitsOfDigits,
    /// A question says nothing after this.
    SaysNothing(Part, Misstep),
    /// A question has no exit for callers who don't answer.
    NoGiveUp(Part),
    /// A question of the questionnaire has no short wording.
    NoShort(NodeId),
}

/// A name leads nowhere, or nothing leads to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReferenceFault {
    /// The flow begins at a node that doesn't exist.
    Start(NodeId),
    /// A node leads to one that doesn't exist.
    Exit {
        /// The node.
        from: NodeId,
        /// The missing one.
        to: NodeId,
    },
    /// A node uses the entry of one that doesn't exist.
    Entry {
        /// The node.
        of: NodeId,
        /// The missing one.
        at: NodeId,
    },
    /// There is no such flow.
    Flow(FlowName),
    /// A sub-flow can end with a result for which there is no exit.
    NoExit {
        /// The node.
        node: NodeId,
        /// The result.
        result: ResultName,
        /// The sub-flow.
        flow: FlowName,
    },
    /// A sub-flow never ends with the result.
    NeverEndsWith {
        /// The sub-flow.
        flow: FlowName,
        /// The result.
        result: ResultName,
    },
    /// No call comes to the node.
    NodeNotReached(NodeId),
    /// No call comes to the flow.
    FlowNotReached(FlowName),
}

/// What a key does at every question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyUse {
    /// It leads to a flow.
    Visit(FlowName),
    /// It goes back one question.
    Back,
    /// It repeats the question.
    Repeat,
}

/// A key has two meanings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyFault {
    /// `shared/keys.toml` has it under both names.
    Shared(Key, &'static str, &'static str),
    /// `#` ends a number.
    EndsNumber,
    /// It visits a flow that doesn't exist.
    Visits(Box<str>, FlowName),
    /// A flow's visit has a key that does this already.
    VisitTaken(Key, KeyUse),
    /// A node's key does this, too.
    NodeTaken(NodeId, Key, KeyUse),
    /// An entry of one digit is a key that does this.
    DigitTaken(NodeId, Key, KeyUse),
    /// An entry that skips the rest can't be keyed.
    Instead(NodeId, Box<str>, InsteadFault),
    /// An answer has another key than at most questions.
    Swapped {
        /// The node.
        node: NodeId,
        /// The answer.
        value: Box<str>,
        /// Its key here.
        key: Key,
        /// Its key at most questions.
        usual: Key,
    },
}

/// Why an entry that skips the rest can't be keyed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum InsteadFault {
    /// It has other keys than digits.
    NotDigits,
    /// It is longer than this many digits.
    TooLong(u8),
    /// It is a key that does this.
    Taken(KeyUse),
    /// It is an ordinary entry, too.
    Ordinary,
}

/// An entry doesn't fit its use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryFault {
    /// No record stores what the question asks for.
    NotRecorded(NodeId, Item),
    /// Nothing is said after a red answer.
    NoAdvice(NodeId, Item),
    /// The bounds are reversed, or need more digits.
    Bounds {
        /// The node.
        node: NodeId,
        /// The smallest number.
        at_least: u32,
        /// The largest number.
        at_most: u32,
        /// The digits that are keyed.
        digits: u8,
    },
    /// A confirm doesn't ask about values that must be confirmed.
    Usual {
        /// The node.
        node: NodeId,
        /// The smallest value that may be read back without a question.
        least: u32,
        /// The largest one.
        most: u32,
    },
    /// Only a temperature and a percentage can be read back without a question.
    NothingUsual(NodeId),
    /// A confirm reads back an entry without digits.
    ReadsNoDigits(NodeId, NodeId),
    /// A confirm reads back something private.
    ReadsPrivate(NodeId, NodeId),
    /// A confirm can't speak the entry in this way.
    NotSpoken(NodeId, NodeId),
    /// The node takes no HER-SYS ID.
    NoHersysId(NodeId),
    /// The node takes no birth date for the identification.
    NoBirthDate(NodeId, NodeId),
    /// The node shows the identification's birth date in transcripts.
    ShownBirthDate(NodeId, NodeId),
    /// A rule of the first node compares the second one's entry with something that can't be keyed.
    NeverHolds(NodeId, NodeId),
    /// A node asks for the first item and is stored as the second one.
    OtherItem(NodeId, Item, Item),
    /// The first node stores the second one's entry, where nothing is keyed.
    NothingKeyed(NodeId, NodeId),
    /// A key's value can't be stored as the item.
    Value {
        /// The node that stores it.
        node: NodeId,
        /// The value.
        value: Box<str>,
        /// The node that asks.
        asked: NodeId,
        /// The item.
        item: Item,
    },
    /// The keys of the second node, which the first one stores, have no values.
    NoValues(NodeId, NodeId),
    /// The node takes numbers that the item can't be.
    Range {
        /// The node.
        node: NodeId,
        /// The smallest number.
        at_least: u32,
        /// The largest number.
        at_most: u32,
        /// The item.
        item: Item,
    },
    /// What the node takes can't be stored as the item.
    Kind(NodeId, Item),
    /// An entry that skips the rest can't be stored as the item.
    Instead(Box<str>, NodeId, Item),
}

/// A call can run in a circle, or come to a node without what it needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathFault {
    /// The node may be reached without an entry at the other one.
    WithoutEntry(NodeId, NodeId),
    /// Nodes lead back to the first one and never ask.
    Circle(Vec<NodeId>),
    /// A flow contains itself through the node.
    Recursion(FlowName, NodeId),
    /// The node has calls stopped by anybody.
    StopsCalls(NodeId),
    /// The node says a prompt with a gap whose value isn't known there.
    UnknownGap(NodeId, PromptId, Gap),
    /// The confirm says a prompt that doesn't read the entry back.
    NotReadBack(NodeId, PromptId),
}

/// A gap of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// `{value}`
    Value,
    /// `{centre}`
    Centre,
    /// `{centre_phone}`
    CentrePhone,
    /// `{call_back_number}`
    CallBackNumber,
    /// `{until}`
    Until,
    /// `{open_alerts}`
    OpenAlerts,
}

impl Gap {
    /// The gap as it is written, with its brackets.
    pub const fn written(self) -> &'static str {
        match self {
            Self::Value => "{value}",
            Self::Centre => "{centre}",
            Self::CentrePhone => "{centre_phone}",
            Self::CallBackNumber => "{call_back_number}",
            Self::Until => "{until}",
            Self::OpenAlerts => "{open_alerts}",
        }
    }
}

/// A wording is missing, unused, too long or has wrong gaps. Gaps are named without their brackets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordingFault {
    /// It takes longer to say than the limit.
    TooLong {
        /// The prompt.
        prompt: PromptId,
        /// The language.
        language: Language,
        /// The estimate, in whole seconds.
        seconds: u32,
        /// The limit, in whole seconds.
        most: u32,
    },
    /// A text (its name) has a hidden character.
    Hidden(Box<str>, HiddenCharacter),
    /// There is no such prompt.
    NoPrompt(PromptId),
    /// The prompt lacks the language.
    NoLanguage(PromptId, Language),
    /// No flow says the prompt, which has these languages.
    Unused(PromptId, Vec<Language>),
    /// A bracket is unmatched.
    Bracket(PromptId),
    /// Nothing fills the gap; the known ones.
    UnknownGap(PromptId, Box<str>, Vec<&'static str>),
    /// The form has a gap that the text doesn't have; those of the text.
    FormGap(PromptId, Vec<Box<str>>),
    /// The text and the reading have different gaps; those of the text.
    ReadingGaps(PromptId, Vec<Box<str>>),
    /// A value isn't spoken whole; its gaps.
    PartOfValue(PromptId, Vec<Box<str>>),
    /// Another language has other gaps.
    OtherGaps(PromptId, Language, Vec<Box<str>>),
}

/// A call is longer than its flow allows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitFault {
    /// A healthy caller's call takes longer than the limit.
    TooLong {
        /// The language.
        language: Language,
        /// The seconds that it takes, in whole seconds.
        seconds: u32,
        /// The limit, in seconds.
        most: u32,
        /// Its longest prompts, the longest one first.
        longest: Vec<LongPrompt>,
    },
    /// The flow has a limit, and a healthy caller's answers lead to no finished report.
    NoReport(FlowName),
}

/// A prompt that makes a call long.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LongPrompt {
    /// The prompt.
    pub prompt: PromptId,
    /// The file with its wording, by its path in the flows' folder.
    pub file: Box<str>,
    /// Its line.
    pub line: u32,
    /// How long it is spoken, in whole seconds.
    pub seconds: u32,
}

/// The documents with which others are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Earlier {
    /// Those built into the program.
    BuiltIn,
    /// Those in use since then.
    UsedSince(Timestamp),
}

/// Something was changed without a new `version`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unversioned {
    /// What was changed.
    pub what: Changed,
    /// The flows that it belongs to, with their versions, by name.
    pub flows: Vec<(FlowName, u32)>,
    /// The documents that had it otherwise.
    pub earlier: Earlier,
}

/// What was changed without a new `version`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// The flow itself, with its version.
    Flow(FlowName, u32),
    /// The words of a prompt.
    Words(PromptId),
    /// The shared keys or their timeouts.
    SharedKeys,
}
