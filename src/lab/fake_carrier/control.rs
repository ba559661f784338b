//! The control API under `/_fake/`. Tests and people use it to set people and faults, to make incoming calls, and to
//! read the log. `carrier/mod.rs` and docs/operations.md describe it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call_registry::{CallPlan, Detection, Direction, Progress};
use super::faults::Asked;
use super::leg::{Parties, begin};
use super::log::Event;
use super::odd_fields;
use super::people::{Behaviour, Person};
use super::state::SharedState;
use crate::carrier::simulator::Side;
use crate::carrier::twilio::Form;
use crate::domain::Keys;

/// The maximum length of an incoming call, in simulated seconds.
const TIME_LIMIT_SECONDS: u32 = 14_400;

pub(super) fn routes() -> Router<Arc<SharedState>> {
    Router::new()
        .route("/_fake/log", get(log))
        .route("/_fake/phones", get(phones))
        .route("/_fake/people", post(people))
        .route("/_fake/faults", post(faults).delete(mend))
        .route("/_fake/ring-in", post(ring_in))
        .route("/_fake/odd", post(odd))
        .route("/_fake/deliver-to", post(deliver_to))
        .route("/_fake/reset", post(reset))
}

/// An error, as a sentence.
struct Objection(String);

impl IntoResponse for Objection {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.0 }))).into_response()
    }
}

type Here = State<Arc<SharedState>>;
type Set = Result<StatusCode, Objection>;

/// Parses one value or an array of values.
fn one_or_more<T: DeserializeOwned>(body: &str) -> Result<Vec<T>, Objection> {
    let value: Value = read(body)?;
    let values = match value {
        Value::Array(values) => values,
        one => vec![one],
    };
    values
        .into_iter()
        .map(|value| serde_json::from_value(value).map_err(|error| Objection(error.to_string())))
        .collect()
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Objection> {
    serde_json::from_str(body).map_err(|error| Objection(error.to_string()))
}

fn note(office: &SharedState, what: &'static str, to: impl Serialize) {
    office.note(&Event::Set { what, to: serde_json::to_value(to).unwrap_or_default() });
}

/// `GET /_fake/log?from=N`
async fn log(State(office): Here, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let from = query.strip_prefix("from=").and_then(|from| from.parse().ok()).unwrap_or(0);
    ([(header::CONTENT_TYPE, "application/json")], office.log.read(from)).into_response()
}

#[derive(Default, Serialize)]
struct Tally {
    placed: u32,
    rang: u32,
    answered: u32,
    /// How often it rang for each URL.
    urls: BTreeMap<String, u32>,
}

/// `GET /_fake/phones`: how often each number's phone rang, and for which URL.
async fn phones(State(office): Here) -> Response {
    let state = office.state();
    let mut phones: BTreeMap<String, Tally> = BTreeMap::new();
    for call in state.book.newest_first().filter(|call| call.direction == Direction::OutboundApi) {
        let tally = phones.entry(call.to.clone()).or_default();
        tally.placed += 1;
        tally.answered += u32::from(call.was_answered());
        if call.rang() {
            tally.rang += 1;
            *tally.urls.entry(call.plan.url.clone()).or_default() += 1;
        }
    }
    Json(phones).into_response()
}

/// The settings of one phone.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    number: String,
    behaviour: Behaviour,
    keys: Option<Vec<String>>,
    hang_up_at: Option<u16>,
    answer_seconds: Option<f64>,
    answered_by: Option<String>,
    talk_seconds: Option<f64>,
    #[serde(default)]
    hangs_up_first: HangsUpFirst,
}

/// Who hangs up first after a transfer.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum HangsUpFirst {
    /// The person that the caller was transferred to.
    #[default]
    Staff,
    /// The caller.
    Caller,
}

fn keys_of(texts: &[String]) -> Result<Vec<Keys>, Objection> {
    let keys = |text: &String| Keys::parse(text).map_err(|error| Objection(format!("keys: {error}")));
    texts.iter().map(keys).collect()
}

/// A time of up to `most` seconds.
fn time(name: &str, seconds: Option<f64>, most: u16) -> Result<Option<Duration>, Objection> {
    let Some(seconds) = seconds else { return Ok(None) };
    let time = Duration::try_from_secs_f64(seconds).ok().filter(|_| seconds <= f64::from(most));
    time.map(Some).ok_or_else(|| Objection(format!("{name} are 0 to {most}")))
}

/// `POST /_fake/people`
async fn people(State(office): Here, body: String) -> Set {
    for named in one_or_more::<Named>(&body)? {
        note(&office, "people", &named);
        let Named { number, behaviour, keys, hang_up_at, answer_seconds, answered_by, talk_seconds, hangs_up_first } =
            named;
        let person = Person {
            behaviour,
            keys: keys.as_deref().map(keys_of).transpose()?,
            hang_up_at,
            answers_after: time("answer_seconds", answer_seconds, 600)?,
            answered_by,
            talk: time("talk_seconds", talk_seconds, 14_400)?,
            hangs_up_first: match hangs_up_first {
                HangsUpFirst::Staff => Side::Staff,
                HangsUpFirst::Caller => Side::Caller,
            },
        };
        office.state().people.set(number, person);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /_fake/faults`
async fn faults(State(office): Here, body: String) -> Set {
    for asked in one_or_more::<Asked>(&body)? {
        note(&office, "fault", &asked);
        office.state().faults.set(asked, office.now()).map_err(Objection)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /_fake/odd`
async fn odd(State(office): Here, body: String) -> Set {
    for asked in one_or_more::<odd_fields::Asked>(&body)? {
        note(&office, "odd", &asked);
        office.state().odd.set(asked).map_err(Objection)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /_fake/faults`
async fn mend(State(office): Here) -> StatusCode {
    note(&office, "fault", Value::Null);
    office.state().faults.clear();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RingIn {
    from: String,
    to: String,
    url: String,
    fallback_url: Option<String>,
    status_callback: Option<String>,
    keys: Vec<String>,
    hang_up_at: Option<u16>,
    /// Odd fields, form-encoded.
    #[serde(default)]
    fields: String,
}

/// `POST /_fake/ring-in`: someone calls one of our numbers.
async fn ring_in(State(office): Here, body: String) -> Result<Response, Objection> {
    let RingIn { from, to, url, fallback_url, status_callback, keys, hang_up_at, fields } = read(&body)?;
    Form::read(fields.as_bytes()).map_err(|error| Objection(error.to_string()))?;
    let person = Person { keys: Some(keys_of(&keys)?), hang_up_at, ..Person::who(Behaviour::Answers) };
    let plan = CallPlan {
        url,
        fallback_url,
        status_callback,
        events: vec![Progress::Completed],
        ring_seconds: 0,
        detection: Detection::Off,
        async_detection_callback: None,
        time_limit_seconds: TIME_LIMIT_SECONDS,
        odd: fields,
    };
    match begin(&office, Parties { from, to }, Direction::Inbound, plan, Some(person)) {
        Some(taken) => Ok((StatusCode::CREATED, Json(json!({ "call": taken.sid }))).into_response()),
        None => Err(Objection("the book of calls is full; POST /_fake/reset empties it".to_owned())),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliverTo {
    address: Option<SocketAddr>,
}

/// `POST /_fake/deliver-to`
async fn deliver_to(State(office): Here, body: String) -> Set {
    let told: DeliverTo = read(&body)?;
    note(&office, "deliver-to", &told);
    office.state().deliver_to = told.address;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /_fake/reset`
async fn reset(State(office): Here) -> StatusCode {
    office.reset();
    StatusCode::NO_CONTENT
}
