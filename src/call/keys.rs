//! What a caller keyed in one turn.

use serde::{Deserialize, Serialize};

/// Phone keys: the digits 0 to 9, `*` and `#`, at most [`Keys::MAX`] of them. They may be an ID or a birth date, so
/// they never print themselves.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Keys(Box<str>);

/// Why a text isn't a run of phone keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// A character that no phone key sends, full-width digits among them.
    #[error("phone keys are 0 to 9, * and #")]
    NotAKey,
    /// More than [`Keys::MAX`].
    #[error("too many keys in one turn")]
    TooMany,
}

impl Keys {
    /// The most keys taken in one turn: far above what any question asks for.
    pub const MAX: usize = 32;

    /// Reads keys.
    ///
    /// # Errors
    /// When a character is no key or there are too many.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        if !text.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#') {
            Err(KeysError::NotAKey)
        } else if text.len() > Self::MAX {
            Err(KeysError::TooMany)
        } else {
            Ok(Self(text.into()))
        }
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
