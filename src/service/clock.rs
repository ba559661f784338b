//! The one place that reads a clock and makes ids. Below the service both come in with events.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::policy::{CLOCKS_AGREE, ClockGuard, Reading};

/// Where the time comes from: the system, or a test. Clones belong to the same process: they share what is known of
/// whether the time can be believed.
#[derive(Clone)]
pub struct Clock {
    shown: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Monotonic time; `None` for test clocks, which are monotonic themselves.
    steady: Option<Arc<dyn Fn() -> Duration + Send + Sync>>,
    watch: Arc<Mutex<ClockGuard>>,
}

impl Clock {
    /// The system's clock.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn system() -> Self {
        let begun = Instant::now();
        Self::of(Arc::new(Timestamp::now), Some(Arc::new(move || begun.elapsed())))
    }

    /// A clock read from `read`, for tests. It never jumps: moving it is the time that runs.
    pub fn reading(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self::of(Arc::new(read), None)
    }

    /// The same beside a steady one, towards which it can jump.
    #[must_use]
    pub fn beside(self, steady: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self::of(self.shown, Some(Arc::new(steady)))
    }

    /// The same clocks for another process, which knows nothing of what this one found out.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::of(Arc::clone(&self.shown), self.steady.clone())
    }

    /// The time of day alone, as it is shown, whether it jumps or not.
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

    /// The time now. It goes on by the steady clock while the time of day can't be believed.
    pub fn now(&self) -> Timestamp {
        self.watched(|watch, reading| watch.now(reading))
    }

    /// What the time of day shows, and what has run.
    pub fn read(&self) -> Reading {
        read(&self.shown, self.steady.as_ref())
    }

    /// Whether the time is in doubt: then nobody is dialled, nothing is swept, given up or handed to staff.
    pub fn in_doubt(&self) -> bool {
        self.watched(|watch, reading| watch.in_doubt(reading))
    }

    /// How long it certainly is since a stored moment.
    pub fn waited(&self, at: Timestamp) -> SignedDuration {
        self.watched(|watch, reading| watch.waited(at, reading))
    }

    /// A stored moment, moved to the latest at which it may have been.
    pub fn at_the_latest(&self, at: Timestamp) -> Timestamp {
        self.watched(|watch, reading| {
            let now = watch.now(reading);
            now.checked_sub(watch.waited(at, reading)).unwrap_or(now)
        })
    }

    /// The moment `wait` ago, to find what hasn't changed since; `None` while that can't be told.
    pub fn ago(&self, wait: SignedDuration) -> Option<Timestamp> {
        self.watched(|watch, reading| watch.ago(wait, reading))
    }

    /// From when on a stored moment lies so far ahead that it was written by a clock that was wrong.
    pub fn too_far_ahead(&self) -> Timestamp {
        self.now().checked_add(CLOCKS_AGREE).unwrap_or(Timestamp::MAX)
    }

    /// Looks at the watch, or tells it something.
    pub(super) fn watched<T>(&self, with: impl FnOnce(&mut ClockGuard, Reading) -> T) -> T {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        with(&mut watch, self.read())
    }
}

/// What has run since it was started. No step of the system clock moves it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Runs from now on.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has run.
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
/// same again. Its holder runs its services on this thread alone.
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
        self.millis = self.millis.max(self.clock.read().shown.as_millisecond());
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
