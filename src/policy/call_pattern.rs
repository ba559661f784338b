//! A centre's call times as cron expressions. The `cron` crate parses them, and this module evaluates them on the civil
//! clock. The crate's own evaluation skips a time in the spring gap and fires twice in the autumn fold.

use std::collections::BTreeSet;
use std::str::FromStr;

use cron::{Schedule, TimeUnitSpec};
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::DaysOff;
use crate::domain::{CallTimes, CallingHours};

/// When a centre calls patients who have no call times of their own: one or more cron expressions, separated by `;`.
///
/// An expression has 5 fields (minute, hour, day of month, month, weekday), 6 with leading seconds (only `0`), or 7
/// with a trailing year as well. Weekdays are written by name, because their numbers differ between dialects of cron.
/// If both the day of the month and the weekday are restricted, both must match, as in the crate and unlike in Unix: `0
/// 10 1-7 * mon` is the first Monday of each month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallPattern(Vec<Expression>);

/// One parsed expression.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expression {
    /// The original text, with single spaces.
    text: String,
    /// `None` for every year.
    years: Option<BTreeSet<u32>>,
    /// Indexed from January.
    months: [bool; 12],
    /// Indexed from the first day.
    days_of_month: [bool; 31],
    /// Indexed from Sunday, as in the crate.
    weekdays: [bool; 7],
    /// In ascending order.
    times: Vec<Time>,
}

/// Why a text isn't a call pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallPatternError {
    /// An expression has the wrong number of fields, or a pattern has too many expressions.
    #[error(
        "a call pattern is written \"0 10 * * *\" (minute, hour, day of month, month, weekday), several of them separated by \";\", at most 8"
    )]
    Form,
    /// A field is invalid.
    #[error(
        "the call pattern's {field} can't be read; write a number, a list (9,18), a range (9-12), a step (*/2) or *"
    )]
    Field {
        /// The name of the field.
        field: &'static str,
    },
    /// A weekday is written as a number.
    #[error(
        "write weekdays in a call pattern by name (mon,wed or mon-fri): their numbers differ between kinds of cron"
    )]
    WeekdayNumber,
    /// The seconds aren't 0.
    #[error("the seconds in a call pattern are 0, or left out: calls begin on the minute")]
    Seconds,
}

/// Why a valid pattern can't be used. The messages continue "the call pattern can't be used:".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnusablePattern {
    /// It fires on no day within a year, or only on days off.
    #[error(
        "it fires on none of the next 366 days that isn't a day off, so nobody would be called; name days that come, such as 0 10 * * * for each day"
    )]
    NeverFires,
    /// It fires too often on one day.
    #[error(
        "it fires {times} times on {date}, and a patient is called at most 4 times a day; name the minute and the hours, such as 0 9,18 * * *"
    )]
    TooOften {
        /// The first such day.
        date: Date,
        /// How often it fires on that day.
        times: usize,
    },
    /// It fires outside the calling hours.
    #[error("it fires at {at}, outside the calling hours {hours}; change the one or the other", at = time.strftime("%H:%M"))]
    OutsideHours {
        /// The first such time.
        time: Time,
        /// The centre's calling hours.
        hours: CallingHours,
    },
}

impl CallPattern {
    /// The maximum number of expressions in a pattern.
    pub const MOST_EXPRESSIONS: usize = 8;
    /// The maximum length of an expression, in bytes.
    pub const LONGEST_EXPRESSION: usize = 200;
    /// The number of days that [`CallPattern::checked`] checks.
    pub const CHECKED_DAYS: usize = 366;

    /// The distinct times on a day, in ascending order. Times over the daily maximum are included.
    pub fn times_on(&self, date: Date) -> Vec<Time> {
        let mut times: Vec<Time> =
            self.0.iter().filter(|one| one.has_day(date)).flat_map(|one| one.times.iter().copied()).collect();
        times.sort_unstable();
        times.dedup();
        times
    }

    /// Checks that the pattern can be used. Checks [`CallPattern::CHECKED_DAYS`] days starting at `from`, except days
    /// off.
    ///
    /// # Errors
    /// If it fires on none of these days, more than [`CallTimes::MAX`] times on one, or outside `hours`.
    pub fn checked(&self, hours: CallingHours, days_off: &DaysOff, from: Date) -> Result<(), UnusablePattern> {
        let mut fires = false;
        for date in from.series(1.day()).take(Self::CHECKED_DAYS).filter(|date| !days_off.contain(*date)) {
            let times = self.times_on(date);
            fires |= !times.is_empty();
            if times.len() > CallTimes::MAX {
                return Err(UnusablePattern::TooOften { date, times: times.len() });
            }
            if let Some(time) = times.into_iter().find(|time| !hours.contain(*time)) {
                return Err(UnusablePattern::OutsideHours { time, hours });
            }
        }
        if fires { Ok(()) } else { Err(UnusablePattern::NeverFires) }
    }
}

