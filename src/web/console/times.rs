//! Times as the pages say them, with the zone named.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::translations::{Message, message};

/// How long ago something was, in minutes.
pub(super) fn ago(minutes: i64) -> Message {
    let minutes = u64::try_from(minutes).unwrap_or(0);
    match minutes {
        0 => message!("console-ago-now"),
        1..60 => message!("console-ago-minutes", minutes = minutes),
        60..1_440 => message!("console-ago-hours", hours = minutes / 60),
        _ => message!("console-ago-days", days = minutes / 1_440),
    }
}

/// Whole minutes from a time until now.
pub(super) fn minutes_since(at: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(at).as_mins()
}

/// The name of a time zone for people.
pub(super) fn zone_name(zone: &TimeZone) -> Message {
    match zone.iana_name() {
        Some("Asia/Tokyo") => message!("console-zone-japan"),
        Some(name) => message!("console-zone", name = name),
        None => message!("console-zone", name = "UTC"),
    }
}

/// The short name of a weekday.
pub(super) fn weekday_name(weekday: Weekday) -> Message {
    match weekday {
        Weekday::Monday => message!("console-monday"),
        Weekday::Tuesday => message!("console-tuesday"),
        Weekday::Wednesday => message!("console-wednesday"),
        Weekday::Thursday => message!("console-thursday"),
        Weekday::Friday => message!("console-friday"),
        Weekday::Saturday => message!("console-saturday"),
        Weekday::Sunday => message!("console-sunday"),
    }
}

/// A moment with its date, its weekday and its seconds.
pub(super) fn moment(at: &ZonedDateTime, seconds: bool) -> Message {
    let weekday = weekday_name(at.weekday());
    let time = at.strftime(if seconds { "%-H:%M:%S" } else { "%-H:%M" }).to_string();
    message!(
        "console-moment",
        year = at.year().to_string(),
        month = month(at.date()),
        day = at.day().to_string(),
        weekday = weekday,
        time = time
    )
}

/// A date in the reader's way.
pub(super) fn day(date: Date) -> Message {
    message!("plain-date", year = date.year().to_string(), month = month(date), day = date.day().to_string())
}

/// As a number: English has names for months.
fn month(date: Date) -> u64 {
    u64::from(date.month().unsigned_abs())
}

/// Hours from one time to another, as they are stored with a hyphen between them.
pub(super) fn span(stored: &str) -> Message {
    match stored.split_once('-') {
        Some((from, until)) => message!("words-span", from = from, until = until),
        None => message!("verbatim", text = stored),
    }
}

/// A time of day with its date, also if that is today.
pub(super) fn day_time(at: Timestamp, now: &ZonedDateTime) -> String {
    at.to_zoned_datetime(now.time_zone().clone()).strftime("%-m/%-d %-H:%M").to_string()
}

/// A time of day; with its date if that isn't today.
pub(super) fn clock_time(at: Timestamp, now: &ZonedDateTime) -> String {
    let at = at.to_zoned_datetime(now.time_zone().clone());
    let format = if at.date() == now.date() { "%-H:%M" } else { "%-m/%-d %-H:%M" };
    at.strftime(format).to_string()
}
