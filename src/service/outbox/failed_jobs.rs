//! What staff see of the outbox, and what they can do about jobs that were given up.

use jiff::Timestamp;

use crate::domain::{Actor, JobFailure, JobId, JobKind};
use crate::policy::{Permission, require};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{OutboxError, ServiceError};
use crate::store::{audit, outbox};

/// The most jobs that are listed or retried at once.
const MOST_LISTED: u32 = 1_000;

/// Which jobs to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobFilter {
    /// All jobs that aren't done.
    Open,
    /// Only jobs that were given up.
    Failed,
}

/// A job that isn't done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownJob {
    /// Its id.
    pub id: JobId,
    /// Its kind, as stored.
    pub kind: String,
    /// Failed runs since the last one that ended as expected.
    pub runs: i64,
    /// Its state.
    pub state: JobState,
}

/// The state of a job that isn't done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It waits until this time, or runs at once if the time has passed.
    Due(Timestamp),
    /// A process runs it. If that process ends, another one may run it from this time on.
    Claimed(Timestamp),
    /// This program doesn't know its kind. A newer program runs it.
    KindUnknown,
    /// It was given up at this time.
    Failed {
        /// When.
        at: Timestamp,
        /// Why. `None` for a reason of a newer program.
        why: Option<JobFailure>,
    },
}

/// The jobs that aren't done: first those that were given up, then the others, longest due first.
///
/// # Errors
/// Database errors.
pub async fn list_jobs(context: &Context, actor: &Actor, which: JobFilter) -> Result<Vec<ShownJob>, ServiceError> {
    require(actor, Permission::ManageJobs)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let jobs = match which {
        JobFilter::Open => outbox::open(&mut tx, MOST_LISTED).await?,
        JobFilter::Failed => outbox::failed(&mut tx, MOST_LISTED).await?,
    };
    let shown = jobs.into_iter().map(|job| {
        let state = match (job.failed_at, job.claimed_until) {
            (Some(at), _) => JobState::Failed { at, why: job.failure },
            (None, Some(until)) if until > now => JobState::Claimed(until),
            (None, _) if JobKind::from_code(&job.kind).is_none() => JobState::KindUnknown,
            (None, _) => JobState::Due(job.due_at),
        };
        ShownJob { id: job.id, kind: job.kind, runs: job.runs, state }
    });
    Ok(shown.collect())
}

/// Makes jobs that were given up due again: the named one, or all. Returns their ids.
///
/// # Errors
/// [`OutboxError::NotFound`] if the named job wasn't given up.
pub async fn retry_jobs(context: &Context, actor: &Actor, job: Option<JobId>) -> Result<Vec<JobId>, ServiceError> {
    require(actor, Permission::ManageJobs)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let jobs = match job {
        Some(id) => vec![id],
        None => outbox::failed(&mut tx, MOST_LISTED).await?.into_iter().map(|job| job.id).collect(),
    };
    let mut retried = Vec::new();
    let mut entries = Vec::new();
    for id in jobs {
        if outbox::retry(&mut tx, id, now).await? {
            entries.push(audit_entry(actor, now, "job.retried", format!("job:{id}"), None, Changes::default()));
            retried.push(id);
        }
    }
    if retried.is_empty() && job.is_some() {
        return Err(OutboxError::NotFound.into());
    }
    audit::append(&mut tx, entries).await?;
    tx.commit().await?;
    Ok(retried)
}

/// Drops a job that was given up: it never runs.
///
/// # Errors
/// [`OutboxError::NotFound`] if the job wasn't given up.
pub async fn discard_job(context: &Context, actor: &Actor, job: JobId) -> Result<(), ServiceError> {
    require(actor, Permission::ManageJobs)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if !outbox::discard(&mut tx, job, now).await? {
        return Err(OutboxError::NotFound.into());
    }
    let entry = audit_entry(actor, now, "job.discarded", format!("job:{job}"), None, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    Ok(tx.commit().await?)
}
