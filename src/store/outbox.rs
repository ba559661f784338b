//! The outbox: jobs that follow from a commit. They run after it and are repeated until they succeed.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Document, StoreError, Tx, bind_value::parsed};
use crate::policy::CLOCKS_AGREE;

/// The longest time for which a job is postponed.
pub const LONGEST_POSTPONED: SignedDuration = SignedDuration::from_hours(1);

/// One job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its id.
    pub id: Uuid,
    /// What to do.
    pub job: Document,
    /// The earliest time to run it.
    pub due_at: Timestamp,
    /// How often it was postponed.
    pub attempts: i64,
}

/// Adds jobs.
///
/// # Errors
/// Database errors.
pub async fn put(tx: &mut Tx, jobs: Vec<JobRow>) -> Result<(), StoreError> {
    let rows = jobs.into_iter().map(|e| [e.id.into(), e.job.into(), e.due_at.into(), e.attempts.into()]);
    tx.execute_rows("INSERT INTO outbox (id, errand, due_at, attempts) VALUES", rows.collect(), "").await?;
    Ok(())
}

/// The jobs due at a time, longest due first. A job that is further in the future than any is postponed was written
/// while a clock was wrong, and counts as due.
///
/// # Errors
/// Database errors.
pub async fn due(tx: &mut Tx, at: Timestamp, limit: u32) -> Result<Vec<JobRow>, StoreError> {
    let latest = at.checked_add(LONGEST_POSTPONED + CLOCKS_AGREE).unwrap_or(Timestamp::MAX);
    tx.fetch_all(
        "SELECT id, errand, due_at, attempts FROM outbox WHERE done_at IS NULL AND (due_at <= $1 OR due_at > $3)
         ORDER BY due_at, id LIMIT $2",
        vec![at.into(), i64::from(limit).into(), latest.into()],
        |row| {
            Ok(JobRow {
                id: row.read(0, "outbox.id", parsed)?,
                job: row.document(1)?,
                due_at: row.time(2, "outbox.due_at")?,
                attempts: row.int(3)?,
            })
        },
    )
    .await
}

/// Marks jobs as done.
///
/// # Errors
/// Database errors.
pub async fn done(tx: &mut Tx, ids: &[Uuid], at: Timestamp) -> Result<u64, StoreError> {
    tx.execute_rows(
        "UPDATE outbox SET done_at = v.column2 FROM (VALUES",
        ids.iter().map(|id| [(*id).into(), at.into()]).collect(),
        ") AS v WHERE outbox.id = v.column1 AND outbox.done_at IS NULL",
    )
    .await
}

/// Postpones a job that was read with `attempts`. Returns `true` if the job was unchanged since. Of several workers
/// that read the same job, only one succeeds. A worker that postpones the job before it works on it therefore claims
/// it.
///
/// # Errors
/// Database errors.
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
