//! Accounts of the portal.

use jiff::Timestamp;

use crate::domain::{AccountId, EmailAddress, PageLanguage};
use crate::store::bind_value::{Row, parsed};
use crate::store::{StoreError, Tx};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalAccountRow {
    /// The account.
    pub id: AccountId,
    /// Its e-mail address.
    pub address: EmailAddress,
    /// In which language it was made.
    pub language: PageLanguage,
    /// The hash of its password. `None`: it is logged in to by a code each time.
    pub password_hash: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Adds an account.
///
/// # Errors
/// [`StoreError::Taken`] if another one has the address. Database errors.
pub async fn insert(tx: &mut Tx, account: &PortalAccountRow) -> Result<(), StoreError> {
    let folded = account.address.expose().to_ascii_lowercase();
    let sql = "INSERT INTO portal_accounts (id, address, folded_address, language, password_hash, created_at,
               updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)";
    let args = vec![
        account.id.into(),
        account.address.expose().into(),
        folded.as_str().into(),
        account.language.code().into(),
        account.password_hash.as_deref().into(),
        account.created_at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// The account with an address.
///
/// # Errors
/// Database errors.
pub async fn by_address(tx: &mut Tx, address: &EmailAddress) -> Result<Option<PortalAccountRow>, StoreError> {
    let folded = address.expose().to_ascii_lowercase();
    let sql = "SELECT id, address, language, password_hash, created_at FROM portal_accounts WHERE folded_address = $1";
    tx.fetch_optional(sql, vec![folded.as_str().into()], read).await
}

/// An account.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: AccountId) -> Result<Option<PortalAccountRow>, StoreError> {
    let sql = "SELECT id, address, language, password_hash, created_at FROM portal_accounts WHERE id = $1";
    tx.fetch_optional(sql, vec![id.into()], read).await
}

/// Replaces the password.
///
/// # Errors
/// Database errors.
pub async fn set_password(tx: &mut Tx, id: AccountId, hash: Option<&str>, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE portal_accounts SET password_hash = $2, updated_at = $3 WHERE id = $1";
    tx.execute(sql, vec![id.into(), hash.into(), at.into()]).await?;
    Ok(())
}

/// Replaces the address.
///
/// # Errors
/// [`StoreError::Taken`] if another account has it. Database errors.
pub async fn set_address(tx: &mut Tx, id: AccountId, address: &EmailAddress, at: Timestamp) -> Result<(), StoreError> {
    let folded = address.expose().to_ascii_lowercase();
    let sql = "UPDATE portal_accounts SET address = $2, folded_address = $3, updated_at = $4 WHERE id = $1";
    tx.execute(sql, vec![id.into(), address.expose().into(), folded.as_str().into(), at.into()]).await?;
    Ok(())
}

/// Deletes an account with its log-ins, its codes and the list of its people. What the people reported stays.
///
/// # Errors
/// Database errors.
pub async fn delete(tx: &mut Tx, id: AccountId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM portal_codes WHERE account_id = $1",
        "DELETE FROM portal_codes WHERE folded_address IN (SELECT folded_address FROM portal_accounts WHERE id = $1)",
        "DELETE FROM portal_passkeys WHERE account_id = $1",
        "DELETE FROM portal_sessions WHERE account_id = $1",
        "DELETE FROM portal_people WHERE account_id = $1",
        "DELETE FROM portal_accounts WHERE id = $1",
    ] {
        tx.execute(sql, vec![id.into()]).await?;
    }
    Ok(())
}

/// Accounts without people that were made, and last used, before a time.
///
/// # Errors
/// Database errors.
pub async fn empty_since(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<AccountId>, StoreError> {
    let sql = "SELECT id FROM portal_accounts a WHERE created_at < $1
               AND NOT EXISTS (SELECT 1 FROM portal_people p WHERE p.account_id = a.id)
               AND NOT EXISTS (SELECT 1 FROM portal_sessions s WHERE s.account_id = a.id AND s.seen_at >= $1)
               ORDER BY id LIMIT $2";
    tx.fetch_all(sql, vec![before.into(), limit.into()], |row| row.read(0, "portal_accounts.id", parsed)).await
}

fn read(row: &Row<'_>) -> Result<PortalAccountRow, StoreError> {
    Ok(PortalAccountRow {
        id: row.read(0, "portal_accounts.id", parsed)?,
        address: row.read(1, "portal_accounts.address", |text| EmailAddress::parse(text).ok())?,
        language: row.read(2, "portal_accounts.language", PageLanguage::from_code)?,
        password_hash: row.opt_text(3)?.map(str::to_owned),
        created_at: row.time(4, "portal_accounts.created_at")?,
    })
}
