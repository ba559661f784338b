//! The outbox: jobs that follow from a commit. A process claims a job before it runs it, so that no other process runs
//! it at the same time.

use jiff::{SignedDuration, Timestamp};

use super::bind_value::{Row, parsed};
use super::nodes::seen_if_alive;
use super::{Document, StoreError, Tx};
use crate::domain::{Job, JobFailure, JobId, JobKind, ProcessId};
use crate::policy::CLOCKS_AGREE;

/// The longest time for which a job is postponed.
pub const LONGEST_POSTPONED: SignedDuration = SignedDuration::from_hours(1);
/// The longest time for which a job may run: two requests to the carrier of ten seconds each, and the database. The
/// process stops it then.
pub const LONGEST_RUN: SignedDuration = SignedDuration::from_secs(30);
/// How long a claim is valid: longer than any run, even if the clocks of two nodes differ. A job that a killed process
/// has claimed waits for at most this time.
pub const CLAIM_LASTS: SignedDuration = SignedDuration::from_secs(LONGEST_RUN.as_secs() + CLOCKS_AGREE.as_secs());

/// A job to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// What to do.
    pub job: Job,
    /// The earliest time to run it.
    pub due_at: Timestamp,
}

/// A job that this process has claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: JobKind,
    /// What to do: the JSON of a [`Job`].
    pub job: Document,
    /// The runs since the last one that ended as expected, this one included.
    pub runs: i64,
}

/// A job that isn't done, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenJob {
    /// Its id.
    pub id: JobId,
    /// Its kind, as stored: possibly one that this program doesn't know.
    pub kind: String,
    /// The earliest time to run it.
    pub due_at: Timestamp,
    /// The runs since the last one that ended as expected.
    pub runs: i64,
    /// Until when a process has claimed it. It may have ended since.
    pub claimed_until: Option<Timestamp>,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// Why it was given up. `None` if it wasn't, or for a reason of a newer program.
    pub failure: Option<JobFailure>,
}

/// Adds jobs.
///
/// # Errors
/// Database errors.
pub async fn put(tx: &mut Tx, jobs: Vec<NewJob>) -> Result<(), StoreError> {
    let rows = jobs.into_iter().map(|new| {
        // A job is an enum of ids and codes, so serialization can't fail.
        let job = serde_json::to_string(&new.job).unwrap_or_default();
        [new.id.into(), new.job.kind().code().into(), job.into(), new.due_at.into(), 0.into()]
    });
    tx.write_rows("INSERT INTO outbox (id, kind, job, due_at, attempts) VALUES", rows.collect(), "").await
}

/// The jobs that can be claimed: due, neither done nor given up, and not claimed by another process. A time further in
/// the future than any that is stored was written while a clock was wrong, and counts as past. A process claims its own
/// jobs again: it hasn't been able to store their results. A job that was left to a node is claimed only by that node
/// while it is alive.
macro_rules! claimable {
    () => {
        "done_at IS NULL AND failed_at IS NULL AND (due_at <= $1 OR due_at > $2)
         AND (claimed_until IS NULL OR claimed_until <= $1 OR claimed_until > $2 OR claimed_by = $3)
         AND (node IS NULL OR node = $3
              OR NOT EXISTS (SELECT 1 FROM nodes
                             WHERE nodes.id = outbox.node AND nodes.seen_at > $4 AND nodes.seen_at <= $5))
         AND kind IN"
    };
}

/// Returns `true` if [`claim`] would claim a job. It only reads, so it may run often.
///
/// # Errors
/// Database errors.
pub async fn is_any_claimable(
    tx: &mut Tx,
    kinds: &[JobKind],
    process: ProcessId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    const HEAD: &str = concat!("SELECT id FROM outbox WHERE ", claimable!());
    let (alive_since, alive_to) = seen_if_alive(at);
    let fixed = [at.into(), latest(at).into(), process.into(), alive_since.into(), alive_to.into()];
    let keys = kinds.iter().map(|kind| kind.code().into());
    Ok(!tx.fetch_in(HEAD, &fixed, keys, "LIMIT 1", |row| row.owned(0)).await?.is_empty())
}

