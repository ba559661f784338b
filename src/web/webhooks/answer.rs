//! The answer to a webhook: TwiML. When nothing could be kept the caller is asked to call again, never thanked. News of
//! a leg has nobody who listens: when it can't be kept the carrier is told so, and may send it again.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::{debug, error, warn};

use super::signed::Voicing;
use crate::call::{CallId, Language};
use crate::carrier::CarrierLegId;
use crate::carrier::twilio::{AfterApology, Voices, apology, response, urls};
use crate::engine::Happening;
use crate::service::{
    Answered, Begin, Knock, LegStatus, Outcome, SwitchboardError, call_not_known, sentences, turn_not_known,
};
use crate::web::Web;

/// How long a turn may take. A carrier waits 15 s for a webhook and then says its own error.
const PATIENCE: Duration = Duration::from_secs(12);

/// The answer to anything that comes after the end of a call.
const HANG_UP: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>"#;

/// Takes a knock of a call that we placed. One that isn't known was placed all the same, or its URL wouldn't be signed.
pub(super) async fn take_placed(web: &Web, call: CallId, knock: Knock, voicing: Voicing) -> Response {
    let leg = named_leg(&knock);
    let (response, known) = answer(web, knock, voicing).await;
    if !known {
        note_loss(call, call_not_known(&web.desk, call, leg.as_ref().map(borrowed)).await);
    }
    response
}

/// Takes a turn of a call. If the call isn't known, or the turn is ahead of what the database has, last entries are
/// lost: only we make the URLs of turns, and they are signed. The caller is asked to call again.
pub(super) async fn take_turn(web: &Web, call: CallId, turn: u32, happening: Happening, voicing: Voicing) -> Response {
    match outcome(web, Knock::Turn { call, turn, happening }).await {
        Some(Outcome::Ahead) => note_loss(call, turn_not_known(&web.desk, call, turn).await),
        Some(Outcome::Unknown) => note_loss(call, call_not_known(&web.desk, call, None).await),
        Some(outcome) => return said(web, outcome, voicing),
        None => {}
    }
    sorry(web, voicing)
}

/// The carrier and its name of the leg that a knock tells of.
fn named_leg(knock: &Knock) -> Option<(&'static str, String)> {
    match knock {
        Knock::Answered(Answered { carrier, leg, .. }) | Knock::Status(LegStatus { carrier, leg, .. }) => {
            Some((carrier, leg.clone()))
        }
        _ => None,
    }
}

fn borrowed<'a>((carrier, name): &'a (&'static str, String)) -> (&'a str, &'a str) {
    (carrier, name)
}

fn note_loss(call: CallId, noted: Result<(), impl std::fmt::Display>) {
    if let Err(error) = noted {
        error!(%call, %error, "a call isn't known, and whether last entries are lost couldn't be found out");
    }
}

/// Takes a knock and says what became of it.
pub(super) async fn take(web: &Web, knock: Knock, voicing: Voicing) -> Response {
    answer(web, knock, voicing).await.0
}

/// Takes news of a leg, of the call that we placed where the URL names one.
pub(super) async fn take_news(web: &Web, placed: Option<CallId>, knock: Knock) -> Response {
    let leg = named_leg(&knock);
    let outcome = match tokio::time::timeout(PATIENCE, web.switchboard.take(knock)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => {
            warn!(%error, "a status callback couldn't be kept; the carrier was told so");
            return not_kept();
        }
        Err(_) => {
            warn!("a status callback took too long to keep; the carrier was told so");
            return not_kept();
        }
    };
    match (outcome, placed) {
        (Outcome::Unknown, Some(call)) => match call_not_known(&web.desk, call, leg.as_ref().map(borrowed)).await {
            Ok(()) => not_found(),
            Err(error) => {
                error!(%call, %error, "a call isn't known, and whether last entries are lost couldn't be found out");
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

/// The leg that a knock brings of a call that begins.
fn leg_of(knock: &Knock) -> Option<CarrierLegId> {
    match knock {
        Knock::Begin(Begin { leg, .. }) | Knock::Answered(Answered { leg, .. }) => CarrierLegId::parse(leg).ok(),
        Knock::Turn { .. }
        | Knock::Status(_)
        | Knock::Staff(_)
        | Knock::OverInTransfer(..)
        | Knock::Withdraw(_)
        | Knock::Lost(_) => None,
    }
}

/// The answer, and whether the call or its turn is known.
async fn answer(web: &Web, knock: Knock, voicing: Voicing) -> (Response, bool) {
    let leg = leg_of(&knock);
    match outcome(web, knock).await {
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

/// What became of a knock. `None` if nothing of it was kept: the caller is asked to call again.
async fn outcome(web: &Web, knock: Knock) -> Option<Outcome> {
    match tokio::time::timeout(PATIENCE, web.switchboard.take(knock)).await {
        Ok(Ok(outcome)) => return Some(outcome),
        // One of very many at the same time: counted, and told where somebody looks closely.
        Ok(Err(error @ SwitchboardError::Overloaded)) => debug!(%error, "the caller was asked to call again"),
        Ok(Err(error)) => error!(%error, "the caller was asked to call again"),
        Err(_) => error!("a turn took too long; the caller was asked to call again"),
    }
    None
}

fn said(web: &Web, outcome: Outcome, voicing: Voicing) -> Response {
    match outcome {
        Outcome::Reply { call, turn, reply, library } => {
            let action = web.urls.turn(call, turn);
            let action = match voicing {
                Voicing::Named => action,
                // The rest of the call, too. No URL of a turn is so long that it wouldn't fit.
                Voicing::Carriers => action.with(urls::WITHOUT_VOICE).unwrap_or(action),
            };
            twiml(response(&sentences(&library, &reply), &reply.then, &action, &voices(web, voicing)))
        }
        Outcome::Over => twiml(HANG_UP.to_owned()),
        Outcome::CallAgain(language) => sorry_in(web, language, voicing),
        Outcome::Noted | Outcome::StaffUnknown => StatusCode::NO_CONTENT.into_response(),
        Outcome::Unknown => not_found(),
        Outcome::Ahead => sorry(web, voicing),
    }
}

/// The voices that say it.
pub(super) fn voices(web: &Web, voicing: Voicing) -> Cow<'_, Voices> {
    match voicing {
        Voicing::Named => Cow::Borrowed(&web.voices),
        Voicing::Carriers => Cow::Owned(web.voices.unnamed()),
    }
}

pub(super) fn sorry(web: &Web, voicing: Voicing) -> Response {
    sorry_in(web, Language::Japanese, voicing)
}

fn sorry_in(web: &Web, language: Language, voicing: Voicing) -> Response {
    metrics::counter!("kenkocall_apologies_total").increment(1);
    twiml(apology(language, &AfterApology::HangUp, &voices(web, voicing)))
}

pub(super) fn twiml(document: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response()
}

pub(super) fn not_found() -> Response {
    metrics::counter!("kenkocall_webhooks_refused_total", "why" => "call").increment(1);
    (StatusCode::NOT_FOUND, "there is no such call, or it never asked for this turn\n").into_response()
}
