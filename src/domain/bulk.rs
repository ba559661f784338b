//! A change of many patients at once, from its preview to its undoing.

/// How far a bulk change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BulkState {
    /// Staff see what it would do.
    Previewed,
    /// It is being made.
    Applying,
    /// It is made.
    Applied,
    /// It is being undone.
    Undoing,
    /// It is undone, as far as that was possible.
    Undone,
}

impl BulkState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Previewed, Self::Applying, Self::Applied, Self::Undoing, Self::Undone];

    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Previewed => "previewed",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    /// Reads [`BulkState::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What became of a patient in a bulk change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BulkOutcome {
    /// It is the patient's turn.
    Waits,
    /// The patient was changed.
    Changed,
    /// Nothing was to be changed.
    Same,
    /// The change isn't possible for this patient.
    Refused,
    /// The change was undone.
    Undone,
    /// The change stays, as somebody has changed the patient since, or the patient had asked for it.
    Kept,
}

impl BulkOutcome {
    /// All outcomes.
    pub const ALL: [Self; 6] = [Self::Waits, Self::Changed, Self::Same, Self::Refused, Self::Undone, Self::Kept];

    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::Refused => "refused",
            Self::Undone => "undone",
            Self::Kept => "kept",
        }
    }

    /// Reads [`BulkOutcome::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// What a bulk change changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BulkKind {
    /// The call times.
    CallTimes,
    /// The language of the calls.
    Language,
    /// Automated calls stop.
    Stop,
}

impl BulkKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::CallTimes, Self::Language, Self::Stop];

    /// The code in the database and in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CallTimes => "call_times",
            Self::Language => "language",
            Self::Stop => "stop",
        }
    }

    /// Reads [`BulkKind::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read() {
        assert!(BulkState::ALL.into_iter().all(|state| BulkState::from_code(state.code()) == Some(state)));
        assert!(BulkOutcome::ALL.into_iter().all(|one| BulkOutcome::from_code(one.code()) == Some(one)));
        assert!(BulkKind::ALL.into_iter().all(|kind| BulkKind::from_code(kind.code()) == Some(kind)));
    }
}
