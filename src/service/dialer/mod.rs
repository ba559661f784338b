//! The dialer opens due slots, commits its intents, asks the carrier, and looks up unknown outcomes. It wakes by time
//! or on notification and takes no input. All its state is in the database, so normal operation and recovery use the
//! same code.

mod claim;
mod clock_check;
mod day_limits;
mod open;
mod place;
mod poll;
mod retries;
mod unknown_outcome;
mod up_to_date;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;
use tracing::{error, warn};

pub(super) use self::clock_check::watch_alone;
pub use self::place::DialError;

use self::clock_check::clock_in_doubt;
use self::up_to_date::UpToDate;
use crate::carrier::{Carrier, Carriers};
use crate::domain::{CallId, CallableNumber, PhoneNumber};
use crate::policy::{CallPrice, DayLimits};
use crate::service::context::{Context, wait_after};
use crate::service::conversation::ConversationService;
use crate::store::StoreError;
use crate::store::attempts::AttemptRow;
use crate::store::dialer::{self, NextDue};

/// How often the dialer runs while more is due than its pace allows.
pub const TICK: Duration = Duration::from_millis(100);
/// The longest sleep. Another process on the same database can't wake it.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_secs(1);
/// The maximum number of concurrent requests to the carrier.
const MAX_REQUESTS: usize = 256;
/// An intent that wasn't sent within this time is no longer sent. The worker that holds it was frozen, and another
/// worker may have declared the call's outcome unknown (fault 15).
const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// An intent of this age without a carrier's call has an unknown outcome. Longer than the lease and the longest
/// request together.
const TAKE_OVER: SignedDuration = SignedDuration::from_secs(30);

/// The dialer's settings.
#[derive(Debug, Clone)]
pub struct DialerSettings {
    /// The number shown to patients.
    pub from: PhoneNumber,
    /// How long a phone rings, in seconds.
    pub ring_seconds: u16,
    /// Calls placed per second, over all nodes.
    pub calls_per_second: f64,
    /// The maximum number of calls in progress, over all nodes.
    pub concurrent_calls: u32,
    /// How long a call may be silent, beyond its ringing time, before the carrier is asked about it.
    pub silence: SignedDuration,
    /// How often the dialer runs while more is due than its pace allows: [`TICK`], or a virtual clock's step.
    pub tick: Duration,
    /// How long an unknown call must be missing from lookups before it counts as not placed.
    pub unknown_grace: SignedDuration,
    /// The daily limits, over all nodes.
    pub day_limits: DayLimits,
    /// The highest cost and duration of a call.
    pub price: CallPrice,
}

impl DialerSettings {
    /// The longest duration of a call.
    pub fn longest_call(&self) -> SignedDuration {
        SignedDuration::from_mins(self.price.longest_minutes.into())
    }
}

/// Places automated calls.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Dialer {
    context: Arc<Context>,
    conversations: ConversationService,
    carriers: Carriers,
    dialling: DialerSettings,
    requests: Arc<Semaphore>,
    /// The last epoch committed by this dialer.
    turn: AtomicI64,
    /// Whether the database is known to have all committed entries.
    up_to_date: tokio::sync::Mutex<UpToDate>,
    /// The number of the database server for which this was established.
    compared_server: AtomicU64,
}

/// A committed intent: the right to ask the carrier, once.
#[derive(Debug, Clone)]
struct Intent {
    attempt: AttemptRow,
    to: CallableNumber,
}

/// The result of one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickSummary {
    /// Slots opened.
    pub opened: usize,
    /// Slots ended because their window ended or the call is no longer wanted.
    pub ended: usize,
    /// Calls intended.
    pub intended: usize,
    /// When something is due next, as far as is known.
    pub next_at: Option<Timestamp>,
    /// Nothing is dialled until then: our clock is in doubt and nothing else was done either, or the database may lack
    /// its last entries.
    pub held_until: Option<Timestamp>,
}

/// Intents that a tick has committed and not yet sent to the carrier. If dropped, their calls have an unknown outcome
/// after a while, as after a crash, and are looked up.
#[derive(Debug)]
pub struct PreparedBatch {
    /// The result of the tick.
    pub ticked: TickSummary,
    intents: Vec<Intent>,
}

impl Dialer {
    /// A dialer on the conversation service's database and clock.
    pub fn new(
        context: Arc<Context>,
        conversations: ConversationService,
        carriers: Carriers,
        dialling: DialerSettings,
    ) -> Arc<Self> {
        let requests = Arc::new(Semaphore::new(MAX_REQUESTS));
        let turn = AtomicI64::new(0);
        let (up_to_date, compared_server) = (tokio::sync::Mutex::default(), AtomicU64::new(0));
        Arc::new(Self { context, conversations, carriers, dialling, requests, turn, up_to_date, compared_server })
    }

    /// The carrier with which calls are placed.
    fn carrier(&self) -> &dyn Carrier {
        self.carriers.default()
    }

    /// The carrier that has an earlier call. `None`, and an error in the log, if it is no longer configured.
    fn carrier_of(&self, call: CallId, name: &str) -> Option<&dyn Carrier> {
        let found = self.carriers.named(name);
        if found.is_none() {
            error!(%call, carrier = name, "a call's carrier isn't configured, so nobody can be asked about the call");
        }
        found
    }

    /// The dialer's settings.
    pub const fn dialling(&self) -> &DialerSettings {
        &self.dialling
    }

