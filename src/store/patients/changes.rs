//! Which fields each revision of a patient's record has changed, so that two editors can be told.

use crate::domain::PatientId;
use crate::store::{StoreError, Tx};

/// Records which fields the current revisions of these patients have changed.
///
/// # Errors
/// Database errors.
pub async fn note_changes(tx: &mut Tx, changed: Vec<(PatientId, &str)>) -> Result<(), StoreError> {
    tx.write_rows(
        "INSERT INTO patient_changes (patient_id, revision, field)
         SELECT DISTINCT p.id, p.revision, v.column2 FROM (VALUES",
        changed.into_iter().map(|(patient, field)| [patient.into(), field.into()]).collect(),
        ") AS v JOIN patients p ON p.id = v.column1 WHERE true ON CONFLICT (patient_id, revision, field) DO NOTHING",
    )
    .await
}

/// The names of the fields that changed in a patient's record after a revision.
///
/// # Errors
/// Database errors.
pub async fn changed_since(tx: &mut Tx, patient: PatientId, revision: i64) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT field FROM patient_changes WHERE patient_id = $1 AND revision > $2 ORDER BY field";
    tx.fetch_all(sql, vec![patient.into(), revision.into()], |row| row.owned(0)).await
}
