//! Why a request about an alert was refused.

use super::ErrorKind;

/// Why a request about an alert was refused. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AlertError {
    /// No alert that the actor may see has this id.
    #[error("no alert has this id")]
    NotFound,
    /// The patient has more alerts than the line showed.
    #[error("the patient has more alerts than were shown")]
    MoreThanShown,
}

impl AlertError {
    pub(in crate::service) const fn kind(self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::MoreThanShown => ErrorKind::Conflict,
        }
    }

    pub(in crate::service) const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "alert.not_found",
            Self::MoreThanShown => "alert.more_than_shown",
        }
    }
}
