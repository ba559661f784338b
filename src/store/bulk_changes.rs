//! Changes of many patients at once: whom they concern, and how far they have come.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{BulkId, BulkKind, BulkOutcome, BulkState, CentreCode, PatientId, StaffAccountId};

/// A change of many patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRow {
    /// The change.
    pub id: BulkId,
    /// The health centre.
    pub centre: CentreCode,
    /// Who decided last.
    pub account: StaffAccountId,
    /// The name of that person.
    pub by: String,
    /// What changes.
    pub kind: BulkKind,
    /// The new value. Empty if there is none.
    pub value: String,
    /// How far it has come.
    pub state: BulkState,
    /// When its state changed.
    pub changed_at: Timestamp,
}

/// What became of a patient in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkPatient {
    /// The patient.
    pub patient: PatientId,
    /// What became of the patient.
    pub outcome: BulkOutcome,
    /// The value before.
    pub before: String,
    /// The patient's revision after the change.
    pub revision: i64,
}

/// Adds a change, with the patients whom it concerns.
///
/// # Errors
/// Database errors.
pub async fn add(tx: &mut Tx, bulk: &BulkRow, patients: &[PatientId]) -> Result<(), StoreError> {
    let sql = "INSERT INTO bulk_changes (id, centre_code, account_id, kind, value, state, created_at, changed_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    let args = vec![
        bulk.id.into(),
        (&bulk.centre).into(),
        bulk.account.into(),
        bulk.kind.code().into(),
        bulk.value.as_str().into(),
        bulk.state.code().into(),
        bulk.changed_at.into(),
    ];
    tx.execute(sql, args).await?;
    let rows = patients.iter().map(|patient| [bulk.id.into(), (*patient).into(), BulkOutcome::Waits.code().into()]);
    tx.write_rows("INSERT INTO bulk_rows (bulk_id, patient_id, outcome) VALUES", rows.collect(), "").await
}

/// One change.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, id: BulkId) -> Result<Option<BulkRow>, StoreError> {
    let sql = "SELECT b.id, b.centre_code, b.account_id, s.name, b.kind, b.value, b.state, b.changed_at
               FROM bulk_changes b JOIN staff_accounts s ON s.id = b.account_id WHERE b.id = $1";
    tx.fetch_optional(sql, vec![id.into()], read).await
}

/// Goes from one state to another. Returns `false` if it wasn't in the first one.
///
/// # Errors
/// Database errors.
pub async fn go(
    tx: &mut Tx,
    id: BulkId,
    account: StaffAccountId,
    (from, to): (BulkState, BulkState),
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE bulk_changes SET state = $3, account_id = $4, changed_at = $5 WHERE id = $1 AND state = $2";
    let args = vec![id.into(), from.code().into(), to.code().into(), account.into(), at.into()];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Changes that are being made or undone.
///
/// # Errors
/// Database errors.
pub async fn under_way(tx: &mut Tx) -> Result<Vec<BulkId>, StoreError> {
    let sql = "SELECT id FROM bulk_changes WHERE state IN ('applying', 'undoing') ORDER BY changed_at LIMIT 16";
    tx.fetch_all(sql, vec![], |row| row.read(0, "bulk_changes.id", parsed)).await
}

/// Some patients with an outcome, by their ids.
///
/// # Errors
/// Database errors.
pub async fn patients(
    tx: &mut Tx,
    id: BulkId,
    outcome: BulkOutcome,
    after: Option<PatientId>,
    limit: u32,
) -> Result<Vec<BulkPatient>, StoreError> {
    let sql = "SELECT patient_id, outcome, before, revision FROM bulk_rows
               WHERE bulk_id = $1 AND outcome = $2 AND patient_id > $3 ORDER BY patient_id LIMIT $4";
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    tx.fetch_all(sql, vec![id.into(), outcome.code().into(), after.into(), i64::from(limit).into()], |row| {
        Ok(BulkPatient {
            patient: row.read(0, "bulk_rows.patient_id", parsed)?,
            outcome: row.read(1, "bulk_rows.outcome", BulkOutcome::from_code)?,
            before: row.owned(2)?,
            revision: row.int(3)?,
        })
    })
    .await
}

/// The number of patients with each outcome.
///
/// # Errors
/// Database errors.
pub async fn counts(tx: &mut Tx, id: BulkId) -> Result<Vec<(BulkOutcome, u64)>, StoreError> {
    let sql = "SELECT outcome, count(*) FROM bulk_rows WHERE bulk_id = $1 GROUP BY outcome";
    tx.fetch_all(sql, vec![id.into()], |row| {
        let outcome = row.read(0, "bulk_rows.outcome", BulkOutcome::from_code)?;
        Ok((outcome, u64::try_from(row.int(1)?).unwrap_or(0)))
    })
    .await
}

/// Notes what became of patients.
///
/// # Errors
/// Database errors.
pub async fn note(tx: &mut Tx, id: BulkId, patients: &[BulkPatient]) -> Result<(), StoreError> {
    let rows = patients.iter().map(|of| {
        let BulkPatient { patient, outcome, before, revision } = of;
        [id.into(), (*patient).into(), outcome.code().into(), before.as_str().into(), (*revision).into()]
    });
    tx.write_rows(
        "UPDATE bulk_rows SET outcome = v.column3, before = v.column4, revision = v.column5 FROM (VALUES",
        rows.collect(),
        ") AS v WHERE bulk_rows.bulk_id = v.column1 AND bulk_rows.patient_id = v.column2",
    )
    .await
}

fn read(row: &Row<'_>) -> Result<BulkRow, StoreError> {
    Ok(BulkRow {
        id: row.read(0, "bulk_changes.id", parsed)?,
        centre: row.read(1, "bulk_changes.centre_code", |text| CentreCode::parse(text).ok())?,
        account: row.read(2, "bulk_changes.account_id", parsed)?,
        by: row.owned(3)?,
        kind: row.read(4, "bulk_changes.kind", BulkKind::from_code)?,
        value: row.owned(5)?,
        state: row.read(6, "bulk_changes.state", BulkState::from_code)?,
        changed_at: row.time(7, "bulk_changes.changed_at")?,
    })
}
