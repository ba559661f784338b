//! Log-ins of staff in browsers, and what they had typed when a log-in ended.

use jiff::Timestamp;

use super::{
    Document, StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{DeviceName, LogInStage, PatientId, StaffAccountId, WebSessionId};

/// A log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSessionRow {
    /// The log-in.
    pub id: WebSessionId,
    /// The account.
    pub account: StaffAccountId,
    /// How far it has come.
    pub stage: LogInStage,
    /// Browser and system.
    pub device: DeviceName,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When somebody ended it.
    pub ended_at: Option<Timestamp>,
}

macro_rules! select {
    ($($rest:literal)+) => {
        concat!(
            "SELECT id, account_id, stage, device, created_at, seen_at, ended_at FROM web_sessions ",
            $($rest),+
        )
    };
}

/// Adds a log-in. `device_hash` is of the cookie by which the browser is known again.
///
/// # Errors
/// Database errors.
pub async fn insert(
    tx: &mut Tx,
    session: &WebSessionRow,
    token_hash: &str,
    device_hash: Option<&str>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO web_sessions (id, token_hash, account_id, stage, device, device_hash, created_at, seen_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args = vec![
        session.id.into(),
        token_hash.into(),
        session.account.into(),
        session.stage.code().into(),
        session.device.as_str().into(),
        device_hash.into(),
        session.created_at.into(),
        session.seen_at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// The log-in of a token.
///
/// # Errors
/// Database errors.
pub async fn by_token(tx: &mut Tx, token_hash: &str) -> Result<Option<WebSessionRow>, StoreError> {
    tx.fetch_optional(select!("WHERE token_hash = $1"), vec![token_hash.into()], read).await
}

/// The log-ins of an account that nobody has ended, the latest first. Some have ended by themselves.
///
/// # Errors
/// Database errors.
pub async fn of_account(
    tx: &mut Tx,
    account: StaffAccountId,
    since: Timestamp,
) -> Result<Vec<WebSessionRow>, StoreError> {
    let sql = select!(
        "WHERE account_id = $1 AND created_at >= $2 AND ended_at IS NULL AND stage = 'logged_in'
         ORDER BY created_at DESC, id DESC"
    );
    tx.fetch_all(sql, vec![account.into(), since.into()], read).await
}

/// Returns `true` if a browser has logged in to an account since a time.
///
/// # Errors
/// Database errors.
pub async fn knows_device(
    tx: &mut Tx,
    account: StaffAccountId,
    device_hash: &str,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM web_sessions WHERE account_id = $1 AND device_hash = $2 AND created_at >= $3 LIMIT 1";
    let args = vec![account.into(), device_hash.into(), since.into()];
    Ok(tx.fetch_optional(sql, args, |_| Ok(())).await?.is_some())
}

/// Records that a log-in was used.
///
/// # Errors
/// Database errors.
pub async fn seen(tx: &mut Tx, id: WebSessionId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE web_sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2 AND ended_at IS NULL";
    tx.execute(sql, vec![id.into(), at.into()]).await?;
    Ok(())
}

/// Ends a log-in. Returns `false` if it had been ended before.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, id: WebSessionId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE web_sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    Ok(tx.execute(sql, vec![id.into(), at.into()]).await? == 1)
}

/// Ends all log-ins of an account. Returns how many.
///
/// # Errors
/// Database errors.
pub async fn end_all(tx: &mut Tx, account: StaffAccountId, at: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE web_sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL";
    tx.execute(sql, vec![account.into(), at.into()]).await
}

/// Deletes log-ins that began before a time, and drafts saved before another.
///
/// # Errors
/// Database errors.
pub async fn forget(tx: &mut Tx, sessions: Timestamp, drafts: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM web_sessions WHERE created_at < $1", vec![sessions.into()]).await?;
    tx.execute("DELETE FROM form_drafts WHERE saved_at < $1", vec![drafts.into()]).await?;
    Ok(())
}

/// Saves what was typed into a form, and about whom it is.
///
/// # Errors
/// Database errors.
pub async fn save_draft(
    tx: &mut Tx,
    account: StaffAccountId,
    (form, patient): (&str, Option<PatientId>),
    fields: Document,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO form_drafts (account_id, form, fields, saved_at, patient_id) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (account_id, form) DO UPDATE SET fields = $3, saved_at = $4, patient_id = $5";
    let patient = patient.map(|patient| patient.to_string());
    tx.execute(sql, vec![account.into(), form.into(), fields.into(), at.into(), patient.as_deref().into()]).await?;
    Ok(())
}

/// Deletes the oldest drafts of an account, so that there is room for one more. The form's own stays.
///
/// # Errors
/// Database errors.
pub async fn forget_old_drafts(tx: &mut Tx, account: StaffAccountId, form: &str, most: u32) -> Result<(), StoreError> {
    let sql = "DELETE FROM form_drafts WHERE account_id = $1 AND form <> $2 AND form NOT IN
               (SELECT form FROM form_drafts WHERE account_id = $1 AND form <> $2
                ORDER BY saved_at DESC, form LIMIT $3)";
    let kept = i64::from(most.saturating_sub(1));
    tx.execute(sql, vec![account.into(), form.into(), kept.into()]).await.map(drop)
}

/// What was typed into a form.
///
/// # Errors
/// Database errors.
pub async fn draft(tx: &mut Tx, account: StaffAccountId, form: &str) -> Result<Option<Document>, StoreError> {
    let sql = "SELECT fields FROM form_drafts WHERE account_id = $1 AND form = $2";
    tx.fetch_optional(sql, vec![account.into(), form.into()], |row| row.document(0)).await
}

/// What an account has typed about patients, by form: the form, whom it is about, and its fields.
///
/// # Errors
/// Database errors.
pub async fn drafts_about_patients(
    tx: &mut Tx,
    account: StaffAccountId,
) -> Result<Vec<(String, PatientId, Document)>, StoreError> {
    let sql = "SELECT form, patient_id, fields FROM form_drafts WHERE account_id = $1 AND patient_id IS NOT NULL
               ORDER BY form";
    tx.fetch_all(sql, vec![account.into()], |row| {
        Ok((row.owned(0)?, row.read(1, "form_drafts.patient_id", parsed)?, row.document(2)?))
    })
    .await
}

/// Deletes what was typed into a form.
///
/// # Errors
/// Database errors.
pub async fn delete_draft(tx: &mut Tx, account: StaffAccountId, form: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM form_drafts WHERE account_id = $1 AND form = $2";
    tx.execute(sql, vec![account.into(), form.into()]).await?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<WebSessionRow, StoreError> {
    Ok(WebSessionRow {
        id: row.read(0, "web_sessions.id", parsed)?,
        account: row.read(1, "web_sessions.account_id", parsed)?,
        stage: row.read(2, "web_sessions.stage", LogInStage::from_code)?,
        device: row.read(3, "web_sessions.device", |text| DeviceName::parse(text).ok())?,
        created_at: row.time(4, "web_sessions.created_at")?,
        seen_at: row.time(5, "web_sessions.seen_at")?,
        ended_at: row.opt_time(6, "web_sessions.ended_at")?,
    })
}
