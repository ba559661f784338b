//! The call history: what happened in each turn, as stored.

use serde::{Deserialize, Serialize};

use crate::domain::{EntryEnd, HangupCause, Keyed, Line};
use crate::engine::{EventKind, TransferOutcome};

/// The event of a turn, as stored. A private entry (the birth date) is stored as dots, so that the history proves no
/// one's identity.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredEvent {
    /// The call began.
    Began(Line),
    /// The keys that were pressed.
    Keyed(String),
    /// A transfer ended.
    Transfer(TransferOutcome),
    /// The caller was gone.
    HungUp(HangupCause),
    /// The caller was gone, and the outcome of the transfer in progress was known.
    HungUpInTransfer(HangupCause, TransferOutcome),
    /// The call was withdrawn.
    Withdrawn,
    /// A transfer ended in a withdrawn call.
    WithdrawnAfterTransfer(TransferOutcome),
    /// The answer to a lookup of the engine. Never stored separately.
    Identified,
}

impl StoredEvent {
    /// The stored form of an event.
    pub(super) fn of(happening: &EventKind, private: bool) -> Self {
        match happening {
            EventKind::Keyed(Keyed { keys, end: Some(EntryEnd::FinishKey) }) if keys.is_empty() => {
                Self::Keyed("#".to_owned())
            }
            EventKind::Keyed(Keyed { keys, .. }) if private => Self::Keyed("•".repeat(keys.expose().len())),
            EventKind::Keyed(Keyed { keys, .. }) => Self::Keyed(keys.expose().to_owned()),
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
