//! Whether a patient can measure SpO2.

use serde::{Deserialize, Serialize};

/// Whether a patient has an oximeter. Most patients at home have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oximeter {
    /// Nobody has said so.
    #[default]
    Unknown,
    /// The patient has one.
    Yes,
    /// The patient has none: SpO2 is asked once a week only.
    No,
}

/// Whether a call asks for SpO2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spo2Question {
    /// It asks.
    #[default]
    Asked,
    /// The patient has no oximeter, and was asked less than a week ago.
    LeftOut,
}

impl Oximeter {
    /// All variants.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unknown];

    /// The code used in the database, in lists and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// Reads [`Oximeter::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|oximeter| oximeter.code() == word)
    }
}
