//! Imports a patient list: either all of it takes effect or nothing, and callers never wait for it. Nothing is written
//! if nothing changes.
//!
//! The list is compared on a snapshot. Then new patients are added hidden and changes are held back, in transactions of
//! some milliseconds. One transaction decides the import: from then on it counts. Its changes are applied after that,
//! in short transactions again. A process that finds an abandoned import undoes it, or finishes it if it was decided.

mod finishing;
mod plan;
mod staging;

use std::time::Duration;

use tracing::{info, warn};

pub use finishing::finish_imports;
pub(super) use finishing::settle_import;

use self::plan::Plan;
use self::staging::{Staged, Staging};
use crate::domain::{Actor, CentreCode};
use crate::patient_import::{self, List, ListFile, SheetRead, Warning};
use crate::policy::{Permission, Scope, scope};
use crate::service::centre_settings::{day_and_hours, schedule_of, visible_centre};
use crate::service::context::{Context, Pace, Stopwatch, new_id};
use crate::service::error::{PatientError, ServiceError};
use crate::store::StoreError;
use crate::store::imports::{self, Claim, Importer};

/// Patients looked up between two progress reports.
const PART: usize = 2_048;
/// A list that writes at most this many records is written in one transaction.
const AT_ONCE: usize = 100;
/// How often a list is compared again because others changed the same patients meanwhile.
const MOST_COMPARISONS: u32 = 5;
/// How long an import waits for another one.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it looks whether the other one has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Whether an import writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// The import writes its changes.
    Write,
    /// The import only reports its changes.
    DryRun,
}

/// The result of an import, or of a dry run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Patients not registered before.
    pub new: usize,
    /// Patients that differ from the list.
    pub changed: usize,
    /// Patients that don't differ from the list.
    pub unchanged: usize,
    /// Patients with automated calls on the list whose calls were stopped or who were released. They stay so.
    pub not_called: usize,
    /// Non-empty rows above the column names. They weren't read.
    pub above: Vec<u32>,
    /// The sheet that was read, if the list is a workbook.
    pub sheet: Option<SheetRead>,
    /// Possible mistakes in the list, by row.
    pub warnings: Vec<Warning>,
}

/// Imports a patient list for a health centre. `progress` is called with the number of finished steps and of all
/// steps.
///
/// # Errors
/// [`PatientError::InvalidList`] with all findings in the list, or any other refusal. Then nothing was written.
/// [`PatientError::ImportUnfinished`] if the list is imported, but not all changes are in force yet.
pub async fn import_patients<'f>(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    list: impl Into<ListFile<'f>>,
    mode: ImportMode,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<Imported, ServiceError> {
    let request = Request { context, actor, scope: scope(actor, Permission::ChangePatients)?, centre, mode };
    let list = list.into();
    for _ in 0..MOST_COMPARISONS {
        match request.attempt(list, &progress).await? {
            Outcome::Done(done) => return Ok(done),
            Outcome::Overtaken => info!("others changed patients of a list meanwhile; comparing it again"),
        }
    }
    Err(StoreError::Busy.into())
}

/// What became of one attempt to import.
enum Outcome {
    Done(Imported),
    /// The list was compared with records that have changed since. Nothing is written.
    Overtaken,
}

struct Request<'a> {
    context: &'a Context,
    actor: &'a Actor,
    scope: Scope,
    centre: &'a CentreCode,
    mode: ImportMode,
}

