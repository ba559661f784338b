//! Seals the trail while the program runs, adds checkpoints to the configured file, and detects a database that has
//! lost data. At start it compares with the file. Later it also compares with what this process has seen itself.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::{debug, error, info, warn};

use super::checkpoint::{Checkpoint, CheckpointKind};
use super::sealing::{seal_left_behind, seal_older_rows};
use super::{checkpoint, lost_since, mark_now, seal_trail};
use crate::domain::{Actor, LossEvidence};
use crate::policy::{Permission, require};
use crate::service::context::{Context, wait_after};
use crate::service::error::{CheckpointError, ServiceError};
use crate::service::suspension::stop_dialling;
use crate::store::audit;
use crate::store::chain::GENESIS;
use crate::store::{Database, StoreError};

/// How often the trail is sealed and checked for lost entries.
const SEAL_EVERY: Duration = Duration::from_secs(1);
/// The time within which every running node seals its rows, with a margin.
pub const SEALED_WITHIN: Duration = Duration::from_secs(3);
/// How often a checkpoint is added if there are new entries.
const CHECKPOINT_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Timeout for the disk of the checkpoint file.
const FILE_PATIENCE: Duration = Duration::from_secs(10);

/// The task that seals the trail.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct SealerTask {
    context: Arc<Context>,
    file: Option<PathBuf>,
    /// The state at the last check.
    seen: Option<Checkpoint>,
    /// When a checkpoint was last considered.
    noted_at: Option<Timestamp>,
}

impl SealerTask {
    /// Seals what earlier runs left unsealed and compares the trail with the checkpoint file. Must run before anything
    /// is dialled. Errors are only logged, as the line must be answered anyway.
    pub async fn start(context: Arc<Context>, file: Option<PathBuf>) -> Self {
        let mut keeper = Self { context, file, seen: None, noted_at: None };
        if let Err(error) = keeper.compare_with_file().await {
            error!(%error, "could not compare the database with the checkpoint file");
        }
        keeper
    }

    /// Seals the trail until the task is aborted.
    pub async fn run(mut self) {
        // A dead process may have left rows without a seal.
        self.context.database.seals().doubt();
        let mut rhythm = tokio::time::interval(SEAL_EVERY);
        rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            rhythm.tick().await;
            if let Err(error) = self.keep().await {
                error!(%error, "could not seal or compare the audit trail; retrying");
                tokio::time::sleep(wait_after(&error, Duration::ZERO)).await;
            }
        }
    }

    async fn compare_with_file(&mut self) -> Result<(), ServiceError> {
        seal_trail(&self.context.database).await?;
        let Some(path) = self.file.as_deref() else { return Ok(()) };
        let Some(standing) = standing(path).await? else {
            warn!(
                "no checkpoint yet, so a restored backup cannot be detected; check that the checkpoint file's disk is mounted"
            );
            return Ok(());
        };
        let now = self.context.clock.now();
        let mut tx = self.context.database.begin_read().await?;
        let lost = lost_since(&mut tx, &standing, now).await?;
        drop(tx);
        if let Some(sign) = lost {
            stop_dialling(&self.context, sign, evidence(&standing), now).await?;
        }
        Ok(())
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        let now = self.context.clock.now();
        // Before anything is sealed: new entries must not hide that a fail-over lost some.
        if let Some(seen) = self.seen {
            let mut tx = self.context.database.begin_read().await?;
            let lost = lost_since(&mut tx, &seen, now).await?;
            drop(tx);
            if let Some(sign) = lost {
                stop_dialling(&self.context, sign, evidence(&seen), now).await?;
            }
        }
        if self.context.database.seals().take_doubt() {
            self.look_for_unsealed(now).await?;
        }
        seal_trail(&self.context.database).await?;
        let mut tx = self.context.database.begin_read().await?;
        let mark = mark_now(&mut tx, now).await?;
        drop(tx);
        self.seen = Some(mark);
        let due = self.noted_at.is_none_or(|at| self.context.clock.waited(at) >= CHECKPOINT_EVERY);
        if let Some(path) = self.file.as_deref().filter(|_| due) {
            self.noted_at = Some(now);
            match add_if_new(&self.context.database, path, CheckpointKind::Checkpoint, now).await {
                Ok(Some(mark)) => debug!(entries = mark.sequence, "audit checkpoint added"),
                Ok(None) => {}
                Err(ServiceError::Store(error)) => return Err(error),
                Err(error) => error!(%error, "could not add an audit checkpoint"),
            }
        }
        Ok(())
    }
}

impl SealerTask {
    async fn look_for_unsealed(&self, now: Timestamp) -> Result<(), StoreError> {
        let database = &self.context.database;
        let look = async {
            // First what this process itself knows.
            seal_trail(database).await?;
            let older = seal_older_rows(database, now).await?;
            if older > 0 {
                info!(rows = older, "sealed answers, reports and alerts written by an older version");
                seal_trail(database).await?;
            }
            seal_left_behind(database, now, SEALED_WITHIN).await
        };
        match look.await {
            Ok(0) => Ok(()),
            Ok(rows) => {
                warn!(rows, "sealed rows that had no seal; a process may have died before sealing them");
                Ok(())
            }
            Err(error) => {
                database.seals().doubt();
                Err(error)
            }
        }
    }
}

