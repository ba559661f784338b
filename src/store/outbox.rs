//! Errands: what a turn asked for, done after its commit and again until it succeeds.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Document, StoreError, Tx, arg::parsed};
use crate::follow_up::CLOCKS_AGREE;

/// The longest time by which an errand is postponed.
pub const LONGEST_POSTPONED: SignedDuration = SignedDuration::from_hours(1);

/// One errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrandRow {
    /// Its id.
    pub id: Uuid,
    /// What is to be done.
    pub errand: Document,
    /// Not before this time.
    pub due_at: Timestamp,
    /// How often it was postponed.
    pub attempts: i64,
}

/// Adds errands.
///
/// # Errors
/// As the database fails.
pub async fn put(tx: &mut Tx, errands: Vec<ErrandRow>) -> Result<(), StoreError> {
    let rows = errands.into_iter().map(|e| [e.id.into(), e.errand.into(), e.due_at.into(), e.attempts.into()]);
    tx.execute_rows("INSERT INTO outbox (id, errand, due_at, attempts) VALUES", rows.collect(), "").await?;
    Ok(())
}

/// Errands due at a time, longest due first. One that lies further ahead than any is postponed was written by a clock
/// that was wrong, and is due.
///
/// # Errors
/// As the database fails.
pub async fn due(tx: &mut Tx, at: Timestamp, limit: u32) -> Result<Vec<ErrandRow>, StoreError> {
    let latest = at.checked_add(LONGEST_POSTPONED + CLOCKS_AGREE).unwrap_or(Timestamp::MAX);
    tx.fetch_all(
        "SELECT id, errand, due_at, attempts FROM outbox WHERE done_at IS NULL AND (due_at <= $1 OR due_at > $3)
         ORDER BY due_at, id LIMIT $2",
        vec![at.into(), i64::from(limit).into(), latest.into()],
        |row| {
            Ok(ErrandRow {
                id: row.read(0, "outbox.id", parsed)?,
                errand: row.document(1)?,
                due_at: row.time(2, "outbox.due_at")?,
                attempts: row.int(3)?,
            })
        },
    )
    .await
}

/// Marks errands as done.
///
/// # Errors
/// As the database fails.
pub async fn done(tx: &mut Tx, ids: &[Uuid], at: Timestamp) -> Result<u64, StoreError> {
    tx.execute_rows(
        "UPDATE outbox SET done_at = v.column2 FROM (VALUES",
        ids.iter().map(|id| [(*id).into(), at.into()]).collect(),
        ") AS v WHERE outbox.id = v.column1 AND outbox.done_at IS NULL",
    )
    .await
}

/// Moves an errand on to a later time, as it was read with `attempts`; says whether it was still there so. Of several
/// workers that read it one alone succeeds: postponed before the work, this is also the claim to it.
///
/// # Errors
/// As the database fails.
pub async fn postpone(tx: &mut Tx, id: Uuid, attempts: i64, due_at: Timestamp) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "UPDATE outbox SET due_at = $3, attempts = attempts + 1
             WHERE id = $1 AND attempts = $2 AND done_at IS NULL",
            vec![id.into(), attempts.into(), due_at.into()],
        )
        .await?;
    Ok(written == 1)
}