/// Claims jobs of these kinds that are due, longest due first. The claim is valid for [`CLAIM_LASTS`], unless its
/// process ends it before. Jobs of other kinds aren't read.
///
/// # Errors
/// Database errors.
pub async fn claim(
    tx: &mut Tx,
    kinds: &[JobKind],
    process: ProcessId,
    at: Timestamp,
    limit: u32,
) -> Result<Vec<ClaimedJob>, StoreError> {
    const HEAD: &str = concat!("WITH claimable AS (SELECT id AS claimable_id FROM outbox WHERE ", claimable!());
    macro_rules! tail {
        ($lock:literal) => {
            concat!(
                "ORDER BY due_at, id LIMIT $7 ",
                $lock,
                ") UPDATE outbox SET claimed_by = $3, claimed_until = $6, attempts = attempts + 1
                 FROM claimable WHERE id = claimable_id RETURNING due_at, id, kind, job, attempts"
            )
        };
    }
    // Nodes that claim at the same time don't wait for each other: each skips what another one has locked.
    let tail = if tx.writes_alone() { tail!("") } else { tail!("FOR UPDATE SKIP LOCKED") };
    let until = at.checked_add(CLAIM_LASTS).unwrap_or(Timestamp::MAX);
    let (alive_since, alive_to) = seen_if_alive(at);
    let fixed = [
        at.into(),
        latest(at).into(),
        process.into(),
        alive_since.into(),
        alive_to.into(),
        until.into(),
        i64::from(limit).into(),
    ];
    let keys = kinds.iter().map(|kind| kind.code().into());
    let mut claimed = tx
        .fetch_in(HEAD, &fixed, keys, tail, |row| {
            let job = ClaimedJob {
                id: row.read(1, "outbox.id", parsed)?,
                kind: row.read(2, "outbox.kind", JobKind::from_code)?,
                job: row.document(3)?,
                runs: row.int(4)?,
            };
            Ok((row.int(0)?, job))
        })
        .await?;
    claimed.sort_by_key(|(due_at, job)| (*due_at, job.id));
    Ok(claimed.into_iter().map(|(_, job)| job).collect())
}

/// The latest time of a job that can be right. Later ones were stored while a clock was wrong, and count as past.
pub fn latest(at: Timestamp) -> Timestamp {
    at.checked_add(LONGEST_POSTPONED + CLOCKS_AGREE).unwrap_or(Timestamp::MAX)
}

/// Marks jobs as done. Returns how many weren't done before.
///
/// # Errors
/// Database errors.
pub async fn done(tx: &mut Tx, ids: &[JobId], at: Timestamp) -> Result<u64, StoreError> {
    tx.execute_rows(
        "UPDATE outbox SET done_at = v.column2 FROM (VALUES",
        ids.iter().map(|id| [(*id).into(), at.into()]).collect(),
        ") AS v WHERE outbox.id = v.column1 AND outbox.done_at IS NULL",
    )
    .await
}

/// Marks all jobs of a kind as done.
///
/// # Errors
/// Database errors.
pub async fn all_done(tx: &mut Tx, kind: JobKind, at: Timestamp) -> Result<(), StoreError> {
    tx.write("UPDATE outbox SET done_at = $2 WHERE kind = $1 AND done_at IS NULL", vec![kind.code().into(), at.into()])
        .await
}

/// Ends the claim of a process on a job that isn't done, and sets when it is due again and its number of runs. Does
/// nothing if another process has claimed it since.
///
/// # Errors
/// Database errors.
pub async fn postpone(
    tx: &mut Tx,
    id: JobId,
    process: ProcessId,
    due_at: Timestamp,
    runs: i64,
) -> Result<(), StoreError> {
    tx.write(
        "UPDATE outbox SET due_at = $3, attempts = $4, claimed_by = NULL, claimed_until = NULL
         WHERE id = $1 AND claimed_by = $2 AND done_at IS NULL",
        vec![id.into(), process.into(), due_at.into(), runs.into()],
    )
    .await
}

