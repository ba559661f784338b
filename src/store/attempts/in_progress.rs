//! Attempts in progress, the last attempt, and when each should have reported something.

use jiff::Timestamp;

use crate::domain::{AttemptState, CallId, PatientId, PhoneNumber};
use crate::policy::AttemptWithoutLeg;
use crate::store::bind_value::parsed;
use crate::store::{StoreError, Tx, legs};

/// Groups the open attempts by state and next lookup. Each group has the earliest time at which one of its attempts, or
/// its conversation, last changed.
///
/// # Errors
/// Database errors.
pub async fn open_by_state(tx: &mut Tx) -> Result<Vec<(AttemptState, Timestamp, Option<Timestamp>)>, StoreError> {
    let sql = "SELECT a.state, min(COALESCE(s.updated_at, a.moved_at)), a.look_at FROM attempts a
               LEFT JOIN sessions s ON s.call_id = a.call_id AND a.state = 'answered'
               WHERE a.ended_at IS NULL GROUP BY a.state, a.look_at";
    tx.fetch_all(sql, vec![], |row| {
        let state = row.read(0, "attempts.state", AttemptState::from_code)?;
        Ok((state, row.time(1, "attempts.moved_at")?, row.opt_time(2, "attempts.look_at")?))
    })
    .await
}

/// Filters these patients for those whose conversation ended between `since` and `now` and whose line is still
/// connected: they are hearing the goodbye.
///
/// # Errors
/// Database errors.
pub async fn recently_ended(
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

/// Filters these numbers for those with a call in progress, whichever patient has the number now.
///
/// # Errors
/// Database errors.
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

/// The attempts to these numbers that have no known leg and were committed at or after `since` or are still open. In no
/// particular order.
///
/// # Errors
/// Database errors.
pub async fn without_leg(
    tx: &mut Tx,
    numbers: &[PhoneNumber],
    since: Timestamp,
) -> Result<Vec<AttemptWithoutLeg>, StoreError> {
    legs::dialled_without(
        tx,
        "SELECT a.phone_number, a.intended_at, a.ended_at FROM attempts a
         WHERE (a.intended_at >= $1 OR a.ended_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM legs l WHERE l.call_id = a.call_id) AND a.phone_number IN",
        numbers,
        since,
    )
    .await
}

/// When the last intent was committed.
///
/// # Errors
/// Database errors.
pub async fn latest_at(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT max(intended_at) FROM attempts";
    Ok(tx.fetch_optional(sql, vec![], |row| row.opt_time(0, "attempts.intended_at")).await?.flatten())
}

/// The call of the last committed intent, in the order of the commits. Times don't give that order: a clock that was
/// set forward and back leaves later times behind. A database from before that order was recorded uses the time.
///
/// # Errors
/// Database errors.
pub async fn latest(tx: &mut Tx) -> Result<Option<CallId>, StoreError> {
    let sql = "SELECT last_call FROM dialer WHERE last_call IS NOT NULL";
    let last = tx.fetch_optional(sql, vec![], |row| row.read(0, "dialer.last_call", parsed)).await?;
    if last.is_some() {
        return Ok(last);
    }
    let sql = "SELECT call_id FROM attempts ORDER BY intended_at DESC LIMIT 1";
    tx.fetch_optional(sql, vec![], |row| row.read(0, "attempts.call_id", parsed)).await
}
