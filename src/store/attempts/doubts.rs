//! Attempts of which the carrier has named no call: what a call of its list may be, and what is to be looked for.

use jiff::Timestamp;

use super::{AttemptRow, read};
use crate::call::{PatientId, PhoneNumber};
use crate::store::{StoreError, Tx};

/// The attempts of a patient at a number since `since` that have ended and for which the carrier never named a call, in
/// no order: a call of its list that nobody knows may be one of theirs.
///
/// # Errors
/// As the database fails.
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
/// As the database fails.
pub async fn left_behind(
    tx: &mut Tx,
    before: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<AttemptRow>, StoreError> {
    tx.fetch_all(
        select!(
            "WHERE a.ended_at IS NULL AND a.state = 'intended' AND (a.moved_at < $1 OR a.look_at <= $2)
             ORDER BY a.moved_at LIMIT $3"
        ),
        vec![before.into(), now.into(), i64::from(limit).into()],
        read,
    )
    .await
}
