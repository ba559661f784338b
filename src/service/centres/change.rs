//! Health centres, as staff list, add and change them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::domain::{Actor, CallTimes, CallingHours, CentreCode, CentreName, PhoneNumber, ReasonText};
use crate::policy::{Permission, Scope, require, scope};
use crate::service::centre_settings::{CentreChange, CentreSettings, settings_changes, visible_centre};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{CentreError, ServiceError};
use crate::store::centres::{self, CentreRow};
use crate::store::{StoreError, Tx, audit, patients};

use super::replan;
use super::view::CentreView;

/// A centre after a change.
#[derive(Debug, Clone)]
pub struct CentreChanged {
    /// The centre in its new state.
    pub centre: CentreView,
    /// Whether anything differs from before.
    pub changed: bool,
    /// The number of patients with a call time of their own outside the new calling hours. Such a time is no longer a
    /// slot.
    pub patients_outside_hours: u64,
}

/// Adds a health centre. It has Tokyo's time zone and the usual hours unless `more` sets others.
///
/// # Errors
/// Returns an error if the code is in use or a value is invalid.
pub async fn add_centre(
    context: &Context,
    actor: &Actor,
    code: CentreCode,
    name: CentreName,
    phone: PhoneNumber,
    more: &CentreChange,
) -> Result<CentreView, ServiceError> {
    require(actor, Permission::AddCentres)?;
    let now = context.clock.now();
    let bare = CentreRow {
        code,
        name: name.into(),
        phone,
        time_zone: "Asia/Tokyo".to_owned(),
        settings: CentreSettings::default().written()?,
        created_at: now,
        updated_at: now,
    };
    if !bare.phone.kind().takes_callers_of_a_centre() {
        return Err(CentreError::PhoneNotCallable.into());
    }
    let row = changed(&bare, more, now)?;
    let mut tx = context.database.begin_write().await?;
    centres::insert(&mut tx, &row).await?;
    let added = Changes::default().field("name", None::<String>, row.name.as_str());
    let entry = audit_entry(actor, now, "centre.added", subject(&row.code), Some(row.code.clone()), added);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Lists all health centres by code.
///
/// # Errors
/// Database errors.
pub async fn list_centres(context: &Context, actor: &Actor) -> Result<Vec<CentreView>, ServiceError> {
    let scope = scope(actor, Permission::ViewCentres)?;
    let mut found = centres::list(&mut context.database.begin_read().await?).await?;
    found.retain(|centre| scope.covers(&centre.code));
    Ok(found.into_iter().map(CentreView::from).collect())
}

/// Shows a health centre.
///
/// # Errors
/// [`CentreError::NotFound`].
pub async fn show_centre(context: &Context, actor: &Actor, code: &CentreCode) -> Result<CentreView, ServiceError> {
    let scope = scope(actor, Permission::ViewCentres)?;
    Ok(visible_centre(&mut context.database.begin_read().await?, &scope, code).await?.into())
}

/// Changes a health centre. Calls in progress keep the settings that they began with. Patients' call times outside the
/// new calling hours are kept and counted, but no calls are placed for them.
///
/// # Errors
/// Returns an error if the centre doesn't exist or a value is invalid. [`CentreError::ReplanUnfinished`] if the change
/// counts, but not all calls are planned by it yet.
pub async fn change_centre(
    context: &Context,
    actor: &Actor,
    code: &CentreCode,
    change: &CentreChange,
) -> Result<CentreChanged, ServiceError> {
    let scope = scope(actor, Permission::ChangeCentres)?;
    make_change(context, actor, &scope, Wanted { code, based_on: None, change, reason: None, undone: None }).await
}

/// Changes a health centre as [`change_centre`] does, for a reason that its history shows, unless somebody has changed
/// it since it was read.
///
/// # Errors
/// Those of [`change_centre`], and [`CentreError::ChangedMeanwhile`].
pub async fn change_settings(
    context: &Context,
    actor: &Actor,
    based_on: &CentreView,
    change: &CentreChange,
    reason: Option<&ReasonText>,
) -> Result<CentreChanged, ServiceError> {
    let scope = scope(actor, Permission::ChangeCentres)?;
    let wanted = Wanted { code: &based_on.code, based_on: Some(based_on), change, reason, undone: None };
    make_change(context, actor, &scope, wanted).await
}

/// A change that somebody wants.
pub(super) struct Wanted<'a> {
    pub(super) code: &'a CentreCode,
    /// The state in which the centre must be. `None` for any.
    pub(super) based_on: Option<&'a CentreView>,
    pub(super) change: &'a CentreChange,
    pub(super) reason: Option<&'a ReasonText>,
    /// The change that it undoes.
    pub(super) undone: Option<Uuid>,
}

