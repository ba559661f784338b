//! The times of day at which a patient is called (A7).

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// The times of day, in the centre's time zone, at which a patient is called: at most [`CallTimes::MAX`], distinct
/// and in order. If empty, the centre's own pattern applies. Written and stored as `HH:MM;HH:MM`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallTimes(Vec<Time>);

/// Why a value isn't a patient's call times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallTimesError {
    /// Not in the format `HH:MM;HH:MM`.
    #[error("call times are written 09:00;18:00")]
    Form,
    /// An hour above 23, or a minute above 59.
    #[error("a time of day lies between 00:00 and 23:59")]
    NoSuchTime,
    /// More than [`CallTimes::MAX`].
    #[error("a patient is called at most 4 times a day")]
    TooMany,
    /// A repeated time.
    #[error("the same time stands there twice")]
    Twice,
}

impl CallTimes {
    /// The most calls a day (A7: the forms of health centres offer up to four).
    pub const MAX: usize = 4;

    /// Takes times in any order.
    ///
    /// # Errors
    ///
    /// Returns an error if there are too many, or if one is repeated.
    pub fn new(mut times: Vec<Time>) -> Result<Self, CallTimesError> {
        times.sort_unstable();
        if times.windows(2).any(|pair| pair.first() == pair.last()) {
            Err(CallTimesError::Twice)
        } else if times.len() > Self::MAX {
            Err(CallTimesError::TooMany)
        } else {
            Ok(Self(times))
        }
    }

    /// The times, earliest first.
    pub fn times(&self) -> &[Time] {
        &self.0
    }

    /// Returns `true` if the centre's own pattern applies.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads one `H:MM` or `HH:MM`. Seconds are accepted if they are `00`, because some spreadsheets write them.
    ///
    /// # Errors
    ///
    /// Returns an error if the text has another format, or the time doesn't exist.
    pub fn read_time(text: &str) -> Result<Time, CallTimesError> {
        let mut parts = text.split(':');
        let (hour, minute, second) = (parts.next(), parts.next(), parts.next());
        let number = |part: Option<&str>, fewest: usize| {
            let part = part.filter(|part| (fewest..=2).contains(&part.len()))?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<i8>().ok()).flatten()
        };
        let (Some(hour), Some(minute), None) = (number(hour, 1), number(minute, 2), parts.next()) else {
            return Err(CallTimesError::Form);
        };
        if second.is_some_and(|second| second != "00") {
            return Err(CallTimesError::Form);
        }
        Time::new(hour, minute, 0, 0).map_err(|_| CallTimesError::NoSuchTime)
    }
}

impl std::str::FromStr for CallTimes {
    type Err = CallTimesError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        Self::new(text.split(';').map(Self::read_time).collect::<Result<_, _>>()?)
    }
}

impl std::fmt::Display for CallTimes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, time) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { ";" };
            write!(f, "{separator}{:02}:{:02}", time.hour(), time.minute())?;
        }
        Ok(())
    }
}

impl TryFrom<String> for CallTimes {
    type Error = CallTimesError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CallTimes> for String {
    fn from(times: CallTimes) -> Self {
        times.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_times_are_few_distinct_and_ordered() {
        let read = |text: &str| text.parse::<CallTimes>().map(|times| times.to_string());
        assert_eq!(read("18:00;9:05"), Ok("09:05;18:00".into()));
        assert_eq!(read(""), Ok(String::new()));
        assert_eq!(read("00:00;23:59"), Ok("00:00;23:59".into()));
        assert_eq!(read("09:00:00"), Ok("09:00".into()));
        assert_eq!(read("24:00"), Err(CallTimesError::NoSuchTime));
        assert_eq!(read("09:60"), Err(CallTimesError::NoSuchTime));
        assert_eq!(read("09:00;9:00"), Err(CallTimesError::Twice));
        assert_eq!(read("08:00;09:00;10:00;11:00;12:00"), Err(CallTimesError::TooMany));
        for wrong in [";", "9", "9:0", "-9:00", "09:00;", "09:00:30", "09:00:00:00", "+9:00", "９:00"] {
            assert_eq!(read(wrong), Err(CallTimesError::Form), "{wrong}");
        }
    }
}
