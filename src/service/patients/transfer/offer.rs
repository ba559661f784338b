//! Offering a patient to another health centre. Nothing changes for the patient until that centre accepts.

use jiff::tz::TimeZone;

use super::list::{ReceiverCentre, others_than};
use super::view::{TransferCall, TransferView, names_of_centres};
use crate::domain::{Actor, CentreCode, NoteText, PatientId, TransferId, TransferReason, TransferSide, TransferState};
use crate::policy::{Permission, Scope, scope};
use crate::service::centre_settings::{known_centre, zone_of};
use crate::service::context::{Changes, Context, Details, PatientKey, Viewed, audit_entry, new_id, shown_of};
use crate::service::error::{ServiceError, TransferError};
use crate::service::patients::change::{held_patient, known_patient};
use crate::service::patients::view::PatientView;
use crate::store::audit::{self, Subject};
use crate::store::transfers::{self, TransferRow};
use crate::store::{centres, slots};

/// An offer.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The transfer, given with the form, so that a form sent twice makes one. `None` if there is no form.
    pub id: Option<TransferId>,
    /// The health centre to which the patient is offered.
    pub to: &'a CentreCode,
    /// Why.
    pub reason: TransferReason,
    /// What it should know.
    pub note: Option<&'a NoteText>,
}

/// What came of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// The patient is offered now.
    Now(TransferId),
    /// The same was sent before. The transfer has this state.
    Before(TransferId, TransferState),
}

/// What an offer would do.
#[derive(Debug, Clone)]
pub struct OfferPreview {
    /// The record.
    pub patient: PatientView,
    /// The offer that is open.
    pub open: Option<TransferView>,
    /// The health centres to which the patient can be offered.
    pub receivers: Vec<ReceiverCentre>,
    /// The calls that wait or are in progress. They go on.
    pub calls: Vec<TransferCall>,
    /// The time zone of the patient's health centre.
    pub zone: TimeZone,
    /// The id of an offer that is made on this view.
    pub next: TransferId,
}

/// Tells what offering a patient would do. The audit trail records the view (D3).
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound).
pub async fn preview_offer(
    context: &Context,
    actor: &Actor,
    id: PatientId,
) -> Result<Viewed<OfferPreview>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    context.looked_up(actor, id, "patient.transfer_shown", preview(context, actor, &scope, id).await).await
}

async fn preview(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
) -> Result<Viewed<OfferPreview>, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let patient = known_patient(&mut tx, scope, &id.into()).await?;
    let zone = zone_of(&known_centre(&mut tx, &patient.centre).await?)?;
    let open = transfers::open_of(&mut tx, patient.id).await?;
    let names = names_of_centres(&mut tx).await?;
    let mut waiting = slots::open_of(&mut tx, &[patient.id]).await?;
    drop(tx);
    waiting.sort_by_key(|slot| slot.due_at);
    let noted =
        shown_of(context, actor, std::slice::from_ref(&patient), "patient.transfer_shown", Details::Masked.changes());
    let noted = noted.await?;
    let found = OfferPreview {
        open: open.map(|row| TransferView::of(row, &patient, TransferSide::Offering, &names)),
        receivers: others_than(&patient.centre, names),
        calls: waiting.into_iter().map(TransferCall::from).collect(),
        patient: patient.into(),
        zone,
        next: TransferId(new_id()),
    };
    Ok(Viewed { found, noted })
}

/// Offers a patient to another health centre. The patient's own one goes on calling until the other accepts.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound), or one of [`TransferError`].
pub async fn offer_transfer(
    context: &Context,
    actor: &Actor,
    patient: impl Into<PatientKey>,
    offer: Offer<'_>,
) -> Result<Offered, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let key = patient.into();
    let made = make(context, actor, &scope, &key, offer).await;
    context.looked_up(actor, &key, "patient.transfer_offered", made).await
}

async fn make(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    key: &PatientKey,
    offer: Offer<'_>,
) -> Result<Offered, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let id = offer.id.unwrap_or_else(|| TransferId(new_id()));
    if let Some(before) = transfers::get(&mut tx, id).await? {
        // The form was sent before. Meanwhile the patient may be another health centre's.
        return match scope.covers(&before.from) {
            true => Ok(Offered::Before(before.id, before.state)),
            false => Err(TransferError::NotFound.into()),
        };
    }
    let patient = held_patient(&mut tx, scope, key).await?;
    if patient.released_at.is_some() {
        return Err(TransferError::Released.into());
    }
    if *offer.to == patient.centre || centres::get(&mut tx, offer.to).await?.is_none() {
        return Err(TransferError::NoReceiver.into());
    }
    let row = TransferRow {
        id,
        patient: patient.id,
        from: patient.centre.clone(),
        to: offer.to.clone(),
        state: TransferState::Offered,
        reason: offer.reason,
        note: offer.note.cloned(),
        reply: None,
        offered_at: now,
        offered_by: actor.name().to_owned(),
        decided_at: None,
        decided_by: None,
        noticed_at: None,
    };
    if !transfers::offer(&mut tx, &row).await? {
        // To the same health centre, it is the same offer.
        return match transfers::open_of(&mut tx, patient.id).await? {
            Some(open) if open.to == row.to => Ok(Offered::Before(open.id, open.state)),
            _ => Err(TransferError::OfferedAlready.into()),
        };
    }
    let entry = |centre: &CentreCode| {
        let says = Changes::default()
            .field("from_centre", None::<String>, row.from.as_str())
            .field("to_centre", None::<String>, row.to.as_str())
            .field("reason", None::<String>, row.reason.code());
        let subject = Subject::Patient(patient.id);
        audit_entry(actor, now, "patient.transfer_offered", subject, Some(centre.clone()), says)
    };
    audit::append(&mut tx, vec![entry(&row.from), entry(&row.to)]).await?;
    tx.commit().await?;
    Ok(Offered::Now(row.id))
}
