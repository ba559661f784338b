//! A phone that calls over HTTP as a carrier does: it signs requests, follows the TwiML and keys in the answers of a
//! whole call.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::carrier::twilio::{Document, SigningKey, Verb};

/// The keys after HER-SYS ID and birth date: temperature, oxygen saturation, nine times no, then no other person.
const ANSWERS: [&str; 14] = ["365", "1", "098", "1", "2", "2", "2", "2", "2", "2", "2", "2", "2", "2"];

/// A phone with one connection.
pub(super) struct Phone<'a> {
    sender: SendRequest<Full<Bytes>>,
    key: &'a SigningKey,
    origin: String,
    /// The duration of each turn, in microseconds.
    pub(super) times: Histogram<u64>,
    /// The duration of the first turn of each whole call.
    pub(super) begins: Histogram<u64>,
    /// The duration of each turn that was turned away: the caller was asked to call again.
    pub(super) turned_away: Histogram<u64>,
}

/// The result of a request.
struct Posted {
    /// The duration in microseconds.
    took: u64,
    status: StatusCode,
    /// The URL of the next turn, or `None` after a hang-up.
    next: Option<String>,
}

/// When to send the next request: at even intervals, however slow the server is, as many phones together do.
pub(super) struct Pace {
    every: Duration,
    next: Instant,
}

impl Pace {
    /// Returns a pace of one request every `every`, starting after `first`.
    pub(super) fn new(every: Duration, first: Duration) -> Self {
        Self { every, next: Instant::now() + first }
    }

    async fn wait(&mut self) {
        tokio::time::sleep_until(self.next.into()).await;
        // Skip the requests that are late; don't send them in a burst.
        self.next = (self.next + self.every).max(Instant::now());
    }
}

impl<'a> Phone<'a> {
    /// Connects to a server at `address`. Its origin is `http://127.0.0.1:8080`, for example.
    pub(super) async fn connect(address: SocketAddr, key: &'a SigningKey) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server can't be reached")?;
        stream.set_nodelay(true).context("the connection")?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.context("the connection")?;
        tokio::spawn(connection);
        let new = || Histogram::new(3).context("the histogram");
        let (times, begins, turned_away) = (new()?, new()?, new()?);
        Ok(Self { sender, key, origin: format!("http://{address}"), times, begins, turned_away })
    }

    /// Makes a whole call at a pace, until a turn is turned away. Returns the number of acknowledged turns. A caller
    /// who is turned away hangs up.
    pub(super) async fn paced_call(
        &mut self,
        pace: &mut Pace,
        leg: &str,
        hersys_id: u32,
        birth_date: &str,
    ) -> anyhow::Result<u32> {
        let id = hersys_id.to_string();
        let keys: Vec<&str> = ["1", &id, birth_date].into_iter().chain(ANSWERS).collect();
        let mut path = "/twilio/voice/health-call".to_owned();
        let mut acknowledged = 0;
        for place in 0..=keys.len() {
            pace.wait().await;
            let key = place.checked_sub(1).and_then(|place| keys.get(place)).copied();
            let Posted { took, status, next } = self.send(&path, leg, key).await?;
            let last = place == keys.len();
            if !status.is_success() || next.is_none() && !last {
                self.turned_away.record(took).context("the histogram")?;
                return Ok(acknowledged);
            }
            self.times.record(took).context("the histogram")?;
            acknowledged += 1;
            path = next.unwrap_or_default();
        }
        Ok(acknowledged)
    }

