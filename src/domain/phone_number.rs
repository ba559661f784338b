//! Phone numbers in E.164, read from what people write.

use rlibphonenumber::{PhoneNumberFormat, enums::Region};
use serde::{Deserialize, Serialize};

/// A phone number in E.164 form (`+819012345678`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(Box<str>);

/// Why a text isn't a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this isn't a phone number that can exist; write it as 03-5211-3641, 09012345678 or +819012345678")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// Reads a number as written in Japan (`03-5211-3641`) or in E.164.
    ///
    /// # Errors
    ///
    /// Returns an error if no such number can exist.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let number = rlibphonenumber::PhoneNumber::parse(text, Some(Region::JP)).map_err(|_| PhoneNumberError)?;
        if !number.is_valid() {
            return Err(PhoneNumberError);
        }
        Self::from_e164(&number.format_as(PhoneNumberFormat::E164))
    }

    /// Takes a number from a carrier or the database that is already in E.164: `+` and 7 to 15 digits.
    ///
    /// # Errors
    ///
    /// Returns an error if the text has another format.
    pub fn from_e164(text: &str) -> Result<Self, PhoneNumberError> {
        match text.strip_prefix('+') {
            Some(digits) if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(Self(text.into()))
            }
            _ => Err(PhoneNumberError),
        }
    }

    /// The number as written within its country: `03-5211-3641`. For people entitled to see it. Never log it.
    pub fn national(&self) -> String {
        let format = |number: &rlibphonenumber::PhoneNumber| number.format_as(PhoneNumberFormat::National).into_owned();
        let number = rlibphonenumber::PhoneNumber::parse(&self.0, None);
        let written = number.map_or_else(|_| self.0.to_string(), |number| format(&number));
        // The library knows no hyphens for ranges that aren't given out.
        let is_plain = written.len() == 11 && written.bytes().all(|byte| byte.is_ascii_digit());
        match (written.get(..3), written.get(3..7), written.get(7..)) {
            (Some(network @ ("050" | "070" | "080" | "090")), Some(middle), Some(end)) if is_plain => {
                format!("{network}-{middle}-{end}")
            }
            _ => written,
        }
    }

    /// The number as it is written in a list: a Japanese one begins with 0, and others with `+`. Reading it gives the
    /// same number.
    pub fn as_written(&self) -> String {
        self.0.strip_prefix("+81").map_or_else(|| self.0.to_string(), |rest| format!("0{rest}"))
    }

    /// The number: for the database, the carrier and people entitled to see it. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhoneNumber(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_refuses_what_cannot_exist() {
        let read = |text| PhoneNumber::parse(text).map(|number| number.expose().to_owned());
        assert_eq!(read("03-5211-3641"), Ok("+81352113641".into()));
        assert_eq!(read("０９０１２３４５６７８"), Ok("+819012345678".into()));
        assert_eq!(read("+81 90 1234 5678"), Ok("+819012345678".into()));
        for wrong in ["", "abc", "12", "090123", "+8190123456789012345"] {
            assert_eq!(read(wrong), Err(PhoneNumberError), "{wrong}");
        }
        assert_eq!(PhoneNumber::from_e164("819012345678"), Err(PhoneNumberError));
        for number in ["+819012345678", "+81352113641", "+12025550123", "+442079460000"] {
            let number = PhoneNumber::from_e164(number).unwrap();
            assert_eq!(PhoneNumber::parse(&number.as_written()), Ok(number));
        }
    }
}
