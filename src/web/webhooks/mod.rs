//! Webhooks of Twilio-compatible carriers: a call begins, the caller keyed something, a leg's status changed, we
//! failed.

mod answer;
mod fallback;
mod placed;
mod signed;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;

use self::answer::{not_found, take, take_turn};
use self::signed::Signed;
use super::Web;
use crate::call::{CallId, HangupCause, Line};
use crate::carrier::twilio::{CallStatus, StatusRequest, VoiceRequest, urls};
use crate::engine::{Happening, TransferOutcome};
use crate::service::{Begin, Knock, LegStatus};

/// The carrier's name in the database.
const CARRIER: &str = "twilio";

pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route(urls::HEALTH_CALL, post(health_call))
        .route(urls::CALL_BACK, post(call_back))
        .route(urls::TURN, post(turn))
        .route(urls::STATUS, post(status))
        .route(urls::FALLBACK, post(fallback::fallback))
        .route(urls::ANSWERED, post(placed::answered))
        .route(urls::CALL_STATUS, post(placed::status))
        .route(urls::GOODBYE, post(placed::goodbye))
}

async fn health_call(State(web): State<Arc<Web>>, request: Signed<VoiceRequest>) -> Response {
    begin(&web, Line::HealthCall, request).await
}

async fn call_back(State(web): State<Arc<Web>>, request: Signed<VoiceRequest>) -> Response {
    begin(&web, Line::CallBack, request).await
}

async fn begin(web: &Web, line: Line, Signed(request, voicing): Signed<VoiceRequest>) -> Response {
    let leg = request.leg.as_str().to_owned();
    let begin = Begin { line, carrier: CARRIER, leg, caller: request.from, called: request.to };
    take(web, Knock::Begin(begin), voicing).await
}

async fn turn(
    State(web): State<Arc<Web>>,
    Path((call, turn)): Path<(String, String)>,
    request: Signed<VoiceRequest>,
) -> Response {
    let (Ok(call), Ok(turn)) = (call.parse::<CallId>(), turn.parse::<u32>()) else { return not_found() };
    take_turn(&web, call, turn, happening(request.0), request.1).await
}

/// What a turn's request tells. A leg that has ended can't be spoken to any more, whatever else it says.
fn happening(request: VoiceRequest) -> Happening {
    if let Some(cause) = request.call_status.and_then(|status| status.hangup_cause(None)) {
        return Happening::HungUp(cause);
    }
    match request.dial_status {
        Some(CallStatus::Completed | CallStatus::InProgress) => Happening::TransferEnded(TransferOutcome::Talked),
        Some(_) => Happening::TransferEnded(TransferOutcome::NotReached),
        None => Happening::Keyed(request.keys.unwrap_or_default()),
    }
}

async fn status(State(web): State<Arc<Web>>, request: Signed<StatusRequest>) -> Response {
    let StatusRequest { leg, status, sip, .. } = request.0;
    let ended: Option<HangupCause> = status.hangup_cause(sip);
    let status = LegStatus {
        call: None,
        carrier: CARRIER,
        leg: leg.as_str().to_owned(),
        status: status.word(),
        ended,
        ringing: status.ringing(),
    };
    take(&web, Knock::Status(status), request.1).await
}
