//! What becomes of the services' commits: at any of them the process may die, the disk may refuse, an answer may get
//! lost, or staff may act in between.

use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};

use fastrand::Rng;
use jiff::SignedDuration;
use tokio::sync::Notify;

use super::environment::Environment;
use super::event_log::LoggedEventKind;
use super::generators::{down_for, sometimes};
use super::observer::about;
use super::scenario::{CommitFate, Death};
use crate::domain::AttemptState;
use crate::store::attempts::{self, AttemptFilter};
use crate::store::{CommitHook, Decision, StoreError, connection_lost};

/// How often a process dies on a day at most: the day is to go on, too.
const MOST_DEATHS: u32 = 12;
/// Intents looked at for one that staff act upon.
const MOST_INTENTS: u32 = 50;

/// Decides about commits. It outlives the services.
pub(super) struct Faults {
    world: Arc<Environment>,
    state: Mutex<State>,
    pub(super) died: Notify,
}

struct State {
    rng: Rng,
    commits: u64,
    /// What becomes of the commit that is in progress.
    now: CommitFate,
    deaths: u32,
    failed: u64,
    down: SignedDuration,
    /// Between lives nothing fails: a start that dies at once is a start that comes later.
    at_rest: bool,
}

impl Faults {
    pub(super) fn of(world: &Arc<Environment>) -> Arc<Self> {
        let state = State {
            rng: Rng::with_seed(world.plan.seed ^ 0x6661_7465),
            commits: 0,
            now: CommitFate::Kept,
            deaths: 0,
            failed: 0,
            down: SignedDuration::ZERO,
            at_rest: true,
        };
        Arc::new(Self { world: Arc::clone(world), state: Mutex::new(state), died: Notify::new() })
    }

    /// Nothing more goes wrong, or it begins to.
    pub(super) fn rest(&self, at_rest: bool) {
        self.with(|state| state.at_rest = at_rest);
    }

    /// For how long the process is down that died last.
    pub(super) fn down(&self) -> SignedDuration {
        self.with(|state| state.down)
    }

    /// Commits so far.
    pub(super) fn commits(&self) -> u64 {
        self.with(|state| state.commits)
    }

    /// How many commits failed so far.
    pub(super) fn failed(&self) -> u64 {
        self.with(|state| state.failed)
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next commit is about to be asked for: draws what becomes of it.
    fn draw(&self) -> (CommitFate, u64) {
        let odds = self.world.plan.odds;
        self.with(|state| {
            state.commits += 1;
            let rng = &mut state.rng;
            let [dies, fails, meddles] = [odds.dies, odds.fails, odds.meddles].map(|likely| sometimes(rng, likely));
            let first = rng.bool();
            state.now = match (dies && state.deaths < MOST_DEATHS, fails, meddles) {
                _ if state.at_rest => CommitFate::Kept,
                (true, ..) => {
                    if first {
                        CommitFate::DiesBefore
                    } else {
                        CommitFate::DiesAfter
                    }
                }
                (false, true, _) => {
                    if first {
                        CommitFate::Refused
                    } else {
                        CommitFate::Unheard
                    }
                }
                (false, false, true) => CommitFate::Meddled,
                (false, false, false) => CommitFate::Kept,
            };
            match self.world.plan.dies_at {
                Some(Death::Before(commit)) if commit == state.commits => state.now = CommitFate::DiesBefore,
                Some(Death::After(commit)) if commit == state.commits => state.now = CommitFate::DiesAfter,
                _ => {}
            }
            (state.now, state.commits)
        })
    }

    async fn die(&self, commit: u64, durable: bool) -> Result<(), StoreError> {
        let down = self.with(|state| {
            state.deaths += 1;
            state.down = down_for(&mut state.rng);
            state.down
        });
        self.world.note(LoggedEventKind::Died { at_commit: Some((commit, durable)), down: down.as_secs() });
        self.died.notify_one();
        // Nothing goes on from here: everything that was in memory is dropped.
        pending().await
    }

    fn fail(&self, commit: u64, durable: bool) {
        self.with(|state| state.failed += 1);
        self.world.note(LoggedEventKind::CommitFailed { commit, durable });
    }

    /// Staff do something about someone who is about to be called, where there is one.
    async fn meddle(&self) {
        let intended =
            AttemptFilter { state: Some(AttemptState::Intended), limit: MOST_INTENTS, ..AttemptFilter::default() };
        let Some(clerk) = self.world.clerk() else { return };
        let Ok(mut tx) = clerk.database.begin_read().await else { return };
        let found = attempts::list(&mut tx, &intended).await.unwrap_or_default();
        drop(tx);
        let who = found.first().and_then(|attempt| self.world.state().who_has(&attempt.phone_number));
        let act = self.with(|state| match who {
            Some(who) => about(&mut state.rng, who),
            None => self.world.plan.staff_act(&mut state.rng).0,
        });
        self.world.staff(act).await;
    }
}

/// What the database asks.
pub(super) struct Asked(pub(super) Arc<Faults>);

impl CommitHook for Asked {
    fn before(&self) -> Decision {
        let faults = Arc::clone(&self.0);
        Box::pin(async move {
            match faults.draw() {
                (CommitFate::DiesBefore, commit) => faults.die(commit, false).await,
                (CommitFate::Refused, commit) => {
                    faults.fail(commit, false);
                    Err(StoreError::Full)
                }
                _ => Ok(()),
            }
        })
    }

    fn after(&self) -> Decision {
        let faults = Arc::clone(&self.0);
        Box::pin(async move {
            let (fate, commit) = faults.with(|state| (state.now, state.commits));
            match fate {
                CommitFate::DiesAfter => faults.die(commit, true).await,
                CommitFate::Unheard => {
                    faults.fail(commit, true);
                    Err(connection_lost())
                }
                CommitFate::Meddled => {
                    faults.meddle().await;
                    Ok(())
                }
                _ => Ok(()),
            }
        })
    }
}
