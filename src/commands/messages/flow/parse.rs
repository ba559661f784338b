//! What keeps a document from being read.

use super::super::ToMessage;
use super::{Advice, advice};
use crate::domain::Language;
use crate::flow::fault::{FieldFault, FileFault, Misstep, NodeFault, Part, Required, Vocabulary};
use crate::flow::names::NODE_KINDS;
use crate::translations::{Message, message};

pub(super) fn file(fault: &FileFault) -> Advice {
    match fault {
        FileFault::NoPlace => advice(message!("flow-no-place"), message!("flow-no-place-todo")),
        FileFault::WordingWithoutFlow(folder) => advice(
            message!("flow-wording-without-flow", folder = &**folder),
            message!("flow-wording-without-flow-todo", folder = &**folder),
        ),
        FileFault::UnknownLanguage(tag) => {
            let languages = Language::ALL.map(Language::tag).join(", ");
            advice(
                message!("flow-no-word", word = &**tag, what = message!("flow-word-language")),
                message!("flow-file-language-todo", languages = languages),
            )
        }
        FileFault::NotUtf8 => advice(message!("flow-not-utf8"), message!("flow-not-utf8-todo")),
        FileFault::NotToml(why) => advice(message!("flow-not-toml", why = why), message!("flow-not-toml-todo")),
        FileFault::FullWidth(character) => {
            advice(message!("flow-full-width", character = character.to_string()), message!("flow-full-width-todo"))
        }
        FileFault::NoSharedKeys => advice(message!("flow-no-shared-keys"), message!("flow-todo-copy")),
        FileFault::NoFlow(name) => advice(message!("flow-no-line", flow = *name), message!("flow-todo-copy")),
        FileFault::TooManyNodes { nodes, most } => {
            advice(message!("flow-too-many-nodes", nodes = *nodes, most = *most), message!("flow-too-many-nodes-todo"))
        }
    }
}

impl ToMessage for Part {
    fn message(&self) -> Message {
        match self {
            Self::File => message!("flow-part-file"),
            Self::Flow(name) => message!("flow-part-flow", name = name.as_str()),
            Self::Node(id) => message!("flow-part-node", name = id.as_str()),
            Self::Wording => message!("flow-part-wording"),
            Self::Prompt(id) => message!("flow-part-prompt", name = &**id),
            Self::Key(key) => message!("flow-part-key", key = &**key),
            Self::Table(name) => message!("flow-part-table", name = *name),
            Self::Rule => message!("flow-part-rule"),
            Self::Said => message!("flow-part-said"),
        }
    }
}

pub(super) fn field(fault: &FieldFault) -> Advice {
    match fault {
        FieldFault::Missing(part, field) => {
            advice(message!("flow-missing", part = part.message(), field = field.field()), missing(*field))
        }
        FieldFault::Unknown { part, field, known } => advice(
            message!("flow-unknown-field", part = part.message(), field = &**field),
            message!("flow-unknown-field-todo", known = known.join(", ")),
        ),
        FieldFault::Repeated => advice(message!("flow-repeated"), message!("flow-todo-keep-one")),
        FieldFault::Empty => advice(message!("flow-empty"), message!("flow-empty-todo")),
        FieldFault::NotText => advice(message!("flow-not-text"), message!("flow-not-text-todo")),
        FieldFault::NotFlag => advice(message!("flow-not-flag"), message!("flow-not-flag-todo")),
        FieldFault::NotNumber { least, most } => advice(
            message!("flow-not-number", least = least.to_string(), most = most.to_string()),
            message!("flow-not-number-todo"),
        ),
        FieldFault::NotTable(part) => {
            advice(message!("flow-not-table", part = part.message()), message!("flow-not-table-todo"))
        }
        FieldFault::UnknownWord { of, word, known } => advice(
            message!("flow-no-word", word = &**word, what = vocabulary(*of)),
            message!("flow-no-word-todo", known = known.join(", ")),
        ),
        FieldFault::NoSuchKey(key) => {
            advice(message!("flow-no-such-key", key = &**key), message!("flow-no-such-key-todo"))
        }
        FieldFault::NothingSaid => advice(message!("flow-nothing-said"), message!("flow-nothing-said-todo")),
    }
}

