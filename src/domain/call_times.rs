//! The times of day at which a patient is called (A7).

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::width;

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

impl CallTimes {
    /// Reads times as people type them into a form: `9:30 13:00`, `930、13時`, full width too. Nothing is no time.
    ///
    /// # Errors
    ///
    /// Returns an error if something isn't a time, or if there are too many or the same time twice.
    pub fn read_typed(text: &str) -> Result<Self, CallTimesError> {
        let folded = width::fold(text);
        let parts = folded.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '、' | '・' | '/'));
        let times = parts.filter(|part| !part.is_empty()).take(Self::MAX.saturating_add(1)).map(typed_time);
        Self::new(times.collect::<Result<_, _>>()?)
    }
}

/// `9`, `930`, `0930`, `9:30`, `9時`, `9時半`, `9時30分`.
fn typed_time(text: &str) -> Result<Time, CallTimesError> {
    let plain = text.trim_end_matches('分').replace("時半", ":30").replace(['時', '.'], ":");
    let (hour, minute) = match plain.split_once(':') {
        Some((hour, "")) => (hour, "00"),
        Some((hour, minute)) => (hour, minute),
        None if plain.len() <= 2 => (&*plain, "00"),
        None => plain.split_at_checked(plain.len().saturating_sub(2)).ok_or(CallTimesError::Form)?,
    };
    CallTimes::read_time(&format!("{hour}:{minute}"))
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
    #[test]
    fn times_are_read_as_people_type_them() {
        let read = |text: &str| CallTimes::read_typed(text).map(|times| times.to_string());
        for typed in [
            "9:30 13:00",
            "930,1300",
            "０９３０、１３：００",
            "13時 9時半",
            "9時30分・13",
            "13.00/9.30",
            " 9:30;13:00 ",
        ] {
            assert_eq!(read(typed), Ok("09:30;13:00".into()), "{typed}");
        }
        assert_eq!(read("　"), Ok(String::new()));
        assert_eq!(read("2500"), Err(CallTimesError::NoSuchTime));
        assert_eq!(read("9 900"), Err(CallTimesError::Twice));
        assert_eq!(read("8 9 10 11 12"), Err(CallTimesError::TooMany));
        for wrong in ["朝", "9:3", "12345", ":", "半", "9時半半"] {
            assert_eq!(read(wrong), Err(CallTimesError::Form), "{wrong}");
        }
    }
}
