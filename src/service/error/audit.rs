//! Why a request about the audit trail was refused.

use super::ErrorKind;

/// Why a request about the audit trail was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// No entry that the actor may see has this id.
    #[error("no entry has this id")]
    EntryNotFound,
}

impl AuditError {
    pub(in crate::service) const fn kind(self) -> ErrorKind {
        match self {
            Self::EntryNotFound => ErrorKind::NotFound,
        }
    }

    pub(in crate::service) const fn code(self) -> &'static str {
        match self {
            Self::EntryNotFound => "audit.entry_not_found",
        }
    }
}
