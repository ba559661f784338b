//! What a carrier is asked to say and to do next, with the wording already chosen: the form shared by all carriers.

use std::sync::Arc;

use crate::domain::Language;

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

pub use crate::engine::NextAction;
