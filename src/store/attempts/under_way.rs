//! Who is on the phone with us, who was last, and when something should have been heard of it.

use jiff::Timestamp;

use crate::call::{AttemptState, CallId, PatientId, PhoneNumber};
use crate::store::arg::parsed;
use crate::store::{StoreError, Tx};

/// The open attempts by state and by when they are to be looked for: when the first of each, or of their conversations,
/// moved last.
///
/// # Errors
/// As the database fails.
pub async fn open_by_state(tx: &mut Tx) -> Result<Vec<(AttemptState, Timestamp, Option<Timestamp>)>, StoreError> {
    let sql = "SELECT a.state, min(COALESCE(s.updated_at, a.moved_at)), a.look_at FROM attempts a
               LEFT JOIN sessions s ON s.call_id = a.call_id AND a.state = 'answered'
               WHERE a.ended_at IS NULL GROUP BY a.state, a.look_at";
    tx.fetch_all(sql, vec![], |row| {
        let state = row.read(0, "attempts.state", AttemptState::from_word)?;
        Ok((state, row.time(1, "attempts.moved_at")?, row.opt_time(2, "attempts.look_at")?))
    })
    .await
}

/// Of these patients, those with whom a conversation ended from `since` to `now` and whose line the carrier still has:
/// they are hearing the goodbye.
///
/// # Errors
/// As the database fails.
pub async fn lingering(
    tx: &mut Tx,
    patients: &[PatientId],
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<PatientId>, StoreError> {
    tx.fetch_in(
        "SELECT a.patient_id FROM attempts a JOIN legs l ON l.call_id = a.call_id
         WHERE a.ended_at >= $1 AND a.ended_at <= $2 AND l.ended_at IS NULL AND a.patient_id IN",
        &[since.into(), now.into()],
        patients.iter().map(|patient| (*patient).into()),
        "",
        |row| row.read(0, "attempts.patient_id", parsed),
    )
    .await
}

/// Of these numbers, those to which a call is under way, whoever's they are now.
///
/// # Errors
/// As the database fails.
pub async fn busy_numbers(tx: &mut Tx, numbers: &[PhoneNumber]) -> Result<Vec<PhoneNumber>, StoreError> {
    tx.fetch_in(
        "SELECT phone_number FROM attempts WHERE ended_at IS NULL AND phone_number IN",
        &[],
        numbers.iter().map(Into::into),
        "",
        |row| row.read(0, "attempts.phone_number", |text| PhoneNumber::from_e164(text).ok()),
    )
    .await
}

/// The call of the last attempt that was committed to, by its moment.
///
/// # Errors
/// As the database fails.
pub async fn latest(tx: &mut Tx) -> Result<Option<CallId>, StoreError> {
    let sql = "SELECT call_id FROM attempts ORDER BY intended_at DESC LIMIT 1";
    tx.fetch_optional(sql, vec![], |row| row.read(0, "attempts.call_id", parsed)).await
}
