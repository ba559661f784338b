//! Why a request about patients was refused.

use super::ErrorKind;
use crate::domain::{PatientId, Revision};
use crate::patient_import::{Fault, Finding, Place};
use crate::store::StoreError;

/// Why a request about patients was refused. Nothing was changed, unless the reason says so.
#[derive(Debug, thiserror::Error)]
pub enum PatientError {
    /// No patient whom the actor may see is registered with the HER-SYS ID.
    #[error("no patient has this HER-SYS ID")]
    NotFound,
    /// The same, while the audit trail can't be written.
    #[error("no patient has this HER-SYS ID; the look-up isn't in the audit trail: {0}")]
    NotFoundNotAudited(StoreError),
    /// The whole list is refused.
    #[error("the patient list has {} findings", .0.len())]
    InvalidList(Vec<Finding>),
    /// Values given for one patient are invalid.
    #[error("{} values of the patient are invalid", .0.len())]
    InvalidValues(Vec<Finding>),
    /// A2: another patient under observation gets automated calls on this number.
    #[error("another patient gets automated calls on this number")]
    NumberInUse(PatientId),
    /// The patient wasn't released long enough ago to be erased, or a call is in progress.
    #[error("the patient can't be erased yet")]
    NotErasable,
    /// The list is imported and counts, but not all changes are in force yet. The program goes on with them.
    #[error("the patient list is imported, but not all changes are in force yet")]
    ImportUnfinished,
    /// The record has changed since the revision on which a change is based.
    #[error("the patient's record has changed since; it is at revision {revision} now")]
    Stale {
        /// The fields that changed, in alphabetical order.
        changed: Vec<String>,
        /// The current revision.
        revision: Revision,
    },
}

impl PatientError {
    /// A single invalid value.
    pub(in crate::service) fn value(fault: Fault) -> Self {
        Self::InvalidValues(vec![Finding { place: Place::Row(1), fault }])
    }

    pub(in crate::service) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound | Self::NotFoundNotAudited(_) => ErrorKind::NotFound,
            Self::InvalidList(_) | Self::InvalidValues(_) => ErrorKind::Invalid,
            Self::ImportUnfinished => ErrorKind::Unavailable,
            Self::NumberInUse(_) | Self::NotErasable | Self::Stale { .. } => ErrorKind::Conflict,
        }
    }

    pub(in crate::service) const fn code(&self) -> &'static str {
        match self {
            Self::NotFound | Self::NotFoundNotAudited(_) => "patient.not_found",
            Self::InvalidList(_) => "patient.invalid_list",
            Self::InvalidValues(_) => "patient.invalid_values",
            Self::NumberInUse(_) => "patient.number_in_use",
            Self::ImportUnfinished => "patient.import_unfinished",
            Self::NotErasable => "patient.not_erasable",
            Self::Stale { .. } => "patient.stale",
        }
    }
}
