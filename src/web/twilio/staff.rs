//! Reports about the staff phone to which a caller is transferred. It is a leg of its own, a child of the caller's
//! leg. Its URL carries our id of the call, so that a conversation counts regardless of who hangs up first, even if
//! this server wasn't running at its end.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::note_unknown;
use super::respond::{not_found, take_news};
use super::verified::Verified;
use crate::carrier::twilio::{CallStatus, Field, StatusRequest};
use crate::domain::CallId;
use crate::engine::TransferOutcome;
use crate::service::{CarrierEvent, StaffNews};
use crate::web::Web;

/// The staff phone was answered, or its leg has ended.
pub(super) async fn news(
    State(web): State<Arc<Web>>,
    Path((call, turn)): Path<(String, String)>,
    request: Verified<StatusRequest>,
) -> Response {
    let (Ok(call), Ok(turn)) = (call.parse::<CallId>(), turn.parse::<u32>()) else { return not_found() };
    note_unknown(Field::CallStatus, request.0.status.unknown());
    let outcome = match request.0.status.known() {
        Some(CallStatus::InProgress | CallStatus::Completed) => TransferOutcome::Talked,
        Some(CallStatus::Busy | CallStatus::Failed | CallStatus::NoAnswer | CallStatus::Canceled) => {
            TransferOutcome::NotReached
        }
        // It rings, or the status is unknown: there is nothing to store.
        Some(CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing) | None => {
            return StatusCode::NO_CONTENT.into_response();
        }
    };
    take_news(&web, None, CarrierEvent::Staff(StaffNews { call, turn, outcome })).await
}
