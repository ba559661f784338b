//! The birth date: half of a caller's identification, so `Debug` never prints it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A birth date between 1900-01-01 and the day on which it was entered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BirthDate(Date);

/// Why a text or a date isn't a birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthDateError {
    /// Not in an accepted format.
    #[error(
        "a birth date is 8 digits on the phone (YYYYMMDD), or YYYY-MM-DD, YYYY/M/D or an era date such as 昭和55年4月1日 in a file"
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
    /// The number of digits keyed on the phone.
    pub const DIGITS: usize = 8;

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

    /// Reads 8 keyed digits, YYYYMMDD.
    ///
    /// # Errors
    ///
    /// Returns an error if there are not 8 digits, the day doesn't exist, or it can't be a birth date.
    pub fn parse_keys(digits: &str, today: Date) -> Result<Self, BirthDateError> {
        if digits.len() != Self::DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BirthDateError::Form);
        }
        let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<i16>().ok());
        let (Some(year), Some(month), Some(day)) = (number(0..4), number(4..6), number(6..8)) else {
            return Err(BirthDateError::Form);
        };
        let (month, day) = (i8::try_from(month), i8::try_from(day));
        let (Ok(month), Ok(day)) = (month, day) else { return Err(BirthDateError::NoSuchDay) };
        Self::new(Date::new(year, month, day).map_err(|_| BirthDateError::NoSuchDay)?, today)
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
        assert_eq!(BirthDate::parse_keys("1980041", today), Err(BirthDateError::Form));
        assert_eq!(BirthDate::parse_keys("198004011", today), Err(BirthDateError::Form));
        assert_eq!(BirthDate::parse_keys("１９８０", today), Err(BirthDateError::Form));
    }
}
