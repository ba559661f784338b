//! Sends each request once. A request is never sent again from here, unless it is proven that it wasn't sent.

use std::error::Error as _;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use tracing::{debug, error, warn};

use super::reply::{Body, MAX_BODY_BYTES, Reply};
use super::request::{CannotBuild, Method, NotReady, Order, Prepared, Requests};
use super::retry_after::moment;
use crate::carrier::CarrierLegId;
use crate::carrier::network::{
    CommandResult, Dial, DialOutcome, LegProgress, LookupResult, NotProcessed, Refusal, SmsOutcome, SmsRefusal,
    Uncertainty,
};
use crate::carrier::twilio::{ActionUrl, Urls};
use crate::config;
use crate::domain::{NoticeId, PhoneNumber};

/// How long an idle connection is kept. It is shorter than servers allow (5 s and more), because the outcome of a
/// request on a connection that is being closed is unknown.
const IDLE: Duration = Duration::from_secs(2);
/// How long we wait for the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, including TLS. Default 5 s.
    pub connect: Duration,
    /// For the whole request, up to the last byte of the reply. Default 10 s.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(10) }
    }
}

/// The kind of a request, for logs and metrics.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Dial,
    LookUp,
    List,
    Tell,
    Sms,
    Time,
}

impl What {
    const fn code(self) -> &'static str {
        match self {
            Self::Dial => "dial",
            Self::LookUp => "look_up",
            Self::List => "list",
            Self::Tell => "tell",
            Self::Sms => "sms",
            Self::Time => "time",
        }
    }
}

/// The outcome of sending.
pub(super) enum Answer {
    /// No connection was established, so nothing was sent.
    Unsent,
    /// The request may have been sent, and no reply arrived.
    Silence,
    Reply(Received),
}

/// A reply, owned.
pub(super) struct Received {
    status: u16,
    retry_after: Option<String>,
    date: Option<String>,
    body: ReceivedBody,
}

enum ReceivedBody {
    Whole(Vec<u8>),
    TooLarge,
    Broken,
}

impl Received {
    pub(super) fn as_reply(&self) -> Reply<'_> {
        Reply {
            status: self.status,
            retry_after: self.retry_after.as_deref(),
            date: self.date.as_deref(),
            body: match &self.body {
                ReceivedBody::Whole(body) => Body::Whole(body),
                ReceivedBody::TooLarge => Body::TooLarge,
                ReceivedBody::Broken => Body::Broken,
            },
        }
    }
}

/// The carrier's REST API. If one of its futures is dropped, the outcome is as unknown as without a reply.
#[derive(Debug)]
pub struct RestClient {
    pub(super) requests: Requests,
    http: reqwest::Client,
}

impl RestClient {
    /// Creates a client from the settings of the account and the URLs that the carrier requests. Sends nothing.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting that is needed to place calls is missing or malformed, or if TLS isn't
    /// available.
    pub fn new(settings: &config::Twilio, urls: Urls) -> Result<Self, NotReady> {
        Self::with_patience(settings, urls, Patience::default())
    }

    /// As [`RestClient::new`], with other timeouts.
    ///
    /// # Errors
    ///
    /// As [`RestClient::new`].
    pub fn with_patience(settings: &config::Twilio, urls: Urls, patience: Patience) -> Result<Self, NotReady> {
        let requests = Requests::new(settings, urls)?;
        // An error means that a provider is already installed.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("kenkocall/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // The proxies of the environment aren't among our settings.
            .no_proxy()
            .http1_only()
            .connect_timeout(patience.connect)
            .timeout(patience.total)
            .pool_idle_timeout(IDLE)
            .build();
        let http = http.map_err(|error| NotReady::Tls(innermost(&error)))?;
        Ok(Self { requests, http })
    }

