//! Whether a health centre's automated calls are placed.

use serde::{Deserialize, Serialize};

/// Whether a health centre's automated calls are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CentreCalls {
    /// They are.
    #[default]
    Place,
    /// None is placed until they are placed again. A call time whose window ends meanwhile has been missed, and staff
    /// are told.
    Pause,
}

/// The text is neither of the two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write place when automated calls are placed, or pause when they aren't")]
pub struct CentreCallsError;

impl std::str::FromStr for CentreCalls {
    type Err = CentreCallsError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Place, Self::Pause].into_iter().find(|what| what.to_string() == text).ok_or(CentreCallsError)
    }
}

impl std::fmt::Display for CentreCalls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Place => "place",
            Self::Pause => "pause",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_words_are_read_as_they_are_written() {
        for value in [CentreCalls::Place, CentreCalls::Pause] {
            assert_eq!(value.to_string().parse(), Ok(value));
            assert_eq!(serde_json::to_string(&value).ok(), Some(format!("\"{value}\"")));
        }
        assert_eq!("stop".parse::<CentreCalls>(), Err(CentreCallsError));
    }
}
