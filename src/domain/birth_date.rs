//! The birth date: half of a caller's identification, so `Debug` never prints it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::era::Era;

/// A birth date between 1900-01-01 and the day on which it was entered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BirthDate(Date);

/// Why a text or a date isn't a birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthDateError {
    /// Not in an accepted format.
    #[error(
        "a birth date is 8 digits on the phone (YYYYMMDD) or 7 with its era (3200401), or YYYY-MM-DD, YYYY/M/D or an era date such as 昭和55年4月1日 in a file"
    )]
    Form,
    /// The day doesn't exist in the calendar.
    #[error("there is no such day in the calendar")]
    NoSuchDay,
    /// After today.
    #[error("a birth date can't lie in the future")]
    Future,
    /// Before 1900: nobody alive was born then.
    #[error("a birth date before 1900 can't be right")]
    TooOld,
}

impl BirthDate {
    /// The first accepted year.
    pub const FIRST_YEAR: i16 = 1900;
    /// The number of keys of a date of the western calendar: YYYYMMDD.
    pub const WESTERN_KEYS: u8 = 8;
    /// The number of keys of a date by its era: the era's key, and YYMMDD.
    pub const ERA_KEYS: u8 = 7;

    /// Creates a birth date. `today` is the current date at the health centre.
    ///
    /// # Errors
    ///
    /// Returns an error if the date is before 1900 or after `today`.
    pub fn new(date: Date, today: Date) -> Result<Self, BirthDateError> {
        if date.year() < Self::FIRST_YEAR {
            Err(BirthDateError::TooOld)
        } else if date > today {
            Err(BirthDateError::Future)
        } else {
            Ok(Self(date))
        }
    }

    /// Reads keyed digits: 8 of the western calendar (YYYYMMDD), or 7 by the era ([`Era::of_key`], then YYMMDD).
    ///
    /// # Errors
    ///
    /// Returns an error for any other number of digits, if the day doesn't exist, in its era if one is keyed, or if it
    /// can't be a birth date.
    pub fn parse_keys(digits: &str, today: Date) -> Result<Self, BirthDateError> {
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BirthDateError::Form);
        }
        let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<i16>().ok());
        let (year, era, month_at) = match digits.len() {
            8 => (number(0..4), None, 4),
            7 => {
                let era = digits.chars().next().and_then(Era::of_key).ok_or(BirthDateError::Form)?;
                (number(1..3).and_then(|year| era.year(year)), Some(era), 3)
            }
            _ => return Err(BirthDateError::Form),
        };
        let part = |at: usize| number(at..at.saturating_add(2)).and_then(|part| i8::try_from(part).ok());
        let (Some(year), Some(month), Some(day)) = (year, part(month_at), part(month_at.saturating_add(2))) else {
            return Err(BirthDateError::NoSuchDay);
        };
        let date = Date::new(year, month, day).map_err(|_| BirthDateError::NoSuchDay)?;
        if era.is_some_and(|era| Era::of(date).map(|(of, _)| of) != Some(era)) {
            return Err(BirthDateError::NoSuchDay);
        }
        Self::new(date, today)
    }

    /// The eight keys of the western calendar, however the date was keyed.
    pub fn keys(self) -> String {
        self.0.strftime("%Y%m%d").to_string()
    }

    /// Reads the stored form, YYYY-MM-DD, without checking the range again.
    ///
    /// # Errors
    ///
    /// Returns an error if the text isn't a date.
    pub fn from_stored(text: &str) -> Result<Self, BirthDateError> {
        text.parse::<Date>().map(Self).map_err(|_| BirthDateError::Form)
    }

    /// The date: for the database and for people entitled to see it. Never log or speak it.
    pub fn expose(self) -> Date {
        self.0
    }
}

impl std::fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BirthDate(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn eight_keys_make_a_day_that_exists_and_is_past() {
        let today = date(2026, 11, 23);
        assert_eq!(BirthDate::parse_keys("19800401", today).map(BirthDate::expose), Ok(date(1980, 4, 1)));
        assert_eq!(BirthDate::parse_keys("20250230", today), Err(BirthDateError::NoSuchDay));
        assert_eq!(BirthDate::parse_keys("20261124", today), Err(BirthDateError::Future));
        assert_eq!(BirthDate::parse_keys("20261123", today).map(BirthDate::expose), Ok(today));
        assert_eq!(BirthDate::parse_keys("18991231", today), Err(BirthDateError::TooOld));
        assert_eq!(BirthDate::parse_keys("1980041", today), Err(BirthDateError::Form), "no era has the key 1");
        assert_eq!(BirthDate::parse_keys("198004", today), Err(BirthDateError::Form));
        assert_eq!(BirthDate::parse_keys("198004011", today), Err(BirthDateError::Form));
        assert_eq!(BirthDate::parse_keys("１９８０", today), Err(BirthDateError::Form));
    }

    /// The days on which eras begin and end are those of the edicts and orders that [`Era`] names.
    #[test]
    fn seven_keys_make_a_day_of_their_era() {
        let today = date(2026, 11, 23);
        for (keys, day) in [
            ("3200401", Some(date(1945, 4, 1))),
            ("3011225", Some(date(1926, 12, 25))),
            ("3011224", None),
            ("3640107", Some(date(1989, 1, 7))),
            ("3640108", None),
            ("3650101", None),
            ("4010107", None),
            ("4010108", Some(date(1989, 1, 8))),
            ("4310430", Some(date(2019, 4, 30))),
            ("4310501", None),
            ("5010430", None),
            ("5010501", Some(date(2019, 5, 1))),
            ("3200230", None),
            ("3201301", None),
            ("3000401", None),
            ("5081124", None),
            ("5991231", None),
            ("2150101", None),
            ("6010101", None),
        ] {
            assert_eq!(BirthDate::parse_keys(keys, today).ok().map(BirthDate::expose), day, "{keys}");
        }
        let both = ["3200401", "19450401"].map(|keys| BirthDate::parse_keys(keys, today).map(BirthDate::keys));
        assert_eq!(both, [Ok("19450401".to_owned()), Ok("19450401".to_owned())]);
    }
}
