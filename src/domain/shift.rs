//! The weekdays and hours of a shift of a rota.

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

use super::hours::{DayEnd, read_hours};

/// The hours of a shift, in the health centre's time zone: from `from`, and before `until`. They end on the next day if
/// `until` isn't after `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShiftHours {
    /// The beginning.
    pub from: Time,
    /// The exclusive end.
    pub until: DayEnd,
}

/// The text isn't the hours of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hours of a shift are written 08:30-17:15, over midnight too (22:00-08:30); the whole day is 00:00-24:00")]
pub struct ShiftHoursError;

impl ShiftHours {
    /// Returns `true` if the shift ends on the day after it begins, after midnight.
    pub fn is_over_midnight(self) -> bool {
        !self.until.is_after(self.from)
    }
}

impl std::str::FromStr for ShiftHours {
    type Err = ShiftHoursError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (from, until) = read_hours(text).ok_or(ShiftHoursError)?;
        // From 08:30 to 08:30 may be meant as a whole day or as nothing.
        if until == DayEnd::At(from) { Err(ShiftHoursError) } else { Ok(Self { from, until }) }
    }
}

impl std::fmt::Display for ShiftHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.until)
    }
}

impl TryFrom<String> for ShiftHours {
    type Error = ShiftHoursError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ShiftHours> for String {
    fn from(hours: ShiftHours) -> Self {
        hours.to_string()
    }
}

/// The weekdays on which a shift begins: at least one. Written and stored as `mon;tue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShiftDays([bool; 7]);

/// The text isn't a list of weekdays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the days of a shift are written mon;tue;wed;thu;fri;sat;sun, at least one of them")]
pub struct ShiftDaysError;

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl ShiftDays {
    /// The weekdays by which a shift is written, from Monday.
    pub const NAMES: [&'static str; 7] = NAMES;

    /// The days for which `has` returns `true`, counted from Monday.
    ///
    /// # Errors
    /// [`ShiftDaysError`] if there is none.
    pub fn of(has: impl Fn(usize) -> bool) -> Result<Self, ShiftDaysError> {
        let days: [bool; 7] = std::array::from_fn(has);
        if days.contains(&true) { Ok(Self(days)) } else { Err(ShiftDaysError) }
    }

    /// Returns `true` if the shift begins on this weekday.
    pub fn has(self, day: Weekday) -> bool {
        usize::try_from(day.to_monday_zero_offset()).is_ok_and(|place| self.0.get(place) == Some(&true))
    }
}

impl std::str::FromStr for ShiftDays {
    type Err = ShiftDaysError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut days = [false; 7];
        for part in text.split(';').map(str::trim) {
            let place = NAMES.iter().position(|name| name.eq_ignore_ascii_case(part));
            *place.and_then(|place| days.get_mut(place)).ok_or(ShiftDaysError)? = true;
        }
        Ok(Self(days))
    }
}

impl std::fmt::Display for ShiftDays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let days: Vec<&str> = NAMES.iter().zip(self.0).filter(|(_, has)| *has).map(|(name, _)| *name).collect();
        f.write_str(&days.join(";"))
    }
}

impl TryFrom<String> for ShiftDays {
    type Error = ShiftDaysError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ShiftDays> for String {
    fn from(days: ShiftDays) -> Self {
        days.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_may_end_on_the_next_day() {
        let read = |text: &str| text.parse::<ShiftHours>().map(|hours| (hours.to_string(), hours.is_over_midnight()));
        assert_eq!(read("8:30〜17:15"), Ok(("08:30-17:15".to_owned(), false)));
        assert_eq!(read("２２時から８時半まで"), Ok(("22:00-08:30".to_owned(), true)));
        assert_eq!(read("22:00-24:00"), Ok(("22:00-24:00".to_owned(), false)));
        assert_eq!(read("22:00-0:00"), Ok(("22:00-00:00".to_owned(), true)));
        assert_eq!(read("0:00-24:00"), Ok(("00:00-24:00".to_owned(), false)));
        for wrong in ["", "8:30", "8:30-8:30", "8:30-25:00", "24:00-8:30"] {
            assert_eq!(read(wrong), Err(ShiftHoursError), "{wrong}");
        }
    }

    #[test]
    fn a_shift_begins_on_at_least_one_day() {
        let days: ShiftDays = " Sun; mon".parse().expect("days");
        assert_eq!(days.to_string(), "mon;sun");
        assert!(days.has(Weekday::Monday) && days.has(Weekday::Sunday) && !days.has(Weekday::Tuesday));
        assert_eq!(ShiftDays::of(|place| place == 0 || place == 6), Ok(days));
        assert_eq!(ShiftDays::of(|_| false), Err(ShiftDaysError));
        for wrong in ["", "monday", "mon,tue", "月"] {
            assert_eq!(wrong.parse::<ShiftDays>(), Err(ShiftDaysError), "{wrong}");
        }
    }
}
