//! Dates in Japanese notations: 1980-04-01, 1980/4/1, 1980年4月1日, 昭和55年4月1日, S55.4.1.

use super::width;
use jiff::civil::Date;

/// A Japanese era (元号).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// 明治: from 1868-01-25 in the Gregorian calendar (慶応4年1月1日, to which 明治改元の詔 backdated the era).
    Meiji,
    /// 大正: from 1912-07-30 (明治45年詔書「大正改元」: Taishō begins on that day).
    Taisho,
    /// 昭和: from 1926-12-25 (大正15年詔書「昭和改元」: Shōwa begins on that day).
    Showa,
    /// 平成: from 1989-01-08 (昭和64年政令第1号, in force from the day after 1989-01-07).
    Heisei,
    /// 令和: from 2019-05-01 (平成31年政令第143号).
    Reiwa,
}

/// Why a text isn't a date. The error doesn't contain the text, which may be a mistyped birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// A date with a time of day other than midnight.
    #[error("this cell has a time of day too; write the date alone")]
    TimeOfDay,
    /// Not in a supported format.
    #[error("a date is written 1980-04-01, 1980/4/1, 1980年4月1日 or with its era: 昭和55年4月1日, S55.4.1")]
    Form,
    /// The day doesn't exist in the calendar.
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    /// The era had ended, or hadn't begun, on that day.
    #[error("the era had ended or had not yet begun on that day")]
    NotInEra,
    /// Before the Gregorian calendar was introduced.
    #[error("a date before 明治6年 (1873) is of the old calendar; write it as YYYY-MM-DD")]
    OldCalendar,
}

/// The first day of the Gregorian calendar in Japan (明治5年太政官布告第337号).
const NEW_CALENDAR: Date = Date::constant(1873, 1, 1);

impl Era {
    /// All eras since the Gregorian calendar, the current one first.
    pub const ALL: [Self; 5] = [Self::Reiwa, Self::Heisei, Self::Showa, Self::Taisho, Self::Meiji];

    /// The era's first day.
    pub const fn start(self) -> Date {
        match self {
            Self::Meiji => Date::constant(1868, 1, 25),
            Self::Taisho => Date::constant(1912, 7, 30),
            Self::Showa => Date::constant(1926, 12, 25),
            Self::Heisei => Date::constant(1989, 1, 8),
            Self::Reiwa => Date::constant(2019, 5, 1),
        }
    }

    /// The era's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meiji => "明治",
            Self::Taisho => "大正",
            Self::Showa => "昭和",
            Self::Heisei => "平成",
            Self::Reiwa => "令和",
        }
    }

    /// The letter that forms use for the era.
    pub const fn letter(self) -> char {
        match self {
            Self::Meiji => 'M',
            Self::Taisho => 'T',
            Self::Showa => 'S',
            Self::Heisei => 'H',
            Self::Reiwa => 'R',
        }
    }

    /// The era of a phone key: the numbers of official forms, where 1 is 明治 and 2 is 大正. On the phone those two
    /// begin a year of the western calendar.
    pub const fn of_key(key: char) -> Option<Self> {
        match key {
            '3' => Some(Self::Showa),
            '4' => Some(Self::Heisei),
            '5' => Some(Self::Reiwa),
            _ => None,
        }
    }

    /// The western year of a year of the era, which may have ended before. `None` for year 0.
    pub fn year(self, year: i16) -> Option<i16> {
        (year > 0).then(|| self.start().year().saturating_add(year).saturating_sub(1))
    }

    /// The single-character form of the name.
    const fn ligature(self) -> char {
        match self {
            Self::Meiji => '㍾',
            Self::Taisho => '㍽',
            Self::Showa => '㍼',
            Self::Heisei => '㍻',
            Self::Reiwa => '㋿',
        }
    }

    /// The era and its year on a day; `None` before the Gregorian calendar (1873).
    pub fn of(date: Date) -> Option<(Self, i16)> {
        let era = Self::ALL.into_iter().find(|era| era.start() <= date).filter(|_| date >= NEW_CALENDAR)?;
        Some((era, date.year().saturating_sub(era.start().year()).saturating_add(1)))
    }

    /// Removes the era's name, letter or single-character form from the start of a text.
    fn take(text: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|era| {
            let letter = |c: char| c.eq_ignore_ascii_case(&era.letter());
            let rest = text.strip_prefix(era.name()).or_else(|| text.strip_prefix(era.ligature()));
            rest.or_else(|| text.strip_prefix(letter)).map(|rest| (era, rest))
        })
    }
}

