//! Ids that are counted instead of random, so that simulated days are reproducible. Only with the feature
//! `fault-injection`.

use std::cell::RefCell;

use uuid::Uuid;

use super::Clock;

thread_local! {
    /// The source of this thread's ids in a simulation.
    static COUNTED: RefCell<Option<Counted>> = const { RefCell::new(None) };
}

/// Ids that are counted instead of random.
struct Counted {
    clock: Clock,
    /// The time of the last id. Ids of one process never go back, whatever its clock does.
    millis: i64,
    count: u64,
}

/// While this value exists, ids made on this thread consist of a clock's time and a counter, so that simulated days
/// are reproducible. All services must run on this thread.
#[derive(Debug)]
pub struct CountedIds(());

impl CountedIds {
    /// Starts counting.
    pub fn by(clock: Clock) -> Self {
        COUNTED.set(Some(Counted { clock, millis: 0, count: 0 }));
        Self(())
    }

    /// Simulates a restarted process: its ids use the clock's time again, even if that went back.
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
        // The version and the variant overwrite bits of the first two bytes.
        counter[2..].copy_from_slice(&self.count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &counter).into_uuid()
    }
}

/// The next counted id of this thread. `None` if its ids aren't counted.
pub(super) fn next() -> Option<Uuid> {
    COUNTED.with_borrow_mut(|counted| counted.as_mut().map(Counted::next))
}
