//! One setting of many patients, set at once. Only the index that holds it is written: a whole record would write each
//! index of the table again, although nothing in it changes.

use super::PatientRow;
use crate::store::{StoreError, Tx};

/// Sets the call times of these patients, and the next slot that follows from them.
///
/// # Errors
/// Database errors.
pub async fn set_call_times(tx: &mut Tx, patients: &[PatientRow]) -> Result<(), StoreError> {
    let rows = patients.iter().map(|patient| {
        let next = patient.calling.next_slot_at.into();
        [patient.id.into(), patient.call_times.as_str().into(), patient.updated_at.into(), next]
    });
    tx.write_rows(
        "UPDATE patients SET call_times = v.column2, updated_at = v.column3, next_slot_at = v.column4,
         revision = patients.revision + 1 FROM (VALUES",
        rows.collect(),
        ") AS v WHERE patients.id = v.column1",
    )
    .await
}

/// Sets the language of these patients' calls.
///
/// # Errors
/// Database errors.
pub async fn set_languages(tx: &mut Tx, patients: &[PatientRow]) -> Result<(), StoreError> {
    let rows = patients.iter().map(|patient| {
        let next = patient.calling.next_slot_at.into();
        [patient.id.into(), patient.language.tag().into(), patient.updated_at.into(), next]
    });
    tx.write_rows(
        "UPDATE patients SET language = v.column2, updated_at = v.column3, next_slot_at = v.column4,
         revision = patients.revision + 1 FROM (VALUES",
        rows.collect(),
        ") AS v WHERE patients.id = v.column1",
    )
    .await
}
