//! Who is on the phone with us, who was last, and when something should have been heard of it.

use jiff::Timestamp;

use crate::domain::{AttemptState, CallId, PatientId, PhoneNumber};
use crate::policy::AttemptWithoutLeg;
use crate::store::bind_value::parsed;
use crate::store::{StoreError, Tx};

/// The open attempts by state and by when they are to be looked for: when the first of each, or of their conversations,
/// moved last.
///
/// # Errors
/// When the database fails.
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

/// Of these patients, those with whom a conversation ended from `since` to `now` and whose line the carrier still has:
/// they are hearing the goodbye.
///
/// # Errors
/// When the database fails.
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

/// Of these numbers, those to which a call is in progress, whoever has them now.
///
/// # Errors
/// When the database fails.
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

/// The attempts to these numbers, committed at `since` or later or still open, of which no leg is known; in no order.
///
/// # Errors
/// When the database fails.
pub async fn without_leg(
    tx: &mut Tx,
    numbers: &[PhoneNumber],
    since: Timestamp,
) -> Result<Vec<AttemptWithoutLeg>, StoreError> {
    tx.fetch_in(
        "SELECT a.phone_number, a.intended_at, a.ended_at FROM attempts a
         WHERE (a.intended_at >= $1 OR a.ended_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM legs l WHERE l.call_id = a.call_id) AND a.phone_number IN",
        &[since.into()],
        numbers.iter().map(Into::into),
        "",
        |row| {
            Ok(AttemptWithoutLeg {
                number: row.read(0, "attempts.phone_number", |text| PhoneNumber::from_e164(text).ok())?,
                intended_at: row.time(1, "attempts.intended_at")?,
                open: row.opt_time(2, "attempts.ended_at")?.is_none(),
            })
        },
    )
    .await
}

/// When the last attempt was committed to.
///
/// # Errors
/// When the database fails.
pub async fn latest_at(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT max(intended_at) FROM attempts";
    Ok(tx.fetch_optional(sql, vec![], |row| row.opt_time(0, "attempts.intended_at")).await?.flatten())
}

/// The call of the last attempt that was committed to, in the order of the commits: a clock that was put forward and
/// back leaves later moments behind. By its moment in a database of before that order was kept.
///
/// # Errors
/// When the database fails.
pub async fn latest(tx: &mut Tx) -> Result<Option<CallId>, StoreError> {
    let sql = "SELECT last_call FROM dialer WHERE last_call IS NOT NULL";
    let last = tx.fetch_optional(sql, vec![], |row| row.read(0, "dialer.last_call", parsed)).await?;
    if last.is_some() {
        return Ok(last);
    }
    let sql = "SELECT call_id FROM attempts ORDER BY intended_at DESC LIMIT 1";
    tx.fetch_optional(sql, vec![], |row| row.read(0, "attempts.call_id", parsed)).await
}
