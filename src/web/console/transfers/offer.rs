//! Offering a person to another health centre: to whom, why, and what happens.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::page_of;
use super::words::{self, Told};
use crate::domain::{CentreCode, NoteText, PatientId, TransferId, TransferReason};
use crate::service::{
    Offer, OfferPreview, Offered, PatientError, ReceiverCentre, ServiceError, TransferError, offer_transfer,
    preview_offer,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::layout::Layout;
use crate::web::console::patients::shown_or_typed;
use crate::web::console::sender::{kept, sent};
use crate::web::console::staff::StaffActor;
use crate::web::console::{missing, note_field, times};

#[derive(Template)]
#[template(path = "console/transfers/offer.html", config = "src/web/askama.toml")]
struct OfferPage {
    l: Layout,
    centre: String,
    name: String,
    person: String,
    action: String,
    is_released: bool,
    open: Option<OpenOffer>,
    id: TransferId,
    receivers: Vec<ReceiverCentre>,
    to: String,
    reasons: Vec<Reason>,
    note: String,
    mistakes: Mistakes,
    draft_restored: bool,
    calls: Vec<Message>,
    next: Option<Message>,
}

/// An offer that is open.
struct OpenOffer {
    path: String,
    says: Message,
}

struct Reason {
    code: &'static str,
    name: Message,
    is_chosen: bool,
}

impl OfferPage {
    fn is_to(&self, receiver: &ReceiverCentre) -> bool {
        self.to == receiver.code.as_str()
    }
}

/// The page of the form.
fn form_page(id: PatientId) -> String {
    format!("/patients/{id}/transfer")
}

fn patient_of(text: &str) -> Result<PatientId, ServiceError> {
    text.parse().map_err(|_| PatientError::NotFound.into())
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>) -> Response {
    let shown = async {
        let id = patient_of(&id)?;
        // Who isn't the reader's leaves the draft alone.
        let preview = preview_offer(staff.context(), staff.actor(), id).await?.found;
        let kept = kept(&staff, &form_page(id)).await?;
        let draft_restored = kept.is_some();
        page(&staff, preview, &kept.unwrap_or_default(), Mistakes::default(), draft_restored).await
    };
    let shown = shown.await;
    shown_or_typed(&staff, &format!("/patients/{id}"), shown).await
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = patient_of(&id) else { return missing::page(&form.visit) };
    sent(form, &form_page(id), async |staff, fields| take(staff, id, &fields).await).await
}

async fn take(staff: &StaffActor, id: PatientId, fields: &Fields) -> Result<Response, ServiceError> {
    let mut mistakes = Mistakes::default();
    let to = CentreCode::parse(fields.get("to")).ok();
    if to.is_none() {
        mistakes.add("to", message!("transfer-to-missing"));
    }
    let reason = TransferReason::from_code(fields.get("reason"));
    if reason.is_none() {
        mistakes.add("reason", message!("transfer-reason-missing"));
    }
    let note = NoteText::parse(fields.get("note")).unwrap_or_else(|error| {
        mistakes.add("note", note_field::told(error));
        None
    });
    if reason == Some(TransferReason::Other) && note.is_none() && mistakes.is_empty() {
        mistakes.add("note", message!("transfer-note-missing"));
    }
    let transfer = fields.get("transfer").parse::<TransferId>().ok();
    let (Some(to), Some(reason), Some(transfer), true) = (to, reason, transfer, mistakes.is_empty()) else {
        return again(staff, id, fields, mistakes).await;
    };
    let offer = Offer { id: Some(transfer), to: &to, reason, note: note.as_ref() };
    match offer_transfer(staff.context(), staff.actor(), id, offer).await {
        Ok(Offered::Now(transfer)) => Ok(told(staff, transfer, Told::Offered)),
        Ok(Offered::Before(transfer, _)) => Ok(told(staff, transfer, Told::Before)),
        Err(ServiceError::Transfer(TransferError::NoReceiver)) => {
            again(staff, id, fields, Mistakes::one("to", message!("transfer-to-missing"))).await
        }
        // The page says what is open, or that the observation has ended.
        Err(ServiceError::Transfer(TransferError::OfferedAlready | TransferError::Released)) => {
            again(staff, id, fields, Mistakes::default()).await
        }
        Err(error) => Err(error),
    }
}

fn told(staff: &StaffActor, id: TransferId, told: Told) -> Response {
    staff.visit.redirect(&format!("{}?told={}", page_of(id), told.code()))
}

async fn again(
    staff: &StaffActor,
    id: PatientId,
    fields: &Fields,
    mistakes: Mistakes,
) -> Result<Response, ServiceError> {
    let preview = preview_offer(staff.context(), staff.actor(), id).await?.found;
    page(staff, preview, fields, mistakes, false).await
}

async fn page(
    staff: &StaffActor,
    preview: OfferPreview,
    fields: &Fields,
    mistakes: Mistakes,
    draft_restored: bool,
) -> Result<Response, ServiceError> {
    let now = staff.context().clock.now().to_zoned_datetime(preview.zone.clone());
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let chosen = TransferReason::from_code(fields.get("reason"));
    let patient = &preview.patient;
    let reason = |reason: TransferReason| Reason {
        code: reason.code(),
        name: words::reason_name(reason),
        is_chosen: chosen == Some(reason),
    };
    let open = preview.open.as_ref().map(|open| OpenOffer {
        path: staff.visit.path(&page_of(open.id)),
        says: message!(
            "transfer-is-offered",
            centre = &open.to_name,
            at = times::clock_time(open.offered_at, &now),
            by = &open.offered_by
        ),
    });
    let page = OfferPage {
        l: staff.visit.layout(),
        centre: staff.centre().await?.map(|centre| centre.name).unwrap_or_default(),
        name: format!("{} {}", patient.family_name.expose(), patient.given_name.expose()),
        person: staff.visit.path(&format!("/patients/{}", patient.id)),
        action: staff.visit.path(&form_page(patient.id)),
        is_released: patient.released_at.is_some(),
        open,
        id: fields.get("transfer").parse().unwrap_or(preview.next),
        receivers: preview.receivers,
        to: fields.get("to").to_owned(),
        reasons: TransferReason::ALL.into_iter().map(reason).collect(),
        note: fields.get("note").to_owned(),
        mistakes,
        draft_restored,
        calls: words::calls_go_on(&preview.calls, &now),
        next: patient.next_slot_at.map(|at| message!("transfer-next-own", at = times::clock_time(at, &now))),
    };
    Ok(staff.visit.page(status, &page))
}
