//! How long health centres keep the data of released patients, and the last verification of the audit trail.

use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, bind_value::Row};
use crate::domain::CentreCode;

/// The retention of a health centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRow {
    /// The health centre.
    pub centre: CentreCode,
    /// For how many months after the release data are kept.
    pub months: u32,
    /// When that was set.
    pub changed_at: Timestamp,
}

/// The retention of a health centre. `None` if nobody goes by itself.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, centre: &CentreCode) -> Result<Option<RetentionRow>, StoreError> {
    let sql = "SELECT centre_code, months, changed_at FROM retention WHERE centre_code = $1";
    tx.fetch_optional(sql, vec![centre.into()], read).await
}

/// The retention of every health centre that has one.
///
/// # Errors
/// Database errors.
pub async fn all(tx: &mut Tx) -> Result<Vec<RetentionRow>, StoreError> {
    tx.fetch_all("SELECT centre_code, months, changed_at FROM retention ORDER BY centre_code", vec![], read).await
}

/// Sets the retention of a health centre.
///
/// # Errors
/// Database errors.
pub async fn set(tx: &mut Tx, row: &RetentionRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO retention (centre_code, months, changed_at) VALUES ($1, $2, $3)
               ON CONFLICT (centre_code) DO UPDATE SET months = $2, changed_at = $3";
    tx.write(sql, vec![(&row.centre).into(), i64::from(row.months).into(), row.changed_at.into()]).await
}

/// Ends the retention of a health centre: nobody goes by itself.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, centre: &CentreCode) -> Result<(), StoreError> {
    tx.write("DELETE FROM retention WHERE centre_code = $1", vec![centre.into()]).await
}

fn read(row: &Row<'_>) -> Result<RetentionRow, StoreError> {
    Ok(RetentionRow {
        centre: row.read(0, "retention.centre_code", |text| CentreCode::parse(text).ok())?,
        months: u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
        changed_at: row.time(2, "retention.changed_at")?,
    })
}

/// A verification of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationRow {
    /// Its id.
    pub id: Uuid,
    /// When it ended.
    pub at: Timestamp,
    /// Who verified.
    pub actor: String,
    /// The entries that verify, counted from the first.
    pub entries: u64,
    /// Whether everything did.
    pub verifies: bool,
}

/// Adds a verification of the audit trail.
///
/// # Errors
/// Database errors.
pub async fn verified(tx: &mut Tx, row: &VerificationRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit_verifications (id, at, actor, entries, verifies) VALUES ($1, $2, $3, $4, $5)";
    let entries = i64::try_from(row.entries).unwrap_or(i64::MAX);
    let args = vec![row.id.into(), row.at.into(), row.actor.as_str().into(), entries.into(), row.verifies.into()];
    tx.write(sql, args).await
}

/// The last verification of the audit trail.
///
/// # Errors
/// Database errors.
pub async fn last_verified(tx: &mut Tx) -> Result<Option<VerificationRow>, StoreError> {
    let sql = "SELECT id, at, actor, entries, verifies FROM audit_verifications ORDER BY at DESC, id DESC LIMIT 1";
    tx.fetch_optional(sql, vec![], |row| {
        Ok(VerificationRow {
            id: row.read(0, "audit_verifications.id", |text| text.parse().ok())?,
            at: row.time(1, "audit_verifications.at")?,
            actor: row.owned(2)?,
            entries: u64::try_from(row.int(3)?).unwrap_or(0),
            verifies: row.flag(4)?,
        })
    })
    .await
}
