//! Evidence of data loss. Dialling is paused while any of it is open.

use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, bind_value::parsed};
use crate::domain::{CallId, LossEvidence};

/// One piece of evidence of data loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossRow {
    /// Its id.
    pub id: Uuid,
    /// What kind of evidence it is.
    pub sign: LossEvidence,
    /// The exact evidence. The same evidence never counts twice.
    pub evidence: String,
    /// When it was found.
    pub found_at: Timestamp,
    /// When the carrier's list was completely reconciled.
    pub reconciled_at: Option<Timestamp>,
}

/// Records evidence. Returns `true` if it was new: the same evidence is recorded once.
///
/// # Errors
/// Database errors.
pub async fn note(tx: &mut Tx, loss: &LossRow) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "INSERT INTO losses (id, sign, evidence, found_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (sign, evidence) DO NOTHING",
            vec![loss.id.into(), loss.sign.code().into(), loss.evidence.as_str().into(), loss.found_at.into()],
        )
        .await?;
    Ok(written == 1)
}

/// The open evidence, oldest first.
///
/// # Errors
/// Database errors.
pub async fn open(tx: &mut Tx) -> Result<Vec<LossRow>, StoreError> {
    tx.fetch_all(
        "SELECT id, sign, evidence, found_at, reconciled_at FROM losses WHERE closed_at IS NULL
         ORDER BY found_at, id LIMIT 1000",
        vec![],
        |row| {
            Ok(LossRow {
                id: row.read(0, "losses.id", parsed)?,
                sign: row.read(1, "losses.sign", LossEvidence::from_code)?,
                evidence: row.owned(2)?,
                found_at: row.time(3, "losses.found_at")?,
                reconciled_at: row.opt_time(4, "losses.reconciled_at")?,
            })
        },
    )
    .await
}

/// The time up to which calls are settled: the carrier's list was completely reconciled then, or a person took
/// responsibility. `None` if nothing was ever lost.
///
/// # Errors
/// Database errors.
pub async fn settled_until(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT max(CASE WHEN reconciled_at IS NULL THEN closed_at ELSE reconciled_at END) FROM losses";
    let found = tx.fetch_optional(sql, vec![], |row| row.opt_time(0, "losses.reconciled_at")).await?;
    Ok(found.flatten())
}

/// Records a call of ours that the database lacks. Returns `true` if it is new. Each call counts only once, because a
/// request about it may arrive again at any time.
///
/// # Errors
/// Database errors.
pub async fn note_call(tx: &mut Tx, call: CallId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO lost_calls (call_id, noted_at) VALUES ($1, $2) ON CONFLICT (call_id) DO NOTHING";
    Ok(tx.execute(sql, vec![call.into(), at.into()]).await? == 1)
}

/// Returns `true` if the call was recorded.
///
/// # Errors
/// Database errors.
pub async fn has_call(tx: &mut Tx, call: CallId) -> Result<bool, StoreError> {
    let sql = "SELECT noted_at FROM lost_calls WHERE call_id = $1";
    Ok(tx.fetch_optional(sql, vec![call.into()], |row| row.time(0, "lost_calls.noted_at")).await?.is_some())
}

/// Records that the carrier's list was completely reconciled for all open evidence found by `found_by`.
///
/// # Errors
/// Database errors.
pub async fn reconciled(tx: &mut Tx, found_by: Timestamp, at: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE losses SET reconciled_at = $1 WHERE closed_at IS NULL AND found_at <= $2",
        vec![at.into(), found_by.into()],
    )
    .await
}

/// Closes all open evidence.
///
/// # Errors
/// Database errors.
pub async fn close(tx: &mut Tx, at: Timestamp) -> Result<u64, StoreError> {
    tx.execute("UPDATE losses SET closed_at = $1 WHERE closed_at IS NULL", vec![at.into()]).await
}