/// Reads a date in any of the formats above. Width and blanks are ignored, and `元年` is year 1. Midnight may follow,
/// as databases and spreadsheets write it: `1980/04/01 0:00:00`, `1980-04-01T00:00:00.000Z`.
///
/// # Errors
///
/// Returns an error if the format is unknown, the day doesn't exist, the era wasn't in force on that day, or a time
/// of day follows.
pub fn read(text: &str) -> Result<Date, DateError> {
    let folded = width::fold(text);
    let (day, midnight) = without_time(&folded);
    let date = read_day(day)?;
    if midnight { Ok(date) } else { Err(DateError::TimeOfDay) }
}

/// A text without the time of day at its end, and whether that time is midnight or absent. The time zone is ignored:
/// midnight belongs to the written day in any zone.
fn without_time(text: &str) -> (&str, bool) {
    let bare = text.strip_suffix(['Z', 'z']).unwrap_or(text).trim_end();
    let Some(mark) = bare.find([':', '時']) else { return (bare, true) };
    let before = bare.get(..mark).unwrap_or_default();
    let hour_at = before.trim_end().trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let day = before.get(..hour_at).unwrap_or_default();
    let time = bare.get(hour_at..).unwrap_or_default();
    let (time, half) = ["AM", "PM", "am", "pm"]
        .iter()
        .fold((time, None), |found, half| time.strip_suffix(half).map_or(found, |time| (time.trim_end(), Some(*half))));
    let day = day.trim_end();
    let (day, half) = ["午前", "午後", "AM", "PM", "am", "pm"]
        .iter()
        .fold((day, half), |found, half| day.strip_suffix(half).map_or(found, |day| (day.trim_end(), Some(*half))));
    let day = day.strip_suffix(['T', 't']).unwrap_or(day).trim_end();
    // A zone other than Z: +09:00, -0500.
    let time = time.rfind(['+', '-']).and_then(|at| time.get(..at)).unwrap_or(time);
    let mut parts = time.split([':', '時', '分', '秒', '.']).map(str::trim);
    let hour = parts.next().unwrap_or_default();
    let zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    let midnight = match half {
        Some("AM" | "am") => hour == "12" || zero(hour),
        Some("PM" | "pm" | "午後") => false,
        _ => zero(hour) && !hour.is_empty(),
    };
    (day, midnight && parts.all(zero))
}

fn read_day(text: &str) -> Result<Date, DateError> {
    let folded: String = text.chars().filter(|c| !c.is_whitespace()).map(width::hyphen).collect();
    let (era, rest) = match Era::take(&folded) {
        Some((era, rest)) => (Some(era), rest),
        None => (None, folded.strip_prefix("西暦").unwrap_or(&folded)),
    };
    let (year, month, day) = split(rest).ok_or(DateError::Form)?;
    let (month, day) = (number(month, 1, 2)?, number(day, 1, 2)?);
    let small = |value: i16| i8::try_from(value).map_err(|_| DateError::NoSuchDay);
    let date = |year: i16| Date::new(year, small(month)?, small(day)?).map_err(|_| DateError::NoSuchDay);
    let Some(era) = era else { return date(number(year, 4, 4)?) };
    let year = if year == "元" { 1 } else { number(year, 1, 2)? };
    if year == 0 {
        return Err(DateError::NoSuchDay);
    }
    let date = date(era.start().year().saturating_add(year).saturating_sub(1))?;
    if date < NEW_CALENDAR {
        Err(DateError::OldCalendar)
    } else if Era::of(date) == Some((era, year)) {
        Ok(date)
    } else {
        Err(DateError::NotInEra)
    }
}

