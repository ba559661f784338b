//! Requests of patients that notices stop (M13). From the request on they rest, until the health centre decides. Calls
//! go on: who wants neither says so to the health centre, or presses key 8.

use jiff::Timestamp;

use crate::domain::{Actor, AlertKind, NoticeChannel, NoticeStop, PatientId, StopAskedIn};
use crate::policy::{Permission, Scope, scope};
use crate::service::alerts::{About, Consequences};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{PatientError, ServiceError};
use crate::store::audit::{self, Subject};
use crate::store::patients::{self, PatientRow};
use crate::store::{StoreError, Tx, alerts, notice_stops, notices};

/// Records a request, and puts it on the health centre's list. Returns `false` if one is open, or notices have stopped.
/// The caller has locked the patient.
pub(in crate::service) async fn ask_notice_stop(
    tx: &mut Tx,
    actor: &Actor,
    patient: &PatientRow,
    place: StopAskedIn,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !notice_stops::request(tx, patient.id, place, now).await? {
        return Ok(false);
    }
    let mut consequences = Consequences::default();
    let about = About { centre: Some(patient.centre.clone()), patient: Some(patient.id), ..About::default() };
    consequences.raise(AlertKind::NoticeStop, about, now);
    consequences.write(tx).await?;
    note(tx, actor, "notice.stop_requested", patient, now).await?;
    Ok(true)
}

/// Takes an open request back. Returns `false` if none is open.
pub(in crate::service) async fn take_back_notice_stop(
    tx: &mut Tx,
    actor: &Actor,
    patient: &PatientRow,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !notice_stops::take_back(tx, patient.id).await? {
        return Ok(false);
    }
    alerts::close_of(tx, &[patient.id], &[AlertKind::NoticeStop], now, actor.name()).await?;
    note(tx, actor, "notice.stop_taken_back", patient, now).await?;
    Ok(true)
}

/// Records what the health centre decided. The request leaves its list.
pub(in crate::service) async fn decide_notice_stop(
    tx: &mut Tx,
    actor: &Actor,
    patient: &PatientRow,
    state: NoticeStop,
    now: Timestamp,
) -> Result<(), StoreError> {
    notice_stops::decide(tx, patient.id, state, now).await?;
    alerts::close_of(tx, &[patient.id], &[AlertKind::NoticeStop], now, actor.name()).await?;
    let action = if state == NoticeStop::Declined { "notice.stop_declined" } else { "notice.stopped" };
    note(tx, actor, action, patient, now).await
}

/// Lets the notices of a patient go on, as the patient wants them again. An open request counts as declined. Returns
/// `false` if they hadn't stopped.
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn resume_notices(context: &Context, actor: &Actor, patient: PatientId) -> Result<bool, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    context.looked_up(actor, patient, "notice.resumed", resume(context, actor, &scope, patient).await).await
}

async fn resume(context: &Context, actor: &Actor, scope: &Scope, id: PatientId) -> Result<bool, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    patients::hold(&mut tx, &[id]).await?;
    let found = patients::by_ids(&mut tx, &[id]).await?.pop();
    let patient = found.filter(|patient| scope.covers(&patient.centre)).ok_or(PatientError::NotFound)?;
    if !notice_stops::resume(&mut tx, id, now).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    alerts::close_of(&mut tx, &[id], &[AlertKind::NoticeStop], now, actor.name()).await?;
    note(&mut tx, actor, "notice.resumed", &patient, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Uses a number or an address of a patient for notices again, as staff have confirmed it. Returns `false` if it wasn't
/// marked as one that takes no messages.
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn confirm_address(
    context: &Context,
    actor: &Actor,
    patient: PatientId,
    channel: NoticeChannel,
) -> Result<bool, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let confirmed = confirm(context, actor, &scope, (patient, channel)).await;
    context.looked_up(actor, patient, "notice.address_confirmed", confirmed).await
}

async fn confirm(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    (id, channel): (PatientId, NoticeChannel),
) -> Result<bool, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    patients::hold(&mut tx, &[id]).await?;
    let found = patients::by_ids(&mut tx, &[id]).await?.pop();
    let patient = found.filter(|patient| scope.covers(&patient.centre)).ok_or(PatientError::NotFound)?;
    if !notices::forget_dead(&mut tx, id, channel).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    note(&mut tx, actor, "notice.address_confirmed", &patient, now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn note(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    patient: &PatientRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    let subject = Subject::Patient(patient.id);
    let entry = audit_entry(actor, now, action, subject, Some(patient.centre.clone()), Changes::default());
    audit::append(tx, vec![entry]).await
}

/// How notices of a person stand, as the person sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeStopView {
    /// The person.
    pub patient: PatientId,
    /// How far the last request is. `None` if there was none.
    pub state: Option<NoticeStop>,
    /// When it was asked.
    pub requested_at: Option<Timestamp>,
    /// When the health centre decided.
    pub decided_at: Option<Timestamp>,
}

/// How notices of these people stand, in their order.
pub(in crate::service) async fn notice_stops_of(
    tx: &mut Tx,
    people: &[PatientId],
) -> Result<Vec<NoticeStopView>, StoreError> {
    let stops = notice_stops::of_patients(tx, people).await?;
    let view = |patient: &PatientId| {
        let stop = stops.iter().find(|stop| stop.patient == *patient);
        NoticeStopView {
            patient: *patient,
            state: stop.map(|stop| stop.state),
            requested_at: stop.map(|stop| stop.requested_at),
            decided_at: stop.and_then(|stop| stop.decided_at),
        }
    };
    Ok(people.iter().map(view).collect())
}
