//! A virtual day: the same service code as a real carrier drives, on a clock that jumps from one event to the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::exchange::happen_until;
use super::network::{Network, SimulatedLines};
use super::switchboard::Desk;
use super::{Clock, Dialer, Dialling, Switchboard, run_errands, sweep};
use crate::carrier::simulator;
use crate::store::calls::{self, CallFilter};
use crate::store::{StoreError, outbox};

/// How far the clock moves at least: everything within it happens beside one another.
pub const STEP: SignedDuration = SignedDuration::from_secs(1);
/// How often lost and unknown calls are looked for.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(15);
/// How often conversations of which nothing was heard are ended.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// A clock that is moved by hand.
#[derive(Debug, Clone)]
pub struct VirtualClock(Arc<AtomicI64>);

impl VirtualClock {
    /// It is `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_millisecond())))
    }

    /// The clock that services read.
    pub fn clock(&self) -> Clock {
        let told = self.clone();
        Clock::reading(move || told.now())
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// From now on it is `now`.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millisecond(), Ordering::Relaxed);
    }
}

/// Everything that runs in a virtual day.
#[allow(missing_debug_implementations)] // it holds connections, which have nothing to show
pub struct Simulation {
    /// The clock.
    pub clock: VirtualClock,
    /// The desk.
    pub desk: Arc<Desk>,
    /// Where turns are taken.
    pub switchboard: Switchboard,
    /// The dialer.
    pub dialer: Arc<Dialer>,
    /// The simulated network, as the dialer sees it.
    pub network: Arc<Network>,
    /// The simulated network, as its people see it.
    pub lines: SimulatedLines,
}

/// What happened in a stretch of virtual time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stretch {
    /// Events of the phone network.
    pub events: usize,
    /// Calls intended.
    pub intended: usize,
    /// Slots opened.
    pub opened: usize,
}

impl Simulation {
    /// A simulated network with these people beside a desk that reads `clock`.
    pub fn new(desk: Arc<Desk>, people: simulator::Settings, clock: VirtualClock, dialling: Dialling) -> Self {
        let (switchboard, _ends_with_the_last_sender) = Switchboard::start(Arc::clone(&desk));
        let lines = SimulatedLines::new(simulator::Network::new(people), desk.clock.clone());
        let network = Arc::new(Network::Simulated(lines.clone()));
        let dialer = Dialer::new(Arc::clone(&desk), switchboard.clone(), Arc::clone(&network), dialling);
        Self { clock, desk, switchboard, dialer, network, lines }
    }

    /// Plays until the clock shows `end`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_until(&self, end: Timestamp) -> Result<Stretch, StoreError> {
        let mut stretch = Stretch::default();
        let start = self.clock.now();
        let (mut look_at, mut sweep_at, mut dial_at) = (start, start, Some(start));
        while self.clock.now() < end {
            let now = self.clock.now();
            let events = happen_until(&self.switchboard, &self.lines, now).await;
            stretch.events += events;
            let errands = run_errands(&self.desk, Some(&self.network)).await?;
            if events > 0 || errands > 0 || dial_at.is_some_and(|at| at <= now) {
                let ticked = self.dialer.tick_and_wait().await?;
                stretch.intended += ticked.intended;
                stretch.opened += ticked.opened;
                dial_at = ticked.next_at;
            }
            let network = self.lines.watch(|network, _| network.next_at());
            let mut next = [network, dial_at].into_iter().flatten().min().unwrap_or(end).max(later(now, STEP));
            if self.is_busy().await? {
                if look_at <= now {
                    self.dialer.look().await?;
                    look_at = later(now, LOOK_EVERY);
                    // A look may have shown that there is something to dial.
                    dial_at = Some(now);
                }
                if sweep_at <= now {
                    sweep(&self.desk, &self.switchboard).await?;
                    sweep_at = later(now, SWEEP_EVERY);
                }
                next = next.min(later(now, LOOK_EVERY));
            }
            self.clock.set(next.min(end));
        }
        Ok(stretch)
    }

    /// Whether a call is open or an errand waits: then time goes by in small steps.
    async fn is_busy(&self) -> Result<bool, StoreError> {
        let mut tx = self.desk.database.read().await?;
        let open = calls::list(&mut tx, &CallFilter { open_only: true, limit: ANY, ..CallFilter::default() }).await?;
        Ok(!open.is_empty() || !outbox::due(&mut tx, Timestamp::MAX, ANY).await?.is_empty())
    }
}

/// Errands that wait for their time are looked at like open calls.
const ANY: u32 = 1;

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}
