//! What a change of a patient would do, before it is made: the record before and after, and what becomes of waiting
//! and ringing calls. The change itself uses the same checks.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::change::{Ending, known_patient, number_seems_free, registered_row, with_values};
use super::view::PatientView;
use crate::domain::{Actor, CentreCode, PatientId};
use crate::patient_import::Column;
use crate::policy::{Permission, Scope, scope};
use crate::service::centre_settings::{day_and_hours, known_centre, schedule_of, visible_centre, zone_of};
use crate::service::context::{Context, Details, Viewed, shown_of};
use crate::service::error::{PatientError, ServiceError};
use crate::service::slots::{AffectedSlot, next_slot_of, would_withdraw};
use crate::store::Tx;
use crate::store::patients::{self, PatientRow};

/// A change of a patient.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub enum PatientChange<'a> {
    /// The given values, as `change_patient` takes them.
    Values(&'a [(Column, &'a str)]),
    /// Automated calls stop.
    Stop,
    /// Observation ends.
    Release,
}

/// What a change would do.
#[derive(Debug, Clone)]
pub struct ChangePreview {
    /// The record as it is.
    pub before: PatientView,
    /// The record as it would be.
    pub after: PatientView,
    /// The slots that haven't ended, and what becomes of them, by time.
    pub slots: Vec<AffectedSlot>,
    /// The centre's time zone.
    pub zone: TimeZone,
}

/// What registering a patient would do.
#[derive(Debug, Clone)]
pub struct RegistrationPreview {
    /// The record as it would be.
    pub after: PatientView,
    /// Patients who may be the same person: the same birth date and name, or the same number.
    pub doubles: Vec<PatientView>,
    /// Whether the ID is free. It may be registered at a health centre that the actor may not see.
    pub id: IdIs,
    /// The patient who gets automated calls on the number. Then this one can't be registered for them (A2).
    pub number_in_use: Option<PatientId>,
    /// The centre's time zone.
    pub zone: TimeZone,
}

/// Whether a HER-SYS ID can be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdIs {
    /// Nobody has it.
    Free,
    /// Somebody has it, at this health centre or another one.
    Registered,
}

/// Tells what a change would do. Nothing is changed. The audit trail records the view (D3), with the number.
///
/// # Errors
/// As the change itself: [`PatientError::NotFound`](crate::service::PatientError::NotFound), findings, a number that
/// is taken.
pub async fn preview_change(
    context: &Context,
    actor: &Actor,
    id: PatientId,
    change: PatientChange<'_>,
) -> Result<Viewed<ChangePreview>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    context.looked_up(actor, id, "patient.change_shown", preview(context, actor, &scope, id, change).await).await
}

async fn preview(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    change: PatientChange<'_>,
) -> Result<Viewed<ChangePreview>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let before = known_patient(&mut tx, scope, &id.into()).await?;
    let centre = known_centre(&mut tx, &before.centre).await?;
    let schedule = schedule_of(&centre)?;
    let (today, hours) = day_and_hours(&centre, now)?;
    let mut after = match change {
        PatientChange::Values(values) => with_values(&before, values, today, hours, now)?.after,
        PatientChange::Stop => Ending::Stop.of(&before, now),
        PatientChange::Release => Ending::Release.of(&before, now),
    };
    number_seems_free(&mut tx, Some(&before), &after).await?;
    after.calling.next_slot_at = next_slot_of(&after, &schedule, now)?;
    let slots = would_withdraw(&mut tx, &after, &schedule).await?;
    drop(tx);
    let asked = Details::Revealed.changes();
    let noted = shown_of(context, actor, std::slice::from_ref(&before), "patient.change_shown", asked).await?;
    let found = ChangePreview { before: before.into(), after: after.into(), slots, zone: zone_of(&centre)? };
    Ok(Viewed { found, noted })
}

/// Tells what registering a patient would do, and who may be the same person. Nothing is written but the audit entry of
/// who was shown (D3).
///
/// # Errors
/// As `add_patient`.
pub async fn preview_registration(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    values: &[(Column, &str)],
) -> Result<Viewed<RegistrationPreview>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let now: Timestamp = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let row = visible_centre(&mut tx, &scope, centre).await?;
    let after = registered_row(&row, values, now)?;
    let doubles = doubles_of(&mut tx, &after).await?;
    let same_id = patients::registered(&mut tx, std::slice::from_ref(&after.hersys_id)).await?;
    let id = if same_id.is_empty() { IdIs::Free } else { IdIs::Registered };
    let number_in_use = match number_seems_free(&mut tx, None, &after).await {
        Err(ServiceError::Patient(PatientError::NumberInUse(holder))) => Some(holder),
        free => free.map(|()| None)?,
    };
    drop(tx);
    let asked = Details::Revealed.changes();
    let noted = shown_of(context, actor, &doubles, "patient.double_shown", asked).await?;
    let doubles = doubles.into_iter().map(PatientView::from).collect();
    Ok(Viewed {
        found: RegistrationPreview { after: after.into(), doubles, id, number_in_use, zone: zone_of(&row)? },
        noted,
    })
}

/// Patients of the same health centre who may be the same person.
async fn doubles_of(tx: &mut Tx, patient: &PatientRow) -> Result<Vec<PatientRow>, ServiceError> {
    let mut doubles = patients::likely_doubles(tx, patient).await?;
    doubles.sort_by(|one, other| one.hersys_id.expose().cmp(other.hersys_id.expose()));
    Ok(doubles)
}