    /// Makes a whole call for the patient with this HER-SYS ID. Returns the number of turns.
    pub(super) async fn call(&mut self, leg: &str, hersys_id: u32, birth_date: &str) -> anyhow::Result<u32> {
        let id = hersys_id.to_string();
        let begun = Instant::now();
        let mut reply = self.post("/twilio/voice/health-call", leg, None).await?;
        let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.begins.record(took).context("the histogram")?;
        let mut turns = 1;
        for keys in ["1", &id, birth_date].into_iter().chain(ANSWERS) {
            let Some(action) = reply else {
                bail!("the call ended after {turns} turns, before every question was asked")
            };
            reply = self.post(&action, leg, Some(keys)).await?;
            turns += 1;
        }
        if reply.is_some() {
            bail!("the call goes on after its last answer: the flow has changed, and this measurement with it");
        }
        Ok(turns)
    }

    /// Begins a call for the patient with this HER-SYS ID and answers until an SpO2 of 85 %, then hangs up. Returns
    /// when that answer was keyed in.
    pub(super) async fn red_answer(&mut self, leg: &str, hersys_id: u32, birth_date: &str) -> anyhow::Result<Instant> {
        let id = hersys_id.to_string();
        let mut keyed = Instant::now();
        let mut reply = self.post("/twilio/voice/health-call", leg, None).await?;
        for keys in ["1", &id, birth_date, "365", "1", "085", "1"] {
            let Some(action) = reply else { bail!("the call ended before the red answer") };
            keyed = Instant::now();
            reply = self.post(&action, leg, Some(keys)).await?;
        }
        Ok(keyed)
    }

    /// Sends as many turns as a whole call has to a server that always asks the same question.
    pub(super) async fn turns_only(&mut self, leg: &str) -> anyhow::Result<u32> {
        let mut turns = 0;
        for keys in ["1", "1000001", "19800401"].into_iter().chain(ANSWERS) {
            self.post("/turn", leg, Some(keys)).await?;
            turns += 1;
        }
        Ok(turns)
    }

    /// Posts a turn. Returns the URL of the next turn, or `None` after a hang-up.
    async fn post(&mut self, path: &str, leg: &str, keys: Option<&str>) -> anyhow::Result<Option<String>> {
        let Posted { took, status, next } = self.send(path, leg, keys).await?;
        self.times.record(took).context("the histogram")?;
        if !status.is_success() {
            bail!("the server answered {status}");
        }
        Ok(next)
    }

    async fn send(&mut self, path: &str, leg: &str, keys: Option<&str>) -> anyhow::Result<Posted> {
        let path = path.strip_prefix(self.origin.as_str()).unwrap_or(path);
        let from = number_of(leg);
        let mut fields = vec![
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", leg),
            ("CallStatus", "in-progress"),
            ("Called", "+815000000000"),
            ("Caller", from.as_str()),
            ("Direction", "inbound"),
            ("From", from.as_str()),
            ("To", "+815000000000"),
        ];
        fields.extend(keys.map(|keys| ("Digits", keys)));
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let url = format!("{}{path}", self.origin);
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-twilio-signature", self.key.sign(&url, &fields))
            .body(Full::from(body))
            .context("the request")?;
        let begun = Instant::now();
        self.sender.ready().await.context("the connection was closed")?;
        let response = self.sender.send_request(request).await.context("no answer")?;
        let status = response.status();
        let body = response.into_body().collect().await.context("the answer broke off")?.to_bytes();
        let took = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        let text = std::str::from_utf8(&body).context("the answer isn't text")?;
        let next = if status.is_success() {
            next_action(&Document::parse(text).context("the answer isn't TwiML")?)
        } else {
            None
        };
        Ok(Posted { took, status, next })
    }
}

/// Returns a different number for nearly every leg. Many calls from one number would count as a flood.
fn number_of(leg: &str) -> String {
    let end = leg.get(leg.len().saturating_sub(4)..).and_then(|hex| u16::from_str_radix(hex, 16).ok());
    format!("+81500010{:05}", end.unwrap_or_default())
}

fn next_action(document: &Document) -> Option<String> {
    document.verbs.iter().find_map(|verb| match verb {
        Verb::Gather(gather) => gather.action.as_ref().map(|action| action.as_str().to_owned()),
        _ => None,
    })
}
