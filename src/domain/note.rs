//! Notes of staff about a line of the open alerts.

/// For whom a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteAudience {
    /// Staff only.
    Staff,
    /// The patient too, as a reply to a request.
    Patient,
}

impl NoteAudience {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Patient => "patient",
        }
    }

    /// Reads [`NoteAudience::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Staff, Self::Patient].into_iter().find(|audience| audience.code() == code)
    }
}
