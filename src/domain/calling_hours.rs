//! The hours in which a health centre's automated calls may begin (A7).

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::hours::{DayEnd, read_span};

/// The hours in which a centre's automated calls may begin, in its time zone: from `open`, and before `close`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallingHours {
    /// The first time at which a call may begin.
    pub open: Time,
    /// The first time at which calls may no longer begin.
    pub close: DayEnd,
}

impl CallingHours {
    /// Returns `true` if a call may begin at this time of day.
    pub fn contain(self, time: Time) -> bool {
        self.open <= time && self.close.is_after(time)
    }
}

impl Default for CallingHours {
    /// 08:00 to 20:00 (A7).
    fn default() -> Self {
        Self { open: Time::constant(8, 0, 0, 0), close: DayEnd::At(Time::constant(20, 0, 0, 0)) }
    }
}

/// Opening must come before closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("calling hours are written 08:00-20:00, the beginning before the end; midnight at the end of the day is 24:00")]
pub struct CallingHoursError;

impl std::str::FromStr for CallingHours {
    type Err = CallingHoursError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (open, close) = read_span(text).ok_or(CallingHoursError)?;
        Ok(Self { open, close })
    }
}

impl std::fmt::Display for CallingHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.open.strftime("%H:%M"), self.close)
    }
}

impl TryFrom<String> for CallingHours {
    type Error = CallingHoursError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CallingHours> for String {
    fn from(hours: CallingHours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_begin_before_the_centre_closes() {
        let hours = CallingHours::default();
        let at = |hour, minute| hours.contain(Time::constant(hour, minute, 0, 0));
        assert_eq!([at(7, 59), at(8, 0), at(19, 59), at(20, 0)], [false, true, true, false]);
        assert_eq!("9:00-21:30".parse::<CallingHours>().map(|hours| hours.to_string()), Ok("09:00-21:30".into()));
        for wrong in ["20:00-08:00", "08:00", "08:00-24:30", "08:00-08:00", ""] {
            assert_eq!(wrong.parse::<CallingHours>(), Err(CallingHoursError), "{wrong}");
        }
        let to_midnight: CallingHours = "８：００〜２４：００".parse().expect("hours");
        assert_eq!(to_midnight.to_string(), "08:00-24:00");
        assert_eq!(to_midnight.to_string().parse(), Ok(to_midnight), "as it is stored");
        assert!(to_midnight.contain(Time::constant(23, 59, 59, 0)) && !to_midnight.contain(Time::midnight()));
    }
}
