//! A patient list that staff have uploaded, from the first byte to the import.

/// How far an uploaded list has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UploadState {
    /// The file is arriving.
    Receiving,
    /// The file is here. The dry run has begun, or will.
    Waiting,
    /// The file as a whole is refused.
    Refused,
    /// The dry run shows what an import would do.
    Read,
    /// Staff have decided to import it, and nothing of it counts yet.
    Importing,
    /// It is imported.
    Imported,
    /// Staff have discarded it.
    Discarded,
    /// Nobody decided within a day.
    Expired,
}

impl UploadState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Receiving,
        Self::Waiting,
        Self::Refused,
        Self::Read,
        Self::Importing,
        Self::Imported,
        Self::Discarded,
        Self::Expired,
    ];

    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::Read => "read",
            Self::Importing => "importing",
            Self::Imported => "imported",
            Self::Discarded => "discarded",
            Self::Expired => "expired",
        }
    }

    /// Reads [`UploadState::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether staff can still discard it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Refused | Self::Read)
    }
}

/// What an import does with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowFate {
    /// Somebody is registered.
    New,
    /// A registered patient changes.
    Changed,
    /// Nothing changes.
    Same,
    /// The row is faulty, and isn't imported.
    Refused,
}

impl RowFate {
    /// All fates, what needs people first.
    pub const ALL: [Self; 4] = [Self::Refused, Self::Changed, Self::New, Self::Same];

    /// The code in the database and in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::Refused => "refused",
        }
    }

    /// Reads [`RowFate::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read() {
        assert!(UploadState::ALL.into_iter().all(|state| UploadState::from_code(state.code()) == Some(state)));
        assert!(RowFate::ALL.into_iter().all(|fate| RowFate::from_code(fate.code()) == Some(fate)));
        assert_eq!((UploadState::from_code("lost"), RowFate::from_code("")), (None, None));
    }
}
