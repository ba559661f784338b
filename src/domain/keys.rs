//! What a caller keyed in one turn.

use serde::{Deserialize, Serialize};

/// Phone keys, at most [`Keys::MAX`] of them: the digits 0 to 9, `*` and `#`; also A to D, which some phones and
/// exchanges send and no question takes, and `?` for something that is no key. They may be an ID or a birth date, so
/// they never print themselves.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Keys(Box<str>);

/// Why a text isn't a run of phone keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// A character that no phone key sends, full-width digits among them.
    #[error("phone keys are 0 to 9, * and #, and A to D")]
    NotAKey,
    /// More than [`Keys::MAX`].
    #[error("too many keys in one turn")]
    TooMany,
}

impl Keys {
    /// The most keys taken in one turn: far above what any question asks for.
    pub const MAX: usize = 32;
    /// Stands for what is no key. No question takes it, so keys with it count as wrong keys.
    const NO_KEY: char = '?';

    /// Reads keys.
    ///
    /// # Errors
    /// When a character is no key or there are too many.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        if !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D' | b'?')) {
            Err(KeysError::NotAKey)
        } else if text.len() > Self::MAX {
            Err(KeysError::TooMany)
        } else {
            Ok(Self(text.into()))
        }
    }

    /// What a carrier says was keyed, whatever it is: full-width digits are digits, and what is no key, or more keys
    /// than any question asks for, can't be taken for an answer.
    pub fn heard(text: &str) -> Self {
        let key = |character: char| match character {
            '0'..='9' | '*' | '#' | 'A'..='D' => character,
            'a'..='d' => character.to_ascii_uppercase(),
            '０'..='９' => {
                char::from_digit(u32::from(character).saturating_sub(u32::from('０')), 10).unwrap_or(Self::NO_KEY)
            }
            '＊' => '*',
            '＃' => '#',
            _ => Self::NO_KEY,
        };
        let mut keys: String = text.chars().take(Self::MAX).map(key).collect();
        if text.chars().nth(Self::MAX).is_some() {
            keys.pop();
            keys.push(Self::NO_KEY);
        }
        Self(keys.into())
    }

    /// Something was keyed that can't be read at all.
    pub fn unreadable() -> Self {
        Self(Self::NO_KEY.to_string().into())
    }

    /// The keys: for the engine and the store; never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was keyed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<String> for Keys {
    type Error = KeysError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Keys> for String {
    fn from(keys: Keys) -> Self {
        keys.0.into()
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({} personal)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_carrier_says_becomes_keys() {
        for (text, keys) in [
            ("", ""),
            ("375#", "375#"),
            ("３７５＃", "375#"),
            ("12A", "12A"),
            ("1d", "1D"),
            (" 1", "?1"),
            ("1w2", "1?2"),
            ("hangup", "?A????"),
            ("\0", "?"),
        ] {
            assert_eq!(Keys::heard(text).expose(), keys, "{text}");
        }
        let most = "1".repeat(Keys::MAX);
        assert_eq!(Keys::heard(&most).expose(), most);
        let more = Keys::heard(&"1".repeat(33));
        assert_eq!(more.expose(), format!("{}?", "1".repeat(31)));
        assert_eq!(Keys::parse(more.expose()), Ok(more), "as it is stored and read again");
        assert_eq!(Keys::parse("１"), Err(KeysError::NotAKey));
    }
}
