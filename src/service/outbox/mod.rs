//! The outbox: runs the jobs of committed transactions and retries them until they succeed.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::carrier::CarrierLegId;
use crate::carrier::network::{CommandResult, LegProgress, LookupResult, SmsOutcome};
use crate::domain::{AttemptState, CallId, HangupCause, PatientId, SlotId, SlotState};
use crate::engine::Job;
use crate::service::audit::time_of_id;
use crate::service::carriers::CarrierClient;
use crate::service::centre_settings::CentreSettings;
use crate::service::context::Context;
use crate::service::conversation::{ConversationService, tell_looked_up};
use crate::service::dialer::watch_alone;
use crate::service::slots::unwanted;
use crate::store::attempts::AttemptRow;
use crate::store::outbox::JobRow;
use crate::store::{StoreError, attempts, centres, legs, outbox, patients, sessions, slots};

/// Jobs run in one round.
const MAX_ERRANDS: u32 = 200;
/// The retry delay if the carrier couldn't do the job, or it is too early for it.
const SOON: SignedDuration = SignedDuration::from_secs(1);
/// The retry delay for withdrawing a call whose phone no longer rings, and the maximum of growing delays.
const SELDOM: SignedDuration = SignedDuration::from_secs(30);
/// The longest ringing that can be configured, 600 s, and the time a request may take before it.
const LONGEST_RINGING: SignedDuration = SignedDuration::from_mins(11);
/// The retry delay for unreadable jobs.
const LATER: SignedDuration = outbox::LONGEST_POSTPONED;

/// The result of a job.
enum Done {
    /// Done, or nothing left to do.
    Yes,
    /// To be retried after this delay.
    Again(SignedDuration),
}

/// What jobs with effects outside the program need.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Outside {
    /// The phone network.
    pub network: Arc<CarrierClient>,
    /// Handles what the network reports about calls.
    pub conversations: ConversationService,
}

/// Runs the jobs that are due. Idempotent. Returns how many were done.
///
/// # Errors
/// Database errors. Jobs that weren't done stay due.
pub async fn run_jobs(context: &Arc<Context>, outside: Option<&Outside>) -> Result<usize, StoreError> {
    if outside.is_none() {
        watch_alone(&context.clock);
    }
    let now = context.clock.now();
    let mut tx = context.database.begin_autocommit().await?;
    let due = outbox::due(&mut tx, now, MAX_ERRANDS).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(0);
    }
    let mut done = Vec::with_capacity(due.len());
    let mut postponed = Vec::new();
    // Jobs run concurrently, so that a slow request to the carrier doesn't delay the others. A simulated network is
    // never slow, and a simulated day is only reproducible if jobs run one after the other.
    let simulated = outside.is_some_and(|outside| matches!(*outside.network, CarrierClient::Simulated(_)));
    let beside = if simulated { 1 } else { due.len() };
    let mut due = due.into_iter();
    let mut under_way = JoinSet::new();
    loop {
        for row in due.by_ref().take(beside - under_way.len()) {
            let (context, outside) = (Arc::clone(context), outside.cloned());
            under_way.spawn(async move { (row.id, row.attempts, one(&context, outside.as_ref(), &row, now).await) });
        }
        let Some(one) = under_way.join_next().await else { break };
        match one {
            Ok((id, _, Ok(Done::Yes))) => done.push(id),
            Ok((id, attempts, Ok(Done::Again(after)))) => postponed.push((id, attempts, after)),
            Ok((id, attempts, Err(error))) => {
                warn!(job = %id, %error, "outbox job failed; retrying");
                postponed.push((id, attempts, SOON));
            }
            Err(error) => error!(%error, "outbox job failed unexpectedly; retrying"),
        }
    }
    let mut tx = context.database.begin_write().await?;
    outbox::done(&mut tx, &done, now).await?;
    for (id, attempts, after) in postponed {
        outbox::postpone(&mut tx, id, attempts, now.checked_add(after).unwrap_or(now)).await?;
    }
    tx.commit().await?;
    Ok(done.len())
}

async fn one(context: &Context, outside: Option<&Outside>, row: &JobRow, now: Timestamp) -> Result<Done, StoreError> {
    let job = match serde_json::from_str::<Job>(row.job.as_str()) {
        Ok(job) => job,
        Err(error) => {
            error!(job = %row.id, %error, "outbox job unreadable; retrying in an hour");
            return Ok(Done::Again(LATER));
        }
    };
    match (job, outside) {
        (Job::TellCentre { centre, kind }, _) => {
            // Log shippers page staff by this level and target. The list itself is `kenkocall alerts list`.
            warn!(target: "kenkocall::alerts", %centre, kind = kind.code(), "new alert for a health centre");
            Ok(Done::Yes)
        }
        (Job::Withdraw { call }, Some(outside)) => withdraw(context, outside, row, call).await,
        (Job::MissedCallSms { patient, slot }, Some(outside)) => {
            missed_call_sms(context, &outside.network, row, patient, slot, now).await?;
            Ok(Done::Yes)
        }
        // Another node has a phone network.
        (Job::Withdraw { .. } | Job::MissedCallSms { .. }, None) => Ok(Done::Again(SOON)),
    }
}

