//! Why a request about reports was refused.

use super::ErrorKind;
use crate::engine::form::FieldError;

/// Why a request about reports was refused. Nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// The last day of an export comes before the first.
    #[error("the last day comes before the first")]
    WindowReversed,
    /// The patient isn't under observation today.
    #[error("the patient isn't under observation today")]
    NotObserved,
    /// What is wrong in the form, in the order of its fields.
    #[error("{} fields of the form can't be used", .0.len())]
    Fields(Vec<FieldError>),
    /// The answers don't lead to the end of the questionnaire.
    #[error("the questionnaire isn't finished")]
    Unfinished,
    /// The time at which to call again isn't in the future.
    #[error("the time at which to call again has passed")]
    TimePassed,
    /// No such report, or not for this actor.
    #[error("there is no such report")]
    NotFound,
}

impl ReportError {
    pub(in crate::service) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotObserved => ErrorKind::Conflict,
            Self::WindowReversed | Self::Fields(_) | Self::Unfinished | Self::TimePassed => ErrorKind::Invalid,
            Self::NotFound => ErrorKind::NotFound,
        }
    }

    pub(in crate::service) const fn code(&self) -> &'static str {
        match self {
            Self::WindowReversed => "report.window_reversed",
            Self::NotObserved => "report.not_observed",
            Self::Fields(_) => "report.invalid_fields",
            Self::Unfinished => "report.unfinished",
            Self::TimePassed => "report.time_passed",
            Self::NotFound => "report.not_found",
        }
    }
}
