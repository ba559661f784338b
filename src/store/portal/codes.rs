//! Codes by e-mail.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::{AccountId, CodePurpose, EmailAddress, MailCode, PageLanguage, PortalCodeId, Stay};
use crate::policy::{CodesAsked, MOST_CODE_TRIES};
use crate::store::bind_value::{BindValue, Row, parsed};
use crate::store::tx::Lock;
use crate::store::{StoreError, Tx};

/// A code that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// The code's id.
    pub id: PortalCodeId,
    /// What it is for.
    pub purpose: CodePurpose,
    /// How long the log-in stays that it leads to.
    pub stay: Stay,
    /// Whose new address it proves.
    pub account: Option<AccountId>,
    /// Where it was sent.
    pub address: EmailAddress,
    /// In which language.
    pub language: PageLanguage,
    /// The digits, until the e-mail was handed over.
    pub code: Option<MailCode>,
    /// The hash of the browser's token and the digits.
    pub code_hash: String,
    /// How often it was tried.
    pub tries: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it holds.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, purpose, stay, account_id, address, language, code, code_hash, tries, created_at, expires_at, ",
            "used_at FROM portal_codes ",
            $rest
        )
    };
}

/// The codes asked for since a time, for an address and by a sender, and in total in this hour. Other transactions
/// wait until this one ends.
///
/// # Errors
/// Database errors.
pub async fn asked(
    tx: &mut Tx,
    address: &EmailAddress,
    sender: &str,
    (since, now): (Timestamp, Timestamp),
) -> Result<CodesAsked, StoreError> {
    tx.lock(Lock::PortalCodes).await?;
    let folded = address.expose().to_ascii_lowercase();
    let of_address =
        "SELECT count(*), max(created_at) FROM portal_codes WHERE folded_address = $1 AND created_at >= $2";
    let of_both = "SELECT count(*), max(created_at) FROM portal_codes
                   WHERE folded_address = $1 AND created_at >= $2 AND sender = $3";
    let of_sender = "SELECT count(*), max(created_at) FROM portal_codes WHERE sender = $1 AND created_at >= $2";
    let in_total = "SELECT codes FROM portal_code_hours WHERE hour = $1";
    let (of_address, _) = tally(tx, of_address, vec![folded.as_str().into(), since.into()]).await?;
    let (of_both, _) = tally(tx, of_both, vec![folded.as_str().into(), since.into(), sender.into()]).await?;
    let (of_sender, last_of_sender) = tally(tx, of_sender, vec![sender.into(), since.into()]).await?;
    let in_total = tx.fetch_optional(in_total, vec![hour_of(now).into()], |row| row.int(0)).await?;
    let in_total = u32::try_from(in_total.unwrap_or_default()).unwrap_or(u32::MAX);
    Ok(CodesAsked { of_address, of_both, of_sender, last_of_sender, in_total })
}

/// The hours since 1970.
fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}

async fn tally(
    tx: &mut Tx,
    sql: &'static str,
    args: Vec<BindValue<'_>>,
) -> Result<(u32, Option<Timestamp>), StoreError> {
    let found = tx
        .fetch_optional(sql, args, |row| {
            let count = u32::try_from(row.int(0)?).unwrap_or(u32::MAX);
            Ok((count, row.opt_time(1, "portal_codes.created_at")?))
        })
        .await?;
    Ok(found.unwrap_or_default())
}

