//! How much a long change writes in one transaction. Callers wait for it, so it is measured by time and not by rows.

use std::time::Duration;

use super::Context;
use super::clock::Stopwatch;
use crate::store::{StoreError, Tx};

/// How long a transaction should hold the writer.
const HOLD: Duration = Duration::from_millis(15);
/// The shortest and the longest rest between two transactions. SQLite doesn't queue the writers of different processes,
/// so a turn gets its chance only while this one rests.
const LEAST_REST: Duration = Duration::from_millis(2);
const LONGEST_REST: Duration = Duration::from_millis(100);
/// The fewest and the most rows of a transaction.
const FEWEST: usize = 8;
const MOST: usize = 1_024;

/// The rows of the next transaction.
pub(in crate::service) struct Pace {
    rows: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { rows: 64 }
    }
}

/// One of many transactions.
pub(in crate::service) struct Step {
    pub(in crate::service) tx: Tx,
    held: Stopwatch,
}

impl Pace {
    pub(in crate::service) const fn rows(&self) -> usize {
        self.rows
    }

    /// The same number as the limit of a query.
    pub(in crate::service) fn limit(&self) -> u32 {
        u32::try_from(self.rows).unwrap_or(u32::MAX)
    }

    /// Begins a transaction.
    pub(in crate::service) async fn begin(&self, context: &Context) -> Result<Step, StoreError> {
        let tx = context.database.begin_write().await?;
        Ok(Step { tx, held: Stopwatch::start() })
    }

    /// Commits a transaction, learns from the time that it took, and lets others write.
    pub(in crate::service) async fn end(&mut self, step: Step) -> Result<(), StoreError> {
        step.tx.commit().await?;
        let held = step.held.elapsed();
        self.rows = next_rows(self.rows, held);
        tokio::time::sleep((held / 2).clamp(LEAST_REST, LONGEST_REST)).await;
        Ok(())
    }
}

/// The rows of the next transaction, if one with `rows` took `held`.
fn next_rows(rows: usize, held: Duration) -> usize {
    let next = match held.as_micros() {
        0 => MOST,
        micros => usize::try_from(rows as u128 * HOLD.as_micros() / micros).unwrap_or(MOST),
    };
    // A single slow or fast commit says little.
    next.clamp(rows / 2, rows * 3 / 2).clamp(FEWEST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_settles_where_a_transaction_takes_the_intended_time() {
        // 2 ms for the commit and 0.1 ms a row.
        let took = |rows: usize| Duration::from_micros(2_000 + 100 * rows as u64);
        let rows = (0..30).fold(64, |rows, _| next_rows(rows, took(rows)));
        assert!((120..=135).contains(&rows), "{rows}");
    }

    proptest! {
        #[test]
        fn it_always_writes_something_and_never_too_much(rows in FEWEST..=MOST, micros in 0_u64..100_000_000) {
            let next = next_rows(rows, Duration::from_micros(micros));
            prop_assert!((FEWEST..=MOST).contains(&next));
        }
    }
}
