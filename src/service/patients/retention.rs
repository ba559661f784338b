//! How long a health centre keeps the data of released patients: what is set, who will go, and the job that erases
//! them.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use tracing::info;

use super::erase::{ERASABLE_AFTER, erase_one};
use super::view::PatientView;
use crate::domain::{Actor, CentreCode};
use crate::policy::{Permission, RetentionMonths, Scope, goes_at, scope};
use crate::service::centre_settings::{known_centre, visible_centre, zone_of};
use crate::service::context::{Changes, Context, Viewed, audit_entry, shown_of};
use crate::service::error::{PatientError, ServiceError};
use crate::store::audit::{AuditFilter, AuditRow};
use crate::store::patients::{self, PatientRow};
use crate::store::retention::{self, RetentionRow};
use crate::store::{StoreError, Tx, audit};

/// The list has those who go within this time.
const LISTED_BEFORE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The maximum number of patients on the list, and of those who are erased in one run for a health centre.
const MOST: u32 = 200;
/// The changes in the history.
const MOST_CHANGES: u32 = 20;
/// The action of a change, and its field.
const CHANGED: &str = "centre.retention_changed";
const MONTHS: &str = "retention_months";
/// The shortest month.
const SHORTEST_MONTH: i64 = 28 * 24;

/// A health centre's retention.
#[derive(Debug, Clone)]
pub struct Retention {
    /// What is set. `None`: nobody goes by itself.
    pub months: Option<RetentionMonths>,
    /// What was asked for instead, whose list this is.
    pub asked: Option<RetentionMonths>,
    /// Who will go within a month, the first one first, each with the time.
    pub going: Vec<(PatientView, Timestamp)>,
    /// Whether there are more.
    pub is_cut: bool,
    /// The time zone of the health centre.
    pub zone: TimeZone,
}

/// A change of a health centre's retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionMoved {
    /// What was set before.
    pub before: Option<RetentionMonths>,
    /// What was set.
    pub after: Option<RetentionMonths>,
}

/// A change of a health centre's retention, in its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionChange {
    /// When it was made.
    pub at: Timestamp,
    /// Who made it.
    pub by: String,
    /// What it changed.
    pub moved: RetentionMoved,
}

/// The last changes of a health centre's retention, the latest first.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn retention_history(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
) -> Result<Vec<RetentionChange>, ServiceError> {
    let scope = scope(actor, Permission::ErasePatients)?;
    let mut tx = context.database.begin_read().await?;
    visible_centre(&mut tx, &scope, centre).await?;
    let subject = Some(format!("centre:{centre}"));
    let filter = AuditFilter { subject, action: CHANGED, limit: MOST_CHANGES, ..AuditFilter::default() };
    Ok(audit::list(&mut tx, &filter).await?.iter().map(change_of).collect())
}

fn change_of(row: &AuditRow) -> RetentionChange {
    let details: Value = serde_json::from_str(row.details.as_str()).unwrap_or_default();
    let months = |place: usize| {
        let number = details.get(MONTHS)?.get(place)?.as_u64()?;
        u32::try_from(number).ok().and_then(|number| RetentionMonths::new(number).ok())
    };
    let moved = RetentionMoved { before: months(0), after: months(1) };
    RetentionChange { at: row.at, by: row.actor.clone(), moved }
}

/// Shows a health centre's retention and who will go by it, or by the one that is `asked` for. The audit trail records
/// the view in one entry that names each patient (D3).
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn show_retention(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    asked: Option<RetentionMonths>,
) -> Result<Viewed<Retention>, ServiceError> {
    let scope = scope(actor, Permission::ErasePatients)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let zone = zone_of(&visible_centre(&mut tx, &scope, centre).await?)?;
    let set = retention::get(&mut tx, centre).await?;
    let wanted = match asked {
        Some(months) => Some(RetentionRow { centre: centre.clone(), months: months.number(), changed_at: now }),
        None => set.clone(),
    };
    let until = now.checked_add(LISTED_BEFORE).unwrap_or(Timestamp::MAX);
    let (people, is_cut) = match &wanted {
        Some(row) => going_by(&mut tx, row, &zone, until).await?,
        None => (Vec::new(), false),
    };
    drop(tx);
    let rows: Vec<PatientRow> = people.iter().map(|(patient, _)| patient.clone()).collect();
    let noted = shown_of(context, actor, &rows, "patient.retention_listed", Changes::default()).await?;
    let months = set.and_then(|row| RetentionMonths::new(row.months).ok());
    let going = people.into_iter().map(|(patient, at)| (patient.into(), at)).collect();
    Ok(Viewed { found: Retention { months, asked, going, is_cut, zone }, noted })
}

