//! Why a request about a call was refused.

use super::ErrorKind;
use crate::domain::{CallingHours, Withdrawal};

/// Why a request about a call was refused. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No call that the actor may see has this id.
    #[error("no call has this id")]
    NotFound,
    /// The patient must not be called.
    #[error("the patient must not be called: {}", .0.code())]
    NotCallable(Withdrawal),
    /// A7: outside the centre's calling hours.
    #[error("outside the health centre's calling hours, {0}")]
    OutsideCallingHours(CallingHours),
    /// A call to the patient is in progress or was requested already.
    #[error("a call to this patient is under way or was requested already")]
    AlreadyUnderWay,
    /// The outcome of the call is known.
    #[error("the outcome of this call is known")]
    OutcomeKnown,
}

impl CallError {
    pub(in crate::service) const fn kind(self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::NotCallable(_) | Self::OutsideCallingHours(_) | Self::AlreadyUnderWay | Self::OutcomeKnown => {
                ErrorKind::Conflict
            }
        }
    }

    pub(in crate::service) const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "call.not_found",
            Self::NotCallable(_) => "call.not_callable",
            Self::OutsideCallingHours(_) => "call.outside_calling_hours",
            Self::AlreadyUnderWay => "call.already_under_way",
            Self::OutcomeKnown => "call.outcome_known",
        }
    }
}
