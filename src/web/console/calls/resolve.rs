//! Records what staff found out about a call of unknown outcome.

use axum::extract::Path;
use axum::response::Response;

use crate::domain::CallId;
use crate::service::{CallError, Resolution, ServiceError, resolve_call};
use crate::web::console::form::Submitted;
use crate::web::console::sender::sender;

pub(in crate::web::console) async fn submit(Path(call): Path<String>, form: Submitted) -> Response {
    let (staff, fields) = match sender(form, "/calls/unknown").await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let resolution = match fields.get("resolution") {
        "not_placed" => Some(Resolution::NotPlaced),
        "no_answer" => Some(Resolution::NoAnswer),
        "answered" => Some(Resolution::Answered),
        "look_again" => Some(Resolution::LookAgain),
        _ => None,
    };
    let resolved = async {
        let id: CallId = call.parse().map_err(|_| CallError::NotFound)?;
        let Some(resolution) = resolution else { return Ok(staff.visit.redirect("/calls/unknown")) };
        match resolve_call(staff.context(), staff.actor(), id, resolution).await {
            // Somebody else, or the carrier, was faster: its page shows how it ended.
            Ok(_) | Err(ServiceError::Call(CallError::OutcomeKnown)) => {
                Ok(staff.visit.redirect(&format!("/calls/{id}")))
            }
            Err(error) => Err(error),
        }
    };
    let resolved = resolved.await;
    staff.sent(resolved).await
}
