//! Whether the data are those of real people.

/// The origin of a database's data. It is set when the database is created, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataOrigin {
    /// Real patients, called by a real carrier.
    Real,
    /// Simulated data.
    Simulated,
}

impl DataOrigin {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Simulated => "simulated",
        }
    }

    /// Reads the stored code.
    pub fn from_code(word: &str) -> Option<Self> {
        [Self::Real, Self::Simulated].into_iter().find(|origin| origin.code() == word)
    }

    /// Returns `true` for simulated data.
    pub const fn is_simulated(self) -> bool {
        matches!(self, Self::Simulated)
    }
}
