//! Letters that tell the owner of an account that it was changed, until they are sent.

use jiff::Timestamp;

use crate::domain::{AccountChange, EmailAddress, PageLanguage, PortalLetterId};
use crate::store::bind_value::{Row, parsed};
use crate::store::{StoreError, Tx};

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalLetterRow {
    /// Its id.
    pub id: PortalLetterId,
    /// The address that the account had before the change.
    pub address: EmailAddress,
    /// The language of the account.
    pub language: PageLanguage,
    /// What was changed.
    pub change: AccountChange,
    /// When.
    pub created_at: Timestamp,
}

/// Adds a letter.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, letter: &PortalLetterRow) -> Result<(), StoreError> {
    let folded = letter.address.expose().to_ascii_lowercase();
    let sql = "INSERT INTO portal_letters (id, address, folded_address, language, change, created_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let args = vec![
        letter.id.into(),
        letter.address.expose().into(),
        folded.as_str().into(),
        letter.language.code().into(),
        letter.change.code().into(),
        letter.created_at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// A letter that wasn't sent.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: PortalLetterId) -> Result<Option<PortalLetterRow>, StoreError> {
    let sql = "SELECT id, address, language, change, created_at FROM portal_letters WHERE id = $1";
    tx.fetch_optional(sql, vec![id.into()], read).await
}

/// Forgets a letter that was sent, or can't be.
///
/// # Errors
/// Database errors.
pub async fn forget(tx: &mut Tx, id: PortalLetterId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM portal_letters WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}

/// Forgets the letters of before a time, which no mail server has taken.
///
/// # Errors
/// Database errors.
pub async fn forget_before(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM portal_letters WHERE created_at < $1", vec![before.into()]).await?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<PortalLetterRow, StoreError> {
    Ok(PortalLetterRow {
        id: row.read(0, "portal_letters.id", parsed)?,
        address: row.read(1, "portal_letters.address", |text| EmailAddress::parse(text).ok())?,
        language: row.read(2, "portal_letters.language", PageLanguage::from_code)?,
        change: row.read(3, "portal_letters.change", AccountChange::from_code)?,
        created_at: row.time(4, "portal_letters.created_at")?,
    })
}
