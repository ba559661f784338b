//! Log-ins to the portal.

use jiff::Timestamp;

use crate::domain::{AccountId, DeviceName, PatientId, PortalSessionId, Stay};
use crate::store::bind_value::{Row, parsed};
use crate::store::{StoreError, Tx};

/// A log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalSessionRow {
    /// The log-in.
    pub id: PortalSessionId,
    /// The account.
    pub account: AccountId,
    /// How long it stays.
    pub stay: Stay,
    /// Browser and system.
    pub device: DeviceName,
    /// The person whom the pages show.
    pub patient: Option<PatientId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, stay, device, patient_id, created_at, seen_at FROM portal_sessions ",
            "WHERE ended_at IS NULL AND ",
            $rest
        )
    };
}

/// Adds a log-in, and forgets those that began before a time.
///
/// # Errors
/// Database errors.
pub async fn insert(
    tx: &mut Tx,
    session: &PortalSessionRow,
    token_hash: &str,
    forget: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM portal_sessions WHERE created_at < $1", vec![forget.into()]).await?;
    let sql = "INSERT INTO portal_sessions (id, token_hash, account_id, stay, device, patient_id, created_at, seen_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args = vec![
        session.id.into(),
        token_hash.into(),
        session.account.into(),
        session.stay.code().into(),
        session.device.as_str().into(),
        session.patient.into(),
        session.created_at.into(),
        session.seen_at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// The log-in of a token, unless somebody has ended it.
///
/// # Errors
/// Database errors.
pub async fn by_token(tx: &mut Tx, token_hash: &str) -> Result<Option<PortalSessionRow>, StoreError> {
    tx.fetch_optional(select!("token_hash = $1"), vec![token_hash.into()], read).await
}

/// The account of a token, also of a log-in that has ended.
///
/// # Errors
/// Database errors.
pub async fn account_of(tx: &mut Tx, token_hash: &str) -> Result<Option<AccountId>, StoreError> {
    let sql = "SELECT account_id FROM portal_sessions WHERE token_hash = $1";
    tx.fetch_optional(sql, vec![token_hash.into()], |row| row.read(0, "portal_sessions.account_id", parsed)).await
}

/// The log-ins of an account that nobody has ended, the latest first. Some have ended by themselves.
///
/// # Errors
/// Database errors.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<PortalSessionRow>, StoreError> {
    tx.fetch_all(select!("account_id = $1 ORDER BY created_at DESC, id DESC"), vec![account.into()], read).await
}

/// Records that a log-in was used.
///
/// # Errors
/// Database errors.
pub async fn seen(tx: &mut Tx, id: PortalSessionId, at: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE portal_sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2", vec![id.into(), at.into()])
        .await?;
    Ok(())
}

/// Shows another person.
///
/// # Errors
/// Database errors.
pub async fn show(tx: &mut Tx, id: PortalSessionId, patient: PatientId) -> Result<(), StoreError> {
    tx.execute("UPDATE portal_sessions SET patient_id = $2 WHERE id = $1", vec![id.into(), patient.into()]).await?;
    Ok(())
}

/// Shows a person no longer, on any device of an account.
///
/// # Errors
/// Database errors.
pub async fn show_nobody(tx: &mut Tx, account: AccountId, patient: PatientId) -> Result<(), StoreError> {
    let sql = "UPDATE portal_sessions SET patient_id = NULL WHERE account_id = $1 AND patient_id = $2";
    tx.execute(sql, vec![account.into(), patient.into()]).await?;
    Ok(())
}

/// Ends a log-in of an account. Returns `false` if it had been ended before, or is another account's.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, account: AccountId, id: PortalSessionId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE portal_sessions SET ended_at = $3 WHERE account_id = $1 AND id = $2 AND ended_at IS NULL";
    Ok(tx.execute(sql, vec![account.into(), id.into(), at.into()]).await? == 1)
}

/// Ends the other log-ins of an account.
///
/// # Errors
/// Database errors.
pub async fn end_others(tx: &mut Tx, account: AccountId, id: PortalSessionId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE portal_sessions SET ended_at = $3 WHERE account_id = $1 AND id <> $2 AND ended_at IS NULL";
    tx.execute(sql, vec![account.into(), id.into(), at.into()]).await?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<PortalSessionRow, StoreError> {
    Ok(PortalSessionRow {
        id: row.read(0, "portal_sessions.id", parsed)?,
        account: row.read(1, "portal_sessions.account_id", parsed)?,
        stay: row.read(2, "portal_sessions.stay", Stay::from_code)?,
        device: row.read(3, "portal_sessions.device", |text| DeviceName::parse(text).ok())?,
        patient: row.opt_read(4, "portal_sessions.patient_id", parsed)?,
        created_at: row.time(5, "portal_sessions.created_at")?,
        seen_at: row.time(6, "portal_sessions.seen_at")?,
    })
}
