//! Whether data are of real people.

/// Where the data of a database come from. It is decided when the database is created, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataOrigin {
    /// Real patients, called by a real carrier.
    Real,
    /// Made up by a simulation.
    Simulated,
}

impl DataOrigin {
    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Simulated => "simulated",
        }
    }

    /// Reads the stored word.
    pub fn from_code(word: &str) -> Option<Self> {
        [Self::Real, Self::Simulated].into_iter().find(|origin| origin.code() == word)
    }

    /// Whether the data are made up.
    pub const fn is_simulated(self) -> bool {
        matches!(self, Self::Simulated)
    }
}
