//! The dialer: opens the slots whose time has come, commits what it intends, asks the carrier, and finds out what it
//! doesn't know. It wakes by time and when poked, takes no input, and has one path for the happy case and for recovery:
//! everything it knows is in the database.

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

pub(super) use clock_check::watch_alone;
pub(super) use open::{open_before_change, time_label};
pub use place::DialError;

use self::up_to_date::UpToDate;
use super::ConversationService;
use super::backoff::wait_after;
use super::carrier_client::CarrierClient;
use super::conversation::Context;
use crate::domain::{CallId, CallableNumber, PhoneNumber};
use crate::policy::{CallPrice, DayLimits};
use crate::store::StoreError;
use crate::store::attempts::AttemptRow;
use crate::store::dialer::{self, NextDue};

/// How often the dialer looks while there is more to do than its pace allows.
pub const TICK: Duration = Duration::from_millis(100);
/// How long it sleeps at most: another program on the same database can't poke it.
const LONGEST_SLEEP: SignedDuration = SignedDuration::from_secs(1);
/// Requests to the carrier in progress at a time.
const MAX_REQUESTS: usize = 256;
/// An intent that wasn't sent in this time is no longer sent: the worker that holds it was frozen, and others may
/// have taken the call for unknown meanwhile (fault 15).
const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// How long after an intent the carrier's answer to it is there, or won't come: the lease, and the longest request.
pub(super) const ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(16);
/// An intent that is so old and has no call of the carrier is unknown. Longer than the lease and the longest request
/// together.
const TAKE_OVER: SignedDuration = SignedDuration::from_secs(30);

/// How calls are placed.
#[derive(Debug, Clone)]
pub struct DialerSettings {
    /// The number that is shown.
    pub from: PhoneNumber,
    /// How long a phone rings, in seconds.
    pub ring_seconds: u16,
    /// Calls placed a second, over all nodes.
    pub calls_per_second: f64,
    /// Calls in progress at a time, over all nodes.
    pub concurrent_calls: u32,
    /// How long nothing may be heard of a call, beyond the time that it rings, before the carrier is asked about it.
    pub silence: SignedDuration,
    /// How often the dialer looks while there is more to do than its pace allows: [`TICK`], or a virtual clock's step.
    pub tick: Duration,
    /// How long an unknown call must be looked for before it counts as not placed.
    pub unknown_grace: SignedDuration,
    /// What a day may hold, over all nodes.
    pub day_limits: DayLimits,
    /// What a call may cost and how long it may last.
    pub price: CallPrice,
}

impl DialerSettings {
    /// How long a call may last.
    pub fn longest_call(&self) -> SignedDuration {
        SignedDuration::from_mins(self.price.longest_minutes.into())
    }
}

/// Places automated calls.
#[allow(missing_debug_implementations)] // it holds connections, which have nothing to show
pub struct Dialer {
    context: Arc<Context>,
    conversations: ConversationService,
    network: Arc<CarrierClient>,
    dialling: DialerSettings,
    requests: Arc<Semaphore>,
    /// The last turn that was committed here.
    turn: AtomicI64,
    /// Whether the database is known to have all that was committed.
    up_to_date: tokio::sync::Mutex<UpToDate>,
    /// The database server on which that was found out, by its number.
    compared_server: AtomicU64,
}

/// A committed intent: what may be asked of the carrier, once.
#[derive(Debug, Clone)]
struct Intent {
    attempt: AttemptRow,
    to: CallableNumber,
}

/// What one look at the clock led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickSummary {
    /// Slots opened.
    pub opened: usize,
    /// Slots ended because their window did, or because nobody wants the call any more.
    pub ended: usize,
    /// Calls intended.
    pub intended: usize,
    /// When there is something to do again, as far as is known.
    pub next_at: Option<Timestamp>,
    /// Nothing is dialled until then: our clock isn't trusted, and nothing else was done either, or the database may
    /// lack its last entries.
    pub held_until: Option<Timestamp>,
}