const fn vocabulary(of: Vocabulary) -> Message {
    match of {
        Vocabulary::Language => message!("flow-word-language"),
        Vocabulary::Item => message!("flow-word-item"),
        Vocabulary::NodeKind => message!("flow-word-kind"),
        Vocabulary::Takes => message!("flow-word-takes"),
        Vocabulary::ReadAs => message!("flow-word-read-as"),
        Vocabulary::Without => message!("flow-word-without"),
        Vocabulary::Record => message!("flow-word-record"),
        Vocabulary::Rule => message!("flow-word-rule"),
        Vocabulary::Threshold => message!("flow-word-threshold"),
    }
}

/// What to do about a missing field.
fn missing(field: Required) -> Message {
    match field {
        Required::Node(field) => message!("flow-add-node", field = field),
        Required::Kind => message!("flow-add-kind", kinds = NODE_KINDS.join(", ")),
        Required::Say => message!("flow-add-say"),
        Required::Prompt => message!("flow-add-prompt"),
        Required::Flow => message!("flow-add-flow"),
        Required::Exits => message!("flow-add-exits"),
        Required::RingSeconds => message!("flow-add-ring-seconds"),
        Required::Result => message!("flow-add-result"),
        Required::Tries => message!("flow-add-tries"),
        Required::Rules => message!("flow-add-rules"),
        Required::Is => message!("flow-add-is"),
        Required::Takes => message!("flow-add-takes"),
        Required::AtLeast => message!("flow-add-at-least"),
        Required::AtMost => message!("flow-add-at-most"),
        Required::ReadAs => message!("flow-add-read-as"),
        Required::Text => message!("flow-add-text"),
        Required::Shared(_) => message!("flow-todo-copy"),
        Required::Patience(field) => message!("flow-add-patience", field = field),
        Required::Title => message!("flow-add-title"),
        Required::Version => message!("flow-add-version"),
        Required::Nodes => message!("flow-add-nodes"),
        Required::Limits | Required::Steps => message!("flow-add-limits"),
    }
}

pub(super) fn node(fault: &NodeFault) -> Advice {
    match fault {
        NodeFault::RefusesNothing(part) => {
            advice(message!("flow-refuses-nothing", part = part.message()), message!("flow-refuses-nothing-todo"))
        }
        NodeFault::NotOneRecord(part) => {
            advice(message!("flow-not-one-record", part = part.message()), message!("flow-not-one-record-todo"))
        }
        NodeFault::NotOneTest => advice(message!("flow-not-one-test"), message!("flow-not-one-test-todo")),
        NodeFault::NotOneComparison => {
            advice(message!("flow-not-one-comparison"), message!("flow-not-one-comparison-todo"))
        }
        NodeFault::NotComparable(item, word) => advice(
            message!("flow-not-comparable", item = item.code(), word = &**word),
            message!("flow-not-comparable-todo"),
        ),
        NodeFault::KeyTwice(key) => advice(message!("flow-key-twice", key = &**key), message!("flow-todo-keep-one")),
        NodeFault::NoKeys(part) => {
            advice(message!("flow-no-keys", part = part.message()), message!("flow-no-keys-todo"))
        }
        NodeFault::NoUse(takes) => advice(message!("flow-no-use", takes = *takes), message!("flow-no-use-todo")),
        NodeFault::NoDigits(part) => {
            advice(message!("flow-no-digits", part = part.message()), message!("flow-no-digits-todo"))
        }
        NodeFault::DigitsOfNumber => advice(message!("flow-digits-of-number"), message!("flow-todo-digits")),
        NodeFault::DigitsOfDigits => advice(message!("flow-digits-of-digits"), message!("flow-todo-digits")),
        NodeFault::SaysNothing(part, after) => {
            let what = match after {
                Misstep::NoInput => message!("flow-says-nothing-on-silence", part = part.message()),
                Misstep::NoMatch => message!("flow-says-nothing-on-wrong-key", part = part.message()),
            };
            advice(what, message!("flow-says-nothing-todo", field = after.field()))
        }
        NodeFault::NoShort(node) => advice(
            message!("flow-no-short", node = node.as_str()),
            message!("flow-no-short-todo", node = node.as_str()),
        ),
        NodeFault::NoGiveUp(part) => {
            advice(message!("flow-no-give-up", part = part.message()), message!("flow-no-give-up-todo"))
        }
    }
}
