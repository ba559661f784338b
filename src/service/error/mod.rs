//! Why a request can't be carried out: a code with its values, grouped by what the request was about. The sentences for
//! people are written where they are shown. Neither a code nor its values quote what identifies a person.

mod accounts;
mod alerts;
mod audit;
mod calls;
mod centres;
mod checkpoint;
mod outbox;
mod patients;
mod portal;
mod reports;
mod slots;
mod suspension;
mod transfers;

pub use accounts::AccountError;
pub use alerts::AlertError;
pub use audit::AuditError;
pub use calls::CallError;
pub use centres::CentreError;
pub use checkpoint::CheckpointError;
pub use outbox::OutboxError;
pub use patients::PatientError;
pub use portal::PortalError;
pub use reports::ReportError;
pub use slots::SlotError;
pub use suspension::SuspensionError;
pub use transfers::TransferError;

use crate::policy::Forbidden;
use crate::store::StoreError;

/// Why a request was refused. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The actor lacks a permission.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The database failed, or a value that must be unique exists already.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something stored can't be read.
    #[error("can't read a stored {}", .0.code())]
    Unreadable(StoredThing),
    /// About a patient or a patient list.
    #[error(transparent)]
    Patient(#[from] PatientError),
    /// About an account of the portal.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// About a transfer to another health centre.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// About a call.
    #[error(transparent)]
    Call(#[from] CallError),
    /// About slots.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// About an alert.
    #[error(transparent)]
    Alert(#[from] AlertError),
    /// About an account of staff, or a log-in.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// About a health centre or its settings.
    #[error(transparent)]
    Centre(#[from] CentreError),
    /// About pausing and resuming automated calls, and maintenances of the line.
    #[error(transparent)]
    Suspension(#[from] SuspensionError),
    /// About a job of the outbox.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// About a report or an export.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// About the audit trail.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// About the checkpoint file of the audit trail.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// What kind of refusal it is, as far as callers treat them alike: as exit codes, or as HTTP statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// What the request names doesn't exist, or not for this actor.
    NotFound,
    /// The request is valid but isn't possible in the current state.
    Conflict,
    /// A value of the request is invalid.
    Invalid,
    /// The actor lacks a permission.
    Forbidden,
    /// The database, a file or the carrier fails.
    Unavailable,
}

/// What is stored and can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredThing {
    /// A patient's registration.
    Registration,
    /// A health centre's settings.
    CentreSettings,
    /// The flow documents of a call.
    FlowSet,
    /// A turn of a call.
    Turn,
}

impl StoredThing {
    /// The code in logs and API answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::CentreSettings => "centre_settings",
            Self::FlowSet => "flow_set",
            Self::Turn => "turn",
        }
    }
}

impl ServiceError {
    /// The kind of refusal.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Forbidden(_) => ErrorKind::Forbidden,
            Self::Store(StoreError::Taken(_) | StoreError::Stale) => ErrorKind::Conflict,
            Self::Store(_) | Self::Unreadable(_) | Self::Checkpoint(_) => ErrorKind::Unavailable,
            Self::Patient(error) => error.kind(),
            Self::Portal(error) => error.kind(),
            Self::Transfer(error) => error.kind(),
            Self::Call(error) => error.kind(),
            Self::Slot(error) => error.kind(),
            Self::Alert(error) => error.kind(),
            Self::Account(error) => error.kind(),
            Self::Centre(error) => error.kind(),
            Self::Audit(error) => error.kind(),
            Self::Suspension(error) => error.kind(),
            Self::Outbox(OutboxError::NotFound) => ErrorKind::NotFound,
            Self::Report(error) => error.kind(),
        }
    }

    /// The code in API answers: `patient.not_found`. It stays when the wording of a sentence changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => "forbidden",
            Self::Store(error) => error.code(),
            Self::Unreadable(_) => "stored.unreadable",
            Self::Patient(error) => error.code(),
            Self::Portal(error) => error.code(),
            Self::Transfer(error) => error.code(),
            Self::Call(error) => error.code(),
            Self::Slot(error) => error.code(),
            Self::Alert(error) => error.code(),
            Self::Account(error) => error.code(),
            Self::Centre(error) => error.code(),
            Self::Audit(error) => error.code(),
            Self::Suspension(error) => error.code(),
            Self::Outbox(OutboxError::NotFound) => "outbox.not_found",
            Self::Report(error) => error.code(),
            Self::Checkpoint(error) => error.code(),
        }
    }
}