    /// Dials until the task is aborted.
    pub async fn run(self: Arc<Self>) {
        loop {
            let begun = self.context.clock.now();
            let ticked = match self.tick().await {
                Ok(ticked) => ticked,
                Err(error) if error.is_conflict() => {
                    warn!(%error, "another node dialled at the same time; retrying");
                    tokio::time::sleep(self.dialling.tick).await;
                    continue;
                }
                Err(error) => {
                    error!(%error, "dialling stopped: database error");
                    tokio::time::sleep(wait_after(&error, LONGEST_SLEEP.unsigned_abs())).await;
                    continue;
                }
            };
            // Measured from the start of one tick to the start of the next. Otherwise the duration of a tick would
            // slow the pace.
            let now = self.context.clock.now();
            let rest = self.dialling.tick.saturating_sub(now.duration_since(begun).unsigned_abs());
            let sleep = sleep_after(&ticked, now).unsigned_abs().max(rest);
            tokio::select! {
                () = tokio::time::sleep(sleep) => {}
                () = self.context.dialer_wake.notified() => tokio::time::sleep(rest).await,
            }
        }
    }

    /// Looks up lost and unknown calls until the task is aborted.
    pub async fn run_looks(self: Arc<Self>) {
        loop {
            let mut wait = LONGEST_SLEEP.unsigned_abs();
            match self.look().await {
                Ok(_) => {}
                Err(error) if error.is_conflict() => {
                    warn!(%error, "another node looked up calls at the same time; retrying");
                }
                Err(error) => {
                    error!(%error, "could not look up calls of unknown outcome; retrying");
                    wait = wait_after(&error, wait);
                }
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Does what is due, and sends its intents in tasks of their own.
    ///
    /// # Errors
    /// Database errors. Nothing is dialled that wasn't committed.
    pub async fn tick(self: &Arc<Self>) -> Result<TickSummary, StoreError> {
        let prepared = self.prepare().await?;
        let ticked = prepared.ticked;
        if !prepared.intents.is_empty() {
            let dialer = Arc::clone(self);
            tokio::spawn(async move { dialer.send(prepared).await });
        }
        Ok(ticked)
    }

    /// Like [`Dialer::tick`], but waits until the carrier has answered all requests: for a clock that stands still
    /// during the call.
    ///
    /// # Errors
    /// As [`Dialer::tick`].
    pub async fn tick_and_wait(self: &Arc<Self>) -> Result<TickSummary, StoreError> {
        let prepared = self.prepare().await?;
        let ticked = prepared.ticked;
        self.send(prepared).await;
        Ok(ticked)
    }

    /// The first half of a tick: opens, ends and claims what is due. The intents are committed but not yet sent.
    ///
    /// # Errors
    /// As [`Dialer::tick`].
    pub async fn prepare(&self) -> Result<PreparedBatch, StoreError> {
        let in_doubt = self.database_in_doubt().await?;
        if let Some(wait) = clock_in_doubt(&self.context, self.carrier()).await? {
            let held_until = self.context.clock.now().checked_add(wait).ok();
            return Ok(PreparedBatch {
                ticked: TickSummary { held_until, ..TickSummary::default() },
                intents: Vec::new(),
            });
        }
        let now = self.context.clock.now();
        let due = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
        let mut next = self.next().await?;
        let mut ticked = TickSummary::default();
        if due(next.slot_at) {
            ticked.opened = open::open_slots(&self.context, now).await?;
            next = self.next().await?;
        }
        if due(next.window_end) {
            ticked.ended = open::end_passed(&self.context, now).await?;
            next = self.next().await?;
        }
        let mut intents = Vec::new();
        if let Some(wait) = in_doubt {
            ticked.held_until = now.checked_add(wait).ok();
        } else if due(next.due_at) {
            let ended;
            (intents, ended) = self.claim(now).await?;
            ticked.ended += ended;
            ticked.intended = intents.len();
        }
        ticked.next_at = [next.slot_at, next.due_at, next.window_end].into_iter().flatten().min();
        Ok(PreparedBatch { ticked, intents })
    }

    /// The second half of a tick: sends the intents that are still wanted and waits for all answers.
    pub async fn send(self: &Arc<Self>, prepared: PreparedBatch) {
        if !prepared.intents.is_empty() {
            place::place(self, prepared.intents).await;
        }
    }

    /// Runs one round of lookups of lost and unknown calls. Idempotent. Returns when the next lookup is due, as far as
    /// is known.
    ///
    /// # Errors
    /// Database errors.
    pub async fn look(&self) -> Result<Option<Timestamp>, StoreError> {
        poll::look(self).await
    }

    /// The next lookup: when the first call in progress has been silent for too long or is due.
    ///
    /// # Errors
    /// Database errors.
    pub async fn next_look(&self) -> Result<Option<Timestamp>, StoreError> {
        poll::next_look(self).await
    }

    async fn next(&self) -> Result<NextDue, StoreError> {
        dialer::next(&mut self.context.database.begin_autocommit().await?).await
    }
}

/// The time until something is due, as far as is known.
fn sleep_after(ticked: &TickSummary, now: Timestamp) -> SignedDuration {
    let until = ticked.next_at.map_or(LONGEST_SLEEP, |at| at.duration_since(now));
    until.clamp(SignedDuration::ZERO, LONGEST_SLEEP)
}

fn calls_of(intents: &[Intent]) -> Vec<CallId> {
    intents.iter().map(|intent| intent.attempt.call).collect()
}
