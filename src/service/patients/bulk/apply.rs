//! Makes a change of many patients, and undoes it. Each transaction takes as many patients as callers hardly notice,
//! and notes what became of them, so that another process goes on where this one ended.

use std::sync::Arc;

use tracing::warn;

use super::super::change::{DECIDED, Ending, change_in, end_in, is_held_back};
use super::preview::{BulkChange, Would, would};
use super::show::visible;
use super::together::{self, Given, Setting};
use crate::domain::{Actor, BulkId, BulkKind, BulkOutcome, BulkState, PatientId, StaffAccountId};
use crate::patient_import::Column;
use crate::policy::{Forbidden, Permission, Scope, scope};
use crate::service::accounts::AccountView;
use crate::service::context::{Changes, Context, Pace, PatientKey, audit_entry};
use crate::service::error::ServiceError;
use crate::store::bulk_changes::{self, BulkPatient, BulkRow};
use crate::store::patients::{self, PatientRow};
use crate::store::{StoreError, Tx, alerts, audit, staff_accounts};

/// How often a transaction is repeated that met another node's.
const MOST_REPEATS: u32 = 5;

/// Decides that a previewed change is made. Returns the state in which it is: only the first decision counts.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::error::PatientError::NotFound); database errors.
pub async fn start_bulk(context: &Context, actor: &Actor, id: BulkId) -> Result<BulkState, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let Actor::Staff(staff) = actor else { return Err(Forbidden(Permission::ChangePatients).into()) };
    let bulk = visible(context, actor, &scope, id, "patients.bulk_changed").await?;
    let step = (BulkState::Previewed, BulkState::Applying);
    decide(context, actor, staff.account, &bulk, step, "patients.bulk_changed").await
}

/// Decides that a change is undone. Returns the state in which it is: only the first decision counts.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::error::PatientError::NotFound); database errors.
pub async fn undo_bulk(context: &Context, actor: &Actor, id: BulkId) -> Result<BulkState, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let Actor::Staff(staff) = actor else { return Err(Forbidden(Permission::ChangePatients).into()) };
    let bulk = visible(context, actor, &scope, id, "patients.bulk_undone").await?;
    let step = (BulkState::Applied, BulkState::Undoing);
    decide(context, actor, staff.account, &bulk, step, "patients.bulk_undone").await
}

async fn decide(
    context: &Context,
    actor: &Actor,
    account: StaffAccountId,
    bulk: &BulkRow,
    step: (BulkState, BulkState),
    action: &str,
) -> Result<BulkState, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    if !bulk_changes::go(&mut tx, bulk.id, account, step, now).await? {
        return Ok(bulk_changes::get(&mut tx, bulk.id).await?.map_or(bulk.state, |bulk| bulk.state));
    }
    let subject = format!("bulk:{}", bulk.id);
    let what = Changes::default().field("kind", None::<String>, bulk.kind.code());
    audit::append(&mut tx, vec![audit_entry(actor, now, action, subject, Some(bulk.centre.clone()), what)]).await?;
    tx.commit().await?;
    Ok(step.1)
}

/// Goes on with changes whose process has ended.
///
/// # Errors
/// Database errors. The next call goes on.
pub async fn finish_bulk_changes(context: &Arc<Context>) -> Result<(), ServiceError> {
    let under_way = bulk_changes::under_way(&mut context.database.begin_autocommit().await?).await?;
    for id in under_way {
        work_on_bulk(Arc::clone(context), id).await;
    }
    Ok(())
}

/// Makes or undoes a change that was decided. Two workers at once do no harm: each patient is noted once.
pub async fn work_on_bulk(context: Arc<Context>, id: BulkId) {
    if let Err(error) = work(&context, id).await {
        warn!(bulk = %id, %error, "could not finish a change of many patients; retrying");
    }
}

