//! Sends webhooks and status callbacks as the carrier does: a signed form, at most 15 seconds, and retries as the URL
//! requests. After a 301 or 302, it sends a GET without the form.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Method, Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::TcpStream;

use super::log::Event;
use super::odd_fields::{FieldValue, sent};
use super::overrides::{Attempt, Overrides};
use super::state::SharedState;
use crate::carrier::simulator::{Purpose, generator};

/// The maximum size of an answer, in bytes: Twilio's limit for TwiML.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// The maximum number of redirects.
const MAX_REDIRECTS: u32 = 5;

/// A form, in the order in which it is sent.
pub(super) type Fields = Vec<(String, String)>;

/// A webhook to send.
pub(super) struct Webhook<'a> {
    /// The call or SMS that it is about.
    pub(super) call: &'a str,
    /// The kind, for the log: `voice`, `fallback`, `status`, …
    pub(super) kind: &'static str,
    pub(super) url: &'a str,
    pub(super) fields: &'a Fields,
    pub(super) signed: Signed,
}

/// Who signs a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    ByCarrier,
    ByForger,
}

/// The answer to a webhook.
pub(super) struct Answer {
    status: u16,
    location: Option<String>,
    pub(super) content_type: String,
    pub(super) body: String,
}

/// Why there is no usable answer, with the carrier's own code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The URL is invalid: not http, or without a host.
    BadUrl,
    /// No connection.
    NotConnected,
    /// No answer in time, or an incomplete answer.
    NotAnswered,
    /// The answer's status isn't 2xx.
    BadStatus,
    /// Too many redirects.
    TooManyRedirects,
    /// The answer's content type isn't XML.
    BadContentType,
    /// The answer isn't TwiML.
    NotTwiml,
    /// The answer names a voice that doesn't exist. (Twilio itself only warns, and may omit the sentence.)
    NoSuchVoice,
}

impl Failure {
    /// Returns Twilio's error code.
    pub(super) fn code(self) -> u32 {
        match self {
            Self::BadUrl => 11_100,
            Self::BadStatus => 11_200,
            Self::NotConnected | Self::NotAnswered => 11_205,
            Self::TooManyRedirects => 11_215,
            Self::NotTwiml => 12_100,
            Self::BadContentType => 12_300,
            Self::NoSuchVoice => 13_511,
        }
    }
}

/// Sends a webhook, with the retries that its URL requests.
pub(super) async fn send(office: &SharedState, webhook: &Webhook<'_>) -> Result<Answer, Failure> {
    send_with_token(office, webhook, &token(office)).await
}

