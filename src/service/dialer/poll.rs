//! Looks up calls of unknown outcome: intents without a result, and calls that the carrier no longer reports on.
//! Nothing is dialled here.

use jiff::{SignedDuration, Timestamp};
use tracing::{error, warn};

use super::clock_check::compare_clocks_sometimes;
use super::unknown_outcome::{first_look, look_for, newest};
use super::{Dialer, TAKE_OVER};
use crate::carrier::network::{LegProgress, LookupResult, Ringing};
use crate::carrier::{Carrier, CarrierLegId};
use crate::domain::{AttemptState, CallId, HangupCause};
use crate::service::conversation::{Outcome, end_in_transfer, tell_looked_up};
use crate::service::slots::{AttemptConclusion, settle};
use crate::store::attempts::{self, AttemptRow, LookupHistory};
use crate::store::{StoreError, legs, sessions};

/// Calls looked up in one round.
const MAX_LOOKED_FOR: u32 = 50;
/// A placed call ends if the carrier has no information about it for this long.
const MAX_UNKNOWN: SignedDuration = SignedDuration::from_hours(2);
/// The same if the patient last talked with staff. No slot's window is open for this long.
const MAX_UNKNOWN_WITH_STAFF: SignedDuration = SignedDuration::from_hours(24);

/// One round. See [`Dialer::look`].
pub(super) async fn look(dialer: &Dialer) -> Result<Option<Timestamp>, StoreError> {
    // The list of recent calls must be the first request to the carrier. Calls in progress are looked up whatever
    // it shows.
    dialer.database_in_doubt().await?;
    if let Some(wait) = compare_clocks_sometimes(&dialer.context, dialer.carrier()).await? {
        // While the clock is in doubt, neither a call's silence nor the next lookup can be timed.
        return Ok(dialer.context.clock.now().checked_add(wait).ok());
    }
    let (now, ago) = (dialer.context.clock.now(), |wait| dialer.context.clock.ago(wait));
    let mut tx = dialer.context.database.begin_autocommit().await?;
    let left = match ago(TAKE_OVER) {
        Some(before) => attempts::left_behind(&mut tx, before, now, MAX_LOOKED_FOR).await?,
        None => Vec::new(),
    };
    let mut silent = Vec::new();
    if let Some(before) = ago(longest_ringing(dialer)) {
        silent.extend(attempts::unmoved(&mut tx, AttemptState::Placed, before, now, MAX_LOOKED_FOR).await?);
    }
    if let Some(before) = ago(dialer.dialling.silence) {
        silent.extend(attempts::silent(&mut tx, before, now, MAX_LOOKED_FOR).await?);
    }
    drop(tx);
    take_over(dialer, &left, now).await?;
    let unknown =
        attempts::to_look_for(&mut dialer.context.database.begin_autocommit().await?, now, MAX_LOOKED_FOR).await?;
    let unknown: Vec<AttemptRow> = unknown.into_iter().map(|attempt| dated(dialer, attempt)).collect();
    let newest = newest(&dialer.carriers, &unknown).await;
    for attempt in unknown {
        look_for(dialer, &attempt, &newest, now).await?;
    }
    for attempt in silent {
        ask_about(dialer, &attempt, now).await?;
    }
    next_look(dialer).await
}

/// See [`Dialer::next_look`].
pub(super) async fn next_look(dialer: &Dialer) -> Result<Option<Timestamp>, StoreError> {
    let mut tx = dialer.context.database.begin_autocommit().await?;
    let open = attempts::open_by_state(&mut tx).await?;
    let due = open.into_iter().filter_map(|(state, moved_at, look_at)| {
        let silence = match state {
            // If withdrawn, it is looked up as soon as its request can have had a result.
            AttemptState::Intended if look_at.is_some() => return look_at,
            AttemptState::Intended => TAKE_OVER,
            AttemptState::Placed => longest_ringing(dialer),
            AttemptState::Answered => dialer.dialling.silence,
            AttemptState::Unknown | AttemptState::Ended => return look_at,
        };
        let moved_at = dialer.context.clock.at_the_latest(moved_at);
        let silent_at = moved_at.checked_add(silence).unwrap_or(moved_at);
        Some(look_at.map_or(silent_at, |at| at.max(silent_at)))
    });
    Ok(due.min())
}

/// The attempt with each of its times (intended, became unknown, looked up) set to the latest possible one. A
/// correction of the clock must not shorten any of its waits.
fn dated(dialer: &Dialer, attempt: AttemptRow) -> AttemptRow {
    let latest = |at| dialer.context.clock.at_the_latest(at);
    let (looks, now) = (attempt.looks, dialer.context.clock.now());
    AttemptRow {
        // A time in the future may stand for any time. The carrier's calls are searched from then on.
        intended_at: if attempt.intended_at <= now { latest(attempt.intended_at) } else { attempt.intended_at },
        moved_at: latest(attempt.moved_at),
        looks: LookupHistory { looked_at: looks.looked_at.map(latest), clear_at: looks.clear_at.map(latest), ..looks },
        ..attempt
    }
}

