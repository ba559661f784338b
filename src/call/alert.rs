//! What staff must know of at once.

use serde::{Deserialize, Serialize};

/// Why an alert stands on a centre's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A red answer.
    RedAnswer,
    /// The caller asks to be called back.
    CallBack,
    /// The patient asks that automated calls stop.
    StopRequest,
    /// Someone guesses at an ID.
    Guessing,
}

impl AlertKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::RedAnswer, Self::CallBack, Self::StopRequest, Self::Guessing];

    /// The word used in the database and in commands.
    pub const fn word(self) -> &'static str {
        match self {
            Self::RedAnswer => "red_answer",
            Self::CallBack => "call_back",
            Self::StopRequest => "stop_request",
            Self::Guessing => "guessing",
        }
    }

    /// Reads [`AlertKind::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
