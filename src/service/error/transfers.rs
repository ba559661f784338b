//! Why a request about a transfer was refused.

use super::ErrorKind;

/// Why a request about a transfer to another health centre was refused. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// No transfer that the actor may see, or decide in this way, has this id.
    #[error("no transfer has this id")]
    NotFound,
    /// The receiving health centre doesn't exist, or is the patient's.
    #[error("the patient can't be offered to this health centre")]
    NoReceiver,
    /// The observation of the patient has ended.
    #[error("the patient was released")]
    Released,
    /// The patient is offered to a health centre already.
    #[error("the patient is offered already")]
    OfferedAlready,
}

impl TransferError {
    pub(in crate::service) const fn kind(self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::NoReceiver => ErrorKind::Invalid,
            Self::Released | Self::OfferedAlready => ErrorKind::Conflict,
        }
    }

    pub(in crate::service) const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "transfer.not_found",
            Self::NoReceiver => "transfer.no_receiver",
            Self::Released => "transfer.released",
            Self::OfferedAlready => "transfer.offered_already",
        }
    }
}
