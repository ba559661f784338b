//! The only module that reads a clock and makes ids. Lower layers get both with their events.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::policy::{CLOCKS_AGREE, ClockGuard, Reading};

/// The source of time: the system's clock or a test's. Clones belong to the same process and share what is known about
/// whether the time is correct.
#[derive(Clone)]
pub struct Clock {
    shown: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Monotonic time. `None` for test clocks, which are monotonic themselves.
    steady: Option<Arc<dyn Fn() -> Duration + Send + Sync>>,
    watch: Arc<Mutex<ClockGuard>>,
}

impl Clock {
    /// The system clock.
    #[allow(clippy::disallowed_methods, reason = "the only place")]
    pub fn system() -> Self {
        let begun = Instant::now();
        Self::of(Arc::new(Timestamp::now), Some(Arc::new(move || begun.elapsed())))
    }

    /// A clock read from `read`, for tests. It never jumps: moving it counts as time passing.
    pub fn reading(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self::of(Arc::new(read), None)
    }

    /// The same clock with a separate monotonic clock, against which it can jump.
    #[must_use]
    pub fn beside(self, steady: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self::of(self.shown, Some(Arc::new(steady)))
    }

    /// The same clocks for another process, which shares none of this one's findings.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::of(Arc::clone(&self.shown), self.steady.clone())
    }

    /// Only the time of day, as shown, without detection of jumps.
    #[must_use]
    pub fn unwatched(&self) -> Self {
        Self::of(Arc::clone(&self.shown), None)
    }

    fn of(
        shown: Arc<dyn Fn() -> Timestamp + Send + Sync>,
        steady: Option<Arc<dyn Fn() -> Duration + Send + Sync>>,
    ) -> Self {
        let watch = Arc::new(Mutex::new(ClockGuard::begun(read(&shown, steady.as_ref()))));
        Self { shown, steady, watch }
    }

    /// The current time. While the time of day is in doubt, it advances by the monotonic clock.
    pub fn now(&self) -> Timestamp {
        self.watched(|watch, reading| watch.now(reading))
    }

    /// The time of day and the monotonic time.
    pub fn read(&self) -> Reading {
        read(&self.shown, self.steady.as_ref())
    }

    /// Returns `true` if the time is in doubt. Then nothing is dialled, swept, given up or passed to staff.
    pub fn in_doubt(&self) -> bool {
        self.watched(|watch, reading| watch.in_doubt(reading))
    }

    /// The time that has certainly passed since a stored time.
    pub fn waited(&self, at: Timestamp) -> SignedDuration {
        self.watched(|watch, reading| watch.waited(at, reading))
    }

    /// The latest time that a stored time may stand for.
    pub fn at_the_latest(&self, at: Timestamp) -> Timestamp {
        self.watched(|watch, reading| {
            let now = watch.now(reading);
            now.checked_sub(watch.waited(at, reading)).unwrap_or(now)
        })
    }

    /// The time `wait` ago, to find what hasn't changed since. `None` while that is unknown.
    pub fn ago(&self, wait: SignedDuration) -> Option<Timestamp> {
        self.watched(|watch, reading| watch.ago(wait, reading))
    }

    /// Stored times after this one lie so far ahead that they were written by a wrong clock.
    pub fn too_far_ahead(&self) -> Timestamp {
        self.now().checked_add(CLOCKS_AGREE).unwrap_or(Timestamp::MAX)
    }

    /// Reads or updates the clock guard.
    pub(in crate::service) fn watched<T>(&self, with: impl FnOnce(&mut ClockGuard, Reading) -> T) -> T {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        with(&mut watch, self.read())
    }
}

/// The time elapsed since it was started. Changes of the system clock don't affect it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts a stopwatch.
    #[allow(clippy::disallowed_methods, reason = "the only place")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The elapsed time.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

fn read(
    shown: &Arc<dyn Fn() -> Timestamp + Send + Sync>,
    steady: Option<&Arc<dyn Fn() -> Duration + Send + Sync>>,
) -> Reading {
    let shown = shown();
    let since_epoch = || Duration::try_from(shown.as_duration()).unwrap_or_default();
    Reading { shown, steady: steady.map_or_else(since_epoch, |steady| steady()) }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// A new id, ordered by time, so that rows stored together are close together.
#[allow(clippy::disallowed_methods, reason = "the only place")]
pub(crate) fn new_id() -> Uuid {
    #[cfg(feature = "fault-injection")]
    if let Some(counted) = super::counted_ids::next() {
        return counted;
    }
    Uuid::now_v7()
}
