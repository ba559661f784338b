//! Seals of committed rows that the trail doesn't have yet. They are written to it every second, many at a time.

use std::sync::{Mutex, PoisonError};

use super::Seal;

/// Seals that wait at most. More are found again by the search for unsealed rows.
const MOST: usize = 200_000;

/// The seals that wait, and whether some may be missing.
#[derive(Debug, Default)]
pub struct SealQueue(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    seals: Vec<Seal>,
    /// A commit whose outcome isn't known, or more seals than are kept: unsealed rows are to be looked for.
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

    /// Notes that rows may have been written whose seals aren't here.
    pub fn doubt(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).doubt = true;
    }

    /// Whether seals wait.
    pub fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seals.is_empty()
    }

    /// Takes all seals that wait. Who can't write them calls [`SealQueue::doubt`].
    pub fn take(&self) -> Vec<Seal> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).seals)
    }

    /// Whether unsealed rows are to be looked for; asked once.
    pub fn take_doubt(&self) -> bool {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).doubt)
    }
}