/// The patients who go by `until`, the first one first.
async fn going_by(
    tx: &mut Tx,
    row: &RetentionRow,
    zone: &TimeZone,
    until: Timestamp,
) -> Result<(Vec<(PatientRow, Timestamp)>, bool), StoreError> {
    let Ok(months) = RetentionMonths::new(row.months) else { return Ok((Vec::new(), false)) };
    let shortest = SignedDuration::from_hours(SHORTEST_MONTH.saturating_mul(i64::from(months.number())));
    let released_by = until.checked_sub(shortest).unwrap_or(Timestamp::MIN);
    let found = patients::released_by(tx, &row.centre, released_by, MOST).await?;
    let is_cut = found.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
    let goes = |patient: PatientRow| {
        let at = goes_at(patient.released_at?, months, row.changed_at, zone);
        (at <= until).then_some((patient, at))
    };
    Ok((found.into_iter().filter_map(goes).collect(), is_cut))
}

/// Sets a health centre's retention. `None`: nobody goes by itself. Returns `false` if it was so.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn set_retention(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    months: Option<RetentionMonths>,
) -> Result<bool, ServiceError> {
    let scope = scope(actor, Permission::ErasePatients)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    visible_centre(&mut tx, &scope, centre).await?;
    let before = retention::get(&mut tx, centre).await?.map(|row| row.months);
    let after = months.map(RetentionMonths::number);
    if before == after {
        return Ok(false);
    }
    match after {
        Some(months) => {
            let row = RetentionRow { centre: centre.clone(), months, changed_at: now };
            retention::set(&mut tx, &row).await?;
        }
        None => retention::end(&mut tx, centre).await?,
    }
    let says = Changes::default().field(MONTHS, before, after);
    let subject = format!("centre:{centre}");
    let entry = audit_entry(actor, now, CHANGED, subject, Some(centre.clone()), says);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(true)
}

/// Erases the patients whose retention has ended, as `patients erase` does. Who is in a call goes the next time.
/// Returns how many went.
///
/// # Errors
/// Database errors.
pub async fn erase_expired(context: &Context) -> Result<usize, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let mut due = Vec::new();
    for row in retention::all(&mut tx).await? {
        let zone = zone_of(&known_centre(&mut tx, &row.centre).await?)?;
        let (people, _) = going_by(&mut tx, &row, &zone, now).await?;
        let is_erasable =
            |patient: &PatientRow| patient.released_at.is_some_and(|at| now.duration_since(at) >= ERASABLE_AFTER);
        due.extend(people.into_iter().map(|(patient, _)| patient).filter(is_erasable));
    }
    drop(tx);
    let mut erased = 0_usize;
    for patient in due {
        // A patient who has moved is kept as long as the new health centre says.
        let scope = Scope::Centres(BTreeSet::from([patient.centre]));
        match erase_one(context, &Actor::System, &scope, &patient.id.into()).await {
            Ok(_) => erased = erased.saturating_add(1),
            Err(ServiceError::Patient(PatientError::NotErasable | PatientError::NotFound)) => {}
            Err(error) => return Err(error),
        }
    }
    if erased > 0 {
        info!(patients = erased, "erased patients whose retention has ended");
        match context.database.compact().await {
            // Another program uses the file. The next erasure rewrites it.
            Ok(()) | Err(StoreError::Busy) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(erased)
}
