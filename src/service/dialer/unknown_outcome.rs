//! Looks for a call of unknown outcome in the carrier's list and evaluates what the list proves.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info, warn};

use super::Dialer;
use crate::carrier::network::{CarrierCall, LookupResult};
use crate::carrier::{Carrier, Carriers};
use crate::domain::{AlertKind, CallId};
use crate::policy::{LookupFinding, NextStep, UnknownAttempt, Wanted};
use crate::service::alerts::Consequences;
use crate::service::conversation::tell_looked_up;
use crate::service::slots::{AttemptConclusion, settle};
use crate::store::attempts::{self, AttemptRow, LookupHistory};
use crate::store::{Database, StoreError, legs};

/// How much earlier than its intent a call may start by the carrier's clock.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);
/// How far a wrong clock of ours may be ahead: at most by a time zone. A call that seems this much older than its
/// intent isn't taken for it, and it isn't taken as proof that there is none.
const CLOCK_IS_WRONG: SignedDuration = SignedDuration::from_hours(25);
/// How long a call may be missing from the list before the list counts as stale.
const LIST_LAGS: SignedDuration = SignedDuration::from_secs(5);

/// A carrier's newest calls as one list, read once for all attempts of a round.
struct Newest(LookupResult<Vec<CarrierCall>>);