    /// Places a call.
    pub async fn dial(&self, dial: &Dial) -> DialOutcome {
        match self.ask(What::Dial, self.requests.dial(dial)).await {
            Err(CannotBuild) => DialOutcome::Refused(Refusal::Request),
            Ok(Answer::Unsent) => DialOutcome::NotProcessed(NotProcessed::NoConnection),
            Ok(Answer::Silence) => DialOutcome::Unknown(Uncertainty::NoAnswer),
            Ok(Answer::Reply(reply)) => reply.as_reply().dialled(),
        }
    }

    /// Asks for the progress of a leg. Soon after the call was placed, [`LookupResult::Nothing`] may be premature:
    /// carriers' lists lag behind.
    pub async fn look_up(&self, leg: &CarrierLegId) -> LookupResult<LegProgress> {
        match self.ask(What::LookUp, self.requests.look_up(leg)).await {
            Err(CannotBuild) => LookupResult::Unavailable(Uncertainty::Unreadable),
            Ok(Answer::Unsent | Answer::Silence) => LookupResult::Unavailable(Uncertainty::NoAnswer),
            Ok(Answer::Reply(reply)) => reply.as_reply().looked_up(leg),
        }
    }

    /// Asks for the carrier's time: the `Date` of its reply, whatever the reply is.
    pub async fn time(&self) -> LookupResult<Timestamp> {
        match self.ask(What::Time, self.requests.balance()).await {
            Err(CannotBuild) => LookupResult::Unavailable(Uncertainty::Unreadable),
            Ok(Answer::Unsent | Answer::Silence) => LookupResult::Unavailable(Uncertainty::NoAnswer),
            Ok(Answer::Reply(reply)) => {
                reply.date.as_deref().and_then(moment).map_or(LookupResult::Nothing, LookupResult::Found)
            }
        }
    }

    /// Ends a leg that isn't answered yet. [`CommandResult::Unavailable`] may mean that it was just answered.
    pub async fn cancel(&self, leg: &CarrierLegId) -> CommandResult {
        self.tell(leg, Order::Cancel).await
    }

    /// Ends a leg, answered or not.
    pub async fn hang_up(&self, leg: &CarrierLegId) -> CommandResult {
        self.tell(leg, Order::HangUp).await
    }

    /// Makes an answered leg ask `url` what to say and do next. [`CommandResult::Unavailable`] may mean that it isn't
    /// answered yet.
    pub async fn redirect(&self, leg: &CarrierLegId, url: &ActionUrl) -> CommandResult {
        self.tell(leg, Order::Redirect(url)).await
    }

    /// Sends an SMS.
    pub async fn send_sms(&self, to: &PhoneNumber, from: &PhoneNumber, body: &str) -> SmsOutcome {
        match self.ask(What::Sms, self.requests.sms(to, from, body)).await {
            Err(CannotBuild) | Ok(Answer::Unsent) => SmsOutcome::Refused(SmsRefusal::NotProcessed),
            Ok(Answer::Silence) => SmsOutcome::Unknown,
            Ok(Answer::Reply(reply)) => reply.as_reply().sent(),
        }
    }

    /// Sends a notice by SMS, of whose delivery the carrier reports.
    pub async fn send_notice(&self, to: &PhoneNumber, from: &PhoneNumber, body: &str, notice: NoticeId) -> SmsOutcome {
        match self.ask(What::Sms, self.requests.notice(to, from, body, notice)).await {
            Err(CannotBuild) | Ok(Answer::Unsent) => SmsOutcome::Refused(SmsRefusal::NotProcessed),
            Ok(Answer::Silence) => SmsOutcome::Unknown,
            Ok(Answer::Reply(reply)) => reply.as_reply().sent(),
        }
    }

