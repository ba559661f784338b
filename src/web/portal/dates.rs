//! Dates and times in the words of each language.

use jiff::civil::{Date, Time};

use crate::translations::{Message, message};

/// A day of this year.
pub(super) fn day(date: Date) -> Message {
    let (month, day) = (u64::from(date.month().unsigned_abs()), u64::from(date.day().unsigned_abs()));
    message!("portal-day", month = month, day = day)
}

/// A day with its year.
pub(super) fn full_day(date: Date) -> Message {
    let (month, day) = (u64::from(date.month().unsigned_abs()), u64::from(date.day().unsigned_abs()));
    message!("portal-full-day", year = date.year().to_string(), month = month, day = day)
}

/// A time of day: `9:03`.
pub(super) fn time(time: Time) -> String {
    format!("{}:{:02}", time.hour(), time.minute())
}