async fn work(context: &Context, id: BulkId) -> Result<(), ServiceError> {
    let mut tx = context.database.begin_autocommit().await?;
    let Some(bulk) = bulk_changes::get(&mut tx, id).await? else { return Ok(()) };
    let account = staff_accounts::get(&mut tx, bulk.account).await?.ok_or(StoreError::Stale)?;
    drop(tx);
    let (from, to) = match bulk.state {
        BulkState::Applying => (BulkOutcome::Waits, BulkState::Applied),
        BulkState::Undoing => (BulkOutcome::Changed, BulkState::Undone),
        BulkState::Previewed | BulkState::Applied | BulkState::Undone => return Ok(()),
    };
    let actor = AccountView::from(account).actor();
    let scope = scope(&actor, Permission::ChangePatients)?;
    let work = Work { context, actor: &actor, scope: &scope, change: BulkChange::of(&bulk)?, bulk: &bulk };
    let (mut pace, mut repeats, mut singly) = (Pace::default(), 0, false);
    loop {
        let limit = if singly { 1 } else { pace.limit() };
        let mut step = pace.begin(context).await?;
        let rows = bulk_changes::patients(&mut step.tx, id, from, None, limit).await?;
        if rows.is_empty() {
            bulk_changes::go(&mut step.tx, id, bulk.account, (bulk.state, to), context.clock.now()).await?;
            pace.end(step).await?;
            context.dialer_wake.notify_one();
            return Ok(());
        }
        match work.some(&mut step.tx, &rows).await {
            Ok(()) => {
                pace.end(step).await?;
                (repeats, singly) = (0, false);
            }
            Err(ServiceError::Store(StoreError::Stale | StoreError::Busy)) if repeats < MOST_REPEATS => {
                step.tx.rollback().await?;
                repeats += 1;
            }
            Err(ServiceError::Store(error)) => return Err(error.into()),
            // Somebody can't be changed. That patient is found alone, and nothing of the others is lost.
            Err(_) if !singly => {
                step.tx.rollback().await?;
                singly = true;
            }
            Err(_) => {
                step.tx.rollback().await?;
                work.refuse(&rows).await?;
                singly = false;
            }
        }
    }
}

struct Work<'a> {
    context: &'a Context,
    actor: &'a Actor,
    scope: &'a Scope,
    bulk: &'a BulkRow,
    change: BulkChange,
}

