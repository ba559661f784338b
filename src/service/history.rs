//! The call history: what happened in each turn, in the form in which it is kept.

use serde::{Deserialize, Serialize};

use crate::call::{HangupCause, Line};
use crate::engine::{Happening, TransferOutcome};

/// What came in a turn, as it is kept. A private entry (the birth date) stands as dots: the history proves nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredEvent {
    /// The call began.
    Began(Line),
    /// The caller keyed this.
    Keyed(String),
    /// A transfer ended.
    Transfer(TransferOutcome),
    /// The caller was gone.
    HungUp(HangupCause),
    /// The caller was gone, and what came of the transfer under way was known.
    HungUpInTransfer(HangupCause, TransferOutcome),
    /// The call wasn't wanted any more.
    Withdrawn,
    /// A transfer ended, and the call wasn't wanted any more.
    WithdrawnAfterTransfer(TransferOutcome),
    /// The answer to a question of the engine; never kept alone.
    Identified,
}

impl StoredEvent {
    /// What is kept of a happening.
    pub(super) fn of(happening: &Happening, private: bool) -> Self {
        match happening {
            Happening::Keyed(keys) if private => Self::Keyed("•".repeat(keys.expose().len())),
            Happening::Keyed(keys) => Self::Keyed(keys.expose().to_owned()),
            Happening::TransferEnded(outcome) => Self::Transfer(*outcome),
            Happening::HungUp(cause) => Self::HungUp(*cause),
            Happening::HungUpInTransfer(cause, outcome) => Self::HungUpInTransfer(*cause, *outcome),
            Happening::Withdrawn => Self::Withdrawn,
            Happening::WithdrawnAfterTransfer(outcome) => Self::WithdrawnAfterTransfer(*outcome),
            Happening::Identified(_) | Happening::CallBack(_) => Self::Identified,
        }
    }
}

impl std::fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredEvent(personal)")
    }
}
