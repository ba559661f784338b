//! Whether a report from other than the patient's registered number cancels automated calls (A9). Anyone who knows a
//! HER-SYS ID and a birth date can give such a report.

use serde::{Deserialize, Serialize};

use crate::domain::CallerNumber;

/// The effect of a report from an unregistered or hidden number on the day's automated calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnregisteredReports {
    /// It cancels them, as every report does.
    #[default]
    Cancel,
    /// It doesn't cancel them: the patient is called nevertheless.
    Keep,
}

impl UnregisteredReports {
    /// Returns `true` if a report from such a number counts. `None` means that the number wasn't recorded, as before
    /// this setting existed.
    pub fn counts(self, number: Option<CallerNumber>) -> bool {
        self == Self::Cancel || number.is_none_or(CallerNumber::is_registered)
    }
}

/// The text is neither of the two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write cancel when a report from an unregistered number cancels automated calls, or keep when the patient is called all the same"
)]
pub struct UnregisteredReportsError;

impl std::str::FromStr for UnregisteredReports {
    type Err = UnregisteredReportsError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Cancel, Self::Keep].into_iter().find(|what| what.to_string() == text).ok_or(UnregisteredReportsError)
    }
}

impl std::fmt::Display for UnregisteredReports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Cancel => "cancel",
            Self::Keep => "keep",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_from_another_number_counts_unless_the_centre_keeps_the_calls() {
        use CallerNumber::*;
        for number in [None, Some(Registered), Some(Unregistered), Some(Hidden)] {
            assert!(UnregisteredReports::Cancel.counts(number));
            let kept = matches!(number, Some(Unregistered | Hidden));
            assert_eq!(UnregisteredReports::Keep.counts(number), !kept, "{number:?}");
        }
        assert_eq!(UnregisteredReports::default(), UnregisteredReports::Cancel);
        for what in [UnregisteredReports::Cancel, UnregisteredReports::Keep] {
            assert_eq!(what.to_string().parse(), Ok(what));
        }
        assert_eq!("off".parse::<UnregisteredReports>(), Err(UnregisteredReportsError));
    }
}
