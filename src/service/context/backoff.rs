//! Retry delays after database errors.

use std::time::Duration;

use crate::store::StoreError;

/// The minimum delay while the disk is full: the carrier's replies to requests couldn't be stored either.
const FULL_DISK: Duration = Duration::from_secs(10);

/// The minimum delay after this error: `usual`, or longer if the disk is full and staff must free space.
pub fn wait_after(error: &StoreError, usual: Duration) -> Duration {
    match error {
        StoreError::Full => usual.max(FULL_DISK),
        _ => usual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_left_alone_for_ten_seconds_and_nothing_else_is() {
        let usual = Duration::from_secs(1);
        assert_eq!(wait_after(&StoreError::Full, usual), Duration::from_secs(10));
        assert_eq!(wait_after(&StoreError::Full, Duration::from_secs(60)), Duration::from_secs(60));
        for error in [StoreError::Busy, StoreError::Stale] {
            assert_eq!(wait_after(&error, usual), usual);
            assert_eq!(wait_after(&error, Duration::ZERO), Duration::ZERO);
        }
    }
}
