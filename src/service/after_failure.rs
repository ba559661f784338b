//! How soon something is tried again that the database didn't let be done.

use std::time::Duration;

use crate::store::StoreError;

/// A disk without room isn't tried more often: what was asked of the carrier meanwhile couldn't be stored either.
const FULL_DISK: Duration = Duration::from_secs(10);

/// How long to wait after this error, at least: `usual`, or longer when only somebody who frees the disk can mend it.
pub fn wait_after(error: &StoreError, usual: Duration) -> Duration {
    match error {
        StoreError::Full => usual.max(FULL_DISK),
        _ => usual,
    }
}
