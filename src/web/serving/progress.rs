//! How far a connection is with its request, and how long it may take for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::service::Stopwatch;

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing has come.
    Opened,
    /// A part of a request's head has come.
    Head,
    /// The head has come, and not all of the body.
    Body,
    /// The request has come whole, and isn't answered.
    Working,
    /// A request was answered, and no other one has begun.
    Idle,
}

impl Phase {
    const ALL: [Self; 5] = [Self::Opened, Self::Head, Self::Body, Self::Working, Self::Idle];

    /// How long it may last. Work ends by itself, as does a body by then; each request has its own time for both.
    const fn patience(self) -> Option<Duration> {
        match self {
            Self::Opened => Some(Duration::from_secs(5)),
            Self::Head => Some(Duration::from_secs(8)),
            Self::Body => Some(Duration::from_secs(20)),
            Self::Working => None,
            // Longer than proxies keep a connection that they don't use: nginx 60 s.
            Self::Idle => Some(Duration::from_secs(75)),
        }
    }

    /// Its word in logs and metrics.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Opened => "first_byte",
            Self::Head => "head",
            Self::Body => "body",
            Self::Working => "response",
            Self::Idle => "idle",
        }
    }
}

/// How long a client may take to read a response.
const READING_PATIENCE: Duration = Duration::from_secs(10);
/// No response waits for its client.
const NONE: u64 = u64::MAX;

/// How far one connection is. Written by the connection, read by the connection counter.
#[derive(Debug)]
pub(super) struct Progress {
    watch: Stopwatch,
    /// Milliseconds of the server's stopwatch, times 8, plus the phase.
    phase: AtomicU64,
    /// Since when a response waits until its client reads, in milliseconds.
    unread: AtomicU64,
    end: Notify,
}

impl Progress {
    /// A connection that was opened now, by the stopwatch of its server.
    pub(super) fn opened(watch: Stopwatch) -> Arc<Self> {
        let progress = Self { watch, phase: AtomicU64::new(0), unread: AtomicU64::new(NONE), end: Notify::new() };
        progress.enter(Phase::Opened);
        Arc::new(progress)
    }

    /// It enters a phase now.
    pub(super) fn enter(&self, phase: Phase) {
        self.set(phase, self.now());
    }

    /// Something has come: the first part of a request, where none had begun.
    pub(super) fn received(&self) {
        if matches!(self.phase(), Phase::Opened | Phase::Idle) {
            self.enter(Phase::Head);
        }
    }

    /// The client doesn't read what is written, or has read everything.
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

    /// Since when it waits for its client, in milliseconds; `None` while its request is worked on.
    pub(super) fn waits_since(&self) -> Option<u64> {
        let unread = self.unread.load(Ordering::Acquire);
        match self.phase() {
            _ if unread != NONE => Some(unread),
            Phase::Working => None,
            Phase::Opened | Phase::Head | Phase::Body | Phase::Idle => Some(self.since()),
        }
    }

    /// What it has taken too long for, if so.
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

    /// Waits until someone ends it.
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
