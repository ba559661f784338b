//! Webhooks of Twilio-compatible carriers: a new call, keys, a leg's status, the fallback URL.

mod fallback;
mod leg;
mod message;
mod outbound;
mod respond;
mod staff;
mod verified;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;

use self::respond::{next_epoch, not_found, take, take_news};
use self::verified::{Verified, note_unknown};
use super::Web;
use crate::carrier::network::Ringing;
use crate::carrier::twilio::{CallStatus, Field, StatusRequest, VoiceRequest, Word, urls};
use crate::domain::{CallId, Keys, Line};
use crate::engine::{EventKind, TransferOutcome};
use crate::service::{Begin, CarrierEvent, LegStatus};

/// The carrier's name in the database.
const CARRIER: &str = crate::carrier::twilio::CARRIER_NAME;

/// The recorded status if the carrier's word is unknown.
const UNKNOWN: &str = "unknown";

pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route(urls::HEALTH_CALL, post(health_call))
        .route(urls::CALL_BACK, post(call_back))
        .route(urls::TURN, post(turn))
        .route(urls::STAFF, post(staff::news))
        .route(urls::STATUS, post(status))
        .route(urls::FALLBACK, post(fallback::fallback))
        .route(urls::MESSAGES, post(message::inbound))
        .route(urls::MESSAGE_STATUS, post(message::status))
        .route(urls::ANSWERED, post(outbound::answered))
        .route(urls::CALL_STATUS, post(outbound::status))
        .route(urls::GOODBYE, post(outbound::goodbye))
}

async fn health_call(State(web): State<Arc<Web>>, request: Verified<VoiceRequest>) -> Response {
    begin(&web, Line::HealthCall, request).await
}

async fn call_back(State(web): State<Arc<Web>>, request: Verified<VoiceRequest>) -> Response {
    begin(&web, Line::CallBack, request).await
}

async fn begin(web: &Web, line: Line, Verified(request, voicing): Verified<VoiceRequest>) -> Response {
    let leg = request.leg.as_str().to_owned();
    let begin = Begin { line, carrier: CARRIER, leg, caller: request.from, called: request.to };
    take(web, CarrierEvent::Begin(begin), voicing).await
}

async fn turn(
    State(web): State<Arc<Web>>,
    Path((call, turn)): Path<(String, String)>,
    request: Verified<VoiceRequest>,
) -> Response {
    let (Ok(call), Ok(turn)) = (call.parse::<CallId>(), turn.parse::<u32>()) else { return not_found() };
    if let Some(refusal) = leg::refusal(&web, call, &request.0.leg).await {
        return refusal;
    }
    note_unknown(Field::CallStatus, request.0.call_status.unknown());
    note_unknown(Field::DialCallStatus, request.0.dial_status.unknown());
    next_epoch(&web, call, turn, happening(request.0), request.1).await
}

/// The event of a turn's request. Nothing can be said on a leg that has ended, but the outcome of its transfer counts:
/// the caller may have hung up first. A leg with an unknown status hasn't ended.
fn happening(request: VoiceRequest) -> EventKind {
    let cause = request.call_status.known().and_then(|status| status.hangup_cause(None));
    let transfer = match (request.dial_status, &request.keyed) {
        (Word::Known(status), _) => Some(transfer_outcome(status)),
        // The transfer is over, whatever its outcome: the caller must not be transferred again and again.
        (Word::Unknown(_), None) => Some(TransferOutcome::NotReached),
        (Word::Unknown(_), Some(_)) | (Word::Absent, _) => None,
    };
    match (cause, transfer) {
        (Some(cause), Some(outcome)) => EventKind::HungUpInTransfer(cause, outcome),
        (Some(cause), None) => EventKind::HungUp(cause),
        (None, Some(outcome)) => EventKind::TransferEnded(outcome),
        (None, None) => EventKind::Keyed(request.keyed.unwrap_or_else(|| Keys::default().into())),
    }
}

/// The outcome for a `DialCallStatus`. Source: Twilio, "TwiML Dial: DialCallStatus": `completed` and `answered` mean
/// that the called party answered and was connected, however short the conversation and whichever side ended it.
const fn transfer_outcome(status: CallStatus) -> TransferOutcome {
    match status {
        CallStatus::Completed | CallStatus::InProgress => TransferOutcome::Talked,
        CallStatus::Queued
        | CallStatus::Initiated
        | CallStatus::Ringing
        | CallStatus::Busy
        | CallStatus::Failed
        | CallStatus::NoAnswer
        | CallStatus::Canceled => TransferOutcome::NotReached,
    }
}

async fn status(State(web): State<Arc<Web>>, request: Verified<StatusRequest>) -> Response {
    take_news(&web, None, CarrierEvent::Status(news(request.0, None))).await
}

/// The content of a status callback. An unknown status is recorded and has no effect.
fn news(request: StatusRequest, call: Option<CallId>) -> LegStatus {
    note_unknown(Field::CallStatus, request.status.unknown());
    let status = request.status.known();
    LegStatus {
        call,
        carrier: CARRIER,
        leg: request.leg.as_str().to_owned(),
        status: status.map_or(UNKNOWN, CallStatus::code),
        ended: status.and_then(|status| status.hangup_cause(request.sip)),
        ringing: status.map_or(Ringing::Possible, CallStatus::ringing),
    }
}
