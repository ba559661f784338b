//! The reply to a request, correct or altered by a fault.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::super::callbacks::FirstDelivered;
use super::super::faults::{Endpoint, FaultEffect, Met, Name};
use super::super::log::Event;
use super::super::state::SharedState;
use super::refusal::Refusal;
use super::{Asked, CloseConnection};

/// The result of a request.
pub(super) struct Done {
    /// 200 or 201.
    pub(super) status: u16,
    pub(super) json: Value,
    /// The call, if the request is about one.
    pub(super) call: Option<String>,
    /// For a new call with status callbacks.
    pub(super) first_delivered: Option<FirstDelivered>,
}

/// Executes the request unless there is an objection or a fault prevents it, logs it, and answers.
pub(super) async fn answer(
    office: &Arc<SharedState>,
    endpoint: Endpoint,
    asked: &Asked,
    objection: Option<Refusal>,
    work: impl FnOnce(&Arc<SharedState>, &Asked) -> Result<Done, Refusal>,
) -> Response {
    if let Some(refusal) = objection {
        return refused(office, asked, None, refusal);
    }
    let number = asked.number(office);
    let met = office.state().faults.of_reply(office.seed, endpoint, &number);
    let fault = met.as_ref().map(|met| met.name);
    let done = match &met {
        Some(Met { deed: FaultEffect::NotDone, .. }) => None,
        _ => match work(office, asked) {
            Ok(done) => Some(done),
            Err(refusal) => return refused(office, asked, fault, refusal),
        },
    };
    let status = status(fault, done.as_ref());
    note(office, asked, fault, status, done.as_ref(), None);
    match met {
        None => done.map_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into_response(), plain),
        Some(met) => spoilt(&met, done).await,
    }
}

/// Logs an error reply and returns it.
pub(super) fn refused(office: &SharedState, asked: &Asked, fault: Option<Name>, refusal: Refusal) -> Response {
    note(office, asked, fault, Some(refusal.status), None, Some(refusal.code));
    refusal.into_response()
}

fn note(
    office: &SharedState,
    asked: &Asked,
    fault: Option<Name>,
    status: Option<u16>,
    done: Option<&Done>,
    code: Option<u32>,
) {
    let mut fields = asked.fields.clone();
    if asked.method == axum::http::Method::POST && !asked.query.is_empty() {
        fields.push(("?".to_owned(), asked.query.clone()));
    }
    office.note(&Event::Request {
        method: asked.method.to_string(),
        path: asked.path.clone(),
        fields,
        done: done.is_some(),
        fault: fault.map(Name::code),
        status,
        code,
        call: done.and_then(|done| done.call.clone()),
    });
}

fn status(fault: Option<Name>, done: Option<&Done>) -> Option<u16> {
    match fault {
        Some(Name::NeverAnswered | Name::Closed) => None,
        Some(Name::TooMany) => Some(429),
        Some(Name::ServerError) => Some(500),
        Some(Name::Unavailable) => Some(503),
        Some(Name::BadNumber) => Some(400),
        Some(Name::Unauthorized) => Some(401),
        Some(Name::Html | Name::Empty) => Some(200),
        Some(Name::Redirected) => Some(302),
        _ => done.map(|done| done.status),
    }
}

fn plain(done: Done) -> Response {
    let status = StatusCode::from_u16(done.status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json;charset=utf-8")], done.json.to_string()).into_response()
}

/// Returns the reply that a fault requires.
async fn spoilt(met: &Met, done: Option<Done>) -> Response {
    match met.name {
        Name::NeverAnswered => std::future::pending().await,
        Name::Closed => {
            let mut response = Response::default();
            response.extensions_mut().insert(CloseConnection);
            response
        }
        Name::TooMany => {
            let mut response = Refusal::too_many().into_response();
            if let Some(delay) = met.delay {
                let seconds = HeaderValue::from(delay.as_secs());
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            response
        }
        Name::ServerError => Refusal::server_error().into_response(),
        Name::Unavailable => Refusal::unavailable().into_response(),
        Name::BadNumber => Refusal::bad_to("").into_response(),
        Name::Unauthorized => Refusal::unauthorized().into_response(),
        Name::Html => {
            let page = "<!DOCTYPE html><html><body><h1>Welcome</h1><p>to a captive portal</body></html>";
            ([(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
        Name::Empty => StatusCode::OK.into_response(),
        Name::Redirected => {
            let nowhere: (HeaderName, _) = (header::LOCATION, "/2010-04-01/moved");
            (StatusCode::FOUND, [nowhere]).into_response()
        }
        _ => {
            let Some(mut done) = done else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
            match (met.name, met.delay, done.first_delivered.take()) {
                (Name::Late, Some(delay), _) => tokio::time::sleep(delay).await,
                (Name::CallbacksFirst, _, Some(mut first)) => {
                    // An error means that no more callbacks will be sent.
                    let _over = first.wait_for(|delivered| *delivered).await;
                }
                (Name::UnknownStatus, ..) => unknown_status(&mut done.json),
                _ => {}
            }
            plain(done)
        }
    }
}

fn unknown_status(json: &mut Value) {
    match json.get_mut("calls").and_then(Value::as_array_mut) {
        Some(calls) => calls.iter_mut().for_each(unknown_status),
        None => json["status"] = json!("pondering"),
    }
}
