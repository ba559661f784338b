//! Why a pause, a maintenance or a reconciliation was refused.

use super::ErrorKind;

/// Why automated calls or the line can't be suspended or resumed as requested. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SuspensionError {
    /// The end of the pause has passed.
    #[error("the end of the pause has passed")]
    PauseEndPassed,
    /// The announced end of a maintenance has passed.
    #[error("the end of the maintenance has passed")]
    MaintenanceEndPassed,
    /// Dialling was stopped because the database lost its last entries, and the carrier's list wasn't reconciled
    /// since.
    #[error("the carrier's calls weren't reconciled after the data loss")]
    NotReconciled,
    /// The carrier's list of calls can't be read to its end.
    #[error("can't read the carrier's list of calls to its end")]
    CallListUnavailable,
}

impl SuspensionError {
    pub(in crate::service) const fn kind(self) -> ErrorKind {
        match self {
            Self::PauseEndPassed | Self::MaintenanceEndPassed => ErrorKind::Invalid,
            Self::NotReconciled => ErrorKind::Conflict,
            Self::CallListUnavailable => ErrorKind::Unavailable,
        }
    }

    pub(in crate::service) const fn code(self) -> &'static str {
        match self {
            Self::PauseEndPassed => "suspension.pause_end_passed",
            Self::MaintenanceEndPassed => "suspension.maintenance_end_passed",
            Self::NotReconciled => "suspension.not_reconciled",
            Self::CallListUnavailable => "suspension.call_list_unavailable",
        }
    }
}