/// The newest calls of each carrier that has an attempt of the round, by its name.
pub(super) struct NewestCalls(BTreeMap<&'static str, Newest>);

/// The owner of a call in the list that the database doesn't know.
enum Owner {
    /// The attempt of the lookup.
    Sought,
    /// An attempt that had ended without a call.
    Ended(CallId),
    /// No attempt: the call is older than any attempt that it could belong to.
    Nobody,
}

/// Reads the newest calls, as far back as these attempts need.
pub(super) async fn newest(carriers: &Carriers, sought: &[AttemptRow]) -> NewestCalls {
    let mut newest = BTreeMap::new();
    for carrier in carriers.all() {
        let of_carrier = sought.iter().filter(|attempt| attempt.carrier == carrier.name());
        if let Some(since) = of_carrier.map(|attempt| attempt.intended_at).min() {
            newest.insert(carrier.name(), Newest(carrier.list_newest(since).await));
        }
    }
    NewestCalls(newest)
}

/// Looks for an unknown call: among the calls to its number, and among the newest calls to any number.
pub(super) async fn look_for(
    dialer: &Dialer,
    attempt: &AttemptRow,
    newest: &NewestCalls,
    now: Timestamp,
) -> Result<(), StoreError> {
    let carrier = dialer.carrier_of(attempt.call, &attempt.carrier);
    let Some((carrier, newest)) = carrier.and_then(|carrier| Some((carrier, newest.0.get(carrier.name())?))) else {
        return note_look(dialer, attempt, LookupFinding::Unanswered, now).await;
    };
    let since = attempt.intended_at.checked_sub(CLOCK_IS_WRONG).unwrap_or(attempt.intended_at);
    let mut listed = match carrier.list(&attempt.phone_number, since).await {
        LookupResult::Found(listed) => listed,
        LookupResult::Nothing => Vec::new(),
        LookupResult::Unavailable(doubt) => {
            warn!(call = %attempt.call, ?doubt, "could not read the carrier's call list");
            return note_look(dialer, attempt, LookupFinding::Unanswered, now).await;
        }
    };
    if let Newest(LookupResult::Found(newest)) = newest {
        let to_it = |call: &&CarrierCall| call.to.as_ref() == Some(&attempt.phone_number);
        let new = |call: &&CarrierCall| listed.iter().all(|known| known.leg != call.leg);
        let more: Vec<CarrierCall> = newest.iter().filter(to_it).filter(new).cloned().collect();
        listed.extend(more);
    }
    let strange = strange(&dialer.context.database, carrier, listed).await?;
    let mut older = false;
    for (call, owner) in owners(&dialer.context.database, attempt, strange).await? {
        match owner {
            Owner::Sought => {
                info!(call = %attempt.call, "found a call of unknown outcome in the carrier's list");
                metrics::counter!("kenkocall_calls_adopted_total").increment(1);
                return keep(dialer, carrier, attempt.call, call).await;
            }
            Owner::Ended(ended) => keep(dialer, carrier, ended, call).await?,
            Owner::Nobody => older = true,
        }
    }
    if older {
        warn!(call = %attempt.call, "the carrier has an earlier, unknown call to this number; check the system clock");
        return note_look(dialer, attempt, LookupFinding::Stale, now).await;
    }
    let look = weighed(&dialer.context.database, carrier, attempt, newest, now).await?;
    note_look(dialer, attempt, look, now).await
}

/// Stores what the list says about a call.
async fn keep(dialer: &Dialer, carrier: &dyn Carrier, call: CallId, listed: CarrierCall) -> Result<(), StoreError> {
    tell_looked_up(&dialer.conversations, carrier.name(), call, &listed.leg, listed.progress).await.map(drop)
}

/// The calls of the list that the database doesn't know.
async fn strange(
    database: &Database,
    carrier: &dyn Carrier,
    listed: Vec<CarrierCall>,
) -> Result<Vec<CarrierCall>, StoreError> {
    let names: Vec<&str> = listed.iter().map(|listed| listed.leg.as_str()).collect();
    let mut tx = database.begin_autocommit().await?;
    let known = legs::by_carrier_leg(&mut tx, carrier.name(), &names).await?;
    let new = |listed: &CarrierCall| !known.iter().any(|leg| leg.carrier_leg_id == listed.leg.as_str());
    Ok(listed.into_iter().filter(new).collect())
}

/// The owners of these calls. Candidates are the attempts at this number for which the carrier never named a call.
/// The owner is the attempt whose intent is closest to the start of the call. Calls of ended attempts come first
/// in the result.
async fn owners(
    database: &Database,
    attempt: &AttemptRow,
    strange: Vec<CarrierCall>,
) -> Result<Vec<(CarrierCall, Owner)>, StoreError> {
    if strange.is_empty() {
        return Ok(Vec::new());
    }
    let since = attempt.intended_at.checked_sub(CLOCK_IS_WRONG).unwrap_or(attempt.intended_at);
    let mut tx = database.begin_autocommit().await?;
    let ended = attempts::ended_without_leg(&mut tx, attempt.patient, &attempt.phone_number, since).await?;
    drop(tx);
    let mut owned: Vec<(CarrierCall, Owner)> = strange
        .into_iter()
        .map(|call| {
            let owner = owner_of(call.created_at, attempt, &ended);
            (call, owner)
        })
        .collect();
    owned.sort_by_key(|(_, owner)| matches!(owner, Owner::Sought));
    Ok(owned)
}

/// Evaluates what it means that the list lacks the call. A witness is a call that was requested no earlier than
/// this one and has begun. A list with a witness is newer than the intent. A list without one is stale.
async fn weighed(
    database: &Database,
    carrier: &dyn Carrier,
    attempt: &AttemptRow,
    Newest(newest): &Newest,
    now: Timestamp,
) -> Result<LookupFinding, StoreError> {
    let listed = match newest {
        LookupResult::Found(listed) => listed.as_slice(),
        LookupResult::Nothing => &[],
        LookupResult::Unavailable(doubt) => {
            warn!(call = %attempt.call, ?doubt, "could not read the carrier's list of recent calls");
            return Ok(LookupFinding::Unanswered);
        }
    };
    let before = now.checked_sub(LIST_LAGS).unwrap_or(now);
    let mut tx = database.begin_autocommit().await?;
    let witness = legs::witness(&mut tx, carrier.name(), attempt.intended_at, before).await?;
    drop(tx);
    let Some(witness) = witness else { return Ok(LookupFinding::Nothing) };
    let earliest = attempt.intended_at.checked_sub(CLOCKS_DIFFER).unwrap_or(attempt.intended_at);
    match listed.iter().find(|call| call.leg.as_str() == witness) {
        // By the carrier's clock it is older, so one of the clocks was wrong and it proves nothing.
        Some(call) if call.created_at.is_some_and(|created| created < earliest) => Ok(LookupFinding::Nothing),
        Some(_) => Ok(LookupFinding::Witnessed),
        None => {
            warn!(call = %attempt.call, "the carrier's list is stale: it lacks a call that the carrier has reported");
            Ok(LookupFinding::Stale)
        }
    }
}

async fn note_look(
    dialer: &Dialer,
    attempt: &AttemptRow,
    look: LookupFinding,
    now: Timestamp,
) -> Result<(), StoreError> {
    let doubtful = doubtful(attempt).after_look(look, now);
    let next = doubtful.next(now, dialer.dialling.unknown_grace.unsigned_abs());
    let mut tx = dialer.context.database.begin_write().await?;
    let (look_at, ask) = match next {
        NextStep::NotPlaced => {
            info!(call = %attempt.call, looks = doubtful.clear, "a call of unknown outcome is proven not to have been placed");
            let told = settle(&mut tx, &[(attempt.call, AttemptConclusion::NotPlaced)], now).await?;
            tx.commit().await?;
            dialer.context.event_bus.tell(told);
            return Ok(());
        }
        NextStep::LookAt(at) => (at, false),
        NextStep::AskStaff { look_at } => (look_at, attempt.looks.asked_at.is_none()),
    };
    let looks = LookupHistory {
        clear: doubtful.clear,
        inconclusive: doubtful.inconclusive,
        clear_at: doubtful.clear_at,
        looked_at: doubtful.looked_at,
        asked_at: if ask { Some(now) } else { attempt.looks.asked_at },
        next_at: Some(look_at),
    };
    attempts::looked(&mut tx, attempt.call, &looks).await?;
    if ask {
        error!(call = %attempt.call, "could not find out whether a call was placed; staff are asked");
        let mut consequences = Consequences::default();
        let (centre, patient) = (&attempt.centre, Some(attempt.patient));
        consequences.raise_and_tell(AlertKind::UnknownCall, centre, patient, Some(attempt.call), now);
        consequences.write(&mut tx).await?;
    }
    tx.commit().await
}

/// The owner of a call that began at `created_at`.
fn owner_of(created_at: Option<Timestamp>, sought: &AttemptRow, ended: &[AttemptRow]) -> Owner {
    let Some(created_at) = created_at else { return Owner::Sought };
    let apart = |attempt: &AttemptRow| created_at.duration_since(attempt.intended_at).abs();
    let possible = |attempt: &&AttemptRow| {
        attempt.intended_at.checked_sub(CLOCKS_DIFFER).is_ok_and(|earliest| earliest <= created_at)
    };
    let nearest = ended.iter().chain([sought]).filter(possible).min_by_key(|attempt| apart(attempt));
    match nearest {
        None => Owner::Nobody,
        Some(attempt) if attempt.call == sought.call => Owner::Sought,
        Some(attempt) => Owner::Ended(attempt.call),
    }
}

/// What is known about an attempt of unknown outcome.
fn doubtful(attempt: &AttemptRow) -> UnknownAttempt {
    UnknownAttempt {
        looked_at: attempt.looks.looked_at,
        clear_at: attempt.looks.clear_at,
        clear: attempt.looks.clear,
        inconclusive: attempt.looks.inconclusive,
        wanted: if attempt.withdrawal.is_some() { Wanted::NoLonger } else { Wanted::Still },
        ..UnknownAttempt::new(attempt.intended_at, attempt.moved_at)
    }
}

/// The first lookup of a call whose outcome becomes unknown now.
pub(super) fn first_look(intended_at: Timestamp, now: Timestamp, grace: SignedDuration) -> Timestamp {
    match UnknownAttempt::new(intended_at, now).next(now, grace.unsigned_abs()) {
        NextStep::LookAt(at) | NextStep::AskStaff { look_at: at } => at,
        NextStep::NotPlaced => now,
    }
}
