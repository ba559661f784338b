//! The days on which a centre makes no automated calls.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// A centre's days without automated calls: weekdays and dates, in its time zone. Written and stored as
/// `sat;sun;2027-01-01`, in any order. An empty text means none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DaysOff {
    /// Indexed from Monday.
    weekdays: [bool; 7],
    dates: BTreeSet<Date>,
}

/// Why a text isn't a list of days off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DaysOffError {
    /// A part is neither a weekday nor a date.
    #[error("days off are written sat;sun;2027-01-01: mon, tue, wed, thu, fri, sat, sun, and dates as YYYY-MM-DD")]
    Form,
    /// There are more dates than can be stored.
    #[error("at most 400 dates can be days off; take out those that have passed")]
    TooMany,
    /// Every weekday is a day off, so no patient would ever be called.
    #[error(
        "all seven weekdays would be days off, so nobody would be called; to end a patient's calls use `kenkocall patients stop`"
    )]
    EveryDay,
}

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl DaysOff {
    /// The maximum number of dates.
    pub const MOST_DATES: usize = 400;

    /// Returns `true` if this is a day off.
    pub fn contain(&self, date: Date) -> bool {
        self.dates.contains(&date) || self.has(date.weekday())
    }

    fn has(&self, day: Weekday) -> bool {
        usize::try_from(day.to_monday_zero_offset()).is_ok_and(|place| self.weekdays.get(place) == Some(&true))
    }
}

impl std::str::FromStr for DaysOff {
    type Err = DaysOffError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut days = Self::default();
        if text.trim().is_empty() {
            return Ok(days);
        }
        for part in text.split(';').map(str::trim) {
            let named = NAMES.iter().position(|name| name.eq_ignore_ascii_case(part));
            if let Some(flag) = named.and_then(|place| days.weekdays.get_mut(place)) {
                *flag = true;
            } else {
                let is_plain = part.len() == 10 && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
                let date = is_plain.then(|| part.parse::<Date>().ok()).flatten().ok_or(DaysOffError::Form)?;
                days.dates.insert(date);
            }
        }
        match () {
            () if days.dates.len() > Self::MOST_DATES => Err(DaysOffError::TooMany),
            () if days.weekdays == [true; 7] => Err(DaysOffError::EveryDay),
            () => Ok(days),
        }
    }
}

impl std::fmt::Display for DaysOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let weekdays = NAMES.iter().zip(self.weekdays).filter(|(_, off)| *off).map(|(name, _)| (*name).to_owned());
        let all: Vec<String> = weekdays.chain(self.dates.iter().map(Date::to_string)).collect();
        f.write_str(&all.join(";"))
    }
}

impl TryFrom<String> for DaysOff {
    type Error = DaysOffError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DaysOff> for String {
    fn from(days: DaysOff) -> Self {
        days.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_off_are_weekdays_and_dates() {
        let days: DaysOff = " Sun; sat;2027-01-01 ;2026-12-31;sat".parse().expect("days off");
        assert_eq!(days.to_string(), "sat;sun;2026-12-31;2027-01-01");
        let off = |text: &str| days.contain(text.parse().expect("a date"));
        assert_eq!(
            [off("2026-12-31"), off("2027-01-01"), off("2027-01-02"), off("2027-01-04")],
            [true, true, true, false]
        );
        assert_eq!("".parse::<DaysOff>().map(|days| days.to_string()), Ok(String::new()));
        for wrong in ["saturday", "sat,sun", "sat;", "2027-02-30", "2027-1-1", "20270101", "土"] {
            assert_eq!(wrong.parse::<DaysOff>(), Err(DaysOffError::Form), "{wrong}");
        }
        assert_eq!("mon;tue;wed;thu;fri;sat;sun".parse::<DaysOff>(), Err(DaysOffError::EveryDay));
        let dates: Vec<String> =
            Date::constant(2027, 1, 1).series(jiff::ToSpan::days(1)).take(401).map(|date| date.to_string()).collect();
        assert_eq!(dates.join(";").parse::<DaysOff>(), Err(DaysOffError::TooMany));
        assert!(dates[..400].join(";").parse::<DaysOff>().is_ok());
    }
}