/// Adds a code, and forgets those made before a time.
///
/// # Errors
/// Database errors.
pub async fn add(
    tx: &mut Tx,
    code: &CodeRow,
    (browser_hash, sender): (&str, &str),
    forget: Timestamp,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM portal_codes WHERE created_at < $1", vec![forget.into()]).await?;
    let hour = hour_of(code.created_at);
    tx.execute("DELETE FROM portal_code_hours WHERE hour < $1", vec![hour.into()]).await?;
    let count = "INSERT INTO portal_code_hours (hour, codes) VALUES ($1, 1)
                 ON CONFLICT (hour) DO UPDATE SET codes = portal_code_hours.codes + 1";
    tx.execute(count, vec![hour.into()]).await?;
    let folded = code.address.expose().to_ascii_lowercase();
    let sql =
        "INSERT INTO portal_codes (id, browser_hash, purpose, stay, account_id, address, folded_address, language,
               sender, code, code_hash, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let args = vec![
        code.id.into(),
        browser_hash.into(),
        code.purpose.code().into(),
        code.stay.code().into(),
        code.account.into(),
        code.address.expose().into(),
        folded.as_str().into(),
        code.language.code().into(),
        sender.into(),
        code.code.as_ref().map(MailCode::expose).into(),
        code.code_hash.as_str().into(),
        code.created_at.into(),
        code.expires_at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// The last code for which a browser asked.
///
/// # Errors
/// Database errors.
pub async fn last_of_browser(tx: &mut Tx, browser_hash: &str) -> Result<Option<CodeRow>, StoreError> {
    let sql = select!("WHERE browser_hash = $1 ORDER BY created_at DESC, id DESC LIMIT 1");
    tx.fetch_optional(sql, vec![browser_hash.into()], read).await
}

/// A code.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: PortalCodeId) -> Result<Option<CodeRow>, StoreError> {
    tx.fetch_optional(select!("WHERE id = $1"), vec![id.into()], read).await
}

/// Counts a try. Returns `false` if no further one is allowed, or the code was used or is too old.
///
/// # Errors
/// Database errors.
pub async fn count_try(tx: &mut Tx, id: PortalCodeId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE portal_codes SET tries = tries + 1
               WHERE id = $1 AND tries < $2 AND used_at IS NULL AND expires_at > $3";
    Ok(tx.execute(sql, vec![id.into(), MOST_CODE_TRIES.into(), now.into()]).await? == 1)
}

/// The wrong codes that were entered for an address since a time. Other transactions wait until this one ends.
///
/// # Errors
/// Database errors.
pub async fn wrong_since(tx: &mut Tx, address_hash: &str, since: Timestamp) -> Result<u32, StoreError> {
    tx.lock(Lock::PortalCodes).await?;
    let sql = "SELECT count(*) FROM portal_wrong_codes WHERE address_hash = $1 AND at >= $2";
    let counted = tx.fetch_optional(sql, vec![address_hash.into(), since.into()], |row| row.int(0)).await?;
    Ok(u32::try_from(counted.unwrap_or_default()).unwrap_or(u32::MAX))
}

/// Adds a wrong code, and forgets those before a time.
///
/// # Errors
/// Database errors.
pub async fn add_wrong(
    tx: &mut Tx,
    id: Uuid,
    address_hash: &str,
    (at, forget): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM portal_wrong_codes WHERE at < $1", vec![forget.into()]).await?;
    let sql = "INSERT INTO portal_wrong_codes (id, address_hash, at) VALUES ($1, $2, $3)";
    tx.execute(sql, vec![id.into(), address_hash.into(), at.into()]).await?;
    Ok(())
}

/// Forgets the wrong codes of an address.
///
/// # Errors
/// Database errors.
pub async fn forget_wrong(tx: &mut Tx, address_hash: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM portal_wrong_codes WHERE address_hash = $1", vec![address_hash.into()]).await?;
    Ok(())
}

/// No longer counts the codes that were asked for at an address since a time. They hold until the next one is asked
/// for.
///
/// # Errors
/// Database errors.
pub async fn forget_asked(tx: &mut Tx, address: &EmailAddress, since: Timestamp) -> Result<(), StoreError> {
    let before = since.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(Timestamp::MIN);
    let folded = address.expose().to_ascii_lowercase();
    let sql = "UPDATE portal_codes SET created_at = $3 WHERE folded_address = $1 AND created_at >= $2";
    tx.execute(sql, vec![folded.as_str().into(), since.into(), before.into()]).await?;
    Ok(())
}

/// Records that a code was used.
///
/// # Errors
/// Database errors.
pub async fn used(tx: &mut Tx, id: PortalCodeId, at: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE portal_codes SET used_at = $2, code = NULL WHERE id = $1", vec![id.into(), at.into()]).await?;
    Ok(())
}

/// Forgets the digits: the e-mail was handed over.
///
/// # Errors
/// Database errors.
pub async fn mailed(tx: &mut Tx, id: PortalCodeId) -> Result<(), StoreError> {
    tx.execute("UPDATE portal_codes SET code = NULL WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<CodeRow, StoreError> {
    Ok(CodeRow {
        id: row.read(0, "portal_codes.id", parsed)?,
        purpose: row.read(1, "portal_codes.purpose", CodePurpose::from_code)?,
        stay: row.read(2, "portal_codes.stay", Stay::from_code)?,
        account: row.opt_read(3, "portal_codes.account_id", parsed)?,
        address: row.read(4, "portal_codes.address", |text| EmailAddress::parse(text).ok())?,
        language: row.read(5, "portal_codes.language", PageLanguage::from_code)?,
        code: row.opt_read(6, "portal_codes.code", MailCode::parse)?,
        code_hash: row.owned(7)?,
        tries: row.int(8)?,
        created_at: row.time(9, "portal_codes.created_at")?,
        expires_at: row.time(10, "portal_codes.expires_at")?,
        used_at: row.opt_time(11, "portal_codes.used_at")?,
    })
}
