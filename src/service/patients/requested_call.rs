//! A patient is called now from a form, once however often the form is sent.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::change::{held_patient, known_patient};
use super::view::PatientView;
use crate::domain::{Actor, PatientId, SlotId};
use crate::policy::{Permission, Scope, scope};
use crate::service::calls::{AskedFor, hold_of, refusal, request, window_end};
use crate::service::centre_settings::{known_centre, schedule_of};
use crate::service::context::{Context, Details, Viewed, new_id, shown_of};
use crate::service::error::{CallError, PatientError, ServiceError};
use crate::service::suspension::PauseReason;
use crate::store::slots;

/// What became of a call that was requested with a form.
#[derive(Debug, Clone)]
pub enum CallRequested {
    /// It was requested now.
    Now(Box<AskedFor>),
    /// It had been: the form was sent twice.
    Before,
}

/// The same as [`call_now`](crate::service::call_now) for a form. The form chose the slot's id, so that of a form that
/// is sent again, even after its call has ended, nobody is called twice.
///
/// # Errors
/// As [`call_now`](crate::service::call_now).
pub async fn request_call(
    context: &Context,
    actor: &Actor,
    id: PatientId,
    slot: SlotId,
) -> Result<CallRequested, ServiceError> {
    let scope = scope(actor, Permission::PlaceCalls)?;
    let requested = request_once(context, actor, &scope, id, slot).await;
    context.looked_up(actor, id, "patient.called_now", requested).await
}

async fn request_once(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    slot: SlotId,
) -> Result<CallRequested, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &id.into()).await?;
    if let Some(before) = slots::by_ids(&mut tx, &[slot]).await?.pop() {
        // Another person's slot can't be asked for: nothing is told about it.
        let is_own = before.patient == patient.id;
        return if is_own { Ok(CallRequested::Before) } else { Err(PatientError::NotFound.into()) };
    }
    let asked = request(&mut tx, actor, &patient, slot, context.clock.now()).await?;
    tx.commit().await?;
    Ok(CallRequested::Now(Box::new(asked)))
}

/// What requesting a call would do.
#[derive(Debug, Clone)]
pub struct CallPreview {
    /// Who would be called.
    pub patient: PatientView,
    /// The centre's time zone.
    pub zone: TimeZone,
    /// Until when the call may wait to be placed.
    pub until: Timestamp,
    /// Why no call can be requested.
    pub refusal: Option<CallError>,
    /// Why nothing is dialled now.
    pub hold: Option<PauseReason>,
    /// The id of the slot that the form would open.
    pub slot: SlotId,
}

/// Tells what requesting a call would do. Nothing is changed. The audit trail records the view (D3), with the number.
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn preview_call(
    context: &Context,
    actor: &Actor,
    id: PatientId,
) -> Result<Viewed<CallPreview>, ServiceError> {
    let scope = scope(actor, Permission::PlaceCalls)?;
    context.looked_up(actor, id, "patient.called_now", preview(context, actor, &scope, id).await).await
}

async fn preview(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
) -> Result<Viewed<CallPreview>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let patient = known_patient(&mut tx, scope, &id.into()).await?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let schedule = schedule_of(&centre)?;
    let refusal = refusal(&mut tx, &patient, &schedule, now).await?;
    let hold = hold_of(&mut tx, &centre, now).await?;
    drop(tx);
    let asked = Details::Revealed.changes();
    let noted = shown_of(context, actor, std::slice::from_ref(&patient), "patient.shown", asked).await?;
    let until = window_end(&schedule, now);
    let (patient, zone) = (patient.into(), schedule.zone);
    Ok(Viewed { found: CallPreview { patient, zone, until, refusal, hold, slot: SlotId(new_id()) }, noted })
}