impl Expression {
    fn has_day(&self, date: Date) -> bool {
        let nth = |flags: &[bool], place: i8| usize::try_from(place).is_ok_and(|place| flags.get(place) == Some(&true));
        let year = || u32::try_from(date.year()).ok();
        self.years.as_ref().is_none_or(|years| year().is_some_and(|year| years.contains(&year)))
            && nth(&self.months, date.month() - 1)
            && nth(&self.days_of_month, date.day() - 1)
            && nth(&self.weekdays, date.weekday().to_sunday_zero_offset())
    }

    fn read(text: &str) -> Result<Self, CallPatternError> {
        const NAMES: [&str; 7] = ["seconds", "minute", "hour", "day of month", "month", "weekday", "year"];
        if text.len() > Self::LONGEST {
            return Err(CallPatternError::Form);
        }
        let written: Vec<&str> = text.split_whitespace().collect();
        let seconds = if written.len() == 5 { Some("0") } else { None };
        let fields: Vec<&str> = seconds.into_iter().chain(written.iter().copied()).collect();
        let (Some(seconds), Some(weekday), 6..=7) = (fields.first(), fields.get(5), fields.len()) else {
            return Err(CallPatternError::Form);
        };
        // The crate doesn't require spaces between fields ("10*"), so each field is checked before parsing.
        if let Some((_, field)) = fields.iter().zip(NAMES).find(|(text, _)| !is_field(text)) {
            return Err(CallPatternError::Field { field });
        }
        if weekday.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(CallPatternError::WeekdayNumber);
        }
        if !seconds.bytes().all(|byte| byte == b'0') {
            return Err(CallPatternError::Seconds);
        }
        let schedule = Schedule::from_str(&fields.join(" ")).map_err(|_| {
            // The crate names the invalid field only in prose. To find it, parse each field with `*` for all others.
            let alone = |place: usize| {
                let tried = (0..7).map(|nth| if nth == place { fields.get(nth).copied().unwrap_or("*") } else { "*" });
                Schedule::from_str(&tried.collect::<Vec<_>>().join(" ")).is_err()
            };
            let field = (0..7).find(|place| alone(*place)).and_then(|place| NAMES.get(place)).copied();
            field.map_or(CallPatternError::Form, |field| CallPatternError::Field { field })
        })?;
        Ok(Self::of(&schedule, written.join(" ")))
    }

    const LONGEST: usize = CallPattern::LONGEST_EXPRESSION;

    fn of(schedule: &Schedule, text: String) -> Self {
        let years = schedule.years();
        let day_times = schedule.hours().iter().flat_map(|hour| {
            schedule
                .minutes()
                .iter()
                .filter_map(move |minute| Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok())
        });
        Self {
            text,
            years: (!years.is_all()).then(|| years.iter().collect()),
            months: flags(schedule.months()),
            days_of_month: flags(schedule.days_of_month()),
            weekdays: flags(schedule.days_of_week()),
            times: day_times.collect(),
        }
    }
}

/// The values of a field that starts at 1, by index.
fn flags<const N: usize>(unit: &impl TimeUnitSpec) -> [bool; N] {
    std::array::from_fn(|place| u32::try_from(place + 1).is_ok_and(|number| unit.includes(number)))
}

/// Returns `true` if a text is a single cron field: items separated by commas, each `*`, `?`, a word or a range of
/// words, with or without a step.
fn is_field(text: &str) -> bool {
    let is_word = |word: &str| {
        let digits = word.bytes().all(|byte| byte.is_ascii_digit()) && word.len() <= 4;
        !word.is_empty() && (digits || word.bytes().all(|byte| byte.is_ascii_alphabetic()))
    };
    let is_base = |base: &str| match base.split_once('-') {
        Some((first, last)) => is_word(first) && is_word(last),
        None => matches!(base, "*" | "?") || is_word(base),
    };
    text.split(',').all(|item| match item.split_once('/') {
        Some((base, step)) => is_base(base) && is_word(step),
        None => is_base(item),
    })
}

impl Default for CallPattern {
    /// Daily at 10:00.
    fn default() -> Self {
        let time = Time::constant(10, 0, 0, 0);
        Self(vec![Expression {
            text: "0 10 * * *".to_owned(),
            years: None,
            months: [true; 12],
            days_of_month: [true; 31],
            weekdays: [true; 7],
            times: vec![time],
        }])
    }
}

impl FromStr for CallPattern {
    type Err = CallPatternError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let written: Vec<&str> = text.split(';').collect();
        if written.len() > Self::MOST_EXPRESSIONS {
            return Err(CallPatternError::Form);
        }
        written.into_iter().map(Expression::read).collect::<Result<_, _>>().map(Self)
    }
}

impl std::fmt::Display for CallPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, one) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { ";" };
            write!(f, "{separator}{}", one.text)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for CallPattern {
    type Error = CallPatternError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CallPattern> for String {
    fn from(pattern: CallPattern) -> Self {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests;