fn evidence(mark: &Checkpoint) -> String {
    let call = mark.call.map_or_else(|| "-".to_owned(), |call| call.to_string());
    format!("{} {} {call}", mark.sequence, mark.hash)
}

/// Seals the trail and adds a checkpoint to a file. Returns `None` if the file has it already. With
/// [`CheckpointKind::Restored`], the line is a person's statement that the database was set back, and it is always
/// added. If the trail has grown past lost entries since, the line names the last entry that matches, and a checkpoint
/// follows.
///
/// # Errors
/// [`ServiceError::Checkpoint`] if the file can't be used, or if it mentions missing entries and `kind` isn't a
/// restoration.
pub async fn write_checkpoint(
    context: &Context,
    actor: &Actor,
    path: &Path,
    kind: CheckpointKind,
) -> Result<Option<Checkpoint>, ServiceError> {
    require(actor, Permission::VerifyAudit)?;
    seal_trail(&context.database).await?;
    add_if_new(&context.database, path, kind, context.clock.now()).await
}

async fn add_if_new(
    database: &Database,
    path: &Path,
    kind: CheckpointKind,
    now: Timestamp,
) -> Result<Option<Checkpoint>, ServiceError> {
    let standing = standing(path).await?;
    let mut tx = database.begin_read().await?;
    let mark = Checkpoint { kind, ..mark_now(&mut tx, now).await? };
    let lost = match &standing {
        Some(standing) => lost_since(&mut tx, standing, now).await?,
        None => None,
    };
    drop(tx);
    match (kind, lost, standing) {
        (CheckpointKind::Checkpoint, Some(LossEvidence::CheckpointAhead | LossEvidence::CheckpointDiffers), _) => {
            return Err(CheckpointError::Contradicts.into());
        }
        (CheckpointKind::Checkpoint, _, Some(standing))
            if (standing.sequence, standing.call) == (mark.sequence, mark.call) =>
        {
            return Ok(None);
        }
        _ => {}
    }
    if kind == CheckpointKind::Restored
        && let Some(last) = set_back_to(database, path, mark.sequence).await?
    {
        let last = last.unwrap_or(Checkpoint { sequence: 0, hash: GENESIS, ..mark });
        add(path, Checkpoint { kind, at: mark.at, call: mark.call, ..last }).await?;
        let mark = Checkpoint { kind: CheckpointKind::Checkpoint, ..mark };
        add(path, mark).await?;
        return Ok(Some(mark));
    }
    add(path, mark).await?;
    Ok(Some(mark))
}

async fn add(path: &Path, mark: Checkpoint) -> Result<(), CheckpointError> {
    let path = path.to_owned();
    on_the_side(move || checkpoint::add(&path, &mark)).await
}

/// The furthest mark that matches, if the trail has grown past lost entries since the database was set back. In that
/// case `end` isn't the entry to which it was set back. The inner option is `None` if no mark matches.
async fn set_back_to(database: &Database, path: &Path, end: u64) -> Result<Option<Option<Checkpoint>>, ServiceError> {
    let file = path.to_owned();
    let lines = on_the_side(move || match checkpoint::length(&file) {
        Err(CheckpointError::File(error)) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        length => checkpoint::lines(&file, length?)?.collect::<Result<Vec<(u64, Checkpoint)>, _>>(),
    });
    let mut marks: Vec<Checkpoint> = Vec::new();
    for (_, mark) in lines.await? {
        if mark.kind == CheckpointKind::Restored {
            marks.retain(|before| before.sequence <= mark.sequence);
        }
        marks.push(mark);
    }
    marks.retain(|mark| (1..=end).contains(&mark.sequence));
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.sequence));
    let mut tx = database.begin_read().await?;
    let mut contradicted = false;
    for mark in marks {
        if audit::has_hash(&mut tx, mark.sequence, &mark.hash).await? == Some(true) {
            return Ok(contradicted.then_some(Some(mark)));
        }
        contradicted = true;
    }
    Ok(contradicted.then_some(None))
}

async fn standing(path: &Path) -> Result<Option<Checkpoint>, CheckpointError> {
    let path = path.to_owned();
    on_the_side(move || checkpoint::standing(&path)).await
}

/// Runs file operations outside the turns of callers, who must not wait for a remote disk.
async fn on_the_side<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CheckpointError> + Send + 'static,
) -> Result<T, CheckpointError> {
    let silence = |_| std::io::Error::from(std::io::ErrorKind::TimedOut);
    let done = tokio::time::timeout(FILE_PATIENCE, tokio::task::spawn_blocking(work)).await.map_err(silence)?;
    done.map_err(std::io::Error::other)?
}
