//! Stops, releases and wrong numbers: who isn't called any more, and who is again.

use jiff::Timestamp;

use super::{PatientRow, note_changes, read, select};
use crate::domain::{CentreCode, PatientId, PhoneNumber};
use crate::store::bind_value::parsed;
use crate::store::{StoreError, Tx};

/// Records that patients pressed key 8 to ask that calls stop. They get no calls until the centre decides.
///
/// # Errors
/// Database errors.
pub async fn request_stop(tx: &mut Tx, ids: &[PatientId], at: Timestamp) -> Result<(), StoreError> {
    let changed = tx
        .fetch_rows(
            "UPDATE patients SET stop_requested_at = v.column2, next_slot_at = NULL, revision = patients.revision + 1
             FROM (VALUES",
            ids.iter().map(|id| [(*id).into(), at.into()]).collect(),
            ") AS v WHERE patients.id = v.column1 AND patients.stop_requested_at IS NULL RETURNING id",
            |row| row.read(0, "patients.id", parsed),
        )
        .await?;
    note_changes(tx, changed.into_iter().map(|id| (id, "stop_requested_at")).collect()).await
}

/// Records that someone else answered at these numbers. They aren't called while they remain registered.
///
/// # Errors
/// Database errors.
pub async fn wrong_numbers(tx: &mut Tx, numbers: &[(PatientId, PhoneNumber)]) -> Result<(), StoreError> {
    let changed = tx
        .fetch_rows(
            "UPDATE patients SET wrong_number = v.column2, next_slot_at = NULL, revision = patients.revision + 1
             FROM (VALUES",
            numbers.iter().map(|(id, number)| [(*id).into(), number.into()]).collect(),
            ") AS v WHERE patients.id = v.column1 AND patients.phone_number = v.column2 RETURNING id",
            |row| row.read(0, "patients.id", parsed),
        )
        .await?;
    note_changes(tx, changed.into_iter().map(|id| (id, "wrong_number")).collect()).await
}

/// Clears a stop, a stop request and a wrong number: the centre wants the calls.
///
/// # Errors
/// Database errors.
pub async fn resume(tx: &mut Tx, id: PatientId, at: Timestamp) -> Result<(), StoreError> {
    tx.write(
        "UPDATE patients SET stopped_at = NULL, stop_requested_at = NULL, wrong_number = NULL, updated_at = $2,
         revision = revision + 1 WHERE id = $1",
        vec![id.into(), at.into()],
    )
    .await
}

/// Records that a patient's calls were stopped. Returns `true` if that was new.
///
/// # Errors
/// Database errors.
pub async fn stop(tx: &mut Tx, id: PatientId, at: Timestamp) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "UPDATE patients SET stopped_at = $2, updated_at = $2, next_slot_at = NULL, revision = revision + 1
             WHERE id = $1 AND stopped_at IS NULL",
            vec![id.into(), at.into()],
        )
        .await?;
    Ok(written == 1)
}

/// Records that staff decided again that a patient's calls stay stopped, so that undoing an earlier stop doesn't resume
/// them.
///
/// # Errors
/// Database errors.
pub async fn stop_again(tx: &mut Tx, id: PatientId) -> Result<bool, StoreError> {
    let sql = "UPDATE patients SET revision = revision + 1
               WHERE id = $1 AND stopped_at IS NOT NULL AND released_at IS NULL";
    let written = tx.execute(sql, vec![id.into()]).await? == 1;
    if written {
        note_changes(tx, vec![(id, "stopped_at")]).await?;
    }
    Ok(written)
}

/// Records that a patient's observation ended. Returns `true` if that was new.
///
/// # Errors
/// Database errors.
pub async fn release(tx: &mut Tx, id: PatientId, at: Timestamp) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "UPDATE patients SET released_at = $2, updated_at = $2, next_slot_at = NULL, revision = revision + 1
             WHERE id = $1 AND released_at IS NULL",
            vec![id.into(), at.into()],
        )
        .await?;
    Ok(written == 1)
}

/// A health centre's patients who were released by `until`, who was released first first.
///
/// # Errors
/// Database errors.
pub async fn released_by(
    tx: &mut Tx,
    centre: &CentreCode,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<PatientRow>, StoreError> {
    tx.fetch_all(
        select!(
            "WHERE centre_code = $1 AND released_at IS NOT NULL AND released_at <= $2
             AND import <> (SELECT hidden FROM imports) ORDER BY released_at, id LIMIT $3"
        ),
        vec![centre.into(), until.into(), i64::from(limit).into()],
        read,
    )
    .await
}
