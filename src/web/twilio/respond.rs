//! The response to a webhook: TwiML. If nothing could be stored, the caller is asked to call again and isn't thanked.
//! A leg's status has no listener: if it can't be stored, the response is an error, and the carrier may send it again.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::{debug, error, warn};

use super::verified::VoiceMode;
use crate::carrier::CarrierLegId;
use crate::carrier::twilio::{Voices, apology, response, urls};
use crate::domain::{CallId, Language, Line, PhoneNumber};
use crate::engine::EventKind;
use crate::service::{
    self, Answered, Begin, CarrierEvent, ConversationError, LegStatus, Outcome, call_not_known, speech, turn_not_known,
};
use crate::web::Web;

/// The timeout of a turn. A carrier waits 15 s for a webhook and then plays its own error message.
const PATIENCE: Duration = Duration::from_secs(12);

/// The response to any request after the end of a call.
const HANG_UP: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>"#;

/// Handles an event of an outbound call. If the database doesn't know the call, we placed it nevertheless: its URL is
/// signed.
pub(super) async fn take_placed(web: &Web, call: CallId, event: CarrierEvent, voicing: VoiceMode) -> Response {
    let leg = named_leg(&event);
    let (response, known) = answer(web, event, voicing).await;
    if !known {
        note_loss(call, call_not_known(&web.context, call, leg.as_ref().map(borrowed)).await);
    }
    response
}

/// Handles a turn of a call. If the call is unknown, or the turn is ahead of the database, the database has lost its
/// last entries: only we make the URLs of turns, and they are signed. The caller is asked to call again.
pub(super) async fn next_epoch(
    web: &Web,
    call: CallId,
    turn: u32,
    happening: EventKind,
    voicing: VoiceMode,
) -> Response {
    match outcome(web, CarrierEvent::Turn { call, turn, happening }).await {
        Some(Outcome::Ahead) => note_loss(call, turn_not_known(&web.context, call, turn).await),
        Some(Outcome::Unknown) => note_loss(call, call_not_known(&web.context, call, None).await),
        Some(outcome) => return said(web, outcome, voicing),
        None => {}
    }
    sorry(web, voicing)
}

/// The carrier and its id of the leg in an event.
fn named_leg(event: &CarrierEvent) -> Option<(&'static str, String)> {
    match event {
        CarrierEvent::Answered(Answered { carrier, leg, .. })
        | CarrierEvent::Status(LegStatus { carrier, leg, .. }) => Some((carrier, leg.clone())),
        _ => None,
    }
}

fn borrowed<'a>((carrier, name): &'a (&'static str, String)) -> (&'a str, &'a str) {
    (carrier, name)
}

fn note_loss(call: CallId, noted: Result<(), impl std::fmt::Display>) {
    if let Err(error) = noted {
        error!(%call, %error, "unknown call, and the check for lost data failed");
    }
}

/// Handles an event and returns the response.
pub(super) async fn take(web: &Web, event: CarrierEvent, voicing: VoiceMode) -> Response {
    answer(web, event, voicing).await.0
}

