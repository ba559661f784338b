//! What this process itself committed last. A database that lacks it has gone back: a fail-over has lost commits that
//! were answered for.

use std::sync::{Mutex, PoisonError};

use crate::domain::CallId;
use crate::store::{StoreError, Tx, turns};

/// The last turn of a call that this process committed. Commits are durable in their order, so a database that has this
/// one has all earlier ones.
#[derive(Debug, Default)]
pub struct LastCommit(Mutex<Option<(CallId, i64)>>);

impl LastCommit {
    /// A turn was committed.
    pub(super) fn note(&self, call: CallId, turn: i64) {
        *self.last() = Some((call, turn));
    }

    /// The turn that was committed here and isn't in the database any more, if there is one.
    pub(super) async fn missing(&self, tx: &mut Tx) -> Result<Option<(CallId, i64)>, StoreError> {
        let Some(last) = *self.last() else { return Ok(None) };
        let found = !turns::replies(tx, &[last]).await?.is_empty();
        Ok(if found { None } else { Some(last) })
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<(CallId, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