/// What a tick has committed and not yet asked of the carrier. Dropped, its calls are unknown after a while, as after
/// a crash, and are looked for.
#[derive(Debug)]
pub struct PreparedBatch {
    /// What it led to.
    pub ticked: TickSummary,
    intents: Vec<Intent>,
}

impl Dialer {
    /// A dialer on the conversation service's database and clock.
    pub fn new(
        context: Arc<Context>,
        conversations: ConversationService,
        network: Arc<CarrierClient>,
        dialling: DialerSettings,
    ) -> Arc<Self> {
        let requests = Arc::new(Semaphore::new(MAX_REQUESTS));
        let turn = AtomicI64::new(0);
        let (up_to_date, compared_server) = (tokio::sync::Mutex::default(), AtomicU64::new(0));
        Arc::new(Self { context, conversations, network, dialling, requests, turn, up_to_date, compared_server })
    }

    /// How it places calls.
    pub const fn dialling(&self) -> &DialerSettings {
        &self.dialling
    }

    /// Dials until the task is ended.
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
            // From the beginning of a tick to that of the next, or the pace would fall behind by what a tick takes.
            let now = self.context.clock.now();
            let rest = self.dialling.tick.saturating_sub(now.duration_since(begun).unsigned_abs());
            let sleep = sleep_after(&ticked, now).unsigned_abs().max(rest);
            tokio::select! {
                () = tokio::time::sleep(sleep) => {}
                () = self.context.dialer_wake.notified() => tokio::time::sleep(rest).await,
            }
        }
    }

    /// Looks for lost and unknown calls until the task is ended.
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

    /// Does what is due, and sends what it intends in tasks of their own.
    ///
    /// # Errors
    /// When the database fails; nothing is dialled then that wasn't committed.
    pub async fn tick(self: &Arc<Self>) -> Result<TickSummary, StoreError> {
        let prepared = self.prepare().await?;
        let ticked = prepared.ticked;
        if !prepared.intents.is_empty() {
            let dialer = Arc::clone(self);
            tokio::spawn(async move { dialer.send(prepared).await });
        }
        Ok(ticked)
    }

    /// The same, and waits until the carrier has answered everything: for a clock that stands meanwhile.
    ///
    /// # Errors
    /// As [`Dialer::tick`].
    pub async fn tick_and_wait(self: &Arc<Self>) -> Result<TickSummary, StoreError> {
        let prepared = self.prepare().await?;
        let ticked = prepared.ticked;
        self.send(prepared).await;
        Ok(ticked)
    }

    /// The first half of a tick: opens, ends and claims what is due. What it intends is committed and not yet asked of
    /// the carrier.
    ///
    /// # Errors
    /// As [`Dialer::tick`].
    pub async fn prepare(&self) -> Result<PreparedBatch, StoreError> {
        let in_doubt = self.database_in_doubt().await?;
        if let Some(wait) = self.clock_in_doubt().await? {
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
            ticked.opened = self.open_slots(now).await?;
            next = self.next().await?;
        }
        if due(next.window_end) {
            ticked.ended = self.end_passed(now).await?;
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

    /// The second half: asks the carrier for what is still wanted, and waits until it has answered everything.
    pub async fn send(self: &Arc<Self>, prepared: PreparedBatch) {
        if !prepared.intents.is_empty() {
            Arc::clone(self).place(prepared.intents).await;
        }
    }

    async fn next(&self) -> Result<NextDue, StoreError> {
        dialer::next(&mut self.context.database.begin_autocommit().await?).await
    }
}

/// How long there is nothing to do, as far as is known.
fn sleep_after(ticked: &TickSummary, now: Timestamp) -> SignedDuration {
    let until = ticked.next_at.map_or(LONGEST_SLEEP, |at| at.duration_since(now));
    until.clamp(SignedDuration::ZERO, LONGEST_SLEEP)
}

/// The calls of intents.
fn calls_of(intents: &[Intent]) -> Vec<CallId> {
    intents.iter().map(|intent| intent.attempt.call).collect()
}
