//! A sentence before it is written in a language: its id and its values.

use super::message;
use super::table::{self, Unwritable};
use crate::domain::PageLanguage;

/// A sentence for people: the id of an entry of the Fluent files, and the values that the entry names.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    id: &'static str,
    arguments: Vec<(&'static str, Argument)>,
}

/// A value of a [`Message`].
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// Text that is the same in all languages, such as a name, a time or a command.
    Text(String),
    /// A number, which may choose between singular and plural.
    Number(u64),
    /// Another sentence, or a part of one.
    Message(Message),
    /// Messages one after the other.
    Joined(Separator, Vec<Message>),
}

/// What is between joined messages. Each language has its own signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// Words of a list: a comma.
    Words,
    /// Sentences: a semicolon, or the full stop of Japanese.
    Sentences,
}

impl Separator {
    fn text(self, language: PageLanguage) -> String {
        let message = match self {
            Self::Words => message!("separator-words"),
            Self::Sentences => message!("separator-sentences"),
        };
        message.text(language)
    }
}

impl Message {
    /// A message without values.
    pub const fn new(id: &'static str) -> Self {
        Self { id, arguments: Vec::new() }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    /// The id.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Writes the message. Something is always written: if the language lacks the message, English has it, and if a
    /// value is missing, its name is there.
    pub fn text(&self, language: impl Into<PageLanguage>) -> String {
        self.checked_text(language).unwrap_or_else(|unwritable| unwritable.best)
    }

    /// Writes the message as [`Message::text`] does, and says in which language it is.
    pub fn written(&self, language: PageLanguage) -> (String, PageLanguage) {
        match self.checked_text(language) {
            Ok(text) => (text, language),
            Err(unwritable) => (unwritable.best, unwritable.language),
        }
    }

    /// Writes the message, and fails where [`Message::text`] writes something else than the entry of this language
    /// with all its values. For tests.
    ///
    /// # Errors
    /// If the language lacks the message, or the message a value.
    pub fn checked_text(&self, language: impl Into<PageLanguage>) -> Result<String, Unwritable> {
        let language = language.into();
        let mut problems = Vec::new();
        let mut arguments = Vec::with_capacity(self.arguments.len());
        for (name, argument) in &self.arguments {
            let value = match argument {
                Argument::Number(number) => table::Value::Number(*number),
                Argument::Text(text) => table::Value::Text(text.clone()),
                Argument::Message(message) => table::Value::Text(part(message, language, &mut problems)),
                Argument::Joined(separator, messages) => {
                    let parts: Vec<String> =
                        messages.iter().map(|message| part(message, language, &mut problems)).collect();
                    table::Value::Text(parts.join(&separator.text(language)))
                }
            };
            arguments.push((*name, value));
        }
        let (best, language) = match table::written(self.id, arguments, language) {
            Ok(text) => (text, language),
            Err(unwritable) => {
                problems.extend(unwritable.problems);
                (unwritable.best, unwritable.language)
            }
        };
        if problems.is_empty() { Ok(best) } else { Err(Unwritable { best, language, problems }) }
    }
}

fn part(message: &Message, language: PageLanguage, problems: &mut Vec<String>) -> String {
    match message.checked_text(language) {
        Ok(text) => text,
        Err(unwritable) => {
            problems.extend(unwritable.problems);
            unwritable.best
        }
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<Message> for Argument {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}