/// Makes a change. Without one, nothing is written.
pub(super) async fn make_change(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    wanted: Wanted<'_>,
) -> Result<CentreChanged, ServiceError> {
    let Wanted { code, change, .. } = wanted;
    for _ in 0..MOST_ATTEMPTS {
        let mut reading = context.database.begin_read().await?;
        let before = visible_centre(&mut reading, scope, code).await?;
        if wanted.based_on.is_some_and(|based_on| *based_on != CentreView::from(before.clone())) {
            return Err(CentreError::ChangedMeanwhile.into());
        }
        let now = context.clock.now();
        let after = changed(&before, change, now)?;
        let changes = differences(&before, &after);
        let patients_outside_hours = match change.calling_hours {
            Some(hours) => patients_outside(&mut reading, code, hours).await?,
            None => 0,
        };
        reading.rollback().await?;
        if changes.is_empty() {
            return Ok(CentreChanged { centre: before.into(), changed: false, patients_outside_hours });
        }
        let why = wanted.reason.map(ReasonText::as_str);
        let changes = changes.field(REASON, None::<String>, why).field(
            UNDONE,
            None::<String>,
            wanted.undone.map(|entry| entry.to_string()),
        );
        let entry = audit_entry(actor, now, CHANGED, subject(code), Some(code.clone()), changes);
        if replan::apply(context, &before, &after, entry).await? {
            return Ok(CentreChanged { centre: after.into(), changed: true, patients_outside_hours });
        }
    }
    Err(StoreError::Busy.into())
}

/// The action of changes in the audit trail.
pub(super) const CHANGED: &str = "centre.changed";
/// Their fields that are no settings: why, and which change was undone.
pub(super) const REASON: &str = "reason";
pub(super) const UNDONE: &str = "undone";

/// What differs between two states of a centre.
fn differences(before: &CentreRow, after: &CentreRow) -> Changes {
    let changes = Changes::default()
        .field("name", before.name.as_str(), after.name.as_str())
        .field("phone", before.phone.expose(), after.phone.expose())
        .field("time_zone", before.time_zone.as_str(), after.time_zone.as_str());
    settings_changes(changes, before, after)
}

/// How often a change is made on what another one has made meanwhile.
const MOST_ATTEMPTS: u32 = 5;

/// The number of patients with automated calls who have a call time of their own outside these hours.
pub(super) async fn patients_outside(tx: &mut Tx, code: &CentreCode, hours: CallingHours) -> Result<u64, ServiceError> {
    let mut outside = 0;
    for (times, patients) in patients::own_call_times(tx, code).await? {
        let times: Result<CallTimes, _> = times.parse();
        let times = times.map_err(|_| StoreError::Inconsistent { what: "patients.call_times" })?;
        if times.times().iter().any(|time| !hours.contain(*time)) {
            outside += patients;
        }
    }
    Ok(outside)
}

/// The subject of entries about a centre.
pub(super) fn subject(code: &CentreCode) -> String {
    format!("centre:{code}")
}

/// A centre after a change.
pub(super) fn changed(before: &CentreRow, change: &CentreChange, now: Timestamp) -> Result<CentreRow, ServiceError> {
    let name = change.name.clone().map_or_else(|| before.name.clone(), String::from);
    // A stored number doesn't block other changes, even if it wouldn't be accepted now.
    if change.phone.as_ref().is_some_and(|phone| !phone.kind().takes_callers_of_a_centre()) {
        return Err(CentreError::PhoneNotCallable.into());
    }
    let time_zone = change.time_zone.as_ref().unwrap_or(&before.time_zone).clone();
    let zone = TimeZone::get(&time_zone).map_err(|_| CentreError::UnknownTimeZone(time_zone.clone()))?;
    let settings = CentreSettings::of(before).changed(change, &zone, now)?;
    Ok(CentreRow {
        code: before.code.clone(),
        name,
        phone: change.phone.as_ref().unwrap_or(&before.phone).clone(),
        time_zone,
        settings: settings.written()?,
        created_at: before.created_at,
        updated_at: now,
    })
}
