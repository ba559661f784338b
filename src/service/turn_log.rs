//! The call history: what happened in each turn, in the form in which it is kept.

use serde::{Deserialize, Serialize};

use crate::domain::{HangupCause, Line};
use crate::engine::{EventKind, TransferOutcome};

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
    /// The caller was gone, and what came of the transfer in progress was known.
    HungUpInTransfer(HangupCause, TransferOutcome),
    /// The call was no longer wanted.
    Withdrawn,
    /// A transfer ended, and the call was no longer wanted.
    WithdrawnAfterTransfer(TransferOutcome),
    /// The answer to a question of the engine; never kept alone.
    Identified,
}

impl StoredEvent {
    /// What is kept of a happening.
    pub(super) fn of(happening: &EventKind, private: bool) -> Self {
        match happening {
            EventKind::Keyed(keys) if private => Self::Keyed("•".repeat(keys.expose().len())),
            EventKind::Keyed(keys) => Self::Keyed(keys.expose().to_owned()),
            EventKind::TransferEnded(outcome) => Self::Transfer(*outcome),
            EventKind::HungUp(cause) => Self::HungUp(*cause),
            EventKind::HungUpInTransfer(cause, outcome) => Self::HungUpInTransfer(*cause, *outcome),
            EventKind::Withdrawn => Self::Withdrawn,
            EventKind::WithdrawnAfterTransfer(outcome) => Self::WithdrawnAfterTransfer(*outcome),
            EventKind::Identified(_) | EventKind::CallBack(_) => Self::Identified,
        }
    }
}

impl std::fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredEvent(personal)")
    }
}
