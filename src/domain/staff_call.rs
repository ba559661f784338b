//! Calls that staff place themselves, from their own phones.

/// What came of a call by staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaffCallOutcome {
    /// Staff entered the person's report.
    Reported,
    /// Staff entered what was said until the call was interrupted.
    Partly,
    /// Nobody who may speak about the person was reached.
    NotReached,
    /// The person asked to be called later, or staff decided so.
    Later,
}

impl StaffCallOutcome {
    /// All outcomes.
    pub const ALL: [Self; 4] = [Self::Reported, Self::Partly, Self::NotReached, Self::Later];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Partly => "partly",
            Self::NotReached => "not_reached",
            Self::Later => "later",
        }
    }

    /// Reads [`StaffCallOutcome::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for outcome in StaffCallOutcome::ALL {
            assert_eq!(StaffCallOutcome::from_code(outcome.code()), Some(outcome));
        }
        assert_eq!(StaffCallOutcome::from_code("skipped"), None);
    }
}
