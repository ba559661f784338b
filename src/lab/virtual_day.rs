//! A virtual day: the same service code as with a real carrier, on a clock that jumps from one event to the next.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::carrier::{Carriers, simulator};
use crate::service::{
    Clock, Context, ConversationService, Dialer, DialerSettings, JobRunner, LineSettings, Outside, PublicUrls,
    SimulatedCarrier, run_until, sweep,
};
use crate::store::calls::{self, CallFilter};
use crate::store::{StoreError, dialer, outbox};

/// The smallest step of the clock. Everything within it happens at the same time.
pub const STEP: SignedDuration = SignedDuration::from_secs(1);
/// The pause after a tick without work, unless a line becomes free. It doubles after each further one.
const IDLE: SignedDuration = SignedDuration::from_secs(5);
/// The longest of these pauses.
const LONGEST_IDLE: SignedDuration = SignedDuration::from_secs(80);
/// How often silent conversations are ended.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// A clock that is moved by hand.
#[derive(Debug, Clone)]
pub struct VirtualClock(Arc<AtomicI64>);

impl VirtualClock {
    /// A clock that shows `now`.
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

    /// Sets the clock to `now`.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millisecond(), Ordering::Relaxed);
    }
}

/// The components of a virtual day.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Simulation {
    /// The clock.
    pub clock: VirtualClock,
    /// The dependencies of the services.
    pub context: Arc<Context>,
    /// Handles turns.
    pub conversations: ConversationService,
    /// The dialer.
    pub dialer: Arc<Dialer>,
    jobs: JobRunner,
    /// The simulated network, as the dialer sees it.
    pub carriers: Carriers,
    /// The simulated network, as its people see it.
    pub lines: SimulatedCarrier,
}

/// What happened in a period of virtual time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stretch {
    /// Events of the phone network.
    pub events: usize,
    /// Calls intended.
    pub intended: usize,
    /// Slots opened.
    pub opened: usize,
}

/// When each component runs next in a virtual day. Times are by the network's clock unless they are marked as by the
/// services' clock.
#[derive(Debug, Clone, Default)]
pub struct Rhythm {
    /// Slots and windows, by the services' clock.
    dial_at: Option<Timestamp>,
    /// The last tick found nothing to do: no tick runs until then unless a line becomes free. By the services' clock.
    held_until: Option<Timestamp>,
    /// The time between ticks without work.
    idle: SignedDuration,
    /// Calls of unknown outcome, by the services' clock.
    look_at: Option<Timestamp>,
    /// Waiting jobs, by the services' clock.
    job_at: Option<Timestamp>,
    sweep_at: Option<Timestamp>,
    begun: bool,
}

impl Rhythm {
    /// Notes that the database or the services' clock was changed from outside. The next round checks everything.
    pub fn disturb(&mut self) {
        *self = Self::default();
    }
}

/// The result of a round, and when the next one is due.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// What happened.
    pub stretch: Stretch,
    /// The next event, by the network's clock. `None` if nothing is in progress.
    pub next_at: Option<Timestamp>,
}

impl Simulation {
    /// A simulated network with these people, and services that read `clock`.
    pub fn new(
        context: Arc<Context>,
        lines: Arc<LineSettings>,
        people: simulator::Settings,
        clock: VirtualClock,
        dialling: DialerSettings,
    ) -> Self {
        let carrier = SimulatedCarrier::new(simulator::Network::new(people), context.clock.clone());
        Self::on(context, lines, carrier, clock, dialling)
    }

    /// Services with an existing or new simulated network. The network uses `clock`. The services' own clock may
    /// differ.
    pub fn on(
        context: Arc<Context>,
        settings: Arc<LineSettings>,
        lines: SimulatedCarrier,
        clock: VirtualClock,
        dialling: DialerSettings,
    ) -> Self {
        let (conversations, _ends_with_the_last_sender) = ConversationService::start(Arc::clone(&context), settings);
        let carriers = Carriers::only(Arc::new(lines.clone()));
        let dialer = Dialer::new(Arc::clone(&context), conversations.clone(), carriers.clone(), dialling);
        let urls = PublicUrls::of("https://kenko.example");
        let outside = Outside { carriers: carriers.clone(), conversations: conversations.clone(), urls };
        let jobs = JobRunner::new(Arc::clone(&context), Some(outside));
        Self { clock, context, conversations, dialer, jobs, carriers, lines }
    }

