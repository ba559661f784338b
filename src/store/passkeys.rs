//! Passkeys of staff, and the challenges that browsers are answering.

use jiff::Timestamp;

use super::{
    Document, StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{PasskeyId, PasskeyName, StaffAccountId, WebSessionId};

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The passkey.
    pub id: PasskeyId,
    /// Whose it is.
    pub account: StaffAccountId,
    /// Its id on the device, in base64url.
    pub credential_id: String,
    /// What its owner calls it.
    pub name: PasskeyName,
    /// Its public key, as JSON.
    pub credential: Document,
    /// The device's counter when it was last used. 0: the device doesn't count.
    pub sign_count: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Adding a passkey.
    Registration,
    /// Logging in.
    LogIn,
}

impl Purpose {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::LogIn => "log_in",
        }
    }
}

macro_rules! select {
    ($($rest:literal)+) => {
        concat!(
            "SELECT id, account_id, credential_id, name, credential, sign_count, created_at, used_at
             FROM staff_passkeys ",
            $($rest),+
        )
    };
}

/// Adds a passkey. Returns `false` if its id on the device is known, whosever it is.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, passkey: &PasskeyRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO staff_passkeys (id, account_id, credential_id, name, credential, sign_count, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (credential_id) DO NOTHING";
    let args = vec![
        passkey.id.into(),
        passkey.account.into(),
        passkey.credential_id.as_str().into(),
        passkey.name.as_str().into(),
        passkey.credential.clone().into(),
        passkey.sign_count.into(),
        passkey.created_at.into(),
    ];
    Ok(tx.execute(sql, args).await? == 1)
}

/// The passkeys of an account, the first one first.
///
/// # Errors
/// Database errors.
pub async fn of_account(tx: &mut Tx, account: StaffAccountId) -> Result<Vec<PasskeyRow>, StoreError> {
    tx.fetch_all(select!("WHERE account_id = $1 ORDER BY created_at, id"), vec![account.into()], read).await
}

/// Gives a passkey of an account another name. Returns `false` if the account has no such passkey.
///
/// # Errors
/// Database errors.
pub async fn rename(
    tx: &mut Tx,
    account: StaffAccountId,
    id: PasskeyId,
    name: &PasskeyName,
) -> Result<bool, StoreError> {
    let sql = "UPDATE staff_passkeys SET name = $3 WHERE id = $1 AND account_id = $2";
    Ok(tx.execute(sql, vec![id.into(), account.into(), name.as_str().into()]).await? == 1)
}

/// Deletes a passkey of an account. Returns `false` if the account has no such passkey.
///
/// # Errors
/// Database errors.
pub async fn remove(tx: &mut Tx, account: StaffAccountId, id: PasskeyId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM staff_passkeys WHERE id = $1 AND account_id = $2";
    Ok(tx.execute(sql, vec![id.into(), account.into()]).await? == 1)
}

/// Deletes all passkeys of an account.
///
/// # Errors
/// Database errors.
pub async fn remove_all(tx: &mut Tx, account: StaffAccountId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM staff_passkeys WHERE account_id = $1", vec![account.into()]).await?;
    Ok(())
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
    let sql = "UPDATE staff_passkeys SET credential = $2, sign_count = $3, used_at = $4
               WHERE id = $1 AND (sign_count < $3 OR (sign_count = 0 AND $3 = 0))";
    Ok(tx.execute(sql, vec![id.into(), credential.into(), sign_count.into(), at.into()]).await? == 1)
}

/// Keeps what is needed to check the answer to a challenge. It replaces an earlier challenge of the same log-in and
/// purpose. Those that are too old are deleted.
///
/// # Errors
/// Database errors.
pub async fn begin_ceremony(
    tx: &mut Tx,
    session: WebSessionId,
    purpose: Purpose,
    state: Document,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM passkey_ceremonies WHERE expires_at <= $1", vec![now.into()]).await?;
    let sql = "INSERT INTO passkey_ceremonies (session_id, purpose, state, expires_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (session_id, purpose) DO UPDATE SET state = $3, expires_at = $4";
    tx.execute(sql, vec![session.into(), purpose.code().into(), state.into(), expires_at.into()]).await?;
    Ok(())
}

/// Takes what is needed to check the answer to a challenge: each can be answered once.
///
/// # Errors
/// Database errors.
pub async fn take_ceremony(
    tx: &mut Tx,
    session: WebSessionId,
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Document>, StoreError> {
    let sql = "DELETE FROM passkey_ceremonies WHERE session_id = $1 AND purpose = $2 AND expires_at > $3
               RETURNING state";
    let args = vec![session.into(), purpose.code().into(), now.into()];
    tx.fetch_optional(sql, args, |row| row.document(0)).await
}

fn read(row: &Row<'_>) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        id: row.read(0, "staff_passkeys.id", parsed)?,
        account: row.read(1, "staff_passkeys.account_id", parsed)?,
        credential_id: row.text(2)?.to_owned(),
        name: row.read(3, "staff_passkeys.name", |text| PasskeyName::parse(text).ok())?,
        credential: row.document(4)?,
        sign_count: row.int(5)?,
        created_at: row.time(6, "staff_passkeys.created_at")?,
        used_at: row.opt_time(7, "staff_passkeys.used_at")?,
    })
}
