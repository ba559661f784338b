//! A person is called now, by the program: what it would do, then it is requested, once however often it is sent.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ZonedDateTime;

use super::done::Done;
use super::person::{id_of, name_of, page_of};
use super::words::withdrawal_name;
use crate::domain::{PatientId, SlotId};
use crate::service::{
    CallError, CallPreview, CallRequested, Noted, PauseReason, ServiceError, preview_call, request_call,
};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Submitted};
use crate::web::console::layout::Layout;
use crate::web::console::sender::sent;
use crate::web::console::staff::StaffActor;
use crate::web::console::{missing, times};

#[derive(Template)]
#[template(path = "console/patient_call_now.html", config = "src/web/askama.toml")]
struct CallNow {
    l: Layout,
    centre: String,
    not_noted: bool,
    name: String,
    person: String,
    /// The id of the slot that the form opens.
    slot: String,
    /// Why nobody can be called now.
    refusal: Option<Message>,
    /// What is done.
    effect: Message,
    /// Until when the call may wait.
    until: Message,
    /// Why it waits.
    held: Option<Message>,
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>) -> Response {
    let shown = async { show(&staff, id_of(&id)?, StatusCode::OK).await };
    let shown = shown.await;
    staff.visit.answer(shown)
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    let page = format!("{}/call-now", page_of(id));
    sent(form, &page, async |staff, fields| ask(staff, id, fields).await).await
}

async fn ask(staff: &StaffActor, id: PatientId, fields: Fields) -> Result<Response, ServiceError> {
    // Without an id, a form can't be told from its double: nobody is called.
    let Ok(slot) = fields.get("slot").parse::<SlotId>() else { return Ok(missing::page(&staff.visit)) };
    let done = match request_call(staff.context(), staff.actor(), id, slot).await {
        Ok(CallRequested::Now(asked)) if asked.hold.is_some() => Done::CallWaits,
        Ok(CallRequested::Now(_)) => Done::CallRequested,
        Ok(CallRequested::Before) | Err(ServiceError::Call(CallError::AlreadyUnderWay)) => Done::CallRequestedBefore,
        // The page says why.
        Err(ServiceError::Call(_)) => return show(staff, id, StatusCode::CONFLICT).await,
        Err(error) => return Err(error),
    };
    // The person's page has the calls, and the state of this one.
    Ok(staff.visit.redirect(&format!("{}?done={}", page_of(id), done.code())))
}

async fn show(staff: &StaffActor, id: PatientId, status: StatusCode) -> Result<Response, ServiceError> {
    let viewed = preview_call(staff.context(), staff.actor(), id).await?;
    let not_noted = matches!(viewed.noted, Noted::No(_));
    let preview = viewed.found;
    let now = staff.context().clock.now().to_zoned_datetime(preview.zone.clone());
    let page = CallNow {
        l: staff.visit.layout(),
        centre: staff.centre().await?.map(|centre| centre.name).unwrap_or_default(),
        not_noted,
        name: name_of(&preview.patient),
        person: staff.visit.path(&page_of(id)),
        slot: preview.slot.to_string(),
        refusal: preview.refusal.map(refusal_words),
        effect: effect_of(&preview, &now),
        until: message!("call-now-until", until = times::clock_time(preview.until, &now)),
        held: preview.hold.as_ref().map(held_words),
    };
    Ok(staff.visit.page(status, &page))
}

fn effect_of(preview: &CallPreview, now: &ZonedDateTime) -> Message {
    let number = preview.patient.phone_number.as_ref().map(|number| number.national()).unwrap_or_default();
    message!("call-now-effect", number = number, at = times::clock_time(now.timestamp(), now))
}

fn refusal_words(why: CallError) -> Message {
    match why {
        CallError::NotCallable(why) => message!("call-now-not-callable", why = withdrawal_name(why)),
        CallError::OutsideCallingHours(hours) => message!("call-now-outside-hours", hours = hours.to_string()),
        CallError::AlreadyUnderWay | CallError::NotFound | CallError::OutcomeKnown => message!("call-now-under-way"),
    }
}

fn held_words(why: &PauseReason) -> Message {
    match why {
        PauseReason::Centre => message!("call-now-held-centre"),
        PauseReason::Paused(_) | PauseReason::Lost { .. } | PauseReason::Maintenance(_) => {
            message!("call-now-held-all")
        }
    }
}