/// Withdraws a call. If it rings, it is cancelled. If it was answered, the person on the line hears a goodbye.
async fn withdraw(context: &Context, outside: &Outside, row: &JobRow, call: CallId) -> Result<Done, StoreError> {
    let network = &outside.network;
    let mut tx = context.database.begin_read().await?;
    let attempt = attempts::by_calls(&mut tx, &[call]).await?.pop();
    let session = sessions::load(&mut tx, &[call]).await?.pop().filter(|session| !session.ended);
    let talks = session.is_some();
    let leg = legs::of_calls(&mut tx, &[call]).await?.into_iter().next();
    drop(tx);
    let Some(attempt) = attempt.filter(|attempt| attempt.ended_at.is_none()) else { return Ok(Done::Yes) };
    if session.is_some_and(|session| session.transfer_since.is_some()) {
        info!(%call, "a withdrawn call continues: the patient talks to staff");
        return Ok(Done::Yes);
    }
    let now = context.clock.now();
    let leg = leg.and_then(|leg| CarrierLegId::parse(&leg.carrier_leg_id).ok());
    let told = match (attempt.state, leg.as_ref()) {
        // It was just requested: the carrier's id is on its way, or the call is being looked up. While its phone may
        // ring, retry often, so that it stops immediately. Afterwards only the carrier's report is missing.
        (AttemptState::Intended | AttemptState::Unknown, _) | (_, None) => {
            let age = context.clock.waited(attempt.intended_at);
            return Ok(Done::Again(if age < LONGEST_RINGING { SOON } else { SELDOM }));
        }
        (AttemptState::Placed, Some(leg)) => network.cancel(leg).await,
        (AttemptState::Answered, Some(leg)) if talks => network.say_goodbye(leg, call).await,
        (AttemptState::Answered | AttemptState::Ended, Some(_)) => return Ok(Done::Yes),
    };
    info!(%call, ?told, "cancelling a withdrawn call");
    match (told, attempt.state, leg) {
        (CommandResult::Gone, AttemptState::Placed, Some(leg)) => {
            // It is over, or was answered just now. The carrier's report of its end settles it, as no callback may
            // come.
            let over = match network.look_up(&leg).await {
                LookupResult::Found(progress @ LegProgress::Ended(_)) => Some(progress),
                LookupResult::Nothing => Some(LegProgress::Ended(HangupCause::Unspecified)),
                LookupResult::Found(_) | LookupResult::Unavailable(_) => None,
            };
            if let Some(progress) = over {
                tell_looked_up(&outside.conversations, network.name(), call, &leg, progress).await?;
            }
            Ok(Done::Again(growing(row, &attempt, now)))
        }
        (CommandResult::Done, ..) | (CommandResult::Gone, ..) => Ok(Done::Yes),
        (CommandResult::Unavailable, ..) => Ok(Done::Again(growing(row, &attempt, now))),
    }
}

/// The delay until the carrier is told again: the time for which it has been told so far, within limits. So it is told
/// often just after the withdrawal, and rarely later.
fn growing(row: &JobRow, attempt: &AttemptRow, now: Timestamp) -> SignedDuration {
    // The id may have been made by a clock that was ahead.
    let asked_at = time_of_id(row.id).filter(|at| *at <= now);
    let since = asked_at.map_or(attempt.moved_at, |at| at.max(attempt.moved_at));
    now.duration_since(since).clamp(SOON, SELDOM)
}

/// Tells a patient that we could not reach them, at most once: the job is claimed before the message is sent.
async fn missed_call_sms(
    context: &Context,
    network: &CarrierClient,
    row: &JobRow,
    patient: PatientId,
    slot: SlotId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(from) = context.call_back_number.as_ref() else { return Ok(()) };
    let mut tx = context.database.begin_write().await?;
    let claimed = outbox::done(&mut tx, &[row.id], now).await? == 1;
    let still = slots::by_ids(&mut tx, &[slot]).await?.pop();
    let patient = patients::by_ids(&mut tx, &[patient]).await?.pop();
    let message = match (still, patient) {
        (Some(slot), Some(patient)) if matches!(slot.state, SlotState::Ended(_)) && unwanted(&patient).is_none() => {
            let centre = centres::get(&mut tx, &patient.centre).await?;
            let words = centre.as_ref().and_then(|centre| CentreSettings::of(centre).missed_call_sms);
            let words = words.zip(centre).map(|(words, centre)| words.filled(&centre.name, &from.national()));
            patient.phone_number.zip(words)
        }
        _ => None,
    };
    tx.commit().await?;
    let Some((to, body)) = message.filter(|_| claimed) else { return Ok(()) };
    match network.send_sms(&to, from, &body).await {
        SmsOutcome::Accepted => metrics::counter!("kenkocall_sms_total", "outcome" => "accepted").increment(1),
        SmsOutcome::Refused => {
            warn!(slot = %slot, "the carrier refused an SMS; check that the number can send SMS");
            metrics::counter!("kenkocall_sms_total", "outcome" => "refused").increment(1);
        }
        SmsOutcome::Unknown => {
            warn!(slot = %slot, "unknown whether an SMS was sent; it is not sent again");
            metrics::counter!("kenkocall_sms_total", "outcome" => "unknown").increment(1);
        }
    }
    Ok(())
}
