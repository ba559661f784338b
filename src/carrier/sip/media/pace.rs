//! Sends the packets of all sessions at their times. One thread for each core serves its sessions on an absolute clock,
//! spread evenly over the 20 ms; a timer for each call would wait for whatever else the server does.

#![allow(clippy::disallowed_methods, reason = "packets leave by the machine's monotonic clock, to a millisecond")]

use std::io;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::session::Line;

/// The 20 ms between two packets of a session are divided into so many steps of 500 µs. A session has its packets in
/// one of them.
const STEPS: usize = 40;
/// Later than this, packets are left out instead of sent in a burst. They have their own times all the same.
const GIVE_UP: Duration = Duration::from_millis(100);
/// Lateness is counted in quarters of a millisecond, up to 50 ms.
const QUARTER: u64 = 250;
const COUNTED: usize = 200;

/// The clock of the sessions: the time since the ports were opened.
#[derive(Debug, Clone, Copy)]
pub struct MediaClock(Instant);

impl MediaClock {
    /// What time it is.
    pub fn now(self) -> Duration {
        self.0.elapsed()
    }
}

/// How late packets left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lateness {
    /// Packets by quarters of a millisecond; the last one is of those that were later.
    counts: Vec<u64>,
}

impl Lateness {
    /// All packets.
    pub fn packets(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Packets that were more than 20 ms late.
    pub fn over_20_ms(&self) -> u64 {
        self.counts.iter().skip(80).fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The lateness that this share of the packets didn't exceed, from 0 to 1, to a quarter of a millisecond. 50 ms
    /// stands for whatever is more.
    pub fn quantile(&self, share: f64) -> Duration {
        let wanted = share * self.packets() as f64;
        let mut sum = 0.0;
        for (count, quarters) in self.counts.iter().zip(1..) {
            sum += *count as f64;
            if sum >= wanted {
                return Duration::from_micros(QUARTER).saturating_mul(quarters);
            }
        }
        Duration::from_millis(50)
    }

    /// Those of a later moment that weren't counted yet at this one.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let counts = self.counts.iter().zip(&before.counts);
        Self { counts: counts.map(|(now, then)| now.saturating_sub(*then)).collect() }
    }
}

/// What a thread shares with those who give it sessions.
#[derive(Debug)]
struct Shared {
    over: AtomicBool,
    sessions: AtomicUsize,
    new: Mutex<Vec<Arc<Line>>>,
    late: Vec<AtomicU64>,
}

#[derive(Debug)]
struct Worker {
    shared: Arc<Shared>,
    thread: Thread,
}

/// The threads.
#[derive(Debug)]
pub struct Pace {
    clock: MediaClock,
    workers: Vec<Worker>,
}

impl Pace {
    /// Starts the threads.
    ///
    /// # Errors
    /// If the system refuses one.
    pub fn start(threads: NonZero<usize>) -> io::Result<Self> {
        let clock = MediaClock(Instant::now());
        // If the second one can't be started, dropping this stops the first.
        let mut pace = Self { clock, workers: Vec::new() };
        for nth in 0..threads.get() {
            let late = (0..=COUNTED).map(|_| AtomicU64::new(0)).collect();
            let shared = Shared {
                over: AtomicBool::new(false),
                sessions: AtomicUsize::new(0),
                new: Mutex::new(Vec::new()),
                late,
            };
            let shared = Arc::new(shared);
            let its = Arc::clone(&shared);
            let named = std::thread::Builder::new().name(format!("media-{nth}"));
            let handle = named.spawn(move || serve(&its, clock))?;
            pace.workers.push(Worker { shared, thread: handle.thread().clone() });
        }
        Ok(pace)
    }

    /// Their clock.
    pub fn clock(&self) -> MediaClock {
        self.clock
    }

    /// Gives a session to the thread with the fewest.
    pub fn add(&self, line: Arc<Line>) {
        let fewest = self.workers.iter().min_by_key(|worker| worker.shared.sessions.load(Ordering::Relaxed));
        if let Some(worker) = fewest {
            worker.shared.sessions.fetch_add(1, Ordering::Relaxed);
            worker.shared.new.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            worker.thread.unpark();
        }
    }

