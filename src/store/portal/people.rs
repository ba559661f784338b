//! The people of the portal's accounts.

use jiff::Timestamp;

use crate::domain::{AccountId, EnteredName, PatientId, PersonLabel};
use crate::store::bind_value::{Row, parsed};
use crate::store::{StoreError, Tx};

/// A person of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalPersonRow {
    /// The patient.
    pub patient: PatientId,
    /// The account.
    pub account: AccountId,
    /// 姓, as entered.
    pub family_name: EnteredName,
    /// 名, as entered.
    pub given_name: EnteredName,
    /// What tells the person apart.
    pub label: Option<PersonLabel>,
    /// When the person was added.
    pub added_at: Timestamp,
}

/// Adds a person.
///
/// # Errors
/// [`StoreError::Taken`] if an account has the patient. Database errors.
pub async fn insert(tx: &mut Tx, person: &PortalPersonRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO portal_people (patient_id, account_id, family_name, given_name, label, added_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let args = vec![
        person.patient.into(),
        person.account.into(),
        person.family_name.as_str().into(),
        person.given_name.as_str().into(),
        person.label.as_ref().map(PersonLabel::as_str).into(),
        person.added_at.into(),
    ];
    tx.execute(sql, args).await?;
    Ok(())
}

/// The people of an account, in the order in which they were added.
///
/// # Errors
/// Database errors.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<PortalPersonRow>, StoreError> {
    let sql = "SELECT patient_id, account_id, family_name, given_name, label, added_at FROM portal_people
               WHERE account_id = $1 ORDER BY added_at, patient_id";
    tx.fetch_all(sql, vec![account.into()], read).await
}

/// The account that has a patient.
///
/// # Errors
/// Database errors.
pub async fn holder(tx: &mut Tx, patient: PatientId) -> Result<Option<AccountId>, StoreError> {
    let sql = "SELECT account_id FROM portal_people WHERE patient_id = $1";
    tx.fetch_optional(sql, vec![patient.into()], |row| row.read(0, "portal_people.account_id", parsed)).await
}

/// Replaces what tells a person of an account apart. Returns `false` if the account doesn't have the person.
///
/// # Errors
/// Database errors.
pub async fn set_label(
    tx: &mut Tx,
    account: AccountId,
    patient: PatientId,
    label: Option<&PersonLabel>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE portal_people SET label = $3 WHERE account_id = $1 AND patient_id = $2";
    let args = vec![account.into(), patient.into(), label.map(PersonLabel::as_str).into()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Takes a person out of an account. Returns `false` if the account doesn't have the person.
///
/// # Errors
/// Database errors.
pub async fn remove(tx: &mut Tx, account: AccountId, patient: PatientId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM portal_people WHERE account_id = $1 AND patient_id = $2";
    Ok(tx.execute(sql, vec![account.into(), patient.into()]).await? == 1)
}

/// Records that an account used a personal link of one of its people: the first time counts. Nothing happens if the
/// account doesn't have the person.
///
/// # Errors
/// Database errors.
pub async fn link_used(tx: &mut Tx, account: AccountId, patient: PatientId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE portal_people SET link_used_at = $3
               WHERE account_id = $1 AND patient_id = $2 AND link_used_at IS NULL";
    tx.execute(sql, vec![account.into(), patient.into(), at.into()]).await?;
    Ok(())
}

/// Returns `true` if the account has used a personal link of the person.
///
/// # Errors
/// Database errors.
pub async fn has_used_link(tx: &mut Tx, account: AccountId, patient: PatientId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM portal_people WHERE account_id = $1 AND patient_id = $2 AND link_used_at IS NOT NULL";
    Ok(tx.fetch_optional(sql, vec![account.into(), patient.into()], |row| row.int(0)).await?.is_some())
}

fn read(row: &Row<'_>) -> Result<PortalPersonRow, StoreError> {
    Ok(PortalPersonRow {
        patient: row.read(0, "portal_people.patient_id", parsed)?,
        account: row.read(1, "portal_people.account_id", parsed)?,
        family_name: row.read(2, "portal_people.family_name", |text| EnteredName::parse(text).ok())?,
        given_name: row.read(3, "portal_people.given_name", |text| EnteredName::parse(text).ok())?,
        label: row.opt_read(4, "portal_people.label", |text| PersonLabel::parse(text).ok())?,
        added_at: row.time(5, "portal_people.added_at")?,
    })
}
