//! Closing alerts, by staff or because the matter is settled.

use jiff::Timestamp;

use super::end_seal;
use crate::domain::{AlertId, AlertKind, Closing, NoteText, PatientId};
use crate::store::bind_value::{Row, parsed};
use crate::store::{StoreError, Tx};

/// Closes an alert. Returns `true` if it was open.
///
/// # Errors
/// Database errors.
pub async fn close(tx: &mut Tx, id: AlertId, at: Timestamp, by: &str) -> Result<bool, StoreError> {
    close_for(tx, id, at, by, None).await
}

/// Closes an alert for a reason that staff gave. Returns `true` if it was open.
///
/// # Errors
/// Database errors.
pub async fn close_for(
    tx: &mut Tx,
    id: AlertId,
    at: Timestamp,
    by: &str,
    closing: Option<&Closing>,
) -> Result<bool, StoreError> {
    let reason = closing.map(|closing| closing.reason.code());
    let note = closing.and_then(|closing| closing.note.as_ref()).map(NoteText::expose);
    let written = tx
        .fetch_all(
            "UPDATE alerts SET closed_at = $2, closed_by = $3, closing_reason = $4, closing_note = $5
             WHERE id = $1 AND closed_at IS NULL RETURNING id, salt",
            vec![id.into(), at.into(), by.into(), reason.into(), note.into()],
            closed,
        )
        .await?;
    seal_closed(tx, &written, at, by);
    Ok(written.len() == 1)
}

/// Closes the open alerts of these kinds about these patients. Returns how many it closed.
///
/// # Errors
/// Database errors.
pub async fn close_of(
    tx: &mut Tx,
    patients: &[PatientId],
    kinds: &[AlertKind],
    at: Timestamp,
    by: &str,
) -> Result<u64, StoreError> {
    let pairs = patients.iter().flat_map(|patient| kinds.iter().map(move |kind| (*patient, *kind)));
    let written = tx
        .fetch_rows(
            "UPDATE alerts SET closed_at = v.column3, closed_by = v.column4 FROM (VALUES",
            pairs.map(|(patient, kind)| [patient.into(), kind.code().into(), at.into(), by.into()]).collect(),
            ") AS v WHERE alerts.patient_id = v.column1 AND alerts.kind = v.column2 AND alerts.closed_at IS NULL
             RETURNING alerts.id, alerts.salt",
            closed,
        )
        .await?;
    seal_closed(tx, &written, at, by);
    Ok(written.len() as u64)
}

/// Seals the closed alerts. Rows of an older version have no salt; they are sealed when the sealer finds them.
fn seal_closed(tx: &mut Tx, closed: &[(AlertId, Option<String>)], at: Timestamp, by: &str) {
    for (id, salt) in closed {
        if let Some(salt) = salt {
            tx.seals(end_seal(*id, at, Some(by), salt));
        }
    }
}

fn closed(row: &Row<'_>) -> Result<(AlertId, Option<String>), StoreError> {
    Ok((row.read(0, "alerts.id", parsed)?, row.opt_text(1)?.map(str::to_owned)))
}
