//! The caller number of a call.

use serde::{Deserialize, Serialize};

/// The caller number, in relation to a patient. A caller number can be forged, so it doesn't identify anybody, and an
/// unregistered one proves less than the registered one. Ordered from least to most proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerNumber {
    /// No number is shown, or the value isn't a number.
    Hidden,
    /// A number that isn't the one registered for the patient.
    Unregistered,
    /// The number registered for the patient, also if we called it.
    Registered,
}

impl CallerNumber {
    /// All variants.
    pub const ALL: [Self; 3] = [Self::Hidden, Self::Unregistered, Self::Registered];

    /// The code used in the database, in exports and in commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Unregistered => "unregistered",
            Self::Registered => "registered",
        }
    }

    /// Reads [`CallerNumber::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|number| number.code() == word)
    }

    /// Returns `true` if it is the number registered for the patient.
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::Registered)
    }
}
