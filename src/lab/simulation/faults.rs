//! Faults of the services' commits. At any commit the process may die, the disk may refuse, the answer may be lost, or
//! staff may act.

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
use super::staff;
use crate::domain::AttemptState;
use crate::store::attempts::{self, AttemptFilter};
use crate::store::{CommitHook, Decision, StoreError, connection_lost};

/// The maximum number of deaths per day, so that the day also makes progress.
const MOST_DEATHS: u32 = 12;
/// The maximum number of intents read to find one that staff act upon.
const MOST_INTENTS: u32 = 50;

/// Decides the fate of commits. It outlives the services.
pub(super) struct Faults {
    world: Arc<Environment>,
    state: Mutex<State>,
    pub(super) died: Notify,
}

struct State {
    rng: Rng,
    commits: u64,
    /// The fate of the commit in progress.
    now: CommitFate,
    deaths: u32,
    failed: u64,
    down: SignedDuration,
    /// Between runs nothing fails: a start that dies immediately would only be a later start.
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

    /// Stops the faults, or starts them again.
    pub(super) fn rest(&self, at_rest: bool) {
        self.with(|state| state.at_rest = at_rest);
    }

    /// Returns how long the process that died last is down.
    pub(super) fn down(&self) -> SignedDuration {
        self.with(|state| state.down)
    }

    /// Returns the number of commits so far.
    pub(super) fn commits(&self) -> u64 {
        self.with(|state| state.commits)
    }

    /// Returns the number of failed commits so far.
    pub(super) fn failed(&self) -> u64 {
        self.with(|state| state.failed)
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Draws the fate of the next commit.
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
        // Never continue: the runtime is dropped with everything in memory.
        pending().await
    }

    fn fail(&self, commit: u64, durable: bool) {
        self.with(|state| state.failed += 1);
        self.world.note(LoggedEventKind::CommitFailed { commit, durable });
    }

    /// Staff act on a patient who is about to be called, if there is one.
    async fn meddle(&self) {
        let intended =
            AttemptFilter { state: Some(AttemptState::Intended), limit: MOST_INTENTS, ..AttemptFilter::default() };
        let Some(client) = self.world.client() else { return };
        let Ok(mut tx) = client.context.database.begin_read().await else { return };
        let found = attempts::list(&mut tx, &intended).await.unwrap_or_default();
        drop(tx);
        let who = found.first().and_then(|attempt| self.world.state().who_has(&attempt.phone_number));
        let act = self.with(|state| match who {
            Some(who) => about(&mut state.rng, who),
            None => self.world.plan.staff_act(&mut state.rng).0,
        });
        staff::act(&self.world, act).await;
    }
}

/// The hook that the database calls.
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
