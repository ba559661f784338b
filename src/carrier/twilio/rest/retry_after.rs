//! The wait that a carrier asks for (RFC 9110 section 10.2.3): seconds, or a date.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

pub use crate::carrier::network::MAX_RETRY_AFTER;

/// Reads `Retry-After`. A date is relative to the reply's own `Date`: the carrier's clock differs from ours, and this
/// needs neither.
pub(super) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    let wait = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // A number that doesn't fit the type is longer than the longest wait.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let (until, now) = (moment(value)?, moment(date?)?);
        // A date in the past asks for no wait.
        Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO)
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

/// Reads the date of a header.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}
