//! The task that collects waiting events, commits them together and then answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;
use tracing::{debug, error, warn};

use super::commit::commit;
use super::live_sessions::LiveSessions;
use super::stepped::Stepped;
use super::{
    CarrierEvent, ConversationError, ConversationService, LegStatus, LineSettings, MAX_WAITING, Outcome, QueuedEvent,
    StaffNews,
};
use crate::service::context::Context;
use crate::store::StoreError;

/// Turns in one commit: enough to share the sync among callers in a busy hour, few enough to keep each wait short.
const MAX_BATCH: usize = 128;
/// How often a turn is retried if another node has changed its session.
const MAX_STALE: usize = 3;

impl ConversationService {
    /// Starts the conversation service. It ends when the last [`ConversationService`] is dropped and every event is
    /// answered.
    pub fn start(context: Arc<Context>, lines: Arc<LineSettings>) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let failing = Arc::new(AtomicBool::new(false));
        let working = tokio::spawn(work(context, Arc::clone(&lines), waiting, Arc::clone(&failing)));
        (Self { queue, failing, lines }, working)
    }
}

async fn work(
    context: Arc<Context>,
    lines: Arc<LineSettings>,
    mut waiting: mpsc::Receiver<QueuedEvent>,
    failing: Arc<AtomicBool>,
) {
    let mut queue = Vec::with_capacity(MAX_BATCH);
    let mut live = LiveSessions::default();
    // A call's second event in a batch waits for the next batch: turns of one call are handled one after the other.
    let mut later: Vec<QueuedEvent> = Vec::new();
    loop {
        queue.append(&mut later);
        if queue.is_empty() && waiting.recv_many(&mut queue, MAX_BATCH).await == 0 {
            return;
        }
        while queue.len() < MAX_BATCH
            && let Ok(queued) = waiting.try_recv()
        {
            queue.push(queued);
        }
        later = set_aside_repeats(&mut queue);
        metrics::histogram!("kenkocall_turns_per_commit").record(count(queue.len()));
        take_all(&context, &lines, &failing, &mut live, std::mem::take(&mut queue)).await;
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

fn set_aside_repeats(queue: &mut Vec<QueuedEvent>) -> Vec<QueuedEvent> {
    let mut seen = std::collections::HashSet::with_capacity(queue.len());
    let mut later = Vec::new();
    let mut now = Vec::with_capacity(queue.len());
    for queued in queue.drain(..) {
        // A status only names its leg, so it isn't batched with another event of the same leg. The session's revision
        // catches what this check misses.
        let fresh = match &queued.event {
            CarrierEvent::Begin(begin) => seen.insert(begin.leg.clone()),
            CarrierEvent::Turn { call, .. }
            | CarrierEvent::Staff(StaffNews { call, .. })
            | CarrierEvent::OverInTransfer(call, _)
            | CarrierEvent::Lost(call)
            | CarrierEvent::Withdraw(call) => seen.insert(call.to_string()),
            CarrierEvent::Answered(answered) => seen.insert(answered.call.to_string()),
            CarrierEvent::Status(LegStatus { call: Some(call), .. }) => seen.insert(call.to_string()),
            CarrierEvent::Status(status) => seen.insert(status.leg.clone()),
        };
        if fresh { now.push(queued) } else { later.push(queued) }
    }
    *queue = now;
    later
}

async fn take_all(
    context: &Context,
    lines: &LineSettings,
    failing: &AtomicBool,
    live: &mut LiveSessions,
    queue: Vec<QueuedEvent>,
) {
    let (events, answers): (Vec<CarrierEvent>, Vec<_>) =
        queue.into_iter().map(|queued| (queued.event, queued.answer)).unzip();
    let mut stepped = Stepped::together(context.clock.now());
    for (place, event) in events.iter().enumerate() {
        stepped.add(context, lines, live, place, event);
    }
    match commit(context, lines, &events, stepped).await {
        Ok((outcomes, turns)) => {
            failing.store(false, Ordering::Relaxed);
            live.committed(turns);
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // The requester may be gone. What was stored stays stored.
                let _gone = answer.send(Ok(outcome));
            }
        }
        Err(error) => {
            debug!(turns = events.len(), %error, "commit failed; committing each turn separately");
            for (event, answer) in events.into_iter().zip(answers) {
                let _gone = answer.send(take_alone(context, lines, failing, event).await);
            }
        }
    }
}

async fn take_alone(
    context: &Context,
    lines: &LineSettings,
    failing: &AtomicBool,
    event: CarrierEvent,
) -> Result<Outcome, ConversationError> {
    let event = [event];
    let mut tries = 0_usize;
    loop {
        tries = tries.saturating_add(1);
        match commit(context, lines, &event, Stepped::alone(context.clock.now())).await {
            Ok((mut outcomes, _)) => {
                failing.store(false, Ordering::Relaxed);
                return Ok(outcomes.pop().unwrap_or(Outcome::Unknown));
            }
            // Another node was first. The retry reads what it stored, and the same turn returns the stored reply.
            Err(ConversationError::Store(StoreError::Stale | StoreError::Taken(_))) if tries < MAX_STALE => {
                warn!(tries, "another node committed this call's turn first; reading it again");
            }
            Err(error) => {
                error!(%error, "could not store a turn");
                if matches!(error, ConversationError::Store(_)) {
                    failing.store(true, Ordering::Relaxed);
                }
                metrics::counter!("kenkocall_turns_failed_total").increment(1);
                return Err(error);
            }
        }
    }
}
