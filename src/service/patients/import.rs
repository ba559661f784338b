//! Imports a patient list: either all of it takes effect or nothing, and callers never wait for it. Nothing is written
//! if nothing changes.
//!
//! The list is compared on a snapshot. Then new patients are added hidden and changes are held back, in transactions of
//! some milliseconds. One transaction decides the import: from then on it counts. Its changes are applied after that,
//! in short transactions again. A process that finds an abandoned import undoes it, or finishes it if it was decided.

mod carrying_out;
mod finishing;
mod plan;
mod sifting;
mod staging;

use tracing::info;

pub use finishing::finish_imports;
pub(super) use finishing::settle_import;
pub(super) use sifting::{Alike, Fated, SiftedPlan, Touched};

use self::plan::Plan;
use self::staging::{Staged, Staging};
use crate::domain::{Actor, CentreCode};
use crate::patient_import::{self, List, ListFile, SheetRead, Warning};
use crate::policy::{Permission, Scope, scope};
use crate::service::centre_settings::{day_and_hours, schedule_of, visible_centre};
use crate::service::context::Context;
use crate::service::error::{PatientError, ServiceError};
use crate::store::StoreError;

/// Patients looked up between two progress reports.
const PART: usize = 2_048;
/// How often a list is compared again because others changed the same patients meanwhile.
const MOST_COMPARISONS: u32 = 5;

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
            Outcome::Done(done) => return Ok(*done),
            Outcome::Overtaken => info!("others changed patients of a list meanwhile; comparing it again"),
        }
    }
    Err(StoreError::Busy.into())
}

/// What became of one attempt to import.
enum Outcome {
    Done(Box<Imported>),
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
        if self.mode == ImportMode::Write && plan.writes() > 0 {
            let written = |rows: usize| progress(compared + rows, all);
            let (context, actor) = (self.context, self.actor);
            let staging = Staging { context, actor, centre: &centre, now, plan: &plan, upload: None };
            if let Staged::Overtaken = staging.carry_out(&written).await? {
                return Ok(Outcome::Overtaken);
            }
        }
        progress(all, all);
        Ok(Outcome::Done(Box::new(plan.done)))
    }
}
