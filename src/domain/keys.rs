//! The keys that a caller pressed in one turn.

use serde::{Deserialize, Serialize};

/// Phone keys, at most [`Keys::MAX`]: the digits 0 to 9, `*` and `#`. Also A to D, which some phones and exchanges
/// send and no question accepts, and `?` for something that isn't a key. They may be an ID or a birth date, so
/// `Debug` never prints them.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Keys(Box<str>);

/// Why a text doesn't consist of phone keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// A character that no phone key sends, such as a full-width digit.
    #[error("phone keys are 0 to 9, * and #, and A to D")]
    NotAKey,
    /// More than [`Keys::MAX`].
    #[error("too many keys in one turn")]
    TooMany,
}

/// What ended an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryEnd {
    /// It has the most keys.
    Full,
    /// The finish key (`#`), which isn't part of it.
    FinishKey,
    /// No key came in time.
    Silence,
}

/// What a caller keyed at one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// The keys, without the one that finished the entry. Empty after silence, or if only the finish key was pressed.
    pub keys: Keys,
    /// What ended the entry. `None` if the carrier doesn't tell.
    pub end: Option<EntryEnd>,
}

impl Keyed {
    /// No key came in time.
    pub fn silence() -> Self {
        Self { keys: Keys::default(), end: Some(EntryEnd::Silence) }
    }
}

impl From<Keys> for Keyed {
    fn from(keys: Keys) -> Self {
        Self { keys, end: None }
    }
}

impl Keys {
    /// The most keys accepted in one turn, far more than any question asks for.
    pub const MAX: usize = 32;
    /// Represents something that isn't a key. No question accepts it, so keys that contain it count as wrong keys.
    const NO_KEY: char = '?';

    /// Reads keys.
    ///
    /// # Errors
    ///
    /// Returns an error if a character isn't a key or there are too many.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        if !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D' | b'?')) {
            Err(KeysError::NotAKey)
        } else if text.len() > Self::MAX {
            Err(KeysError::TooMany)
        } else {
            Ok(Self(text.into()))
        }
    }

    /// Reads what a carrier reports as keys, with any content. Full-width digits are digits. Other characters, and
    /// more keys than any question asks for, can't be mistaken for an answer.
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

    /// Keys that couldn't be read at all.
    pub fn unreadable() -> Self {
        Self(Self::NO_KEY.to_string().into())
    }

    /// The keys: for the engine and the database. Never log them.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns `true` if no key was pressed.
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
