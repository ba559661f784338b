//! The one place that reads a clock and makes ids. Below the service both come in with events.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

/// Where the time comes from: the system, or a test.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The system's clock.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn system() -> Self {
        Self(Arc::new(Timestamp::now))
    }

    /// A clock read from `read`, for tests.
    pub fn reading(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// A new id, ordered by time: what is stored together lies together.
#[allow(clippy::disallowed_methods)] // the one place
pub(super) fn new_id() -> Uuid {
    Uuid::now_v7()
}
