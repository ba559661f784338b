//! Rate limits for log lines that anyone outside can cause. The first line of a kind is written immediately, then a
//! count each minute, so that a flood of requests doesn't flood the log. Kinds are constants of the program, never
//! input.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tracing::warn;

use super::clock::Stopwatch;

/// The interval after which suppressed lines are counted in one line.
const WINDOW: Duration = Duration::from_secs(60);
/// How often due counts are checked.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A kind of log line that anyone outside can cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LimitedLine {
    /// A webhook was refused. Holds the reason.
    WebhookRefused(&'static str),
    /// Another request was refused. Holds the reason.
    RequestRefused(&'static str),
    /// A connection was refused. Holds the limit.
    ConnectionRefused(&'static str),
    /// A connection was closed for a new one. Holds the limit.
    ConnectionReplaced(&'static str),
    /// A client was too slow. Holds the phase.
    ConnectionTimedOut(&'static str),
    /// The system has no resources for another connection.
    CannotAccept,
    /// `/readyz` reported that calls can't be taken. Holds the reason.
    NotReady(&'static str),
    /// A request ended in a panic.
    RequestPanicked,
    /// The message of a panic.
    PanicMessage,
    /// A call was turned away.
    CallTurnedAway,
}

impl LimitedLine {
    const fn event(self) -> &'static str {
        match self {
            Self::WebhookRefused(_) => "webhooks were refused",
            Self::RequestRefused(_) => "requests were refused",
            Self::ConnectionRefused(_) => "connections were refused",
            Self::ConnectionReplaced(_) => "connections were closed for new ones",
            Self::ConnectionTimedOut(_) => "clients that were too slow were disconnected",
            Self::CannotAccept => "connections couldn't be taken",
            Self::NotReady(_) => "calls couldn't be taken when /readyz was asked",
            Self::RequestPanicked => "requests ended in a panic",
            Self::PanicMessage => "panics",
            Self::CallTurnedAway => "calls were turned away",
        }
    }

    const fn why(self) -> &'static str {
        match self {
            Self::WebhookRefused(why)
            | Self::RequestRefused(why)
            | Self::ConnectionRefused(why)
            | Self::ConnectionReplaced(why)
            | Self::ConnectionTimedOut(why)
            | Self::NotReady(why) => why,
            Self::CannotAccept | Self::RequestPanicked | Self::PanicMessage | Self::CallTurnedAway => "",
        }
    }

    /// Returns `true` if the line is the first of its kind and must be written. Otherwise it is counted.
    pub fn is_first(self) -> bool {
        let now = RUNNING.elapsed();
        let mut repeats = REPEATS.lock().unwrap_or_else(PoisonError::into_inner);
        repeats.note(self, now)
    }
}

static RUNNING: LazyLock<Stopwatch> = LazyLock::new(Stopwatch::start);
static REPEATS: LazyLock<Mutex<Repeats<LimitedLine>>> = LazyLock::new(Mutex::default);

/// Writes the counts each minute while it is polled.
pub async fn count_outside_lines() {
    let mut rhythm = tokio::time::interval(LOOK_EVERY);
    rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rhythm.tick().await;
        write(REPEATS.lock().unwrap_or_else(PoisonError::into_inner).counted(RUNNING.elapsed()));
    }
}

/// Writes the remaining counts before the process ends.
pub fn count_last_outside_lines() {
    write(REPEATS.lock().unwrap_or_else(PoisonError::into_inner).counted(Duration::MAX));
}

fn write(counted: Vec<(LimitedLine, u64)>) {
    for (line, count) in counted {
        warn!(count, why = line.why(), "{}: that many more in the last minute", line.event());
    }
}

/// When each kind was last written, and how often it was suppressed since.
#[derive(Debug)]
struct Repeats<K>(HashMap<K, Repeated>);

#[derive(Debug)]
struct Repeated {
    since: Duration,
    left_out: u64,
}

impl<K> Default for Repeats<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq + Copy> Repeats<K> {
    /// Counts one of a kind. Returns `true` if it must be written.
    fn note(&mut self, kind: K, now: Duration) -> bool {
        let mut first = false;
        let repeated = self.0.entry(kind).or_insert_with(|| {
            first = true;
            Repeated { since: now, left_out: 0 }
        });
        if !first {
            repeated.left_out = repeated.left_out.saturating_add(1);
        }
        first
    }

    /// The counts of all intervals that are over. A kind without repetitions is forgotten, so its next line is a first
    /// one.
    fn counted(&mut self, now: Duration) -> Vec<(K, u64)> {
        let mut counted = Vec::new();
        self.0.retain(|kind, repeated| {
            if now.saturating_sub(repeated.since) < WINDOW {
                return true;
            }
            let count = std::mem::take(&mut repeated.left_out);
            repeated.since = now;
            if count > 0 {
                counted.push((*kind, count));
            }
            count > 0
        });
        counted
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_first_is_written_and_then_a_count_each_minute() {
        let mut repeats = Repeats::default();
        assert!(repeats.note("signature", at(0)));
        assert!((0..1_000).all(|_| !repeats.note("signature", at(1))));
        assert!(repeats.note("form", at(30)), "another kind is a first of its own");
        assert_eq!(repeats.counted(at(59)), []);
        assert_eq!(repeats.counted(at(60)), [("signature", 1_000)]);
        assert!(!repeats.note("signature", at(61)), "the flood goes on: no line in the next minute");
        assert_eq!(repeats.counted(at(119)), [], "what came once leaves nothing to count");
        assert_eq!(repeats.counted(at(120)), [("signature", 1)]);
        assert_eq!(repeats.counted(at(180)), []);
        assert!(repeats.note("signature", at(181)), "after a quiet minute it is a first again");
        assert!(repeats.note("form", at(182)));
    }

    #[test]
    fn the_rest_is_counted_at_the_end() {
        let mut repeats = Repeats::default();
        assert!(repeats.note("path", at(5)) && !repeats.note("path", at(6)));
        assert_eq!(repeats.counted(Duration::MAX), [("path", 1)]);
    }

    proptest! {
        /// Written and counted lines add up to all lines, and at most two lines per minute and kind are written.
        #[test]
        fn nothing_is_lost_and_little_is_written(waits in prop::collection::vec(0..20_u64, 1..200)) {
            let (mut repeats, mut now, mut written, mut counted) = (Repeats::default(), 0, 0_u64, 0_u64);
            let mut counts = 0_u64;
            for wait in &waits {
                now += wait;
                for (_, count) in repeats.counted(at(now)) {
                    (counted, counts) = (counted + count, counts + 1);
                }
                written += u64::from(repeats.note('x', at(now)));
            }
            counted += repeats.counted(Duration::MAX).iter().map(|(_, count)| count).sum::<u64>();
            prop_assert_eq!(written + counted, waits.len() as u64);
            prop_assert!(written + counts <= 2 + 2 * (now / 60));
        }
    }
}
