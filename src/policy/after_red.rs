//! What follows the advice after a red answer.

use serde::{Deserialize, Serialize};

/// What a call does after it has said how to get help. The health centre chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterRed {
    /// Asks whether to continue. Hanging up and silence complete the report.
    #[default]
    Ask,
    /// Continues with the next question.
    Continue,
}

/// The text is neither of the two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write ask when callers are asked whether to continue after a red answer, or continue when they aren't")]
pub struct AfterRedError;

impl std::str::FromStr for AfterRed {
    type Err = AfterRedError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Ask, Self::Continue].into_iter().find(|what| what.to_string() == text).ok_or(AfterRedError)
    }
}

impl std::fmt::Display for AfterRed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ask => "ask",
            Self::Continue => "continue",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_words_are_read_as_they_are_written() {
        for value in [AfterRed::Ask, AfterRed::Continue] {
            assert_eq!(value.to_string().parse(), Ok(value));
        }
        assert_eq!("stop".parse::<AfterRed>(), Err(AfterRedError));
    }
}
