//! A database that has lost its last entries, after a restored backup or a fail-over: it doesn't know whom it has
//! called. Nobody dials until the carrier's list was gone through and a person lets dialling go on (faults 13 and 40).

use jiff::{SignedDuration, Timestamp};
use tracing::error;

use super::clock::new_id;
use super::pause::tell_staff;
use super::switchboard::Desk;
use super::trail::{OLDEST_CALL, made_at};
use crate::call::{CallId, LossSign};
use crate::store::losses::{self, LossRow};
use crate::store::{StoreError, calls, dialer};

/// How far another node's clock may be ahead.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

/// The carrier told of a call that we placed and don't know. Dialling stops, unless that call can't matter any more:
///
/// - it was made more than a day ago: a carrier is done with a call long before, so somebody sends an old request anew,
///   of a call that was perhaps deleted since; and no slot is open for so long;
/// - it was made before the carrier's list was last gone through: it was in that list;
/// - it has stopped dialling before.
///
/// # Errors
/// As the database fails.
pub async fn call_not_known(desk: &Desk, call: CallId) -> Result<(), StoreError> {
    let now = desk.clock.now();
    let mut tx = desk.database.read().await?;
    if calls::show(&mut tx, call).await?.is_some() {
        return Ok(());
    }
    metrics::counter!("kenkocall_placed_calls_not_known_total").increment(1);
    let Some(made_at) = made_at(call) else { return Ok(()) };
    let age = now.duration_since(made_at);
    let settled = losses::settled_until(&mut tx).await?.is_some_and(|until| made_at <= until);
    drop(tx);
    if settled || age > OLDEST_CALL || age < -CLOCKS_DIFFER {
        return Ok(());
    }
    stop_dialling(desk, LossSign::UnknownCall, call.to_string(), now).await
}

/// A carrier told of a turn that comes after one that the database doesn't have: the call's last turns are lost.
///
/// # Errors
/// As the database fails.
pub async fn turn_not_known(desk: &Desk, call: CallId, turn: u32) -> Result<(), StoreError> {
    stop_dialling(desk, LossSign::UnknownCall, format!("turn {turn} of {call}"), desk.clock.now()).await
}

/// Notes the loss: from now on nobody dials, on all nodes, and it stands on the lists of all health centres.
pub(super) async fn stop_dialling(
    desk: &Desk,
    sign: LossSign,
    evidence: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = desk.database.begin().await?;
    // Whoever is about to claim waits, and then sees it.
    dialer::take_turn(&mut tx).await?;
    // While it lasts, more calls that aren't known say nothing new.
    let known = losses::open(&mut tx).await?.iter().any(|loss| loss.sign == sign && loss.reconciled_at.is_none());
    let loss = LossRow { id: new_id(), sign, evidence, found_at: now, reconciled_at: None };
    if known || !losses::note(&mut tx, &loss).await? {
        return tx.rollback().await;
    }
    tell_staff(&mut tx, now).await?;
    tx.commit().await?;
    metrics::counter!("kenkocall_losses_found_total", "sign" => sign.word()).increment(1);
    error!(
        sign = sign.word(),
        "the database lacks its last entries, so nobody is dialled; run `kenkocall dialer reconcile`, then `kenkocall dialer resume`"
    );
    Ok(())
}