/// Leaves a job to the node that has its leg, and ends the claim of a process on it. Does nothing if another process
/// has claimed it since.
///
/// # Errors
/// Database errors.
pub async fn leave_to(tx: &mut Tx, id: JobId, process: ProcessId, node: ProcessId) -> Result<(), StoreError> {
    tx.write(
        "UPDATE outbox SET node = $3, attempts = 0, claimed_by = NULL, claimed_until = NULL
         WHERE id = $1 AND claimed_by = $2 AND done_at IS NULL",
        vec![id.into(), process.into(), node.into()],
    )
    .await
}

/// Gives up a job that a process has claimed. Nobody runs it until staff retry it. Does nothing if another process has
/// claimed it since.
///
/// # Errors
/// Database errors.
pub async fn fail(
    tx: &mut Tx,
    id: JobId,
    process: ProcessId,
    why: JobFailure,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.write(
        "UPDATE outbox SET failed_at = $3, failure = $4, claimed_by = NULL, claimed_until = NULL
         WHERE id = $1 AND claimed_by = $2 AND done_at IS NULL",
        vec![id.into(), process.into(), at.into(), why.code().into()],
    )
    .await
}

macro_rules! select_open {
    ($condition:literal) => {
        concat!(
            "SELECT id, kind, due_at, attempts, claimed_until, failed_at, failure FROM outbox WHERE done_at IS NULL AND ",
            $condition,
            " LIMIT $1"
        )
    };
}

/// The jobs that aren't done: first those that were given up, then the others, longest due first.
///
/// # Errors
/// Database errors.
pub async fn open(tx: &mut Tx, limit: u32) -> Result<Vec<OpenJob>, StoreError> {
    let mut open = failed(tx, limit).await?;
    let left = limit.saturating_sub(u32::try_from(open.len()).unwrap_or(u32::MAX));
    open.extend(
        tx.fetch_all(select_open!("failed_at IS NULL ORDER BY due_at, id"), vec![i64::from(left).into()], open_job)
            .await?,
    );
    Ok(open)
}

/// The jobs that were given up, in the order in which that happened.
///
/// # Errors
/// Database errors.
pub async fn failed(tx: &mut Tx, limit: u32) -> Result<Vec<OpenJob>, StoreError> {
    let sql = select_open!("failed_at IS NOT NULL ORDER BY failed_at, id");
    tx.fetch_all(sql, vec![i64::from(limit).into()], open_job).await
}

fn open_job(row: &Row<'_>) -> Result<OpenJob, StoreError> {
    Ok(OpenJob {
        id: row.read(0, "outbox.id", parsed)?,
        kind: row.owned(1)?,
        due_at: row.time(2, "outbox.due_at")?,
        runs: row.int(3)?,
        claimed_until: row.opt_time(4, "outbox.claimed_until")?,
        failed_at: row.opt_time(5, "outbox.failed_at")?,
        failure: row.opt_text(6)?.and_then(JobFailure::from_code),
    })
}

/// Makes a job that was given up due again. Returns `false` if it isn't given up.
///
/// # Errors
/// Database errors.
pub async fn retry(tx: &mut Tx, id: JobId, at: Timestamp) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "UPDATE outbox SET failed_at = NULL, failure = NULL, attempts = 0, due_at = $2
             WHERE id = $1 AND failed_at IS NOT NULL AND done_at IS NULL",
            vec![id.into(), at.into()],
        )
        .await?;
    Ok(written == 1)
}

/// Marks a job that was given up as done, so that it never runs. Returns `false` if it isn't given up.
///
/// # Errors
/// Database errors.
pub async fn discard(tx: &mut Tx, id: JobId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE outbox SET done_at = $2 WHERE id = $1 AND failed_at IS NOT NULL AND done_at IS NULL";
    Ok(tx.execute(sql, vec![id.into(), at.into()]).await? == 1)
}
