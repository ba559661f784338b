//! Webhooks of outbound calls. Their URLs carry our own id of the call, so that a callback is matched even if the
//! reply to the dial request never arrived (faults 3, 5 and 27).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::respond::{not_found, take_news, take_placed};
use super::verified::{Verified, note_unknown};
use super::{CARRIER, leg, news};
use crate::carrier::twilio::{self, Field, StatusRequest, VoiceRequest, Word};
use crate::domain::CallId;
use crate::engine::AnsweredBy;
use crate::service::{Answered, CarrierEvent};
use crate::web::Web;

/// An outbound call was answered, by a person or a machine.
pub(super) async fn answered(
    State(web): State<Arc<Web>>,
    Path(call): Path<String>,
    request: Verified<VoiceRequest>,
) -> Response {
    let Ok(call) = call.parse::<CallId>() else { return not_found() };
    if let Some(refusal) = leg::refusal(&web, call, &request.0.leg).await {
        return refusal;
    }
    note_unknown(Field::AnsweredBy, request.0.answered_by.unknown());
    let answered = Answered {
        call,
        carrier: CARRIER,
        leg: request.0.leg.as_str().to_owned(),
        answered_by: match request.0.answered_by {
            Word::Known(twilio::AnsweredBy::Machine | twilio::AnsweredBy::Fax) => AnsweredBy::Machine,
            // Unknown is treated as a person: no health information is given before someone confirms who they are.
            Word::Known(twilio::AnsweredBy::Human | twilio::AnsweredBy::Unknown) | Word::Unknown(_) | Word::Absent => {
                AnsweredBy::Person
            }
        },
    };
    take_placed(&web, call, CarrierEvent::Answered(answered), request.1).await
}

/// A leg's status changed.
pub(super) async fn status(
    State(web): State<Arc<Web>>,
    Path(call): Path<String>,
    request: Verified<StatusRequest>,
) -> Response {
    let Ok(call) = call.parse::<CallId>() else { return not_found() };
    if let Some(refusal) = leg::refusal(&web, call, &request.0.leg).await {
        return refusal;
    }
    take_news(&web, Some(call), CarrierEvent::Status(news(request.0, Some(call)))).await
}

/// The carrier was told to redirect a withdrawn call here.
pub(super) async fn goodbye(
    State(web): State<Arc<Web>>,
    Path(call): Path<String>,
    request: Verified<VoiceRequest>,
) -> Response {
    let Ok(call) = call.parse::<CallId>() else { return not_found() };
    if let Some(refusal) = leg::refusal(&web, call, &request.0.leg).await {
        return refusal;
    }
    take_placed(&web, call, CarrierEvent::Withdraw(call), request.1).await
}
