//! What a carrier says and does next, with the wording already chosen. All carriers share this form.

use std::sync::Arc;

use crate::domain::Language;

/// What is said in one turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speech {
    /// In the order in which it is spoken.
    pub say: Vec<Sentence>,
    /// Said between two of the [`silences`] of the wait for the first key.
    pub while_waiting: Vec<Sentence>,
}

/// One sentence to say. It may repeat an entry, so `Debug` never prints its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The text to speak.
    pub text: Arc<str>,
    /// The language of the text.
    pub language: Language,
    /// Whether a key cuts the sentence short.
    pub barge_in: bool,
}

impl std::fmt::Debug for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sentence(personal, {}, barge_in {})", self.language, self.barge_in)
    }
}

pub use crate::engine::{NextAction, silences};
