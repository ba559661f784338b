//! The task that takes what waits, commits it together and then answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;
use tracing::{debug, error, warn};

use super::batch::{Batch, Desk};
use super::{Job, Knock, LegStatus, MAX_WAITING, Outcome, StaffNews, Switchboard, SwitchboardError};
use crate::store::StoreError;

/// Turns in one commit: enough to share the sync among a busy hour's callers, few enough to keep each one's wait short.
const MAX_BATCH: usize = 128;
/// How often a turn is taken again when another node moved its session on meanwhile.
const MAX_STALE: usize = 3;

impl Switchboard {
    /// Starts the switchboard. It ends when the last [`Switchboard`] is dropped and everything taken is answered.
    pub fn start(desk: Arc<Desk>) -> (Self, tokio::task::JoinHandle<()>) {
        let (jobs, waiting) = mpsc::channel(MAX_WAITING);
        let failing = Arc::new(AtomicBool::new(false));
        (Self { jobs, failing: Arc::clone(&failing) }, tokio::spawn(work(desk, waiting, failing)))
    }
}

async fn work(desk: Arc<Desk>, mut waiting: mpsc::Receiver<Job>, failing: Arc<AtomicBool>) {
    let mut jobs = Vec::with_capacity(MAX_BATCH);
    // A call's second knock in one batch waits for the next: turns of one call come one after the other.
    let mut later: Vec<Job> = Vec::new();
    loop {
        jobs.append(&mut later);
        if jobs.is_empty() && waiting.recv_many(&mut jobs, MAX_BATCH).await == 0 {
            return;
        }
        while jobs.len() < MAX_BATCH
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        later = set_aside_repeats(&mut jobs);
        metrics::histogram!("kenkocall_turns_per_commit").record(count(jobs.len()));
        take_all(&desk, &failing, std::mem::take(&mut jobs)).await;
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

fn set_aside_repeats(jobs: &mut Vec<Job>) -> Vec<Job> {
    let mut seen = std::collections::HashSet::with_capacity(jobs.len());
    let mut later = Vec::new();
    let mut now = Vec::with_capacity(jobs.len());
    for job in jobs.drain(..) {
        // A status names its leg alone, so it goes with no other knock of the same carrier's leg; the session's
        // revision guards what this can't see.
        let fresh = match &job.knock {
            Knock::Begin(begin) => seen.insert(begin.leg.clone()),
            Knock::Turn { call, .. }
            | Knock::Staff(StaffNews { call, .. })
            | Knock::OverInTransfer(call, _)
            | Knock::Lost(call)
            | Knock::Withdraw(call) => seen.insert(call.to_string()),
            Knock::Answered(answered) => seen.insert(answered.call.to_string()),
            Knock::Status(LegStatus { call: Some(call), .. }) => seen.insert(call.to_string()),
            Knock::Status(status) => seen.insert(status.leg.clone()),
        };
        if fresh { now.push(job) } else { later.push(job) }
    }
    *jobs = now;
    later
}

async fn take_all(desk: &Desk, failing: &AtomicBool, jobs: Vec<Job>) {
    let (knocks, answers): (Vec<Knock>, Vec<_>) = jobs.into_iter().map(|job| (job.knock, job.answer)).unzip();
    match Batch::commit(desk, &knocks).await {
        Ok(outcomes) => {
            failing.store(false, Ordering::Relaxed);
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Whoever asked may have gone; what was kept stays kept.
                let _gone = answer.send(Ok(outcome));
            }
        }
        Err(error) if knocks.len() > 1 => {
            debug!(turns = knocks.len(), %error, "a shared commit failed; each turn is taken alone");
            for (knock, answer) in knocks.into_iter().zip(answers) {
                let _gone = answer.send(take_alone(desk, failing, knock).await);
            }
        }
        Err(_) => {
            for (knock, answer) in knocks.into_iter().zip(answers) {
                let _gone = answer.send(take_alone(desk, failing, knock).await);
            }
        }
    }
}

async fn take_alone(desk: &Desk, failing: &AtomicBool, knock: Knock) -> Result<Outcome, SwitchboardError> {
    let knock = [knock];
    let mut tries = 0_usize;
    loop {
        tries = tries.saturating_add(1);
        match Batch::commit(desk, &knock).await {
            Ok(mut outcomes) => {
                failing.store(false, Ordering::Relaxed);
                return Ok(outcomes.pop().unwrap_or(Outcome::Unknown));
            }
            // Another node was first: what it stored is read, and the same turn gives the stored reply.
            Err(SwitchboardError::Store(StoreError::Stale | StoreError::Taken(_))) if tries < MAX_STALE => {
                warn!(tries, "another node took this call's turn first; reading it again");
            }
            Err(error) => {
                error!(%error, "a turn couldn't be kept");
                if matches!(error, SwitchboardError::Store(_)) {
                    failing.store(true, Ordering::Relaxed);
                }
                metrics::counter!("kenkocall_turns_failed_total").increment(1);
                return Err(error);
            }
        }
    }
}
