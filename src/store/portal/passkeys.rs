//! Passkeys of the portal's accounts, and the challenges that browsers are answering.

use jiff::Timestamp;

use crate::domain::{AccountId, PasskeyId, PasskeyName};
use crate::store::bind_value::{Row, parsed};
use crate::store::passkeys::Purpose;
use crate::store::{Document, StoreError, Tx};

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalPasskeyRow {
    /// The passkey.
    pub id: PasskeyId,
    /// Whose it is.
    pub account: AccountId,
    /// Its id on the device, in base64url.
    pub credential_id: String,
    /// The browser and system with which it was made.
    pub name: PasskeyName,
    /// Its public key, as JSON.
    pub credential: Document,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// Adds a passkey. Returns `false` if its id on the device is known, whosever it is.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, passkey: &PortalPasskeyRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO portal_passkeys (id, account_id, credential_id, name, credential, sign_count, created_at)
               VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (credential_id) DO NOTHING";
    let args = vec![
        passkey.id.into(),
        passkey.account.into(),
        passkey.credential_id.as_str().into(),
        passkey.name.as_str().into(),
        passkey.credential.clone().into(),
        passkey.created_at.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// The passkeys of an account, the first one first.
///
/// # Errors
/// Database errors.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<PortalPasskeyRow>, StoreError> {
    let sql = "SELECT id, account_id, credential_id, name, credential, created_at, used_at FROM portal_passkeys
               WHERE account_id = $1 ORDER BY created_at, id";
    tx.fetch_all(sql, vec![account.into()], read).await
}

/// Deletes a passkey of an account. Returns `false` if the account has no such passkey.
///
/// # Errors
/// Database errors.
pub async fn remove(tx: &mut Tx, account: AccountId, id: PasskeyId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM portal_passkeys WHERE id = $1 AND account_id = $2";
    Ok(tx.execute(sql, vec![id.into(), account.into()]).await? == 1)
}

/// Records that a passkey was used. Returns `false` if its counter hasn't gone up: then there is a copy of it.
///
/// # Errors
/// Database errors.
pub async fn used(
    tx: &mut Tx,
    id: PasskeyId,
    credential: Document,
    sign_count: i64,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE portal_passkeys SET credential = $2, sign_count = $3, used_at = $4
               WHERE id = $1 AND (sign_count < $3 OR (sign_count = 0 AND $3 = 0))";
    Ok(tx.execute(sql, vec![id.into(), credential.into(), sign_count.into(), at.into()]).await? == 1)
}

/// Keeps what is needed to check the answer to a challenge. It replaces an earlier one of the same browser and purpose.
/// Those that are too old are deleted.
///
/// # Errors
/// Database errors.
pub async fn challenge(
    tx: &mut Tx,
    browser_hash: &str,
    purpose: Purpose,
    state: Document,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM portal_passkey_challenges WHERE expires_at <= $1", vec![now.into()]).await?;
    let sql = "INSERT INTO portal_passkey_challenges (browser_hash, purpose, state, expires_at)
               VALUES ($1, $2, $3, $4) ON CONFLICT (browser_hash, purpose) DO UPDATE SET state = $3, expires_at = $4";
    let args = vec![browser_hash.into(), purpose.code().into(), state.into(), expires_at.into()];
    tx.execute(sql, args).await?;
    Ok(())
}

/// Takes what is needed to check the answer to a challenge: each can be answered once.
///
/// # Errors
/// Database errors.
pub async fn take_challenge(
    tx: &mut Tx,
    browser_hash: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Document>, StoreError> {
    let sql = "DELETE FROM portal_passkey_challenges WHERE browser_hash = $1 AND purpose = $2 AND expires_at > $3
               RETURNING state";
    let args = vec![browser_hash.into(), purpose.code().into(), now.into()];
    tx.fetch_optional(sql, args, |row| row.document(0)).await
}

fn read(row: &Row<'_>) -> Result<PortalPasskeyRow, StoreError> {
    Ok(PortalPasskeyRow {
        id: row.read(0, "portal_passkeys.id", parsed)?,
        account: row.read(1, "portal_passkeys.account_id", parsed)?,
        credential_id: row.text(2)?.to_owned(),
        name: row.read(3, "portal_passkeys.name", |text| PasskeyName::parse(text).ok())?,
        credential: row.document(4)?,
        created_at: row.time(5, "portal_passkeys.created_at")?,
        used_at: row.opt_time(6, "portal_passkeys.used_at")?,
    })
}
