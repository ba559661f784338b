//! What is said about a health centre's settings that can't be read.

use super::ToMessage;
use crate::policy::{
    AfterRedError, CallPatternError, CentreCallsError, DaysOffError, MissedCallSmsError, OfficeHoursError,
    ReportCoversError, RetryPolicyError, SmsPrice, SmsPriceError, UnregisteredReportsError,
};
use crate::translations::{Message, message};

impl ToMessage for OfficeHoursError {
    fn message(&self) -> Message {
        message!("office-hours-form")
    }
}

impl ToMessage for DaysOffError {
    fn message(&self) -> Message {
        match self {
            Self::Form => message!("days-off-form"),
            Self::TooMany => message!("days-off-too-many"),
            Self::EveryDay => message!("days-off-every-day"),
        }
    }
}

impl ToMessage for ReportCoversError {
    fn message(&self) -> Message {
        message!("report-covers-form")
    }
}

impl ToMessage for UnregisteredReportsError {
    fn message(&self) -> Message {
        message!("unregistered-reports-form")
    }
}

impl ToMessage for CentreCallsError {
    fn message(&self) -> Message {
        message!("centre-calls-form")
    }
}

impl ToMessage for AfterRedError {
    fn message(&self) -> Message {
        message!("after-red-form")
    }
}

impl ToMessage for CallPatternError {
    fn message(&self) -> Message {
        match self {
            Self::Form => message!("pattern-form"),
            Self::Field { field } => message!("pattern-field", field = pattern_field(field)),
            Self::WeekdayNumber => message!("pattern-weekday-number"),
            Self::Seconds => message!("pattern-seconds"),
        }
    }
}

fn pattern_field(field: &str) -> Message {
    match field {
        "minute" => message!("pattern-minute"),
        "hour" => message!("pattern-hour"),
        "day of month" => message!("pattern-day"),
        "month" => message!("pattern-month"),
        "weekday" => message!("pattern-weekday"),
        "year" => message!("pattern-year"),
        other => message!("verbatim", text = other),
    }
}

impl ToMessage for MissedCallSmsError {
    fn message(&self) -> Message {
        match self {
            Self::Length => message!("sms-length"),
            Self::UnknownGap => message!("sms-unknown-gap"),
            Self::Hidden(hidden) => message!("sms-hidden", why = hidden.message()),
        }
    }
}

impl ToMessage for SmsPriceError {
    fn message(&self) -> Message {
        message!("sms-price-form", most = u64::from(SmsPrice::HIGHEST))
    }
}

impl ToMessage for RetryPolicyError {
    fn message(&self) -> Message {
        match self {
            Self::Form => message!("retry-form"),
            Self::OutOfRange => message!("retry-out-of-range"),
            Self::Twice => message!("retry-twice"),
            Self::WrongNumber => message!("retry-wrong-number"),
        }
    }
}
