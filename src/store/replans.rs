//! Health centres whose settings have changed, while the calls of their patients are being planned again.

use jiff::Timestamp;
use uuid::Uuid;

use super::imports::{too_late, until};
use super::{StoreError, Tx, bind_value::parsed};
use crate::domain::{CentreCode, PatientId};

/// What is left to plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replan {
    /// The health centre.
    pub centre: CentreCode,
    /// Who plans.
    pub holder: Uuid,
    /// When the settings changed. Slots after this time are by the new ones.
    pub changed_at: Timestamp,
    /// The last patient that was planned, in the order of ids.
    pub after: Option<PatientId>,
}

/// Notes that all patients of a centre must be planned again, in the transaction that changes its settings. Returns
/// `false` if that is still in progress for an earlier change.
///
/// # Errors
/// Database errors.
pub async fn begin(tx: &mut Tx, replan: &Replan, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO replans (centre_code, changed_at, after, claimed_by, claimed_until)
               VALUES ($1, $2, '', $3, $4) ON CONFLICT (centre_code) DO NOTHING";
    let args = vec![(&replan.centre).into(), replan.changed_at.into(), replan.holder.into(), until(now).into()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Returns `true` while the patients of a centre are being planned again.
///
/// # Errors
/// Database errors.
pub async fn is_in_progress(tx: &mut Tx, centre: &CentreCode) -> Result<bool, StoreError> {
    let sql = "SELECT changed_at FROM replans WHERE centre_code = $1";
    Ok(tx.fetch_optional(sql, vec![centre.into()], |row| row.int(0)).await?.is_some())
}

/// A centre whose planning was left unfinished by a process that no longer does it.
///
/// # Errors
/// Database errors.
pub async fn abandoned(tx: &mut Tx, now: Timestamp) -> Result<Option<CentreCode>, StoreError> {
    let sql = "SELECT centre_code FROM replans WHERE claimed_until <= $1 OR claimed_until > $2 LIMIT 1";
    let read =
        |row: &super::bind_value::Row<'_>| row.read(0, "replans.centre_code", |text| CentreCode::parse(text).ok());
    tx.fetch_optional(sql, vec![now.into(), too_late(now).into()], read).await
}

/// Claims planning that was left unfinished.
///
/// # Errors
/// Database errors.
pub async fn take_over(
    tx: &mut Tx,
    centre: &CentreCode,
    holder: Uuid,
    now: Timestamp,
) -> Result<Option<Replan>, StoreError> {
    let sql = "UPDATE replans SET claimed_by = $4, claimed_until = $5
               WHERE centre_code = $1 AND (claimed_until <= $2 OR claimed_until > $3) RETURNING changed_at, after";
    let args = vec![centre.into(), now.into(), too_late(now).into(), holder.into(), until(now).into()];
    let taken = tx.fetch_optional(sql, args, |row| {
        let after = Some(row.text(1)?).filter(|text| !text.is_empty());
        let after = after.map(|text| parsed(text).ok_or(StoreError::Inconsistent { what: "replans.after" }));
        Ok((row.time(0, "replans.changed_at")?, after.transpose()?))
    });
    let taken = taken.await?;
    Ok(taken.map(|(changed_at, after)| Replan { centre: centre.clone(), holder, changed_at, after }))
}

/// Notes how far the planning has come, and renews the claim.
///
/// # Errors
/// [`StoreError::Stale`] if somebody else has claimed it; otherwise database errors.
pub async fn renew(tx: &mut Tx, replan: &Replan, now: Timestamp) -> Result<(), StoreError> {
    let after = replan.after.map(|id| id.0.to_string()).unwrap_or_default();
    let sql = "UPDATE replans SET after = $3, claimed_until = $4 WHERE centre_code = $1 AND claimed_by = $2";
    let args = vec![(&replan.centre).into(), replan.holder.into(), after.into(), until(now).into()];
    if tx.execute(sql, args).await? == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Ends it: all patients are planned.
///
/// # Errors
/// [`StoreError::Stale`] if somebody else has claimed it; otherwise database errors.
pub async fn end(tx: &mut Tx, replan: &Replan) -> Result<(), StoreError> {
    let sql = "DELETE FROM replans WHERE centre_code = $1 AND claimed_by = $2";
    let ended = tx.execute(sql, vec![(&replan.centre).into(), replan.holder.into()]).await?;
    if ended == 1 { Ok(()) } else { Err(StoreError::Stale) }
}
