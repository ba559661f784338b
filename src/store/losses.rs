//! Signs that the database has lost its last entries. While one is open nobody dials.

use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, bind_value::parsed};
use crate::domain::{CallId, LossEvidence};

/// A sign that last entries are lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossRow {
    /// Its id.
    pub id: Uuid,
    /// What showed it.
    pub sign: LossEvidence,
    /// What exactly: the same evidence never counts twice.
    pub evidence: String,
    /// When it was found.
    pub found_at: Timestamp,
    /// When the carrier's list was gone through to its end.
    pub reconciled_at: Option<Timestamp>,
}

/// Notes a sign, unless the same evidence was noted before; says whether it was new.
///
/// # Errors
/// When the database fails.
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

/// The open signs, the first one first.
///
/// # Errors
/// When the database fails.
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

/// Until when calls are settled: the carrier's list was gone through at that moment, or a person took it upon
/// themselves. `None` if nothing was ever lost.
///
/// # Errors
/// When the database fails.
pub async fn settled_until(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT max(CASE WHEN reconciled_at IS NULL THEN closed_at ELSE reconciled_at END) FROM losses";
    let found = tx.fetch_optional(sql, vec![], |row| row.opt_time(0, "losses.reconciled_at")).await?;
    Ok(found.flatten())
}

/// Notes a call of ours that the database doesn't know; says whether it is new. Each counts once, ever: a request about
/// it may come again at any time.
///
/// # Errors
/// When the database fails.
pub async fn note_call(tx: &mut Tx, call: CallId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO lost_calls (call_id, noted_at) VALUES ($1, $2) ON CONFLICT (call_id) DO NOTHING";
    Ok(tx.execute(sql, vec![call.into(), at.into()]).await? == 1)
}

/// Whether the call was noted.
///
/// # Errors
/// When the database fails.
pub async fn has_call(tx: &mut Tx, call: CallId) -> Result<bool, StoreError> {
    let sql = "SELECT noted_at FROM lost_calls WHERE call_id = $1";
    Ok(tx.fetch_optional(sql, vec![call.into()], |row| row.time(0, "lost_calls.noted_at")).await?.is_some())
}

/// Notes that the carrier's list was gone through for every open sign that was found by `found_by`.
///
/// # Errors
/// When the database fails.
pub async fn reconciled(tx: &mut Tx, found_by: Timestamp, at: Timestamp) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE losses SET reconciled_at = $1 WHERE closed_at IS NULL AND found_at <= $2",
        vec![at.into(), found_by.into()],
    )
    .await
}

/// Closes every open sign.
///
/// # Errors
/// When the database fails.
pub async fn close(tx: &mut Tx, at: Timestamp) -> Result<u64, StoreError> {
    tx.execute("UPDATE losses SET closed_at = $1 WHERE closed_at IS NULL", vec![at.into()]).await
}
