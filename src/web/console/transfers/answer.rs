//! The answer to an offer, by either side.

use axum::extract::Path;
use axum::response::Response;

use super::page::{self, Entered};
use super::words::Told;
use super::{id_of, page_of};
use crate::domain::{CallTimes, NoteText, TransferDecision, TransferId, TransferState};
use crate::service::{
    AcceptedTimes, DecidedOutcome, DecidedTransfer, PatientError, ServiceError, TransferAnswer, decide_transfer,
    notice_transfer,
};
use crate::translations::message;
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::patients::{mistakes_at, times_sentence};
use crate::web::console::sender::sent;
use crate::web::console::staff::StaffActor;
use crate::web::console::{missing, note_field};

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| take(staff, id, fields).await).await
}

async fn take(staff: &StaffActor, id: TransferId, fields: Fields) -> Result<Response, ServiceError> {
    if fields.get("decision") == "notice" {
        notice_transfer(staff.context(), staff.actor(), id).await?;
        return Ok(told(staff, id, Told::Noticed));
    }
    match TransferDecision::from_code(fields.get("decision")) {
        Some(TransferDecision::Accept) => accept(staff, id, fields).await,
        Some(TransferDecision::Decline) => match NoteText::parse(fields.get("reply")) {
            Ok(reply) => decide(staff, id, TransferAnswer::Decline(reply.as_ref())).await,
            Err(error) => again(staff, id, fields, Mistakes::one("reply", note_field::told(error))).await,
        },
        Some(TransferDecision::Withdraw) => decide(staff, id, TransferAnswer::Withdraw).await,
        None => again(staff, id, fields, Mistakes::one("decision", message!("transfer-decision-missing"))).await,
    }
}

async fn accept(staff: &StaffActor, id: TransferId, fields: Fields) -> Result<Response, ServiceError> {
    let typed = CallTimes::read_typed(fields.get("call_times"));
    let written = typed.as_ref().map(CallTimes::to_string).unwrap_or_default();
    let times = match (fields.get("times"), typed) {
        ("kept", _) => AcceptedTimes::Kept,
        ("pattern", _) => AcceptedTimes::Given(""),
        ("typed", Ok(times)) if !times.is_empty() => AcceptedTimes::Given(&written),
        ("typed", Ok(_)) => {
            let mistakes = Mistakes::one("call_times", message!("transfer-times-empty"));
            return again(staff, id, fields, mistakes).await;
        }
        ("typed", Err(error)) => {
            return again(staff, id, fields, Mistakes::one("call_times", times_sentence(error))).await;
        }
        _ => return again(staff, id, fields, Mistakes::one("times", message!("transfer-times-missing"))).await,
    };
    match decide(staff, id, TransferAnswer::Accept(times)).await {
        Err(ServiceError::Patient(PatientError::InvalidValues(findings))) => {
            let field = if times == AcceptedTimes::Kept { "times" } else { "call_times" };
            let mistakes = mistakes_at(&findings, field);
            again(staff, id, fields, mistakes).await
        }
        answered => answered,
    }
}

async fn decide(staff: &StaffActor, id: TransferId, answer: TransferAnswer<'_>) -> Result<Response, ServiceError> {
    let DecidedTransfer { outcome, state, patient } =
        decide_transfer(staff.context(), staff.actor(), id, answer).await?;
    let accepts = matches!(answer, TransferAnswer::Accept(_));
    Ok(match (outcome, state) {
        (DecidedOutcome::Now, TransferState::Accepted) => {
            staff.visit.redirect(&format!("/patients/{patient}?done=transferred"))
        }
        (DecidedOutcome::Before, TransferState::Accepted) if accepts => {
            staff.visit.redirect(&format!("/patients/{patient}?done=same"))
        }
        (DecidedOutcome::Now, TransferState::Withdrawn) => told(staff, id, Told::Withdrawn),
        (DecidedOutcome::Now, TransferState::Declined | TransferState::Offered) => told(staff, id, Told::Declined),
        (DecidedOutcome::Before, _) => told(staff, id, Told::Before),
        (DecidedOutcome::Otherwise, _) => told(staff, id, Told::Otherwise),
    })
}

fn told(staff: &StaffActor, id: TransferId, told: Told) -> Response {
    staff.visit.redirect(&format!("{}?told={}", page_of(id), told.code()))
}

async fn again(
    staff: &StaffActor,
    id: TransferId,
    fields: Fields,
    mistakes: Mistakes,
) -> Result<Response, ServiceError> {
    page::show(staff, id, Entered { fields, mistakes, draft_restored: false }, None).await
}
