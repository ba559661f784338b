//! The diagnosis of each patient, as the certificate shows it.

use jiff::Timestamp;

use super::{StoreError, Tx, bind_value::Row, bind_value::parsed};
use crate::domain::{Diagnosis, DiagnosisBasis, DiseaseName, NotificationReason, PatientId, RegisteredName, Revision};

/// A diagnosis, and who wrote it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiagnosisRow {
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// Its revision, from 1.
    pub revision: Revision,
    /// Who wrote it last.
    pub author: String,
    /// When.
    pub updated_at: Timestamp,
}

/// A patient's diagnosis.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId) -> Result<Option<DiagnosisRow>, StoreError> {
    let sql = "SELECT revision, disease, diagnosed_on, basis, reason, registered_name, entered_on, author, updated_at,
                 arrived_on
               FROM diagnoses WHERE patient_id = $1";
    tx.fetch_optional(sql, vec![patient.into()], read).await
}

/// Writes a patient's diagnosis. Its revision must be the one after the stored one, from 1 on.
///
/// # Errors
/// [`StoreError::Stale`] if it isn't.
pub async fn put(tx: &mut Tx, patient: PatientId, row: &DiagnosisRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO diagnoses (patient_id, revision, disease, diagnosed_on, basis, reason, registered_name,
                 entered_on, author, updated_at, arrived_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
               ON CONFLICT (patient_id) DO UPDATE SET revision = excluded.revision, disease = excluded.disease,
                 diagnosed_on = excluded.diagnosed_on, basis = excluded.basis, reason = excluded.reason,
                 registered_name = excluded.registered_name, entered_on = excluded.entered_on,
                 author = excluded.author, updated_at = excluded.updated_at, arrived_on = excluded.arrived_on
               WHERE diagnoses.revision + 1 = excluded.revision";
    let diagnosis = &row.diagnosis;
    let args = vec![
        patient.into(),
        row.revision.number().into(),
        diagnosis.disease.as_str().into(),
        diagnosis.diagnosed_on.into(),
        diagnosis.basis.code().into(),
        diagnosis.reason.code().into(),
        diagnosis.registered_name.expose().into(),
        diagnosis.entered_on.into(),
        row.author.as_str().into(),
        row.updated_at.into(),
        diagnosis.arrived_on.into(),
    ];
    if tx.execute(sql, args).await? == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

fn read(row: &Row<'_>) -> Result<DiagnosisRow, StoreError> {
    Ok(DiagnosisRow {
        revision: Revision(row.int(0)?),
        diagnosis: Diagnosis {
            disease: row.read(1, "diagnoses.disease", |text| DiseaseName::parse(text).ok())?,
            diagnosed_on: row.read(2, "diagnoses.diagnosed_on", parsed)?,
            basis: row.read(3, "diagnoses.basis", DiagnosisBasis::from_code)?,
            reason: row.read(4, "diagnoses.reason", NotificationReason::from_code)?,
            registered_name: row.read(5, "diagnoses.registered_name", |text| RegisteredName::parse(text).ok())?,
            entered_on: row.read(6, "diagnoses.entered_on", parsed)?,
            arrived_on: row.opt_read(9, "diagnoses.arrived_on", parsed)?,
        },
        author: row.owned(7)?,
        updated_at: row.time(8, "diagnoses.updated_at")?,
    })
}
