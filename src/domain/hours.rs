//! A range of hours within one day as people write it. Its end may be midnight (24:00).

use jiff::civil::{Date, DateTime, Time};

use super::CallTimes;

/// The exclusive end of a range of hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayEnd {
    /// A time of the day.
    At(Time),
    /// Midnight at the end of the day: 24:00.
    Midnight,
}

impl DayEnd {
    /// Returns `true` if a time of the day is before the end.
    pub fn is_after(self, time: Time) -> bool {
        match self {
            Self::At(end) => time < end,
            Self::Midnight => true,
        }
    }

    /// The end on a given day.
    pub fn on(self, date: Date) -> DateTime {
        match self {
            Self::At(end) => date.to_datetime(end),
            Self::Midnight => {
                date.tomorrow().map_or_else(|_| date.to_datetime(Time::MAX), |next| next.to_datetime(Time::midnight()))
            }
        }
    }
}

impl From<Time> for DayEnd {
    fn from(time: Time) -> Self {
        Self::At(time)
    }
}

impl std::fmt::Display for DayEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::At(time) => write!(f, "{}", time.strftime("%H:%M")),
            Self::Midnight => f.write_str("24:00"),
        }
    }
}

/// Reads `08:00-20:00`. Full-width digits and signs, any dash or wave dash, and 時 and 分 are accepted too (８：００〜２４：００,
/// 8時30分から17時まで). Returns `None` if it has another format or doesn't begin before it ends.
pub fn read_span(text: &str) -> Option<(Time, DayEnd)> {
    read_hours(text).filter(|(open, close)| close.is_after(*open))
}

/// Reads what [`read_span`] reads, and hours that end on the next day too (`22:00-8:30`).
pub fn read_hours(text: &str) -> Option<(Time, DayEnd)> {
    let plain: String = text.replace("から", "-").replace("まで", "").chars().filter_map(plain).collect();
    let (open, close) = plain.split_once('-')?;
    let open = CallTimes::read_time(&with_colon(open)).ok()?;
    let close = match &*with_colon(close) {
        "24:00" | "24:00:00" => DayEnd::Midnight,
        time => DayEnd::At(CallTimes::read_time(time).ok()?),
    };
    Some((open, close))
}

/// `8時30分`, `8時半` and `8時` as `8:30`, `8:30` and `8:00`.
fn with_colon(time: &str) -> String {
    match time.split_once('時') {
        None => time.to_owned(),
        Some((hour, "")) => format!("{hour}:00"),
        Some((hour, "半")) => format!("{hour}:30"),
        Some((hour, minute)) => match minute.strip_suffix('分') {
            Some(minute) => format!("{hour}:{minute:0>2}"),
            // Not a time: the caller's parser refuses it.
            None => time.to_owned(),
        },
    }
}

/// The character as on an English keyboard; `None` for blanks and invisible characters.
fn plain(sign: char) -> Option<char> {
    match sign {
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '\u{30fc}' | '\u{ff0d}' | '\u{ff70}' => Some('-'),
        '~' | '\u{02dc}' | '\u{223c}' | '\u{301c}' | '\u{3030}' | '\u{ff5e}' => Some('-'),
        '\u{2236}' | '\u{fe30}' | '\u{fe55}' => Some(':'),
        '\u{ff01}'..='\u{ff5d}' => char::from_u32(u32::from(sign).saturating_sub(0xfee0)),
        blank if blank.is_whitespace() => None,
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_they_are_written_in_japan() {
        let read = |text: &str| read_span(text).map(|(open, close)| format!("{}-{close}", open.strftime("%H:%M")));
        for text in [
            "08:00-20:00",
            "8:00-20:00",
            " 8:00 - 20:00 ",
            "8:00~20:00",
            "８：００〜２０：００",
            "８：００～２０：００",
            "８：００－２０：００",
            "08:00–20:00",
            "08:00—20:00",
            "08:00−20:00",
            "08:00ー20:00",
            "8時-20時",
            "８時〜２０時",
            "8時から20時まで",
            "8時00分～20時0分",
            "　８：００　〜　２０：００　",
            "08:00:00-20:00:00",
        ] {
            assert_eq!(read(text).as_deref(), Some("08:00-20:00"), "{text}");
        }
        assert_eq!(read("8時半〜17時15分").as_deref(), Some("08:30-17:15"));
        for text in ["0:00-24:00", "００：００〜２４：００", "0時〜24時"] {
            assert_eq!(read(text).as_deref(), Some("00:00-24:00"), "{text}");
        }
        assert_eq!(read("23:59-24:00").as_deref(), Some("23:59-24:00"));
        for text in [
            "",
            "08:00",
            "08:00-",
            "-20:00",
            "8-20",
            "20:00-08:00",
            "08:00-08:00",
            "08:00-00:00",
            "24:00-24:00",
            "24:00-08:00",
            "08:00-24:01",
            "08:00-25:00",
            "08:00-20:60",
            "08:00-12:00-20:00",
            "8時30-17時",
            "午前8時〜午後8時",
            "08:00/20:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn midnight_is_the_next_day() {
        let date = Date::constant(2026, 12, 31);
        assert_eq!(DayEnd::Midnight.on(date).to_string(), "2027-01-01T00:00:00");
        assert_eq!(DayEnd::At(Time::constant(20, 0, 0, 0)).on(date).to_string(), "2026-12-31T20:00:00");
        assert_eq!(DayEnd::Midnight.on(Date::MAX).date(), Date::MAX);
        assert!(DayEnd::Midnight.is_after(Time::MAX));
    }
}