impl Work<'_> {
    /// Changes some patients, or undoes that.
    async fn some(&self, tx: &mut Tx, rows: &[BulkPatient]) -> Result<(), ServiceError> {
        let mut noted = Vec::with_capacity(rows.len());
        let setting = match self.bulk.kind {
            BulkKind::CallTimes => Some(Setting::CallTimes),
            BulkKind::Language => Some(Setting::Language),
            BulkKind::Stop => None,
        };
        match setting {
            Some(setting) => self.together(tx, rows, setting, &mut noted).await?,
            None => {
                for row in rows {
                    noted.push(self.alone(tx, row).await?);
                }
            }
        }
        Ok(bulk_changes::note(tx, self.bulk.id, &noted).await?)
    }

    async fn alone(&self, tx: &mut Tx, row: &BulkPatient) -> Result<BulkPatient, ServiceError> {
        match self.bulk.state {
            BulkState::Undoing => self.undone(tx, row).await,
            _ => self.changed(tx, row).await,
        }
    }

    /// Changes a setting of some patients, or undoes that, with a few statements for all of them.
    async fn together(
        &self,
        tx: &mut Tx,
        rows: &[BulkPatient],
        setting: Setting,
        noted: &mut Vec<BulkPatient>,
    ) -> Result<(), ServiceError> {
        let ids: Vec<PatientId> = rows.iter().map(|row| row.patient).collect();
        let held = together::hold(tx, &ids).await?;
        let value = self.change.values().map_or("", |[(_, value)]| value);
        let mut given: Vec<(&BulkPatient, Given<'_>)> = Vec::with_capacity(rows.len());
        for row in rows {
            if held.imported.contains(&row.patient) {
                noted.push(self.alone(tx, row).await?);
                continue;
            }
            let open = held.people.get(&row.patient).filter(|before| before.released_at.is_none());
            let before = open.filter(|before| self.scope.covers(&before.centre));
            let (fits, value, otherwise) = match self.bulk.state {
                BulkState::Undoing => {
                    let is_same = before.is_some_and(|before| before.revision == row.revision);
                    (is_same, row.before.as_str(), BulkOutcome::Kept)
                }
                _ => (true, value, BulkOutcome::Refused),
            };
            match before.filter(|_| fits) {
                Some(before) => given.push((row, Given { before, value })),
                None => noted.push(BulkPatient { outcome: otherwise, ..row.clone() }),
            }
        }
        let (rows, given): (Vec<_>, Vec<_>) = given.into_iter().unzip();
        let now = self.context.clock.now();
        let revisions = together::set(tx, self.actor, &self.bulk.centre, setting, &given, now).await?;
        for (row, Given { before, .. }) in rows.into_iter().zip(given) {
            noted.push(match (self.bulk.state, revisions.get(&row.patient)) {
                (BulkState::Undoing, _) => BulkPatient { outcome: BulkOutcome::Undone, ..row.clone() },
                (_, None) => BulkPatient { outcome: BulkOutcome::Same, ..row.clone() },
                (_, Some(&revision)) => {
                    let before = self.value_of(before);
                    BulkPatient { outcome: BulkOutcome::Changed, before, revision, ..row.clone() }
                }
            });
        }
        Ok(())
    }

    /// What the change replaces.
    fn value_of(&self, before: &PatientRow) -> String {
        match self.bulk.kind {
            BulkKind::CallTimes => before.call_times.clone(),
            BulkKind::Language => before.language.tag().to_owned(),
            BulkKind::Stop => String::new(),
        }
    }

    async fn changed(&self, tx: &mut Tx, row: &BulkPatient) -> Result<BulkPatient, ServiceError> {
        let now = self.context.clock.now();
        let found = patients::by_ids(tx, &[row.patient]).await?.pop();
        let Some(before) = found.filter(|before| self.scope.covers(&before.centre)) else {
            return Ok(BulkPatient { outcome: BulkOutcome::Refused, ..row.clone() });
        };
        match would(tx, &before, &self.change, now).await? {
            Would::Same => {
                if self.bulk.kind == BulkKind::Stop {
                    patients::stop_again(tx, row.patient).await?;
                }
                return Ok(BulkPatient { outcome: BulkOutcome::Same, ..row.clone() });
            }
            Would::Released => return Ok(BulkPatient { outcome: BulkOutcome::Refused, ..row.clone() }),
            Would::Change(_) => {}
        }
        let id = PatientKey::Record(row.patient);
        let asked = is_held_back(&before) || asks_to_stop(tx, row.patient).await?;
        let changed = match self.change.values() {
            Some(values) => change_in(tx, self.actor, self.scope, &id, None, &values, now).await?,
            None => end_in(tx, self.actor, self.scope, &id, Ending::Stop, now).await?.0,
        };
        let value = match self.bulk.kind {
            // Undoing never resumes calls to somebody who had asked to be left alone.
            BulkKind::Stop if asked || !before.automated_call => HELD_BACK.to_owned(),
            _ => self.value_of(&before),
        };
        let outcome = if changed.changed { BulkOutcome::Changed } else { BulkOutcome::Same };
        Ok(BulkPatient { outcome, before: value, revision: changed.patient.revision.0, ..row.clone() })
    }

    async fn undone(&self, tx: &mut Tx, row: &BulkPatient) -> Result<BulkPatient, ServiceError> {
        let now = self.context.clock.now();
        let kept = BulkPatient { outcome: BulkOutcome::Kept, ..row.clone() };
        let Some(current) = patients::by_ids(tx, &[row.patient]).await?.pop() else { return Ok(kept) };
        let is_same = current.revision == row.revision && self.scope.covers(&current.centre);
        if !is_same || current.released_at.is_some() || row.before == HELD_BACK {
            return Ok(kept);
        }
        if self.bulk.kind == BulkKind::Stop && asks_to_stop(tx, row.patient).await? {
            return Ok(kept);
        }
        let value = match self.bulk.kind {
            BulkKind::CallTimes => (Column::CallTimes, row.before.as_str()),
            BulkKind::Language => (Column::Language, row.before.as_str()),
            BulkKind::Stop => (Column::AutomatedCall, "yes"),
        };
        let id = PatientKey::Record(row.patient);
        change_in(tx, self.actor, self.scope, &id, None, &[value], now).await?;
        Ok(BulkPatient { outcome: BulkOutcome::Undone, ..row.clone() })
    }

    /// Notes that patients can't be changed, or not back.
    async fn refuse(&self, rows: &[BulkPatient]) -> Result<(), ServiceError> {
        let outcome = if self.bulk.state == BulkState::Undoing { BulkOutcome::Kept } else { BulkOutcome::Refused };
        let noted: Vec<BulkPatient> = rows.iter().map(|row| BulkPatient { outcome, ..row.clone() }).collect();
        let mut tx = self.context.database.begin_write().await?;
        bulk_changes::note(&mut tx, self.bulk.id, &noted).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether somebody has asked that a patient's calls stop, and staff haven't decided yet.
async fn asks_to_stop(tx: &mut Tx, patient: PatientId) -> Result<bool, ServiceError> {
    let open = alerts::open_of_patients(tx, &[patient]).await?;
    Ok(open.iter().any(|alert| DECIDED.contains(&alert.kind)))
}

/// What stands for the value before a stop of somebody whose calls were held back.
const HELD_BACK: &str = "held_back";
