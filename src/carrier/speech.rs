//! What a carrier is asked to say and to do next, with the wording already chosen: the form shared by all carriers.

use std::sync::Arc;

use crate::call::{Language, PhoneNumber};

/// One sentence to be said. It may read an entry back, so its text never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What the voice says.
    pub text: Arc<str>,
    /// The language that it is said in.
    pub language: Language,
    /// Whether a key cuts it short.
    pub barge_in: bool,
}

impl std::fmt::Debug for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sentence(personal, {}, barge_in {})", self.language, self.barge_in)
    }
}

/// What follows the sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Waits for keys.
    Gather {
        /// The most keys taken; the turn ends with the last. 0 counts as 1.
        max_keys: u8,
        /// Whether `#` ends the entry. At a question of one key it doesn't: there `#` is a key like the others.
        finish_on_hash: bool,
        /// Silence before the first key, in seconds, counted from the end of the sentences.
        first_key_seconds: u8,
        /// Silence between two keys, in seconds.
        between_keys_seconds: u8,
    },
    /// Connects the caller to a person.
    Transfer {
        /// The person's number.
        number: PhoneNumber,
        /// How long that phone rings, in seconds.
        ring_seconds: u8,
    },
    /// Ends the call.
    HangUp,
}
