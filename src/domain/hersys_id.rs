//! The HER-SYS ID: one for each infection, 6 to 8 decimal digits including leading zeros.

use serde::{Deserialize, Serialize};

/// A HER-SYS ID: text of 6 to 8 decimal digits. Source: the FAQ of My HER-SYS, 「HER-SYS ID(6~8桁)」. No check digit is
/// assumed.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HersysId(Box<str>);

/// Why a text isn't a HER-SYS ID. The error doesn't contain the text, which may be a mistyped real ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HersysIdError {
    /// Fewer than 6 or more than 8 characters.
    #[error("a HER-SYS ID has 6 to 8 digits; this one has {0}")]
    Length(usize),
    /// Contains characters other than the digits 0 to 9.
    #[error("a HER-SYS ID is made of the digits 0 to 9 alone")]
    NotDigits,
}

impl HersysId {
    /// The minimum number of digits.
    pub const MIN_DIGITS: usize = 6;
    /// The maximum number of digits.
    pub const MAX_DIGITS: usize = 8;

    /// Reads an ID of half-width digits.
    ///
    /// # Errors
    ///
    /// Returns an error if the length or a character is wrong.
    pub fn parse(text: &str) -> Result<Self, HersysIdError> {
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(HersysIdError::NotDigits);
        }
        if !(Self::MIN_DIGITS..=Self::MAX_DIGITS).contains(&text.len()) {
            return Err(HersysIdError::Length(text.len()));
        }
        Ok(Self(text.into()))
    }

    /// The other IDs with the same number and different leading zeros. If a spreadsheet has dropped zeros, one of
    /// them may be the intended ID.
    pub fn with_other_zeros(&self) -> impl Iterator<Item = Self> {
        let bare = self.0.trim_start_matches('0');
        let lengths = Self::MIN_DIGITS.max(bare.len())..=Self::MAX_DIGITS;
        lengths.filter(|length| *length != self.0.len()).map(move |length| Self(format!("{bare:0>length$}").into()))
    }

    /// The digits: for the database and for people entitled to see them. Never log them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HersysId {
    type Error = HersysIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<HersysId> for String {
    fn from(id: HersysId) -> Self {
        id.0.into()
    }
}

impl std::fmt::Debug for HersysId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HersysId(personal)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_may_differ_in_leading_zeros_only() {
        let others = |id: &str| -> Vec<String> {
            HersysId::parse(id)
                .iter()
                .flat_map(|id| id.with_other_zeros().map(String::from).collect::<Vec<_>>())
                .collect()
        };
        assert_eq!(others("1234567"), ["01234567"]);
        assert_eq!(others("00123456"), ["123456", "0123456"]);
        assert_eq!(others("000012"), ["0000012", "00000012"]);
        assert!(others("12345678").is_empty());
    }

    #[test]
    fn keeps_leading_zeros_and_refuses_other_lengths_and_characters() {
        assert_eq!(HersysId::parse("0012345").map(|id| id.expose().to_owned()), Ok("0012345".to_owned()));
        assert_eq!(HersysId::parse("12345"), Err(HersysIdError::Length(5)));
        assert_eq!(HersysId::parse("123456789"), Err(HersysIdError::Length(9)));
        assert_eq!(HersysId::parse("１２３４５６"), Err(HersysIdError::NotDigits));
        assert_eq!(HersysId::parse(""), Err(HersysIdError::Length(0)));
        assert!(!format!("{:?}", HersysId::parse("123456")).contains("123456"));
    }
}
