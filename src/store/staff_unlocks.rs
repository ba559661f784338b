//! Codes by which the holder of an account replaces a lost second factor.

use jiff::Timestamp;

use super::staff_accounts::{account_key, known_key};
use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{StaffAccountId, WebSessionId};

/// Where an encrypted secret belongs.
const PLACE: &str = "staff_unlocks.totp_secret";

/// An unlock that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockRow {
    /// The account.
    pub account: StaffAccountId,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// The log-in in which its code was entered.
    pub session: Option<WebSessionId>,
}

/// Issues a code for an account. It replaces an earlier one.
///
/// # Errors
/// Database errors.
pub async fn issue(
    tx: &mut Tx,
    account: StaffAccountId,
    code_hash: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO staff_unlocks (account_id, code_hash, issued_at, expires_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (account_id) DO UPDATE SET code_hash = $2, issued_at = $3, expires_at = $4,
                 session_id = NULL, totp_secret = NULL";
    tx.execute(sql, vec![account.into(), code_hash.into(), now.into(), expires_at.into()]).await?;
    Ok(())
}

/// The unlocks that hold at a time.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx, now: Timestamp) -> Result<Vec<UnlockRow>, StoreError> {
    let sql = "SELECT account_id, expires_at, session_id FROM staff_unlocks WHERE expires_at > $1";
    tx.fetch_all(sql, vec![now.into()], read).await
}

/// Enters a code in a log-in, and keeps the secret of the new authenticator. Returns `false` if it isn't the code.
///
/// # Errors
/// Database errors.
pub async fn enter(
    tx: &mut Tx,
    account: StaffAccountId,
    code_hash: &str,
    session: WebSessionId,
    secret: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let key = account_key(tx, account, now).await?;
    let secret = key.encrypt(PLACE, secret)?;
    let sql = "UPDATE staff_unlocks SET session_id = $3, totp_secret = $4
               WHERE account_id = $1 AND code_hash = $2 AND expires_at > $5";
    let args = vec![account.into(), code_hash.into(), session.into(), secret.into(), now.into()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// The secret of the new authenticator, for the log-in in which the code was entered.
///
/// # Errors
/// [`StoreError::Inconsistent`] if it can't be decrypted; otherwise database errors.
pub async fn secret(
    tx: &mut Tx,
    account: StaffAccountId,
    session: WebSessionId,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT totp_secret FROM staff_unlocks WHERE account_id = $1 AND session_id = $2 AND expires_at > $3";
    let args = vec![account.into(), session.into(), now.into()];
    let stored = tx.fetch_optional(sql, args, |row| Ok(row.opt_text(0)?.map(str::to_owned))).await?;
    let Some(stored) = stored.flatten() else { return Ok(None) };
    let key = known_key(tx, account).await?;
    let secret = key.and_then(|key| key.decrypt(PLACE, &stored));
    secret.map(Some).ok_or(StoreError::Inconsistent { what: "staff_unlocks.totp_secret" })
}

/// Ends the unlock of an account.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, account: StaffAccountId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM staff_unlocks WHERE account_id = $1", vec![account.into()]).await?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<UnlockRow, StoreError> {
    Ok(UnlockRow {
        account: row.read(0, "staff_unlocks.account_id", parsed)?,
        expires_at: row.time(1, "staff_unlocks.expires_at")?,
        session: row.opt_read(2, "staff_unlocks.session_id", parsed)?,
    })
}
