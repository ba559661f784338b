//! `POST Calls.json`: creates a call.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::call_registry::{CallPlan, Detection, Direction, Progress};
use super::super::leg::{Parties, begin};
use super::super::state::SharedState;
use super::refusal::Refusal;
use super::reply::Done;
use super::{Asked, json};
use crate::domain::PhoneNumber;

/// The default and the maximum ringing time, in seconds.
const RINGS: (u32, u32) = (60, 600);
/// The default maximum length of a call, in seconds: four hours.
const TIME_LIMIT: u32 = 14_400;
/// The maximum length of a URL.
const MAX_URL_BYTES: usize = 4_000;

pub(super) fn create(office: &Arc<SharedState>, asked: &Asked) -> Result<Done, Refusal> {
    let to = asked.one("To").ok_or_else(Refusal::no_to)?;
    PhoneNumber::from_e164(to).map_err(|_| Refusal::bad_to(to))?;
    let from = asked.one("From").ok_or_else(Refusal::no_from)?;
    PhoneNumber::from_e164(from).map_err(|_| Refusal::bad_from(from))?;
    let parties = Parties { from: from.to_owned(), to: to.to_owned() };
    let plan = plan(asked)?;
    let Some(taken) = begin(office, parties, Direction::OutboundApi, plan, None) else {
        return Err(Refusal::too_many());
    };
    let state = office.state();
    let call = state.book.get(&taken.sid).ok_or_else(Refusal::server_error)?;
    // Report the state when the call was accepted, even if it has changed since.
    let standing = call.at(call.created).or_else(|| call.at(Timestamp::MAX)).ok_or_else(Refusal::server_error)?;
    let json = json::call(office, call, &standing);
    Ok(Done { status: 201, json, call: Some(taken.sid), first_delivered: taken.first_delivered })
}

fn plan(asked: &Asked) -> Result<CallPlan, Refusal> {
    for name in ["Method", "FallbackMethod", "StatusCallbackMethod", "AsyncAmdStatusCallbackMethod"] {
        // The real carrier also supports GET. The program doesn't use it.
        if asked.one(name).is_some_and(|method| method != "POST") {
            return Err(Refusal::parameter(name));
        }
    }
    let url = asked.one("Url").ok_or_else(Refusal::no_url)?;
    let url = checked(url).ok_or_else(|| Refusal::bad_url("Url"))?;
    let fallback_url = asked.one("FallbackUrl").map(|url| checked(url).ok_or_else(|| Refusal::bad_url("FallbackUrl")));
    let callback = asked.one("StatusCallback").map(|url| checked(url).ok_or_else(Refusal::bad_status_callback));
    let detection = match asked.one("MachineDetection") {
        None => Detection::Off,
        Some("Enable") => Detection::Start,
        Some("DetectMessageEnd") => Detection::MessageEnd,
        Some(_) => return Err(Refusal::parameter("MachineDetection")),
    };
    let detected_beside = match asked.one("AsyncAmd") {
        None | Some("false") => None,
        Some("true") => asked.one("AsyncAmdStatusCallback").map(str::to_owned),
        Some(_) => return Err(Refusal::parameter("AsyncAmd")),
    };
    Ok(CallPlan {
        url,
        fallback_url: fallback_url.transpose()?,
        status_callback: callback.transpose()?,
        events: events(asked)?,
        ring_seconds: number(asked, "Timeout", RINGS.0, RINGS.1)?,
        detection,
        async_detection_callback: detected_beside,
        time_limit_seconds: number(asked, "TimeLimit", TIME_LIMIT, 86_400)?,
        odd: String::new(),
    })
}

/// Reads `StatusCallbackEvent`, which may be repeated; some clients write several in one. The default is only
/// `completed`.
fn events(asked: &Asked) -> Result<Vec<Progress>, Refusal> {
    let words =
        asked.all("StatusCallbackEvent").flat_map(|words| words.split([' ', ','])).filter(|word| !word.is_empty());
    let events: Option<Vec<Progress>> = words.map(Progress::from_code).collect();
    match events {
        Some(events) if events.is_empty() => Ok(vec![Progress::Completed]),
        Some(events) => Ok(events),
        None => Err(Refusal::parameter("StatusCallbackEvent")),
    }
}

fn number(asked: &Asked, name: &str, otherwise: u32, most: u32) -> Result<u32, Refusal> {
    let Some(text) = asked.one(name) else { return Ok(otherwise) };
    text.parse().ok().filter(|number| (1..=most).contains(number)).ok_or_else(|| Refusal::parameter(name))
}

/// Validates a URL and returns it unchanged, because it is signed unchanged.
pub(super) fn checked(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    let fits = matches!(parsed.scheme(), "http" | "https") && parsed.has_host() && url.len() <= MAX_URL_BYTES;
    (fits && url.bytes().all(|b| b.is_ascii_graphic())).then(|| url.to_owned())
}
