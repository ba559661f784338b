//! A connection's progress with its request, and the timeout of each phase.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::service::Stopwatch;

/// The phase of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was received.
    Opened,
    /// Part of a request's head was received.
    Head,
    /// The head and not yet all of the body was received.
    Body,
    /// The request is complete and not answered yet.
    Working,
    /// A request was answered, and no other one has begun.
    Idle,
    /// The response has no end: an open page of the console.
    Streaming,
}

impl Phase {
    const ALL: [Self; 6] = [Self::Opened, Self::Head, Self::Body, Self::Working, Self::Idle, Self::Streaming];

    /// The timeout of the phase. `None` if it ends by itself: each request has its own timeout for its body and its
    /// handling.
    const fn patience(self) -> Option<Duration> {
        match self {
            Self::Opened => Some(Duration::from_secs(5)),
            Self::Head => Some(Duration::from_secs(8)),
            Self::Body => Some(Duration::from_secs(20)),
            Self::Working | Self::Streaming => None,
            // Longer than proxies keep an unused connection: nginx 60 s.
            Self::Idle => Some(Duration::from_secs(75)),
        }
    }

    /// The code in logs and metrics.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Opened => "first_byte",
            Self::Head => "head",
            Self::Body => "body",
            Self::Working => "response",
            Self::Idle => "idle",
            Self::Streaming => "stream",
        }
    }
}

/// The bytes of a body by whose arrival the client gains a millisecond: 256 kbit/s, a slow line. Who sends fewer is
/// disconnected once what it has lost is the whole timeout.
const BODY_BYTES_PER_MS: u64 = 32;

/// The timeout for reading a response.
const READING_PATIENCE: Duration = Duration::from_secs(10);
/// No response waits to be read.
const NONE: u64 = u64::MAX;

/// The progress of one connection. Written by the connection, read by the connection counter.
#[derive(Debug)]
pub(super) struct Progress {
    watch: Stopwatch,
    /// Milliseconds of the server's stopwatch, times 8, plus the phase.
    phase: AtomicU64,
    /// Since when a response waits to be read, in milliseconds.
    unread: AtomicU64,
    end: Notify,
}

impl Progress {
    /// A connection opened now, by its server's stopwatch.
    pub(super) fn opened(watch: Stopwatch) -> Arc<Self> {
        let progress = Self { watch, phase: AtomicU64::new(0), unread: AtomicU64::new(NONE), end: Notify::new() };
        progress.enter(Phase::Opened);
        Arc::new(progress)
    }

    /// Enters a phase.
    pub(super) fn enter(&self, phase: Phase) {
        self.set(phase, self.now());
    }

    /// Records received bytes. They begin a request if none had begun.
    pub(super) fn received(&self) {
        if matches!(self.phase(), Phase::Opened | Phase::Idle) {
            self.enter(Phase::Head);
        }
    }

    /// Records received bytes of a body: a large one from a slow line takes longer than the timeout. No client saves up
    /// time, so one that stops is disconnected however much it has sent.
    pub(super) fn body_received(&self, bytes: usize) {
        if self.phase() == Phase::Body {
            self.set(Phase::Body, gained(self.since(), self.now(), bytes));
        }
    }

    /// Records whether written bytes wait for the client to read them.
    pub(super) fn unread(&self, unread: bool) {
        if !unread {
            self.unread.store(NONE, Ordering::Release);
        } else if self.unread.load(Ordering::Acquire) == NONE {
            self.unread.store(self.now(), Ordering::Release);
        }
    }

    pub(super) fn phase(&self) -> Phase {
        let phase = usize::try_from(self.phase.load(Ordering::Acquire) & 7).unwrap_or_default();
        Phase::ALL.get(phase).copied().unwrap_or(Phase::Opened)
    }

    /// Since when the connection waits for its client, in milliseconds. `None` while its request is handled. Open pages
    /// wait for nothing, but ask again if they lose their stream.
    pub(super) fn waits_since(&self) -> Option<u64> {
        let unread = self.unread.load(Ordering::Acquire);
        match self.phase() {
            _ if unread != NONE => Some(unread),
            Phase::Working => None,
            Phase::Opened | Phase::Head | Phase::Body | Phase::Idle | Phase::Streaming => Some(self.since()),
        }
    }

    /// The phase whose timeout has passed. `None` if the connection isn't overdue.
    pub(super) fn overdue(&self) -> Option<Phase> {
        let over = |since: u64, patience: Duration| Duration::from_millis(self.now().saturating_sub(since)) >= patience;
        let unread = self.unread.load(Ordering::Acquire);
        if unread != NONE && over(unread, READING_PATIENCE) {
            return Some(Phase::Working);
        }
        let phase = self.phase();
        phase.patience().filter(|patience| over(self.since(), *patience)).map(|_| phase)
    }

    /// Ends the connection.
    pub(super) fn end(&self) {
        self.end.notify_one();
    }

    /// Waits until [`Self::end`] is called.
    pub(super) async fn ended(&self) {
        self.end.notified().await;
    }

    fn since(&self) -> u64 {
        self.phase.load(Ordering::Acquire) >> 3
    }

    fn now(&self) -> u64 {
        u64::try_from(self.watch.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn set(&self, phase: Phase, since: u64) {
        self.phase.store((since << 3) | phase as u64, Ordering::Release);
    }
}

/// The time from which a body's timeout counts, after more bytes of it have arrived.
fn gained(since: u64, now: u64, bytes: usize) -> u64 {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    since.saturating_add(bytes.checked_div(BODY_BYTES_PER_MS).unwrap_or(0)).min(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long a body of this size may take at this speed, if it arrives in pieces each second.
    fn is_cut_off(bytes: u64, a_second: u64) -> bool {
        let patience = u64::try_from(Phase::Body.patience().unwrap().as_millis()).unwrap();
        let (mut since, mut now, mut left) = (0, 0, bytes);
        while left > 0 {
            now += 1_000;
            if now - since >= patience {
                return true;
            }
            let piece = left.min(a_second);
            since = gained(since, now, usize::try_from(piece).unwrap());
            left -= piece;
        }
        false
    }

    #[test]
    fn a_slow_line_may_send_a_large_list_and_a_byte_a_second_may_not() {
        let largest = 64 * 1024 * 1024;
        assert!(!is_cut_off(largest, 32_000), "256 kbit/s");
        assert!(!is_cut_off(200_000, 16_000), "a short form from a slower line");
        assert!(is_cut_off(largest, 16_000));
        assert!(is_cut_off(64, 1));
        // Nobody saves up time.
        assert_eq!(gained(0, 5_000, 1 << 30), 5_000);
    }
}
