//! The one place that reads a clock and makes ids. Below the service both come in with events.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use crate::follow_up::Reading;

/// Where the time comes from: the system, or a test.
#[derive(Clone)]
pub struct Clock {
    shown: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// What has run; none for a clock of a test that is its own steady clock.
    steady: Option<Arc<dyn Fn() -> Duration + Send + Sync>>,
}

impl Clock {
    /// The system's clock.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn system() -> Self {
        let begun = Instant::now();
        Self { shown: Arc::new(Timestamp::now), steady: Some(Arc::new(move || begun.elapsed())) }
    }

    /// A clock read from `read`, for tests. It never jumps: moving it is the time that runs.
    pub fn reading(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { shown: Arc::new(read), steady: None }
    }

    /// The same beside a steady one, towards which it can jump.
    #[must_use]
    pub fn beside(self, steady: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { steady: Some(Arc::new(steady)), ..self }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.shown)()
    }

    /// The time now, and what has run.
    pub fn read(&self) -> Reading {
        let shown = self.now();
        let since_epoch = || Duration::try_from(shown.as_duration()).unwrap_or_default();
        Reading { shown, steady: self.steady.as_ref().map_or_else(since_epoch, |steady| steady()) }
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

thread_local! {
    /// Where this thread's ids come from, in a simulation.
    static COUNTED: RefCell<Option<Counted>> = const { RefCell::new(None) };
}

/// Ids that are counted on instead of drawn.
struct Counted {
    clock: Clock,
    /// Of the last id: ids of one process never go back, whatever its clock does.
    millis: i64,
    count: u64,
}

/// While it lives, ids made on this thread have the time of a clock and a count, so that a simulated day comes out the
/// same again. Whoever holds it runs its services on this thread alone.
#[derive(Debug)]
pub struct CountedIds(());

impl CountedIds {
    /// Counts from now on.
    pub fn by(clock: Clock) -> Self {
        COUNTED.set(Some(Counted { clock, millis: 0, count: 0 }));
        Self(())
    }

    /// A process is started anew: its ids have the clock's time again, whatever that was before.
    pub fn restart(&self) {
        COUNTED.with_borrow_mut(|counted| counted.iter_mut().for_each(|counted| counted.millis = 0));
    }
}

impl Drop for CountedIds {
    fn drop(&mut self) {
        COUNTED.set(None);
    }
}

impl Counted {
    fn next(&mut self) -> Uuid {
        self.millis = self.millis.max(self.clock.now().as_millisecond());
        self.count += 1;
        let millis = u64::try_from(self.millis).unwrap_or_default();
        let mut counter = [0; 10];
        // The first two bytes lose bits to the version and the variant.
        counter[2..].copy_from_slice(&self.count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &counter).into_uuid()
    }
}

/// A new id, ordered by time: what is stored together lies together.
#[allow(clippy::disallowed_methods)] // the one place
pub(super) fn new_id() -> Uuid {
    let counted = COUNTED.with_borrow_mut(|counted| counted.as_mut().map(Counted::next));
    counted.unwrap_or_else(Uuid::now_v7)
}
