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
}

impl ReportError {
    pub(in crate::service) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotObserved => ErrorKind::Conflict,
            Self::WindowReversed | Self::Fields(_) | Self::Unfinished => ErrorKind::Invalid,
        }
    }

    pub(in crate::service) const fn code(&self) -> &'static str {
        match self {
            Self::WindowReversed => "report.window_reversed",
            Self::NotObserved => "report.not_observed",
            Self::Fields(_) => "report.invalid_fields",
            Self::Unfinished => "report.unfinished",
        }
    }
}
