//! Attempts for which the carrier has named no call: which call in its list may be theirs, and when to look it up.

use jiff::{SignedDuration, Timestamp};

use super::{AttemptRow, ahead, read};
use crate::domain::{AttemptState, PatientId, PhoneNumber};
use crate::policy::LONGEST_BETWEEN_LOOKS;
use crate::store::{StoreError, Tx};

/// The attempts of a patient at a number since `since` that have ended without the carrier ever naming a call. An
/// unknown call in the carrier's list may be one of them. In no particular order.
///
/// # Errors
/// Database errors.
pub async fn ended_without_leg(
    tx: &mut Tx,
    patient: PatientId,
    number: &PhoneNumber,
    since: Timestamp,
) -> Result<Vec<AttemptRow>, StoreError> {
    tx.fetch_all(
        select!(
            "WHERE a.patient_id = $1 AND a.phone_number = $2 AND a.intended_at >= $3 AND a.ended_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM legs l WHERE l.call_id = a.call_id)"
        ),
        vec![patient.into(), number.into(), since.into()],
        read,
    )
    .await
}

/// Intents without an outcome that are older than `before`, or that were withdrawn and should have an outcome by `now`.
/// Oldest first.
///
/// # Errors
/// Database errors.
pub async fn left_behind(
    tx: &mut Tx,
    before: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<AttemptRow>, StoreError> {
    tx.fetch_all(
        select!(
            "WHERE a.ended_at IS NULL AND a.state = 'intended' AND (a.moved_at < $1 OR a.moved_at > $4
             OR a.look_at <= $2) ORDER BY a.moved_at LIMIT $3"
        ),
        vec![before.into(), now.into(), i64::from(limit).into(), ahead(now).into()],
        read,
    )
    .await
}

/// Open attempts whose state hasn't changed since `before` and whose next lookup is due by `now`. Oldest first. Times
/// further in the future than possible were written while a clock was wrong, and count as past.
///
/// # Errors
/// Database errors.
pub async fn unmoved(
    tx: &mut Tx,
    state: AttemptState,
    before: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<AttemptRow>, StoreError> {
    tx.fetch_all(
        select!(
            "WHERE a.ended_at IS NULL AND a.state = $1 AND (a.moved_at < $2 OR a.moved_at > $5)
             AND (a.look_at IS NULL OR a.look_at <= $3 OR a.look_at > $6) ORDER BY a.moved_at LIMIT $4"
        ),
        vec![
            state.code().into(),
            before.into(),
            now.into(),
            i64::from(limit).into(),
            ahead(now).into(),
            latest_look(before, now).into(),
        ],
        read,
    )
    .await
}

/// Answered attempts whose conversation hasn't changed since `before` and whose next lookup is due by `now`. Oldest
/// first. Future times count as in [`unmoved`].
///
/// # Errors
/// Database errors.
pub async fn silent(tx: &mut Tx, before: Timestamp, now: Timestamp, limit: u32) -> Result<Vec<AttemptRow>, StoreError> {
    tx.fetch_all(
        select!(
            "JOIN sessions s ON s.call_id = a.call_id WHERE a.ended_at IS NULL AND a.state = 'answered'
             AND (s.updated_at < $1 OR s.updated_at > $4)
             AND (a.look_at IS NULL OR a.look_at <= $2 OR a.look_at > $5) ORDER BY s.updated_at LIMIT $3"
        ),
        vec![before.into(), now.into(), i64::from(limit).into(), ahead(now).into(), latest_look(before, now).into()],
        read,
    )
    .await
}

/// Attempts with unknown outcome whose lookup is due by `now`, and those whose lookup is later than any that is
/// planned.
///
/// # Errors
/// Database errors.
pub async fn to_look_for(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<AttemptRow>, StoreError> {
    tx.fetch_all(
        select!(
            "WHERE a.ended_at IS NULL AND a.state = 'unknown' AND (a.look_at <= $1 OR a.look_at > $3)
             ORDER BY a.look_at LIMIT $2"
        ),
        vec![now.into(), i64::from(limit).into(), latest_look(now, now).into()],
        read,
    )
    .await
}

/// The latest time for which a lookup can be planned. Lookups for calls with unknown outcome are
/// [`LONGEST_BETWEEN_LOOKS`] apart. Those for silent calls are as far apart as the silence that triggers them.
fn latest_look(silent_since: Timestamp, now: Timestamp) -> Timestamp {
    let apart = SignedDuration::try_from(LONGEST_BETWEEN_LOOKS).unwrap_or(SignedDuration::MAX);
    now.checked_add(now.duration_since(silent_since).max(apart)).map_or(Timestamp::MAX, ahead)
}