    /// Runs until the clock shows `end`.
    ///
    /// # Errors
    /// Database errors.
    pub async fn run_until(&self, end: Timestamp) -> Result<Stretch, StoreError> {
        let mut stretch = Stretch::default();
        let mut rhythm = Rhythm::default();
        while self.clock.now() < end {
            let round = self.round(&mut rhythm).await?;
            stretch.events += round.stretch.events;
            stretch.intended += round.stretch.intended;
            stretch.opened += round.stretch.opened;
            self.clock.set(round.next_at.unwrap_or(end).min(end));
        }
        Ok(stretch)
    }

    /// Does everything that is due while the clock stands still.
    ///
    /// # Errors
    /// Database errors.
    pub async fn round(&self, rhythm: &mut Rhythm) -> Result<Round, StoreError> {
        let (now, ours) = (self.clock.now(), self.context.clock.now());
        let is_due = |at: Option<Timestamp>, now: Timestamp| at.is_some_and(|at| at <= now);
        let begins = !std::mem::replace(&mut rhythm.begun, true);
        let live = self.live();
        let events = run_until(&self.conversations, &self.lines, now).await;
        let mut stretch = Stretch { events, ..Stretch::default() };
        if begins {
            self.see_what_is_next(rhythm).await?;
        } else if is_due(rhythm.look_at, ours) {
            // Events handled in this round may have postponed it.
            rhythm.look_at = self.dialer.next_look().await?;
        }
        let (looks, jobs) = (begins || is_due(rhythm.look_at, ours), is_due(rhythm.job_at, ours));
        if jobs {
            self.jobs.run().await?;
        }
        if looks {
            rhythm.look_at = self.dialer.look().await?;
        }
        if looks || self.live() < live {
            (rhythm.held_until, rhythm.idle) = (None, SignedDuration::ZERO);
        }
        if events > 0 || looks || jobs {
            self.see_what_is_next(rhythm).await?;
        }
        if is_due(rhythm.dial_at, ours) {
            let ticked = self.dialer.tick_and_wait().await?;
            (stretch.intended, stretch.opened) = (ticked.intended, ticked.opened);
            if ticked.intended > 0 {
                rhythm.look_at = self.dialer.next_look().await?;
            }
            if ticked.intended + ticked.opened + ticked.ended > 0 {
                rhythm.idle = SignedDuration::ZERO;
                self.see_what_is_next(rhythm).await?;
            } else {
                rhythm.idle = (rhythm.idle * 2).clamp(IDLE, LONGEST_IDLE);
                rhythm.held_until = ticked.held_until.or(Some(later(ours, rhythm.idle)));
                rhythm.dial_at = rhythm.dial_at.max(rhythm.held_until);
            }
        }
        if stretch != Stretch::default() && rhythm.sweep_at.is_none() {
            rhythm.sweep_at = Some(later(now, SWEEP_EVERY));
        }
        if begins || is_due(rhythm.sweep_at, now) {
            sweep(&self.context, &self.conversations, Some(&self.carriers), self.dialer.dialling().longest_call())
                .await?;
            rhythm.sweep_at = if self.has_open_calls().await? { Some(later(now, SWEEP_EVERY)) } else { None };
        }
        // Convert times of the services' clock to the network's. The services may have corrected their clock since.
        let ours = self.context.clock.now();
        let told = [rhythm.dial_at, rhythm.look_at, rhythm.job_at].into_iter().flatten().min();
        let told = told.map(|at| later(now, at.duration_since(ours)));
        let network = self.lines.watch(|network, _| network.next_at());
        let next = [network, told, rhythm.sweep_at].into_iter().flatten().min();
        Ok(Round { stretch, next_at: next.map(|at| at.max(later(now, STEP))) })
    }

    /// Finds out when the next job and the dialer's next work are due.
    async fn see_what_is_next(&self, rhythm: &mut Rhythm) -> Result<(), StoreError> {
        let next = dialer::next(&mut self.context.database.begin_autocommit().await?).await?;
        let now = self.context.clock.now();
        rhythm.job_at = next.job_at.map(|at| if at > outbox::latest(now) { now } else { at });
        let dial_at = [next.slot_at, next.due_at, next.window_end].into_iter().flatten().min();
        rhythm.dial_at = dial_at.map(|at| rhythm.held_until.map_or(at, |until| at.max(until)));
        Ok(())
    }

    /// The number of calls on the network.
    fn live(&self) -> usize {
        self.lines.watch(|network, _| network.live())
    }

    async fn has_open_calls(&self) -> Result<bool, StoreError> {
        let mut tx = self.context.database.begin_autocommit().await?;
        let open = CallFilter { open_only: true, limit: ANY, ..CallFilter::default() };
        Ok(!calls::list(&mut tx, &open).await?.is_empty())
    }
}

/// Enough to find out whether there are any.
const ANY: u32 = 1;

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}
