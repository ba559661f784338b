//! Errands: what a commit asked for and is done after it, again until it succeeds.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::attempts::unwanted;
use super::dialer::watch_alone;
use super::network::Network;
use super::switchboard::{Desk, tell_looked_up};
use super::trail::time_of_id;
use super::{CentreSettings, Switchboard};
use crate::call::{AttemptState, CallId, HangupCause, PatientId, SlotId, SlotState};
use crate::carrier::CarrierLegId;
use crate::carrier::network::{LegProgress, Looked, Sent, Told};
use crate::engine::Errand;
use crate::store::attempts::AttemptRow;
use crate::store::outbox::ErrandRow;
use crate::store::{StoreError, attempts, centres, legs, outbox, patients, sessions, slots};

/// Errands done in one round.
const MAX_ERRANDS: u32 = 200;
/// When to try again what the carrier, or the moment, didn't allow.
const SOON: SignedDuration = SignedDuration::from_secs(1);
/// When to try again to take back a call whose phone rings no more, and the longest wait of those that grow.
const SELDOM: SignedDuration = SignedDuration::from_secs(30);
/// The longest that a phone can be set to ring, 600 s, and how long a request may be on its way before.
const LONGEST_RINGING: SignedDuration = SignedDuration::from_mins(11);
/// When to try again what can't be read.
const LATER: SignedDuration = outbox::LONGEST_POSTPONED;

/// What became of an errand.
enum Done {
    /// It is done, or there is nothing to do any more.
    Yes,
    /// Not yet.
    Again(SignedDuration),
}

/// What errands need that leave the house.
#[derive(Clone)]
#[allow(missing_debug_implementations)] // it holds connections, which have nothing to show
pub struct Outside {
    /// The phone network.
    pub network: Arc<Network>,
    /// Takes what the network says of calls.
    pub switchboard: Switchboard,
}

/// Does the errands that are due. Idempotent; says how many were done.
///
/// # Errors
/// When the database fails; what wasn't done stays due.
pub async fn run_errands(desk: &Arc<Desk>, outside: Option<&Outside>) -> Result<usize, StoreError> {
    if outside.is_none() {
        watch_alone(&desk.clock);
    }
    let now = desk.clock.now();
    let mut tx = desk.database.glance().await?;
    let due = outbox::due(&mut tx, now, MAX_ERRANDS).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(0);
    }
    let mut done = Vec::with_capacity(due.len());
    let mut postponed = Vec::new();
    // Beside each other: one that the carrier lets wait delays no other. A simulated network lets none wait, and a day
    // on it comes out the same again only when one errand follows the other.
    let simulated = outside.is_some_and(|outside| matches!(*outside.network, Network::Simulated(_)));
    let beside = if simulated { 1 } else { due.len() };
    let mut due = due.into_iter();
    let mut under_way = JoinSet::new();
    loop {
        for row in due.by_ref().take(beside - under_way.len()) {
            let (desk, outside) = (Arc::clone(desk), outside.cloned());
            under_way.spawn(async move { (row.id, row.attempts, one(&desk, outside.as_ref(), &row, now).await) });
        }
        let Some(one) = under_way.join_next().await else { break };
        match one {
            Ok((id, _, Ok(Done::Yes))) => done.push(id),
            Ok((id, attempts, Ok(Done::Again(after)))) => postponed.push((id, attempts, after)),
            Ok((id, attempts, Err(error))) => {
                warn!(errand = %id, %error, "an errand couldn't be done; it is tried again soon");
                postponed.push((id, attempts, SOON));
            }
            Err(error) => error!(%error, "an errand broke; it is tried again"),
        }
    }
    let mut tx = desk.database.begin().await?;
    outbox::done(&mut tx, &done, now).await?;
    for (id, attempts, after) in postponed {
        outbox::postpone(&mut tx, id, attempts, now.checked_add(after).unwrap_or(now)).await?;
    }
    tx.commit().await?;
    Ok(done.len())
}

async fn one(desk: &Desk, outside: Option<&Outside>, row: &ErrandRow, now: Timestamp) -> Result<Done, StoreError> {
    let errand = match serde_json::from_str::<Errand>(row.errand.as_str()) {
        Ok(errand) => errand,
        Err(error) => {
            error!(errand = %row.id, %error, "an errand can't be read; it is tried again in an hour");
            return Ok(Done::Again(LATER));
        }
    };
    match (errand, outside) {
        (Errand::TellCentre { centre, kind }, _) => {
            // Level and target are what a log shipper pages staff by; the list itself is `kenkocall alerts list`.
            warn!(target: "kenkocall::alerts", %centre, kind = kind.word(), "a new alert stands on the centre's list");
            Ok(Done::Yes)
        }
        (Errand::Withdraw { call }, Some(outside)) => withdraw(desk, outside, row, call).await,
        (Errand::MissedCallSms { patient, slot }, Some(outside)) => {
            missed_call_sms(desk, &outside.network, row, patient, slot, now).await?;
            Ok(Done::Yes)
        }
        // Another node has a phone network.
        (Errand::Withdraw { .. } | Errand::MissedCallSms { .. }, None) => Ok(Done::Again(SOON)),
    }
}

