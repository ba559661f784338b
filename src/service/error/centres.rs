//! Why a request about a health centre was refused.

use super::ErrorKind;
use crate::domain::CentreCode;
use crate::policy::{ThresholdsError, UnusablePattern};

/// Why a request about a health centre was refused. Nothing was changed, unless the reason says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CentreError {
    /// No health centre that the actor may see has this code.
    #[error("there is no health centre {0}")]
    NotFound(CentreCode),
    /// The time zone is unknown.
    #[error("{0} isn't a time zone")]
    UnknownTimeZone(String),
    /// Thresholds are out of range or out of order.
    #[error(transparent)]
    Thresholds(#[from] ThresholdsError),
    /// The call pattern as written, and why it can't be used.
    #[error("the call pattern \"{0}\" can't be used: {1}")]
    CallPattern(String, UnusablePattern),
    /// Callers aren't connected with this kind of number.
    #[error("callers aren't connected with this kind of number")]
    PhoneNotCallable,
    /// The number of concurrent calls can't be set.
    #[error("the number of concurrent calls is out of range")]
    ConcurrentCallsOutOfRange,
    /// The number of calls per second can't be set.
    #[error("the number of calls per second is out of range")]
    CallsPerSecondOutOfRange,
    /// The daily notice would go out in quiet hours.
    #[error("the time of the daily notice is outside the hours in which notices go out")]
    NoticeInQuietHours,
    /// Somebody has changed it since it was read.
    #[error("somebody has changed the health centre meanwhile")]
    ChangedMeanwhile,
    /// There is no such change of its settings.
    #[error("there is no such change")]
    ChangeNotFound,
    /// A change can't be undone: its earlier values don't fit any more.
    #[error("the earlier values don't fit any more")]
    EarlierValuesUnfit,
    /// The change counts, but not all patients' calls are planned by it yet. The program goes on with them.
    #[error("the health centre is changed, but not all calls are planned again yet")]
    ReplanUnfinished,
}

impl CentreError {
    pub(in crate::service) const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) | Self::ChangeNotFound => ErrorKind::NotFound,
            Self::ChangedMeanwhile => ErrorKind::Conflict,
            Self::ReplanUnfinished => ErrorKind::Unavailable,
            Self::UnknownTimeZone(_)
            | Self::Thresholds(_)
            | Self::CallPattern(..)
            | Self::PhoneNotCallable
            | Self::EarlierValuesUnfit
            | Self::NoticeInQuietHours
            | Self::ConcurrentCallsOutOfRange
            | Self::CallsPerSecondOutOfRange => ErrorKind::Invalid,
        }
    }

    pub(in crate::service) const fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "centre.not_found",
            Self::UnknownTimeZone(_) => "centre.unknown_time_zone",
            Self::Thresholds(_) => "centre.thresholds",
            Self::CallPattern(..) => "centre.call_pattern",
            Self::PhoneNotCallable => "centre.phone_not_callable",
            Self::ConcurrentCallsOutOfRange => "centre.concurrent_calls_out_of_range",
            Self::NoticeInQuietHours => "centre.notice_in_quiet_hours",
            Self::ReplanUnfinished => "centre.replan_unfinished",
            Self::ChangedMeanwhile => "centre.changed_meanwhile",
            Self::ChangeNotFound => "centre.change_not_found",
            Self::EarlierValuesUnfit => "centre.earlier_values_unfit",
            Self::CallsPerSecondOutOfRange => "centre.calls_per_second_out_of_range",
        }
    }
}
