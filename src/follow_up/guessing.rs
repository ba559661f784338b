//! How often someone may guess at HER-SYS ID and birth date (H7).
//!
//! With 100,000 patients, birthdays over 100 years and 100 lines at 30 s a try, unlimited random guessing hits 0.79
//! people a day with 6-digit IDs. The registered number has budgets of its own, so that an outsider can't lock the
//! patient out; a caller number can be forged: it is a lane, not a proof.

use serde::{Deserialize, Serialize};

/// Failed identifications allowed within the window, and the window; and what a caller may use of the line meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuessingLimits {
    /// The window over which failures count, in minutes.
    #[serde(deserialize_with = "crate::config::number")]
    pub window_minutes: u32,
    /// Failures for one HER-SYS ID from numbers that aren't the patient's.
    #[serde(deserialize_with = "crate::config::number")]
    pub per_id: u32,
    /// Failures for one HER-SYS ID from the patient's registered number.
    #[serde(deserialize_with = "crate::config::number")]
    pub per_id_registered: u32,
    /// Failures from one caller number, whatever the ID.
    #[serde(deserialize_with = "crate::config::number")]
    pub per_caller: u32,
    /// Failures of all outsiders together.
    #[serde(deserialize_with = "crate::config::number")]
    pub global: u32,
    /// How long a caller may be on the line before being identified, in seconds.
    #[serde(deserialize_with = "crate::config::number")]
    pub identify_seconds: u32,
    /// Calls at a time from one number in which nobody is identified.
    #[serde(deserialize_with = "crate::config::number")]
    pub calls_at_once: u32,
}

impl Default for GuessingLimits {
    fn default() -> Self {
        // A caller has 3 tries a call: one ID allows three calls' worth; a household phones for four people. The
        // languages take about 40 s, an ID that has to be looked for and a birth date about 85 s, three times over. A
        // hotel full of patients may have one number; no flood needs more lines than it has.
        Self {
            window_minutes: 60,
            per_id: 9,
            per_id_registered: 9,
            per_caller: 12,
            global: 600,
            identify_seconds: 300,
            calls_at_once: 100,
        }
    }
}

/// Whose budget an identification draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The caller's number is the one registered for the ID that was keyed.
    Registered,
    /// Any other number, or none shown.
    Outsider,
}

impl Lane {
    /// The word used in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Outsider => "outsider",
        }
    }

    /// Reads [`Lane::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Registered, Self::Outsider].into_iter().find(|lane| lane.word() == word)
    }
}

/// Failures within the window, before the present try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// For this HER-SYS ID in the caller's lane.
    pub of_id: u32,
    /// From this caller number.
    pub of_caller: u32,
    /// Of all outsiders.
    pub of_outsiders: u32,
}

/// What the limits say of the present try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may be tried.
    Open,
    /// This ID is locked in the caller's lane.
    IdLocked,
    /// This caller number is locked.
    CallerLocked,
    /// All outsiders are locked.
    OutsidersLocked,
}

impl GuessingLimits {
    /// How long a caller may be given to be identified, in seconds.
    pub const IDENTIFY_SECONDS: std::ops::RangeInclusive<u32> = 60..=3_600;

    /// Whether a try may be made. From the registered number only that ID's own budget counts.
    pub fn standing(&self, lane: Lane, failures: Failures) -> Standing {
        match lane {
            Lane::Registered if failures.of_id >= self.per_id_registered => Standing::IdLocked,
            Lane::Registered => Standing::Open,
            Lane::Outsider if failures.of_id >= self.per_id => Standing::IdLocked,
            Lane::Outsider if failures.of_caller >= self.per_caller => Standing::CallerLocked,
            Lane::Outsider if failures.of_outsiders >= self.global => Standing::OutsidersLocked,
            Lane::Outsider => Standing::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_budget_locks_at_its_limit() {
        let limits = GuessingLimits::default();
        let outsider = |failures| limits.standing(Lane::Outsider, failures);
        assert_eq!(outsider(Failures { of_id: 8, of_caller: 11, of_outsiders: 599 }), Standing::Open);
        assert_eq!(outsider(Failures { of_id: 9, ..Failures::default() }), Standing::IdLocked);
        assert_eq!(outsider(Failures { of_caller: 12, ..Failures::default() }), Standing::CallerLocked);
        assert_eq!(outsider(Failures { of_outsiders: 600, ..Failures::default() }), Standing::OutsidersLocked);
    }

    proptest! {
        #[test]
        fn h7_outsiders_never_lock_the_registered_number(of_caller: u32, of_outsiders: u32, of_id in 0u32..9) {
            let failures = Failures { of_id, of_caller, of_outsiders };
            prop_assert_eq!(GuessingLimits::default().standing(Lane::Registered, failures), Standing::Open);
        }
    }
}
