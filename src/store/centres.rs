//! Health centres (保健所).

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{StoreError, Tx, bind_value::Row, standing_version};
use crate::domain::{CentreCode, PhoneNumber};

/// One health centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreRow {
    /// Its code.
    pub code: CentreCode,
    /// Its name, as used in messages.
    pub name: String,
    /// Its phone number for callers.
    pub phone: PhoneNumber,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Thresholds and office hours, as JSON. This module doesn't read them.
    pub settings: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Adds a centre.
///
/// # Errors
/// [`StoreError::Taken`] with [`Unique::CentreCode`](super::Unique::CentreCode) if the code is in use.
pub async fn insert(tx: &mut Tx, centre: &CentreRow) -> Result<(), StoreError> {
    tx.write(
        "INSERT INTO centres (code, name, phone, time_zone, settings, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        vec![
            (&centre.code).into(),
            centre.name.as_str().into(),
            (&centre.phone).into(),
            centre.time_zone.as_str().into(),
            centre.settings.as_str().into(),
            centre.created_at.into(),
            centre.updated_at.into(),
        ],
    )
    .await?;
    standing_version::changed(tx).await
}

/// Updates a centre, except its code and creation time. Returns `true` if the centre exists.
///
/// # Errors
/// Database errors.
pub async fn update(tx: &mut Tx, centre: &CentreRow) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "UPDATE centres SET name = $2, phone = $3, time_zone = $4, settings = $5, updated_at = $6 WHERE code = $1",
            vec![
                (&centre.code).into(),
                centre.name.as_str().into(),
                (&centre.phone).into(),
                centre.time_zone.as_str().into(),
                centre.settings.as_str().into(),
                centre.updated_at.into(),
            ],
        )
        .await?;
    standing_version::changed(tx).await?;
    Ok(written == 1)
}

/// Locks a centre until the transaction ends: another one that changes it waits.
///
/// # Errors
/// Database errors.
pub async fn hold(tx: &mut Tx, code: &CentreCode) -> Result<(), StoreError> {
    if !tx.writes_alone() {
        tx.execute("UPDATE centres SET updated_at = updated_at WHERE code = $1", vec![code.into()]).await?;
    }
    Ok(())
}

/// One centre.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, code: &CentreCode) -> Result<Option<CentreRow>, StoreError> {
    tx.fetch_optional(
        "SELECT code, name, phone, time_zone, settings, created_at, updated_at FROM centres WHERE code = $1",
        vec![code.into()],
        read,
    )
    .await
}

/// All centres, ordered by code.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx) -> Result<Vec<CentreRow>, StoreError> {
    tx.fetch_all(
        "SELECT code, name, phone, time_zone, settings, created_at, updated_at FROM centres ORDER BY code",
        vec![],
        read,
    )
    .await
}

fn read(row: &Row<'_>) -> Result<CentreRow, StoreError> {
    Ok(CentreRow {
        code: row.read(0, "centres.code", |text| CentreCode::parse(text).ok())?,
        name: row.owned(1)?,
        phone: row.read(2, "centres.phone", |text| PhoneNumber::from_e164(text).ok())?,
        time_zone: row.owned(3)?,
        settings: row.owned(4)?,
        created_at: row.time(5, "centres.created_at")?,
        updated_at: row.time(6, "centres.updated_at")?,
    })
}

/// Health centres as one value for a condition: `,13101,13102,`, or an empty text for all. The condition is
/// `($1 = '' OR $1 LIKE '%,' || centre_code || ',%')`: a code has letters, digits and hyphens only.
pub(super) fn code_list(centres: Option<&BTreeSet<CentreCode>>) -> String {
    let Some(centres) = centres else { return String::new() };
    centres.iter().fold(",".to_owned(), |list, code| list + code.as_str() + ",")
}
