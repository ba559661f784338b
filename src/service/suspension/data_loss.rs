//! Detects a database that has lost its last entries, after a restored backup or a fail-over. It doesn't know which
//! patients were called. Dialling stops until the carrier's list was reconciled and a person resumes dialling (faults
//! 13 and 40).

use jiff::Timestamp;
use tracing::error;

use super::pause::tell_staff;
use crate::domain::{CallId, LossEvidence};
use crate::service::context::{Context, new_id};
use crate::store::losses::{self, LossRow};
use crate::store::{StoreError, calls, dialer, legs};

/// The version of the UUIDs that this program makes.
const OUR_VERSION: usize = 7;

/// Handles a signed request about an outbound call that the database doesn't know. `leg` is the carrier's id of the
/// call, if it sent one. The time in the call's id doesn't matter, as a wrong clock may have made it: dialling always
/// stops. A repeated request must not stop dialling forever, so nothing happens if
///
/// - the carrier's call is known by now: reconciliation has made it an attempt with another id;
/// - the same call was reported before: each counts once, and calls reported while dialling is stopped for this reason
///   are recorded with it;
/// - this program doesn't make such ids.
///
/// # Errors
/// Database errors.
pub async fn call_not_known(context: &Context, call: CallId, leg: Option<(&str, &str)>) -> Result<(), StoreError> {
    let mut tx = context.database.begin_read().await?;
    if calls::show(&mut tx, call).await?.is_some() {
        return Ok(());
    }
    metrics::counter!("kenkocall_placed_calls_not_known_total").increment(1);
    let known_leg = match leg {
        Some((carrier, name)) => !legs::by_carrier_leg(&mut tx, carrier, &[name]).await?.is_empty(),
        None => false,
    };
    if known_leg || call.0.get_version_num() != OUR_VERSION || losses::has_call(&mut tx, call).await? {
        return Ok(());
    }
    drop(tx);
    let now = context.clock.now();
    stop_dialling(context, LossEvidence::UnknownCall, call.to_string(), now).await?;
    let mut tx = context.database.begin_write().await?;
    losses::note_call(&mut tx, call, now).await?;
    tx.commit().await
}

/// Handles a turn that follows one that the database lacks: the call's last turns are lost.
///
/// # Errors
/// Database errors.
pub async fn turn_not_known(context: &Context, call: CallId, turn: u32) -> Result<(), StoreError> {
    stop_dialling(context, LossEvidence::UnknownCall, format!("turn {turn} of {call}"), context.clock.now()).await
}

/// Records the loss. From now on no node dials, and an alert is on the lists of all health centres.
pub(in crate::service) async fn stop_dialling(
    context: &Context,
    sign: LossEvidence,
    evidence: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = context.database.begin_write().await?;
    // A node that is about to claim waits for this, and then sees the loss.
    dialer::next_epoch(&mut tx).await?;
    // While dialling is stopped, further unknown calls tell nothing new.
    let known = losses::open(&mut tx).await?.iter().any(|loss| loss.sign == sign && loss.reconciled_at.is_none());
    let loss = LossRow { id: new_id(), sign, evidence, found_at: now, reconciled_at: None };
    if known || !losses::note(&mut tx, &loss).await? {
        return tx.rollback().await;
    }
    tell_staff(&mut tx, now).await?;
    tx.commit().await?;
    metrics::counter!("kenkocall_losses_found_total", "sign" => sign.code()).increment(1);
    error!(
        sign = sign.code(),
        "recent data is missing from the database; dialling stopped; run `kenkocall dialer reconcile`, then `kenkocall dialer resume`"
    );
    Ok(())
}
