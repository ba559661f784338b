//! The severity of an answer or a report. It is only for staff and is never spoken to the patient.

use serde::{Deserialize, Serialize};

/// The severity of an answer or a report, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing to note.
    #[default]
    None,
    /// Worth noting.
    Note,
    /// A nurse should look today.
    Amber,
    /// A nurse should look now.
    Red,
}

impl Severity {
    /// All severities, from least to most.
    pub const ALL: [Self; 4] = [Self::None, Self::Note, Self::Amber, Self::Red];

    /// The code used in the database, in exports and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Note => "note",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }

    /// Reads [`Severity::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.code() == word)
    }
}