/// Returns a new idempotency token. A webhook and its retries have the same token.
pub(super) fn token(office: &SharedState) -> String {
    let nth = {
        let mut state = office.state();
        state.webhooks += 1;
        state.webhooks
    };
    let bytes = generator(office.seed, Purpose::Token, "", nth).u128(..).to_be_bytes();
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Like [`send`], with a token that was used before.
pub(super) async fn send_with_token(
    office: &SharedState,
    webhook: &Webhook<'_>,
    token: &str,
) -> Result<Answer, Failure> {
    let overrides = Overrides::of(webhook.url, office.webhook_limit);
    let deadline = Deadline { begun: office.now(), limit: overrides.total };
    let mut retries = 0;
    loop {
        let outcome = follow(office, webhook, token, &overrides, &deadline).await;
        let failed = match &outcome {
            Ok(answer) if (200..300).contains(&answer.status) => return outcome,
            Ok(answer) => Some(Attempt::Status(answer.status)),
            Err(Failure::NotConnected) => Some(Attempt::NotConnected),
            Err(Failure::NotAnswered) => Some(Attempt::NotAnswered),
            Err(_) => None,
        };
        let again = failed.is_some_and(|failed| overrides.policy.tries_again_after(failed));
        if !again || retries >= overrides.retries || deadline.left(office).is_zero() {
            return outcome.and(Err(Failure::BadStatus));
        }
        retries += 1;
    }
}

struct Deadline {
    begun: Timestamp,
    limit: Duration,
}

impl Deadline {
    fn left(&self, office: &SharedState) -> Duration {
        self.limit.saturating_sub(Duration::try_from(office.now().duration_since(self.begun)).unwrap_or_default())
    }
}

/// Makes one attempt and follows its redirects.
async fn follow(
    office: &SharedState,
    webhook: &Webhook<'_>,
    token: &str,
    overrides: &Overrides,
    deadline: &Deadline,
) -> Result<Answer, Failure> {
    let mut url = webhook.url.split('#').next().unwrap_or_default().to_owned();
    let sent = sent(office, webhook);
    let mut form = Some(&sent);
    for _ in 0..=MAX_REDIRECTS {
        let begun = office.now();
        let key = match webhook.signed {
            Signed::ByCarrier => &office.key,
            Signed::ByForger => &office.forged_key,
        };
        let signature = key.sign(&url, form.map_or(&[][..], |sent| &sent.pairs));
        let request = request(&url, form.map(|sent| sent.body.clone()), &signature, token);
        let outcome = match request {
            Some(request) => exchange(office, &url, request, overrides, deadline.left(office)).await,
            None => Err(Failure::BadUrl),
        };
        let error = match &outcome {
            Ok(answer) if (200..400).contains(&answer.status) => None,
            Ok(_) => Some(Failure::BadStatus.code()),
            Err(failure) => Some(failure.code()),
        };
        office.note(&Event::Webhook {
            call: webhook.call.to_owned(),
            kind: webhook.kind,
            url: url.clone(),
            fields: form.map_or_else(Fields::new, noted),
            token: token.to_owned(),
            status: outcome.as_ref().ok().map(|answer| answer.status),
            error,
            milliseconds: office.now().duration_since(begun).as_millis().try_into().unwrap_or(i64::MAX),
        });
        let answer = outcome?;
        match (answer.status, &answer.location) {
            // The posted form is lost, as with the real carrier and with browsers.
            (301..=303, Some(to)) => (url, form) = (absolute(&url, to), None),
            (307 | 308, Some(to)) => url = absolute(&url, to),
            _ => return Ok(answer),
        }
    }
    Err(Failure::TooManyRedirects)
}

/// Formats the form for the log. Bytes that aren't UTF-8 are replaced.
fn noted(sent: &FieldValue) -> Fields {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    sent.pairs.iter().map(|(name, value)| (text(name), text(value))).collect()
}

fn request(url: &str, form: Option<Vec<u8>>, signature: &str, token: &str) -> Option<Request<Full<Bytes>>> {
    let uri: Uri = url.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    let host = uri.authority()?.as_str();
    let builder = Request::builder()
        .uri(path)
        .header(header::HOST, host)
        .header(header::USER_AGENT, "TwilioProxy/1.1")
        .header(header::ACCEPT, "*/*")
        .header(header::CONNECTION, "close")
        .header("x-twilio-signature", signature)
        .header("i-twilio-idempotency-token", token);
    let Some(body) = form else { return builder.method(Method::GET).body(Full::default()).ok() };
    builder
        .method(Method::POST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
        .body(Full::from(body))
        .ok()
}

/// Sends one request on a connection of its own.
async fn exchange(
    office: &SharedState,
    url: &str,
    request: Request<Full<Bytes>>,
    overrides: &Overrides,
    left: Duration,
) -> Result<Answer, Failure> {
    let address = match office.state().deliver_to {
        Some(address) => address.to_string(),
        None => address(url).ok_or(Failure::BadUrl)?,
    };
    let connecting = tokio::time::timeout(overrides.connect.min(left), TcpStream::connect(address));
    let stream = connecting.await.map_err(|_| Failure::NotConnected)?.map_err(|_| Failure::NotConnected)?;
    // Without it, small requests may be delayed by 40 ms. If it can't be set, they are.
    let _set = stream.set_nodelay(true);
    let answering = async {
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let response = sender.send_request(request).await;
        let answer = match response {
            Ok(response) => read(response).await,
            Err(error) => Err(error.into()),
        };
        connection.abort();
        answer
    };
    match tokio::time::timeout(overrides.read.min(left), answering).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) | Err(_) => Err(Failure::NotAnswered),
    }
}

type Broken = Box<dyn std::error::Error + Send + Sync>;

async fn read(response: Response<hyper::body::Incoming>) -> Result<Answer, Broken> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (location, content_type) = (text(header::LOCATION), text(header::CONTENT_TYPE).unwrap_or_default());
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await?.to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Answer { status, location, content_type, body })
}

/// Returns host and port of a URL. Only http is supported, because rehearsals run on one machine.
fn address(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let host = uri.host()?;
    (uri.scheme_str() == Some("http")).then(|| format!("{host}:{}", uri.port_u16().unwrap_or(80)))
}

/// Resolves a URL that may be relative, against the URL of the document that has it. An absolute URL stays unchanged,
/// because it is signed unchanged.
pub(super) fn absolute(base: &str, url: &str) -> String {
    let after_scheme = base.split_once("://").map_or(base, |(_, after)| after);
    let path = after_scheme.find(['/', '?', '#']).and_then(|at| after_scheme.get(at..)).unwrap_or_default();
    let root = base.strip_suffix(path).unwrap_or(base);
    if url.contains("://") {
        url.to_owned()
    } else if url.starts_with('/') {
        format!("{root}{url}")
    } else {
        url::Url::parse(base).and_then(|base| base.join(url)).map_or_else(|_| url.to_owned(), Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_seen_from_where_they_were_told() {
        let base = "http://127.0.0.1:80/a/b?x=1";
        assert_eq!(absolute(base, "/c?d=/e"), "http://127.0.0.1:80/c?d=/e");
        assert_eq!(absolute(base, "http://127.0.0.1:80/c"), "http://127.0.0.1:80/c");
        assert_eq!(absolute(base, "c"), "http://127.0.0.1/a/c");
        assert_eq!(address("http://127.0.0.1/x"), Some("127.0.0.1:80".into()));
        assert_eq!(address("https://127.0.0.1/x"), None);
    }
}