    async fn tell(&self, leg: &CarrierLegId, order: Order<'_>) -> CommandResult {
        let told = match self.ask(What::Tell, self.requests.tell(leg, order)).await {
            Err(CannotBuild) | Ok(Answer::Unsent | Answer::Silence) => Some(CommandResult::Unavailable),
            Ok(Answer::Reply(reply)) => reply.as_reply().told(order),
        };
        match told {
            Some(told) => told,
            None => match self.look_up(leg).await {
                LookupResult::Found(LegProgress::Ended(_)) | LookupResult::Nothing => CommandResult::Gone,
                LookupResult::Found(_) | LookupResult::Unavailable(_) => CommandResult::Unavailable,
            },
        }
    }

    pub(super) async fn ask(&self, what: What, request: Result<Prepared, CannotBuild>) -> Result<Answer, CannotBuild> {
        let request = request.and_then(|prepared| self.addressed(&prepared));
        let Ok(request) = request else {
            error!(request = what.code(), "a request to the carrier can't be built");
            return Err(CannotBuild);
        };
        let answer = match self.http.execute(request).await {
            Ok(response) => Answer::Reply(receive(response).await),
            // Connection refused, host unreachable, unknown name, no TLS: the request is sent only after these steps.
            Err(error) if error.is_connect() => {
                warn!(request = what.code(), why = innermost(&error), "carrier unreachable; the request was not sent");
                Answer::Unsent
            }
            Err(error) => {
                warn!(request = what.code(), why = innermost(&error), "the carrier didn't answer");
                Answer::Silence
            }
        };
        note(what, &answer);
        Ok(answer)
    }

    fn addressed(&self, prepared: &Prepared) -> Result<reqwest::Request, CannotBuild> {
        let mut authorization = HeaderValue::from_str(prepared.authorization()).map_err(|_| CannotBuild)?;
        authorization.set_sensitive(true);
        let method = match prepared.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut request = self
            .http
            .request(method, prepared.url().clone())
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json");
        if let Some(form) = prepared.form() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.to_owned());
        }
        request.build().map_err(|_| CannotBuild)
    }
}

async fn receive(mut response: reqwest::Response) -> Received {
    let text = |headers: &HeaderMap, name: HeaderName| headers.get(name)?.to_str().ok().map(str::to_owned);
    let retry_after = text(response.headers(), RETRY_AFTER);
    let date = text(response.headers(), DATE);
    let status = response.status().as_u16();
    let mut whole = Vec::new();
    let body = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if whole.len().saturating_add(chunk.len()) > MAX_BODY_BYTES => {
                break ReceivedBody::TooLarge;
            }
            Ok(Some(chunk)) => whole.extend_from_slice(&chunk),
            Ok(None) => break ReceivedBody::Whole(whole),
            Err(_) => break ReceivedBody::Broken,
        }
    };
    Received { status, retry_after, date, body }
}

/// Logs and counts. Only numbers of the reply are logged, because its text may contain the number called.
fn note(what: What, answer: &Answer) {
    let request = what.code();
    let outcome = match answer {
        Answer::Unsent => "unsent",
        Answer::Silence => "silence",
        Answer::Reply(Received { status: 200..=299, body: ReceivedBody::Whole(_), .. }) => "taken",
        Answer::Reply(Received { status: 200..=299, .. }) => "broken",
        Answer::Reply(Received { status: 400..=499, .. }) => "refused",
        Answer::Reply(Received { status: 500..=599, .. }) => "failed",
        Answer::Reply(_) => "unreadable",
    };
    metrics::counter!("kenkocall_carrier_requests_total", "request" => request, "outcome" => outcome).increment(1);
    if let Answer::Reply(reply) = answer {
        let (status, code) = (reply.status, reply.as_reply().code());
        match outcome {
            "taken" => debug!(request, status, "the carrier answered"),
            _ => warn!(request, status, code, outcome, "the carrier refused a request"),
        }
    }
}

/// The innermost cause of an error. The outer ones contain the URL, which has a phone number in a search.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(next) = cause.and_then(std::error::Error::source) {
        cause = Some(next);
    }
    cause.map_or_else(|| "no cause told".to_owned(), ToString::to_string)
}
