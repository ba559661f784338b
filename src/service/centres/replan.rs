//! Changes a health centre and plans the calls of all of its patients again, as its hours, days, pattern or time zone
//! may have changed. A large centre is planned in short transactions after the change, so that callers never wait for
//! it. If the process is killed meanwhile, another one goes on.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

use crate::domain::{CentreCode, PatientId};
use crate::policy::CallingSchedule;
use crate::service::centre_settings::{known_centre, schedule_of};
use crate::service::context::{Context, Pace, Stopwatch, new_id};
use crate::service::error::{CentreError, ServiceError};
use crate::service::notices::plan_notices_anew;
use crate::service::slots::{next_slot_of, open_before_change, withdraw_unwanted};
use crate::store::audit::{self, AuditRow};
use crate::store::centres::{self, CentreRow};
use crate::store::patients::{self, PatientRow};
use crate::store::replans::{self, Replan};
use crate::store::{StoreError, Tx};

/// A centre with at most this many patients who are called is planned in the transaction of the change.
const AT_ONCE: u32 = 100;
/// How long a change waits until the calls are planned by an earlier one.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often a transaction is repeated that met another node's.
const MOST_REPEATS: u32 = 5;

/// Changes a centre. Returns `false` if it isn't in the state `before` any more.
pub(super) async fn apply(
    context: &Context,
    before: &CentreRow,
    after: &CentreRow,
    entry: AuditRow,
) -> Result<bool, ServiceError> {
    wait_for_earlier(context, &before.code).await?;
    let mut pace = Pace::default();
    // Most of what is due is opened beforehand, as the dialer would.
    while some_are_due(context, &before.code).await? {
        let mut step = pace.begin(context).await?;
        open_due(&mut step.tx, &before.code, context.clock.now(), pace.limit()).await?;
        pace.end(step).await?;
    }
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    centres::hold(&mut tx, &before.code).await?;
    if known_centre(&mut tx, &before.code).await? != *before || replans::is_in_progress(&mut tx, &before.code).await? {
        return Ok(false);
    }
    while open_due(&mut tx, &before.code, now, pace.limit()).await? > 0 {}
    centres::update(&mut tx, after).await?;
    audit::append(&mut tx, vec![entry]).await?;
    plan_notices_anew(&mut tx, before, after, now).await?;
    let replan = Replan { centre: after.code.clone(), holder: new_id(), changed_at: now, after: None };
    let called = patients::called_at(&mut tx, &after.code, None, AT_ONCE + 1).await?;
    if called.len() <= AT_ONCE as usize {
        let called = held(&mut tx, &called).await?;
        plan(&mut tx, &called, &schedule_of(after)?, now, now).await?;
        tx.commit().await?;
        return Ok(true);
    }
    if !replans::begin(&mut tx, &replan, now).await? {
        return Ok(false);
    }
    tx.commit().await?;
    match plan_all(context, replan).await {
        Ok(()) => Ok(true),
        Err(error) => {
            warn!(%error, "the calls of a changed health centre aren't all planned yet; they will be");
            Err(CentreError::ReplanUnfinished.into())
        }
    }
}

/// Goes on with what processes have left unfinished. Usually there is nothing, and then nothing is written.
///
/// # Errors
/// Database errors. The next call goes on.
pub async fn finish_replans(context: &Context) -> Result<(), ServiceError> {
    loop {
        let now = context.clock.now();
        let mut reading = context.database.begin_autocommit().await?;
        let Some(centre) = replans::abandoned(&mut reading, now).await? else { return Ok(()) };
        drop(reading);
        let mut tx = context.database.begin_write().await?;
        let taken = replans::take_over(&mut tx, &centre, new_id(), now).await?;
        tx.commit().await?;
        if let Some(replan) = taken {
            info!(%centre, "planning the calls of a health centre on, as another process left that unfinished");
            plan_all(context, replan).await?;
        }
    }
}

/// Waits until the calls are planned by an earlier change.
async fn wait_for_earlier(context: &Context, code: &CentreCode) -> Result<(), ServiceError> {
    let waiting = Stopwatch::start();
    while replans::is_in_progress(&mut context.database.begin_autocommit().await?, code).await? {
        finish_replans(context).await?;
        if waiting.elapsed() > PATIENCE {
            return Err(StoreError::Busy.into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

async fn some_are_due(context: &Context, code: &CentreCode) -> Result<bool, StoreError> {
    let mut reading = context.database.begin_autocommit().await?;
    Ok(!patients::with_slot_by_of(&mut reading, code, context.clock.now(), 1).await?.is_empty())
}

/// Opens due slots of a centre's patients by the settings before the change. Returns how many patients had some.
async fn open_due(tx: &mut Tx, code: &CentreCode, now: Timestamp, limit: u32) -> Result<usize, ServiceError> {
    let due = patients::with_slot_by_of(tx, code, now, limit).await?;
    let held = held(tx, &due).await?;
    open_before_change(tx, &held, now).await?;
    Ok(due.len())
}

/// Locks these patients, and reads them again.
async fn held(tx: &mut Tx, people: &[PatientRow]) -> Result<Vec<PatientRow>, StoreError> {
    let ids: Vec<PatientId> = people.iter().map(|patient| patient.id).collect();
    patients::hold(tx, &ids).await?;
    patients::by_ids(tx, &ids).await
}

/// Plans all patients in short transactions.
async fn plan_all(context: &Context, mut replan: Replan) -> Result<(), ServiceError> {
    let mut pace = Pace::default();
    let mut repeats = 0;
    loop {
        match plan_some(context, &mut pace, &replan).await {
            Ok(Some(last)) => {
                replan.after = Some(last);
                repeats = 0;
            }
            Ok(None) => {
                context.dialer_wake.notify_one();
                return Ok(());
            }
            Err(ServiceError::Store(StoreError::Busy)) if repeats < MOST_REPEATS => repeats += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Plans some patients. Returns the last one, or `None` if none was left.
async fn plan_some(context: &Context, pace: &mut Pace, replan: &Replan) -> Result<Option<PatientId>, ServiceError> {
    let mut step = pace.begin(context).await?;
    let schedule = schedule_of(&known_centre(&mut step.tx, &replan.centre).await?)?;
    let part = patients::called_at(&mut step.tx, &replan.centre, replan.after, pace.limit()).await?;
    let last = part.last().map(|patient| patient.id);
    let held = held(&mut step.tx, &part).await?;
    let now = context.clock.now();
    plan(&mut step.tx, &held, &schedule, replan.changed_at, now).await?;
    let planned = Replan { after: last, ..replan.clone() };
    match last {
        Some(_) => replans::renew(&mut step.tx, &planned, now).await?,
        None => replans::end(&mut step.tx, replan).await?,
    }
    pace.end(step).await?;
    Ok(last)
}

/// Plans these patients' next slots after a time. Calls that were due only by the old settings are withdrawn (A3).
async fn plan(
    tx: &mut Tx,
    people: &[PatientRow],
    schedule: &CallingSchedule,
    after: Timestamp,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let next = people.iter().map(|patient| Ok((patient.id, next_slot_of(patient, schedule, after)?)));
    patients::set_next_slots(tx, &next.collect::<Result<Vec<_>, StoreError>>()?).await?;
    withdraw_unwanted(tx, people, schedule, now).await?;
    Ok(())
}
