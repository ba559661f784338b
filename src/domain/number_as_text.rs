//! Numbers that may be written as text: settings from the environment are text, in a file they are numbers.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// A number, written as a number or as text: environment variables are always text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written<T> {
    Number(T),
    Text(String),
}

impl<T: FromStr> Written<T> {
    fn number<E: serde::de::Error>(self) -> Result<T, E> {
        match self {
            Self::Number(number) => Ok(number),
            // The text isn't repeated: it may be a secret pasted into the wrong place.
            Self::Text(text) => {
                text.trim().parse().map_err(|_| E::custom(format!("expected {}", std::any::type_name::<T>())))
            }
        }
    }
}

/// Deserializes a number that may be written as text.
///
/// # Errors
/// The value isn't a number of this type.
pub fn number<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr,
{
    Written::deserialize(deserializer)?.number()
}

/// Deserializes an optional number. An empty text is `None`.
///
/// # Errors
/// The value isn't a number of this type.
pub fn some_number<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr,
{
    match Written::deserialize(deserializer)? {
        Written::Text(text) if text.trim().is_empty() => Ok(None),
        written => written.number().map(Some),
    }
}