/// Handles a leg's status. `placed` is the outbound call, if the URL names one.
pub(super) async fn take_news(web: &Web, placed: Option<CallId>, event: CarrierEvent) -> Response {
    let leg = named_leg(&event);
    let outcome = match tokio::time::timeout(PATIENCE, web.conversations.take(event)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => {
            warn!(%error, "could not store a status callback; answered 503");
            return not_kept();
        }
        Err(_) => {
            warn!("storing a status callback took too long; answered 503");
            return not_kept();
        }
    };
    match (outcome, placed) {
        (Outcome::Unknown, Some(call)) => match call_not_known(&web.context, call, leg.as_ref().map(borrowed)).await {
            Ok(()) => not_found(),
            Err(error) => {
                error!(%call, %error, "unknown call, and the check for lost data failed");
                not_kept()
            }
        },
        (Outcome::Unknown | Outcome::Ahead, _) => not_found(),
        (Outcome::Noted | Outcome::StaffUnknown | Outcome::Over | Outcome::CallAgain(_) | Outcome::Reply { .. }, _) => {
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

fn not_kept() -> Response {
    metrics::counter!("kenkocall_callbacks_not_kept_total").increment(1);
    (StatusCode::SERVICE_UNAVAILABLE, "this couldn't be kept; send it again\n").into_response()
}

/// The leg of a new call in an event.
fn leg_of(event: &CarrierEvent) -> Option<CarrierLegId> {
    match event {
        CarrierEvent::Begin(Begin { leg, .. }) | CarrierEvent::Answered(Answered { leg, .. }) => {
            CarrierLegId::parse(leg).ok()
        }
        CarrierEvent::Turn { .. }
        | CarrierEvent::Status(_)
        | CarrierEvent::Staff(_)
        | CarrierEvent::OverInTransfer(..)
        | CarrierEvent::Withdraw(_)
        | CarrierEvent::Lost(_) => None,
    }
}

/// The response, and whether the call or its turn is known.
async fn answer(web: &Web, event: CarrierEvent, voicing: VoiceMode) -> (Response, bool) {
    let leg = leg_of(&event);
    match outcome(web, event).await {
        Some(outcome) => {
            if let (Some(leg), Outcome::Reply { call, .. }) = (leg, &outcome) {
                web.legs.begun(*call, &leg);
            }
            let known = !matches!(outcome, Outcome::Unknown);
            (said(web, outcome, voicing), known)
        }
        None => (sorry(web, voicing), true),
    }
}

/// The outcome of an event. `None` if nothing was stored: the caller is asked to call again.
async fn outcome(web: &Web, event: CarrierEvent) -> Option<Outcome> {
    match tokio::time::timeout(PATIENCE, web.conversations.take(event)).await {
        Ok(Ok(outcome)) => return Some(outcome),
        // One of very many at the same time: counted, and logged at debug level.
        Ok(Err(error @ ConversationError::Overloaded)) => debug!(%error, "asked the caller to call again"),
        Ok(Err(error)) => error!(%error, "asked the caller to call again"),
        Err(_) => error!("a turn took too long; asked the caller to call again"),
    }
    None
}

fn said(web: &Web, outcome: Outcome, voicing: VoiceMode) -> Response {
    match outcome {
        Outcome::Reply { call, line, turn, reply, flow_set } => {
            let action = web.urls.turn(call, turn);
            let action = match voicing {
                VoiceMode::Named => action,
                // The rest of the call, too. No URL of a turn is too long for this parameter.
                VoiceMode::Carriers => action.with(urls::WITHOUT_VOICE).unwrap_or(action),
            };
            let (said, caller_id) = (speech(&flow_set, &reply), caller_id(web, line));
            twiml(response(&said, &reply.then, &action, &voices(web, voicing), caller_id))
        }
        Outcome::Over => twiml(HANG_UP.to_owned()),
        Outcome::CallAgain(language) => sorry_in(web, language, voicing),
        Outcome::Noted | Outcome::StaffUnknown => StatusCode::NO_CONTENT.into_response(),
        Outcome::Unknown => not_found(),
        Outcome::Ahead => sorry(web, voicing),
    }
}

/// The number that staff see when somebody on this line is transferred. Any of the account's is better than none: the
/// carrier connects nobody who hides their number.
fn caller_id(web: &Web, line: Line) -> Option<&PhoneNumber> {
    let lines = web.conversations.lines();
    let (health_call, automated_call) = (lines.health_call_number.as_ref(), lines.call_back_number.as_ref());
    match line {
        Line::HealthCall | Line::CallBack => health_call.or(automated_call),
        Line::AutomatedCall | Line::StaffAlert => automated_call.or(health_call),
    }
}

/// The voices to use.
pub(super) fn voices(web: &Web, voicing: VoiceMode) -> Cow<'_, Voices> {
    match voicing {
        VoiceMode::Named => Cow::Borrowed(&web.voices),
        VoiceMode::Carriers => Cow::Owned(web.voices.unnamed()),
    }
}

pub(super) fn sorry(web: &Web, voicing: VoiceMode) -> Response {
    sorry_in(web, Language::Japanese, voicing)
}

fn sorry_in(web: &Web, language: Language, voicing: VoiceMode) -> Response {
    metrics::counter!("kenkocall_apologies_total").increment(1);
    let said = service::apology(web.conversations.lines(), language);
    twiml(apology(&said, &voices(web, voicing)))
}

pub(super) fn twiml(document: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response()
}

pub(super) fn not_found() -> Response {
    metrics::counter!("kenkocall_webhooks_refused_total", "why" => "call").increment(1);
    (StatusCode::NOT_FOUND, "there is no such call, or it never asked for this turn\n").into_response()
}
