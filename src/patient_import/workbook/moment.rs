//! Dates and times in workbooks: a number of days with a fraction for the time, or ISO 8601.

use super::super::cell::Cell;
use crate::domain::era::{self, DateError};
use jiff::{ToSpan, civil::Date, civil::Time};

/// The first day of a workbook's day count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Epoch {
    /// Day 1 is 1900-01-01, and day 60 is 1900-02-29, which didn't exist.
    Year1900,
    /// Day 0 is 1904-01-01.
    Year1904,
}

/// The tolerance for a spreadsheet's arithmetic, in days.
const NOISE: f64 = 0.4 / 86_400.0;

impl Epoch {
    fn day(self, count: u64) -> Option<Date> {
        let (first, count) = match self {
            Self::Year1904 => (Date::constant(1904, 1, 1), count),
            Self::Year1900 if count == 60 => return None,
            Self::Year1900 if count < 60 => (Date::constant(1899, 12, 31), count),
            Self::Year1900 => (Date::constant(1899, 12, 30), count),
        };
        first.checked_add(i32::try_from(count).ok()?.days()).ok().filter(|day| day.year() <= 9999)
    }

    /// The cell for a number of days: a date, or only a time of day below 1.
    pub fn cell<'a>(self, count: f64) -> Cell<'a> {
        if (0.0..1.0).contains(&count) {
            return time(count).map_or_else(|| Cell::Odd(clock(count)), Cell::Time);
        }
        let odd = || Cell::Odd(count.to_string());
        let Some(days) = exact(count.floor()) else { return odd() };
        match self.day(days) {
            Some(date) if count.fract() < NOISE => Cell::Date(date),
            Some(date) => Cell::Moment(format!("{date} {}", clock(count.fract()))),
            None => odd(),
        }
    }
}

/// The time of day of a fraction of a day, to the second, as it is seen when the cell is selected. Midnight is never
/// shown: a date with it would be read as a mere date.
fn clock(fraction: f64) -> String {
    const SECONDS_A_DAY: f64 = 86_400.0;
    let seconds = exact((fraction * SECONDS_A_DAY).round()).unwrap_or_default().clamp(1, 86_399);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if seconds == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{seconds:02}") }
}

fn time(fraction: f64) -> Option<Time> {
    const MINUTES_A_DAY: f64 = 24.0 * 60.0;
    let minutes = fraction * MINUTES_A_DAY;
    let close = (minutes - minutes.round()).abs() < 0.001;
    let minutes = exact(minutes.round()).filter(|_| close).and_then(|minutes| i16::try_from(minutes).ok())?;
    Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()
}

/// The largest whole number that a spreadsheet stores exactly: 15 digits.
const MAX_EXACT: f64 = 999_999_999_999_999.0;

/// A whole number; `None` for any other.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
pub(super) fn exact(number: f64) -> Option<u64> {
    ((0.0..=MAX_EXACT).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

/// A date or a time in ISO 8601.
pub(super) fn iso<'a>(text: &str) -> Cell<'a> {
    match era::read(text) {
        Ok(date) => Cell::Date(date),
        Err(DateError::TimeOfDay) => Cell::Moment(text.to_owned()),
        Err(_) => match text.trim_start_matches('T').trim_end_matches('Z').parse::<Time>() {
            Ok(time) if time.second() == 0 && time.subsec_nanosecond() == 0 => Cell::Time(time),
            _ => Cell::Odd(text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_those_that_excel_shows() {
        let day = |epoch: Epoch, count| match epoch.cell(count) {
            Cell::Date(date) => Some(date),
            _ => None,
        };
        assert_eq!(day(Epoch::Year1900, 1.0), Some(date(1900, 1, 1)));
        assert_eq!(day(Epoch::Year1900, 59.0), Some(date(1900, 2, 28)));
        assert_eq!(day(Epoch::Year1900, 60.0), None);
        assert_eq!(day(Epoch::Year1900, 61.0), Some(date(1900, 3, 1)));
        assert_eq!(day(Epoch::Year1900, 29_312.000_001), Some(date(1980, 4, 1)));
        assert_eq!(day(Epoch::Year1904, 27_850.0), Some(date(1980, 4, 1)));
        assert_eq!(day(Epoch::Year1900, 3e9), None);
        let moment = |count, seen: &str| matches!(Epoch::Year1900.cell(count), Cell::Moment(text) if text == seen);
        assert!(moment(29_312.375, "1980-04-01 09:00") && moment(29_312.5 + 1.0 / 86_400.0, "1980-04-01 12:00:01"));
        assert!(moment(29_312.999_999_9, "1980-04-01 23:59:59"));
        assert!(matches!(Epoch::Year1900.cell(0.375), Cell::Time(time) if time.hour() == 9));
        assert!(matches!(Epoch::Year1900.cell(-1.0), Cell::Odd(text) if text == "-1"));
        assert!(matches!(Epoch::Year1900.cell(f64::NAN), Cell::Odd(_)));
    }

    #[test]
    fn iso_has_days_and_times() {
        assert!(matches!(iso("1980-04-01T00:00:00.000Z"), Cell::Date(day) if day == date(1980, 4, 1)));
        assert!(matches!(iso("1980-03-31T15:00:00Z"), Cell::Moment(_)));
        assert!(matches!(iso("09:30:00"), Cell::Time(time) if time.minute() == 30));
        assert!(matches!(iso("soon"), Cell::Odd(_)));
    }
}