    /// How late packets have left.
    pub fn lateness(&self) -> Lateness {
        let mut counts = vec![0_u64; COUNTED.saturating_add(1)];
        for worker in &self.workers {
            for (count, late) in counts.iter_mut().zip(&worker.shared.late) {
                *count = count.saturating_add(late.load(Ordering::Relaxed));
            }
        }
        Lateness { counts }
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        for worker in &self.workers {
            worker.shared.over.store(true, Ordering::Relaxed);
            worker.thread.unpark();
        }
    }
}

/// The work of a thread.
fn serve(shared: &Shared, clock: MediaClock) {
    prefer_this_thread();
    let mut steps: Vec<Vec<Arc<Line>>> = (0..STEPS).map(|_| Vec::new()).collect();
    let mut next: u64 = 0;
    while !shared.over.load(Ordering::Relaxed) {
        take_in(shared, &mut steps);
        if steps.iter().all(Vec::is_empty) {
            std::thread::park();
            next = step_of(clock.now());
            continue;
        }
        let now = clock.now();
        let due = time_of(next);
        if due > now {
            std::thread::park_timeout(due.saturating_sub(now));
            continue;
        }
        if now.saturating_sub(due) > GIVE_UP {
            // Whole periods, so that each session keeps its step.
            let periods = now.saturating_sub(due).as_micros() / 20_000;
            let skipped = u64::try_from(periods).unwrap_or_default().saturating_mul(STEPS as u64);
            next = next.saturating_add(skipped);
            continue;
        }
        if let Some(lines) = steps.get_mut((next % 40) as usize) {
            lines.retain(|line| {
                let goes_on = serve_one(shared, clock, line, due);
                if !goes_on {
                    shared.sessions.fetch_sub(1, Ordering::Relaxed);
                }
                goes_on
            });
        }
        next = next.saturating_add(1);
    }
}

/// Whether the session goes on.
fn serve_one(shared: &Shared, clock: MediaClock, line: &Arc<Line>, due: Duration) -> bool {
    let ticked = catch_unwind(AssertUnwindSafe(|| line.tick(due, clock.now())));
    let Ok(Some(sent)) = ticked else {
        // After a panic, which is a fault of ours, only this call is without sound.
        line.end();
        return false;
    };
    if sent {
        let late = clock.now().saturating_sub(due).as_micros() / 250;
        let counted = usize::try_from(late).unwrap_or(COUNTED).min(COUNTED);
        if let Some(count) = shared.late.get(counted) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
    true
}

/// Gives each new session the step with the fewest.
fn take_in(shared: &Shared, steps: &mut [Vec<Arc<Line>>]) {
    let new = std::mem::take(&mut *shared.new.lock().unwrap_or_else(PoisonError::into_inner));
    for line in new {
        if let Some(step) = steps.iter_mut().min_by_key(|step| step.len()) {
            step.push(line);
        }
    }
}

fn time_of(step: u64) -> Duration {
    Duration::from_micros(step.saturating_mul(500))
}

fn step_of(time: Duration) -> u64 {
    u64::try_from(time.as_micros() / 500).unwrap_or(u64::MAX).saturating_add(1)
}

/// Asks for this thread to run before those that can wait. The system grants it to root, or with CAP_SYS_NICE.
fn prefer_this_thread() {
    #[cfg(target_os = "linux")]
    {
        // Of the calling thread, on Linux.
        _ = rustix::process::setpriority_process(None, -10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_told_by_quantiles() {
        let mut counts = vec![0; COUNTED + 1];
        (counts[0], counts[3], counts[80], counts[COUNTED]) = (997, 1, 1, 1);
        let late = Lateness { counts };
        assert_eq!((late.packets(), late.over_20_ms()), (1_000, 2));
        assert_eq!(late.quantile(0.99), Duration::from_micros(250));
        assert_eq!(late.quantile(0.998), Duration::from_micros(1_000));
        assert_eq!(late.since(&late).packets(), 0);
    }
}
