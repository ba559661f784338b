//! Who has taken which line of the open alerts.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{AlertId, CallId, ClaimId, Claimant, LineOf, PatientId};

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRow {
    /// The claim.
    pub id: ClaimId,
    /// The line.
    pub line: LineOf,
    /// The newest alert that the line showed.
    pub alert: AlertId,
    /// When that was raised.
    pub alert_at: Timestamp,
    /// Who has taken it.
    pub by: Claimant,
    /// When.
    pub taken_at: Timestamp,
    /// The call to staff in which it was taken, until the line is opened in the console.
    pub by_call: Option<CallId>,
}

/// Adds a claim, unless the line has one. Returns `true` if it was added. Of two at the same moment, one is.
///
/// # Errors
/// Database errors.
pub async fn insert(tx: &mut Tx, claim: &ClaimRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO alert_claims (line, id, patient_id, alert_id, alert_at, account_id, name, taken_at, call_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (line) DO NOTHING";
    let args = vec![
        claim.line.id().into(),
        claim.id.into(),
        claim.line.patient().into(),
        claim.alert.into(),
        claim.alert_at.into(),
        claim.by.account.into(),
        claim.by.name.as_str().into(),
        claim.taken_at.into(),
        claim.by_call.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Puts a claim in place of another one of its line. Returns `false` if the line has that one no more.
///
/// # Errors
/// Database errors.
pub async fn replace(tx: &mut Tx, before: ClaimId, claim: &ClaimRow) -> Result<bool, StoreError> {
    let sql =
        "UPDATE alert_claims SET id = $3, alert_id = $4, alert_at = $5, account_id = $6, name = $7, taken_at = $8,
                   call_id = $9
               WHERE line = $1 AND id = $2";
    let args = vec![
        claim.line.id().into(),
        before.into(),
        claim.id.into(),
        claim.alert.into(),
        claim.alert_at.into(),
        claim.by.account.into(),
        claim.by.name.as_str().into(),
        claim.taken_at.into(),
        claim.by_call.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Lets a claim cover all alerts up to a newer one.
///
/// # Errors
/// Database errors.
pub async fn extend(tx: &mut Tx, claim: ClaimId, alert: AlertId, alert_at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE alert_claims SET alert_id = $2, alert_at = $3 WHERE id = $1";
    tx.execute(sql, vec![claim.into(), alert.into(), alert_at.into()]).await.map(drop)
}

/// Deletes a claim. Returns `false` if its line has it no more.
///
/// # Errors
/// Database errors.
pub async fn delete(tx: &mut Tx, line: LineOf, claim: ClaimId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM alert_claims WHERE line = $1 AND id = $2";
    Ok(tx.execute(sql, vec![line.id().into(), claim.into()]).await? == 1)
}

/// Deletes the claim of a line, regardless of its holder.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, line: LineOf) -> Result<(), StoreError> {
    tx.execute("DELETE FROM alert_claims WHERE line = $1", vec![line.id().into()]).await?;
    Ok(())
}

/// The claims of these lines. Some may be over, as the alerts for which they were made are closed.
///
/// # Errors
/// Database errors.
pub async fn of_lines(tx: &mut Tx, lines: &[LineOf]) -> Result<Vec<ClaimRow>, StoreError> {
    let head = "SELECT line, id, patient_id, alert_id, alert_at, account_id, name, taken_at, call_id
                FROM alert_claims WHERE line IN";
    tx.fetch_in(head, &[], lines.iter().map(|line| line.id().into()), "", read).await
}

/// The claims made on the phone whose lines nobody has opened in the console yet, the oldest first.
///
/// # Errors
/// Database errors.
pub async fn unopened(tx: &mut Tx) -> Result<Vec<ClaimRow>, StoreError> {
    let sql = "SELECT line, id, patient_id, alert_id, alert_at, account_id, name, taken_at, call_id FROM alert_claims
               WHERE call_id IS NOT NULL ORDER BY taken_at, id";
    tx.fetch_all(sql, vec![], read).await
}

/// Records that the line of a claim was opened in the console.
///
/// # Errors
/// Database errors.
pub async fn opened(tx: &mut Tx, claim: ClaimId) -> Result<(), StoreError> {
    tx.execute("UPDATE alert_claims SET call_id = NULL WHERE id = $1", vec![claim.into()]).await.map(drop)
}

fn read(row: &Row<'_>) -> Result<ClaimRow, StoreError> {
    let patient: Option<PatientId> = row.opt_read(2, "alert_claims.patient_id", parsed)?;
    let line = match patient {
        Some(patient) => LineOf::Patient(patient),
        None => LineOf::Alert(row.read(0, "alert_claims.line", parsed)?),
    };
    Ok(ClaimRow {
        id: row.read(1, "alert_claims.id", parsed)?,
        line,
        alert: row.read(3, "alert_claims.alert_id", parsed)?,
        alert_at: row.time(4, "alert_claims.alert_at")?,
        by: Claimant { account: row.opt_read(5, "alert_claims.account_id", parsed)?, name: row.text(6)?.to_owned() },
        taken_at: row.time(7, "alert_claims.taken_at")?,
        by_call: row.opt_read(8, "alert_claims.call_id", parsed)?,
    })
}