/// Year, month and day, separated twice by the same sign, or by 年, 月 and 日.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (at, separator) = text.char_indices().find(|(_, c)| matches!(c, '年' | '/' | '-' | '.'))?;
    let (year, rest) = (text.get(..at)?, text.get(at.saturating_add(separator.len_utf8())..)?);
    if separator == '年' {
        let (month, day) = rest.split_once('月')?;
        return Some((year, month, day.strip_suffix('日')?));
    }
    let (month, day) = rest.split_once(separator)?;
    Some((year, month, day))
}

fn number(text: &str, fewest: usize, most: usize) -> Result<i16, DateError> {
    if !(fewest..=most).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateError::Form);
    }
    text.parse().map_err(|_| DateError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_forms_that_people_write() {
        let day = Ok(date(1980, 4, 1));
        for text in [
            "1980-04-01",
            "1980/4/1",
            "1980.4.1",
            "1980年4月1日",
            "西暦1980年4月1日",
            "昭和55年4月1日",
            "昭和５５年　４月　１日",
            "S55.4.1",
            "s55/4/1",
            "Ｓ５５－０４－０１",
            "㍼55年4月1日",
            " 昭和 55-4-1 ",
        ] {
            assert_eq!(read(text), day, "{text}");
        }
        assert_eq!(read("令和元年5月1日"), Ok(date(2019, 5, 1)));
        assert_eq!(read("平成元/1/8"), Ok(date(1989, 1, 8)));
        for text in [
            "",
            "S",
            "80/4/1",
            "1980/4-1",
            "1980年4月1",
            "1980年4/1",
            "19800401",
            "昭和1980年4月1日",
            "4/1/1980",
            "55.4.1",
            "安政5年1月1日",
        ] {
            assert_eq!(read(text), Err(DateError::Form), "{text}");
        }
    }

    #[test]
    fn midnight_may_follow_and_no_other_time() {
        let day = Ok(date(1980, 4, 1));
        for text in [
            "1980/04/01 0:00:00",
            "1980-04-01 00:00",
            "1980-04-01T00:00:00",
            "1980-04-01T00:00:00.000Z",
            "1980-04-01T00:00:00+09:00",
            "1980-04-01 00:00:00 +0900",
            "1980-04-01Z",
            "1980年4月1日 0時00分",
            "昭和55年4月1日　０：００：００",
            "S55.4.1 0:00",
            "1980/4/1 12:00:00 AM",
            "1980/4/1 午前 0:00:00",
        ] {
            assert_eq!(read(text), day, "{text}");
        }
        for text in [
            "1980/04/01 9:00",
            "1980-04-01T15:00:00.000Z",
            "1980-04-01 00:00:01",
            "1980/4/1 12:00:00 PM",
            "1980/4/1 12:00",
            "1980/4/1 午後0:00",
            "1980/4/1 0時5分",
            "T10.4.1 9:00",
        ] {
            assert_eq!(read(text), Err(DateError::TimeOfDay), "{text}");
        }
        for text in ["0:00", "1980/4 0:00", "Z", "09:00:00", ":", "時"] {
            assert_eq!(read(text), Err(DateError::Form), "{text}");
        }
    }

    #[test]
    fn eras_begin_and_end_on_their_day() {
        let known = [
            ("明治6年1月1日", Ok(date(1873, 1, 1))),
            ("明治5年12月2日", Err(DateError::OldCalendar)),
            ("明治45年7月29日", Ok(date(1912, 7, 29))),
            ("明治45年7月30日", Err(DateError::NotInEra)),
            ("大正元年7月30日", Ok(date(1912, 7, 30))),
            ("大正元年7月29日", Err(DateError::NotInEra)),
            ("大正15年12月24日", Ok(date(1926, 12, 24))),
            ("大正15年12月25日", Err(DateError::NotInEra)),
            ("昭和元年12月25日", Ok(date(1926, 12, 25))),
            ("昭和64年1月7日", Ok(date(1989, 1, 7))),
            ("昭和64年1月8日", Err(DateError::NotInEra)),
            ("平成31年4月30日", Ok(date(2019, 4, 30))),
            ("平成31年5月1日", Err(DateError::NotInEra)),
            ("R1.4.30", Err(DateError::NotInEra)),
            ("R0.5.1", Err(DateError::NoSuchDay)),
            ("R2.2.30", Err(DateError::NoSuchDay)),
        ];
        for (text, expected) in known {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