impl Request<'_> {
    async fn attempt(
        &self,
        list: ListFile<'_>,
        progress: &(impl Fn(usize, usize) + Sync),
    ) -> Result<Outcome, ServiceError> {
        let now = self.context.clock.now();
        let mut reading = self.context.database.begin_read().await?;
        let centre = visible_centre(&mut reading, &self.scope, self.centre).await?;
        let (today, hours) = day_and_hours(&centre, now)?;
        let list: List = patient_import::read(list, today, hours).map_err(PatientError::InvalidList)?;
        let (compared, all) = (list.entries.len(), list.entries.len() * 2);
        let schedule = schedule_of(&centre)?;
        let plan = Plan::of(&mut reading, list, &centre, &schedule, now, |done| progress(done, all)).await?;
        reading.rollback().await?;
        if self.mode == ImportMode::Write && plan.rows() > 0 {
            let written = |rows: usize| progress(compared + rows, all);
            let staging = Staging { context: self.context, actor: self.actor, centre: &centre, now, plan: &plan };
            let written = if plan.rows() <= AT_ONCE {
                self.at_once(&staging).await
            } else {
                self.in_steps(&staging, written).await
            };
            if let Staged::Overtaken = written? {
                return Ok(Outcome::Overtaken);
            }
        }
        progress(all, all);
        Ok(Outcome::Done(plan.done))
    }

    fn importer(&self) -> Importer {
        Importer {
            centre: self.centre.clone(),
            actor: self.actor.name().to_owned(),
            source: self.actor.source().to_owned(),
        }
    }

    /// Writes a short list in one transaction.
    async fn at_once(&self, staging: &Staging<'_>) -> Result<Staged, ServiceError> {
        let waiting = Stopwatch::start();
        loop {
            let mut tx = self.context.database.begin_write().await?;
            let Some(claim) = imports::begin(&mut tx, &self.importer(), new_id(), self.context.clock.now()).await?
            else {
                tx.rollback().await?;
                self.wait_for_other(&waiting).await?;
                continue;
            };
            let written = staging.all(&mut tx, claim).await;
            return match overtaken(written)? {
                Staged::Yes => {
                    tx.commit().await?;
                    Ok(Staged::Yes)
                }
                Staged::Overtaken => {
                    tx.rollback().await?;
                    Ok(Staged::Overtaken)
                }
            };
        }
    }

    /// Writes a long list in short transactions.
    async fn in_steps(&self, staging: &Staging<'_>, written: impl Fn(usize) + Sync) -> Result<Staged, ServiceError> {
        let claim = self.claim().await?;
        let mut pace = Pace::default();
        match overtaken(staging.write(claim, &mut pace, &written).await) {
            Ok(Staged::Yes) => {}
            failed => {
                if finishing::was_undone(self.context, claim, &mut pace).await {
                    return failed;
                }
                // The commit that decided it arrived after all, or another process now removes or finishes it.
                let mut tx = self.context.database.begin_autocommit().await?;
                if !imports::is_decided(&mut tx).await? {
                    return failed;
                }
            }
        }
        match finishing::finish(self.context, claim, &mut pace).await {
            Ok(()) => Ok(Staged::Yes),
            Err(error) => {
                warn!(%error, "a decided import isn't applied completely yet; it will be finished");
                Err(PatientError::ImportUnfinished.into())
            }
        }
    }

    /// Begins an import, as soon as no other one is in progress.
    async fn claim(&self) -> Result<Claim, ServiceError> {
        let waiting = Stopwatch::start();
        loop {
            let mut tx = self.context.database.begin_write().await?;
            let claim = imports::begin(&mut tx, &self.importer(), new_id(), self.context.clock.now()).await?;
            match claim {
                Some(claim) => {
                    tx.commit().await?;
                    return Ok(claim);
                }
                None => {
                    tx.rollback().await?;
                    self.wait_for_other(&waiting).await?;
                }
            }
        }
    }

    async fn wait_for_other(&self, waiting: &Stopwatch) -> Result<(), ServiceError> {
        finish_imports(self.context).await?;
        if waiting.elapsed() > PATIENCE {
            return Err(StoreError::Busy.into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
        Ok(())
    }
}

/// Others changed the same patients: that isn't an error.
fn overtaken(written: Result<Staged, ServiceError>) -> Result<Staged, ServiceError> {
    match written {
        Err(ServiceError::Store(StoreError::Stale | StoreError::Taken(_))) => Ok(Staged::Overtaken),
        written => written,
    }
}
