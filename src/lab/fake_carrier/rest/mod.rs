//! The REST API for calls and SMS, in the shape of Twilio's OpenAPI document.

mod create;
mod find;
mod json;
mod message;
mod refusal;
mod reply;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::refusal::Refusal;
use self::reply::{Done, answer};
use super::faults::Endpoint;
use super::state::SharedState;
use super::webhook::Fields;
use crate::carrier::twilio::Form;

/// The version of the API.
pub(super) const API_VERSION: &str = "2010-04-01";

/// Makes `http_server` close the connection instead of sending this response.
#[derive(Debug, Clone, Copy)]
pub(super) struct CloseConnection;

/// A parsed request to the API.
struct Asked {
    method: Method,
    path: String,
    query: String,
    /// The query of a GET, or the form of a POST.
    fields: Fields,
}

impl Asked {
    /// Returns the value of a field. An empty value counts as absent.
    fn one(&self, name: &str) -> Option<&str> {
        self.all(name).find(|value| !value.is_empty())
    }

    /// Returns the number that the request is about: the one it names, or the one of the call in its path.
    fn number(&self, office: &SharedState) -> String {
        let named = self.one("To").map(str::to_owned);
        let sid = self.path.rsplit('/').next().map(|file| file.strip_suffix(".json").unwrap_or(file));
        let called = || office.state().book.get(sid?).map(|call| call.to.clone());
        named.or_else(called).unwrap_or_default()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub(super) fn routes() -> Router<Arc<SharedState>> {
    Router::new()
        .route("/2010-04-01/Accounts/{account}/Calls.json", get(list).post(create))
        .route("/2010-04-01/Accounts/{account}/Calls/{file}", get(fetch).post(update))
        .route("/2010-04-01/Accounts/{account}/Messages.json", post(message))
        .route("/2010-04-01/Accounts/{account}/Balance.json", get(balance))
        .fallback(unknown)
}

type Here = State<Arc<SharedState>>;

async fn create(State(office): Here, Path(account): Path<String>, request: Request) -> Response {
    handle(&office, &account, Endpoint::Create, request, create::create).await
}

async fn list(State(office): Here, Path(account): Path<String>, request: Request) -> Response {
    handle(&office, &account, Endpoint::List, request, |office, asked| find::list(office, asked)).await
}

async fn message(State(office): Here, Path(account): Path<String>, request: Request) -> Response {
    handle(&office, &account, Endpoint::Message, request, message::create).await
}

async fn balance(State(office): Here, Path(account): Path<String>, request: Request) -> Response {
    handle(&office, &account, Endpoint::Balance, request, |office, _| Ok(find::balance(office))).await
}

async fn fetch(State(office): Here, Path((account, file)): Path<(String, String)>, request: Request) -> Response {
    let sid = file.strip_suffix(".json").unwrap_or(&file).to_owned();
    handle(&office, &account, Endpoint::Fetch, request, move |office, _| find::fetch(office, &sid)).await
}

async fn update(State(office): Here, Path((account, file)): Path<(String, String)>, request: Request) -> Response {
    let sid = file.strip_suffix(".json").unwrap_or(&file).to_owned();
    handle(&office, &account, Endpoint::Update, request, move |office, asked| update::update(office, asked, &sid)).await
}

async fn unknown(State(office): Here, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let refusal = Refusal::not_found(&path);
    let asked = Asked { method: request.method().clone(), path, query: String::new(), fields: Fields::new() };
    reply::refused(&office, &asked, None, refusal)
}

/// Reads and authenticates a request, executes it unless a fault prevents it, and answers as the fault requires.
async fn handle(
    office: &Arc<SharedState>,
    account: &str,
    endpoint: Endpoint,
    request: Request,
    work: impl FnOnce(&Arc<SharedState>, &Asked) -> Result<Done, Refusal>,
) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let may = may(office, account, request.headers());
    let (path, query) = (uri.path().to_owned(), uri.query().unwrap_or_default().to_owned());
    let read = match method {
        Method::GET => pairs(query.as_bytes()),
        _ => match Bytes::from_request(request, &()).await {
            Ok(body) => pairs(&body),
            Err(_) => Err(Refusal::parameter("the body")),
        },
    };
    let (fields, objection) = match (may, read) {
        (Ok(()), Ok(fields)) => (fields, None),
        (Err(refusal), Ok(fields)) => (fields, Some(refusal)),
        (Ok(()), Err(refusal)) | (Err(refusal), Err(_)) => (Fields::new(), Some(refusal)),
    };
    let asked = Asked { method, path, query, fields };
    answer(office, endpoint, &asked, objection, work).await
}

fn pairs(text: &[u8]) -> Result<Fields, Refusal> {
    let form = Form::read(text).map_err(|_| Refusal::parameter("the form"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(form.fields().iter().map(|(name, value)| (text(name), text(value))).collect())
}

/// Checks basic authentication with account and token.
fn may(office: &SharedState, account: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Basic ")).and_then(|encoded| STANDARD.decode(encoded).ok());
    let right = format!("{}:{}", office.account, office.token);
    if given.as_deref() != Some(right.as_bytes()) {
        return Err(Refusal::unauthorized());
    }
    if account != office.account {
        return Err(Refusal::not_found(&format!("/{API_VERSION}/Accounts/{account}")));
    }
    Ok(())
}
