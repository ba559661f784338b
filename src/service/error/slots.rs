//! Why a request about slots was refused.

use super::ErrorKind;

/// Why a request about slots was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlotError {
    /// No slot that the actor may see has this id.
    #[error("no slot has this id")]
    NotFound,
}

impl SlotError {
    pub(in crate::service) const fn kind(self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
        }
    }

    pub(in crate::service) const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "slot.not_found",
        }
    }
}
