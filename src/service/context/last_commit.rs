//! The last commit of this process. A database that lacks it has lost acknowledged commits in a fail-over.

use std::sync::{Mutex, PoisonError};

use crate::domain::CallId;
use crate::store::{StoreError, Tx, turns};

/// The last turn that this process committed. Commits become durable in order, so a database that has this turn has
/// all earlier ones.
#[derive(Debug, Default)]
pub struct LastCommit(Mutex<Option<(CallId, i64)>>);

impl LastCommit {
    /// Records a committed turn.
    pub(in crate::service) fn note(&self, call: CallId, turn: i64) {
        *self.last() = Some((call, turn));
    }

    /// The last committed turn, if the database lacks it.
    pub(in crate::service) async fn missing(&self, tx: &mut Tx) -> Result<Option<(CallId, i64)>, StoreError> {
        let Some(last) = *self.last() else { return Ok(None) };
        let found = !turns::replies(tx, &[last]).await?.is_empty();
        Ok(if found { None } else { Some(last) })
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<(CallId, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
