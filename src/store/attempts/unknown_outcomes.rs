//! Attempts of which the carrier has named no call: what a call of its list may be, and what is to be looked for.

use jiff::{SignedDuration, Timestamp};

use super::{AttemptRow, ahead, read};
use crate::domain::{AttemptState, PatientId, PhoneNumber};
use crate::policy::LONGEST_BETWEEN_LOOKS;
use crate::store::{StoreError, Tx};

/// The attempts of a patient at a number since `since` that have ended and for which the carrier never named a call, in
/// no order: a call of its list that nobody knows may be one of theirs.
///
/// # Errors
/// When the database fails.
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

/// Intents without an outcome that are older than `before`, or whose outcome should be known by `now` as they aren't
/// wanted any more; longest first.
///
/// # Errors
/// When the database fails.
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

/// Open attempts in a state that hasn't changed since `before`, and that aren't to be asked about later than `now`;
/// longest first. Times that lie further ahead than they can were written by a clock that was wrong, and are past.
///
/// # Errors
/// When the database fails.
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

/// Answered attempts in whose conversation nothing has moved since `before`, and that aren't to be asked about later
/// than `now`; longest first. Times ahead are as in [`unmoved`].
///
/// # Errors
/// When the database fails.
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

/// Unknown attempts that are to be looked for by `now`, and those whose look lies further ahead than any is planned.
///
/// # Errors
/// When the database fails.
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

/// The latest moment for which a look can be planned: those for unknown calls are [`LONGEST_BETWEEN_LOOKS`] apart,
/// those for silent ones as far as the silence is long that leads to them.
fn latest_look(silent_since: Timestamp, now: Timestamp) -> Timestamp {
    let apart = SignedDuration::try_from(LONGEST_BETWEEN_LOOKS).unwrap_or(SignedDuration::MAX);
    now.checked_add(now.duration_since(silent_since).max(apart)).map_or(Timestamp::MAX, ahead)
}
