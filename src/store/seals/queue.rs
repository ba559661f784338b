//! Seals of committed rows that aren't in the audit trail yet. They are written to it every second, in batches.

use std::sync::{Mutex, PoisonError};

use super::Seal;

/// The maximum number of waiting seals. Rows beyond that are found again by the search for unsealed rows.
const MOST: usize = 200_000;

/// The waiting seals, and whether some may be missing.
#[derive(Debug, Default)]
pub struct SealQueue(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    seals: Vec<Seal>,
    /// Whether unsealed rows must be searched for: the outcome of a commit is unknown, or there were more seals than
    /// the queue holds.
    doubt: bool,
}

impl SealQueue {
    /// Adds the seals of a commit.
    pub(in crate::store) fn push(&self, seals: Vec<Seal>) {
        if seals.is_empty() {
            return;
        }
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.seals.len().saturating_add(seals.len()) > MOST {
            waiting.doubt = true;
        } else {
            waiting.seals.extend(seals);
        }
    }

    /// Records that rows may have been written whose seals aren't in the queue.
    pub fn doubt(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).doubt = true;
    }

    /// Returns `true` if no seals are waiting.
    pub fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seals.is_empty()
    }

    /// Takes all waiting seals. A caller that can't write them calls [`SealQueue::doubt`].
    pub fn take(&self) -> Vec<Seal> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).seals)
    }

    /// Returns `true` if unsealed rows must be searched for, and resets the flag.
    pub fn take_doubt(&self) -> bool {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).doubt)
    }
}