/// Takes a call back: one that rings is cancelled, whoever is on the line of one that was answered hears a goodbye.
async fn withdraw(desk: &Desk, outside: &Outside, row: &ErrandRow, call: CallId) -> Result<Done, StoreError> {
    let network = &outside.network;
    let mut tx = desk.database.read().await?;
    let attempt = attempts::by_calls(&mut tx, &[call]).await?.pop();
    let session = sessions::load(&mut tx, &[call]).await?.pop().filter(|session| !session.ended);
    let talks = session.is_some();
    let leg = legs::of_calls(&mut tx, &[call]).await?.into_iter().next();
    drop(tx);
    let Some(attempt) = attempt.filter(|attempt| attempt.ended_at.is_none()) else { return Ok(Done::Yes) };
    if session.is_some_and(|session| session.transfer_since.is_some()) {
        info!(%call, "a call that isn't wanted any more continues: the patient is with staff");
        return Ok(Done::Yes);
    }
    let now = desk.clock.now();
    let leg = leg.and_then(|leg| CarrierLegId::parse(&leg.carrier_leg_id).ok());
    let told = match (attempt.state, leg.as_ref()) {
        // Asked for this moment: the carrier's name for it is on its way, or it is looked for. A phone that may ring is
        // stopped at once; of one that can't any more only the carrier's word is missing.
        (AttemptState::Intended | AttemptState::Unknown, _) | (_, None) => {
            let age = desk.clock.waited(attempt.intended_at);
            return Ok(Done::Again(if age < LONGEST_RINGING { SOON } else { SELDOM }));
        }
        (AttemptState::Placed, Some(leg)) => network.cancel(leg).await,
        (AttemptState::Answered, Some(leg)) if talks => network.say_goodbye(leg, call).await,
        (AttemptState::Answered | AttemptState::Ended, Some(_)) => return Ok(Done::Yes),
    };
    info!(%call, ?told, "a call that isn't wanted any more is taken back");
    match (told, attempt.state, leg) {
        (Told::Gone, AttemptState::Placed, Some(leg)) => {
            // It is over, or was answered just now. The carrier's word for its end settles it; no callback may come.
            let over = match network.look_up(&leg).await {
                Looked::Found(progress @ LegProgress::Ended(_)) => Some(progress),
                Looked::Nothing => Some(LegProgress::Ended(HangupCause::Unspecified)),
                Looked::Found(_) | Looked::Unavailable(_) => None,
            };
            if let Some(progress) = over {
                tell_looked_up(&outside.switchboard, network.name(), call, &leg, progress).await?;
            }
            Ok(Done::Again(growing(row, &attempt, now)))
        }
        (Told::Done, ..) | (Told::Gone, ..) => Ok(Done::Yes),
        (Told::Unavailable, ..) => Ok(Done::Again(growing(row, &attempt, now))),
    }
}

/// How long until the carrier is told again: as long as it has been told so far, within limits. So it is told often
/// just after a call became unwanted, and seldom later.
fn growing(row: &ErrandRow, attempt: &AttemptRow, now: Timestamp) -> SignedDuration {
    // An id may have been made by a clock that was ahead.
    let asked_at = time_of_id(row.id).filter(|at| *at <= now);
    let since = asked_at.map_or(attempt.moved_at, |at| at.max(attempt.moved_at));
    now.duration_since(since).clamp(SOON, SELDOM)
}

/// Tells a patient that we called in vain. Once at most: the errand is claimed before the message goes out.
async fn missed_call_sms(
    desk: &Desk,
    network: &Network,
    row: &ErrandRow,
    patient: PatientId,
    slot: SlotId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(from) = desk.call_back_number.as_ref() else { return Ok(()) };
    let mut tx = desk.database.begin().await?;
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
        Sent::Accepted => metrics::counter!("kenkocall_sms_total", "outcome" => "accepted").increment(1),
        Sent::Refused => {
            warn!(slot = %slot, "the carrier refuses a short message; check that the number can send them");
            metrics::counter!("kenkocall_sms_total", "outcome" => "refused").increment(1);
        }
        Sent::Unknown => {
            warn!(slot = %slot, "whether a short message was sent isn't known; it isn't sent again");
            metrics::counter!("kenkocall_sms_total", "outcome" => "unknown").increment(1);
        }
    }
    Ok(())
}