/// How long the carrier may be silent about a ringing call.
fn longest_ringing(dialer: &Dialer) -> SignedDuration {
    SignedDuration::from_secs(dialer.dialling.ring_seconds.into()) + dialer.dialling.silence
}

/// Takes over intents of a dead worker. Whether it had asked the carrier is unknown.
async fn take_over(dialer: &Dialer, left: &[AttemptRow], now: Timestamp) -> Result<(), StoreError> {
    if left.is_empty() {
        return Ok(());
    }
    let grace = dialer.dialling.unknown_grace;
    let look_at = |attempt: &AttemptRow| (attempt.call, first_look(attempt.intended_at, now, grace));
    let calls: Vec<(CallId, Timestamp)> = left.iter().map(look_at).collect();
    let mut tx = dialer.context.database.begin_write().await?;
    let unknown = attempts::unknown(&mut tx, &calls, now).await?;
    tx.commit().await?;
    warn!(
        calls = unknown.len(),
        "found intents left by a stopped process; checking whether the carrier has their calls"
    );
    Ok(())
}

/// Asks the carrier about a call that was silent for too long (fault 26).
async fn ask_about(dialer: &Dialer, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = dialer.context.database.begin_autocommit().await?;
    let leg = legs::of_calls(&mut tx, &[attempt.call]).await?.into_iter().next();
    drop(tx);
    let begun = leg.as_ref().is_some_and(|leg| leg.began_at.is_some());
    let named = leg.and_then(|leg| Some((CarrierLegId::parse(&leg.carrier_leg_id).ok()?, leg.carrier)));
    let Some((leg, name)) = named else { return give_up(dialer, attempt, now).await };
    let Some(carrier) = dialer.carrier_of(attempt.call, &name) else {
        return nobody_answers(dialer, attempt, now).await;
    };
    match carrier.look_up(&leg).await {
        LookupResult::Found(LegProgress::Ended(cause)) => {
            keep_end(dialer, carrier, attempt.call, &leg, cause, now).await?
        }
        LookupResult::Nothing => keep_end(dialer, carrier, attempt.call, &leg, HangupCause::Unspecified, now).await?,
        // The duration doesn't matter: the carrier ends the call at the limit that it was given.
        LookupResult::Found(progress) => {
            if !begun && progress.ringing() == Ringing::Proven {
                tell_looked_up(&dialer.conversations, carrier.name(), attempt.call, &leg, progress).await?;
            }
            ask_again(dialer, attempt.call, now).await?;
        }
        LookupResult::Unavailable(_) => nobody_answers(dialer, attempt, now).await?,
    }
    Ok(())
}

/// Asks again later, unless nothing has been heard of the call for too long.
async fn nobody_answers(dialer: &Dialer, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
    let silent_for = dialer.context.clock.waited(attempt.moved_at);
    if silent_for > longest_doubt(dialer, attempt).await? {
        return give_up(dialer, attempt, now).await;
    }
    ask_again(dialer, attempt.call, now).await
}

async fn ask_again(dialer: &Dialer, call: CallId, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = dialer.context.database.begin_write().await?;
    let at = now.checked_add(dialer.dialling.silence).unwrap_or(now);
    attempts::ask_again(&mut tx, call, at).await?;
    tx.commit().await
}

/// How long the carrier may have no information about one of its calls. A patient who may be talking with staff
/// isn't called again that day, so their slot must not be retried before the carrier has reported.
async fn longest_doubt(dialer: &Dialer, attempt: &AttemptRow) -> Result<SignedDuration, StoreError> {
    let mut tx = dialer.context.database.begin_autocommit().await?;
    let with_staff = !sessions::in_transfer(&mut tx, &[attempt.call]).await?.is_empty();
    Ok(if with_staff { MAX_UNKNOWN_WITH_STAFF } else { MAX_UNKNOWN })
}

async fn give_up(dialer: &Dialer, attempt: &AttemptRow, now: Timestamp) -> Result<(), StoreError> {
    error!(call = %attempt.call, "the carrier no longer reports a call; it counts as failed");
    let mut tx = dialer.context.database.begin_write().await?;
    let told = settle(&mut tx, &[(attempt.call, AttemptConclusion::Unanswered(HangupCause::Unspecified))], now).await?;
    tx.commit().await?;
    dialer.context.event_bus.tell(told);
    Ok(())
}

/// Processes the end of a leg. If the caller left during a transfer and whether staff answered is unknown, the
/// carrier is asked that, too.
async fn keep_end(
    dialer: &Dialer,
    carrier: &dyn Carrier,
    call: CallId,
    leg: &CarrierLegId,
    cause: HangupCause,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ended = LegProgress::Ended(cause);
    let outcome = tell_looked_up(&dialer.conversations, carrier.name(), call, leg, ended).await?;
    if !matches!(outcome, Some(Outcome::StaffUnknown)) {
        return Ok(());
    }
    match end_in_transfer(carrier, &dialer.conversations, call, leg).await {
        Ok(true) => Ok(()),
        Ok(false) => ask_again(dialer, call, now).await,
        Err(error) => {
            error!(%call, %error, "could not store the end of a call; it will be looked up again");
            Ok(())
        }
    }
}
