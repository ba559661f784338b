//! Requests of patients that notices stop (M13), and what their health centre decided.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{NoticeStop, PatientId, StopAskedIn};

/// The last request of a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeStopRow {
    /// Whose notices.
    pub patient: PatientId,
    /// How far it is.
    pub state: NoticeStop,
    /// Where it was asked.
    pub asked_in: StopAskedIn,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// When the health centre decided.
    pub decided_at: Option<Timestamp>,
}

/// Records a request, unless one is open or notices have stopped. Returns whether it was new.
///
/// # Errors
/// Database errors.
pub async fn request(tx: &mut Tx, patient: PatientId, place: StopAskedIn, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO notice_stops (patient_id, state, asked_in, requested_at) VALUES ($1, 'requested', $2, $3)
               ON CONFLICT (patient_id) DO UPDATE
               SET state = 'requested', asked_in = excluded.asked_in, requested_at = excluded.requested_at,
                   decided_at = NULL
               WHERE notice_stops.state = 'declined'";
    Ok(tx.execute(sql, vec![patient.into(), place.code().into(), at.into()]).await? == 1)
}

/// Records what the health centre decided, if a request is open. Returns whether one was.
///
/// # Errors
/// Database errors.
pub async fn decide(tx: &mut Tx, patient: PatientId, state: NoticeStop, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE notice_stops SET state = $2, decided_at = $3 WHERE patient_id = $1 AND state = 'requested'";
    Ok(tx.execute(sql, vec![patient.into(), state.code().into(), at.into()]).await? == 1)
}

/// Takes an open request back. Returns whether one was open.
///
/// # Errors
/// Database errors.
pub async fn take_back(tx: &mut Tx, patient: PatientId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM notice_stops WHERE patient_id = $1 AND state = 'requested'";
    Ok(tx.execute(sql, vec![patient.into()]).await? == 1)
}

/// Lets notices go on that had stopped. Returns whether they had.
///
/// # Errors
/// Database errors.
pub async fn resume(tx: &mut Tx, patient: PatientId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE notice_stops SET state = 'declined', decided_at = $2
               WHERE patient_id = $1 AND state <> 'declined'";
    Ok(tx.execute(sql, vec![patient.into(), at.into()]).await? == 1)
}

/// The last requests of these patients.
///
/// # Errors
/// Database errors.
pub async fn of_patients(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<NoticeStopRow>, StoreError> {
    let head = "SELECT patient_id, state, asked_in, requested_at, decided_at FROM notice_stops WHERE patient_id IN";
    tx.fetch_in(head, &[], patients.iter().map(|id| (*id).into()), "", read).await
}

fn read(row: &Row<'_>) -> Result<NoticeStopRow, StoreError> {
    Ok(NoticeStopRow {
        patient: row.read(0, "notice_stops.patient_id", parsed)?,
        state: row.read(1, "notice_stops.state", NoticeStop::from_code)?,
        asked_in: row.read(2, "notice_stops.asked_in", StopAskedIn::from_code)?,
        requested_at: row.time(3, "notice_stops.requested_at")?,
        decided_at: row.opt_time(4, "notice_stops.decided_at")?,
    })
}
