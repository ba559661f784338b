//! Reads replies. The rule: a call is placed only if the carrier names it, and no call is placed only if the carrier
//! refuses. Any other reply has an unknown outcome.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::super::status::CallStatus;
use super::request::{Order, Search};
use super::resource::{Resource, ResourcePage};
use super::retry_after::retry_after;
use crate::carrier::CarrierLegId;
use crate::carrier::network::{
    Answering, CallDirection, CarrierCall, CommandResult, DialOutcome, LegProgress, LookupResult, NotProcessed,
    Refusal, SmsOutcome, SmsRefusal, Uncertainty,
};
use crate::domain::{HangupCause, PhoneNumber};

/// The largest body that is read, in bytes. A page of 100 calls has about 150 KB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The body of a reply. It may contain the number called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// The complete body.
    Whole(&'a [u8]),
    /// Larger than [`MAX_BODY_BYTES`]. The rest wasn't read.
    TooLarge,
    /// The connection broke, or the rest didn't arrive in time.
    Broken,
}

impl std::fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(body) => write!(f, "Whole({} bytes)", body.len()),
            Self::TooLarge => f.write_str("TooLarge"),
            Self::Broken => f.write_str("Broken"),
        }
    }
}

/// A reply of the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<&'a str>,
    /// The `Date` header.
    pub date: Option<&'a str>,
    /// The body.
    pub body: Body<'a>,
}

/// A page of the carrier's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The calls on it.
    pub calls: Vec<CarrierCall>,
    /// When the oldest call of the page was placed, if the page is sorted from new to old. The next pages contain
    /// nothing newer.
    pub descends_to: Option<Timestamp>,
    /// The query of the next page; `None` on the last.
    pub next: Option<String>,
}

/// A page of the list of phones that were rung by the transfer of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialledPage {
    /// The states of the phones.
    pub phones: Vec<Phone>,
    /// The query of the next page; `None` on the last.
    pub next: Option<String>,
}

/// The state of a phone to which a leg was transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phone {
    /// It was answered, and may have ended since.
    Answered,
    /// It has ended and was never answered.
    NotAnswered,
    /// It is queued or rings.
    Rings,
}

/// What an HTTP status means for a request of any kind.
enum Verdict {
    Taken,
    TooMany,
    Account,
    Refused,
    Doubtful(Uncertainty),
}

/// The carrier's error codes for a called number that doesn't exist or can't be called. Source: Twilio, "Error and
/// warning dictionary".
const WRONG_NUMBER: [u32; 10] = [
    13_223, // invalid phone number
    13_224, // doesn't exist, or isn't supported
    21_202, // a service number
    21_211, // invalid
    21_214, // can't be reached
    21_216, // blocked: high risk
    21_217, // doesn't appear to be valid
    21_401, // invalid
    21_421, // invalid
    21_614, // no mobile number
];
/// Not permitted to call this number: a country or a range of its numbers isn't enabled (21215, 13227), or the
/// account is a trial (21219). Such a number must neither stop all dialling nor count as wrong, so the request is
/// refused.
const NOT_PERMITTED: [u32; 3] = [13_227, 21_215, 21_219];
/// A number that takes no SMS: invalid, or no mobile number.
const NO_SMS: [u32; 2] = [21_211, 21_614];
/// The recipient has opted out, by answering with a word such as STOP.
const OPTED_OUT: u32 = 21_610;
/// The account itself has wrong credentials, or is inactive, suspended or denied.
const WRONG_ACCOUNT: [u32; 4] = [10_001, 20_003, 20_005, 20_006];
/// Too many requests, or too many simultaneous calls.
const TOO_MANY: [u32; 2] = [10_004, 20_429];
/// The leg's state doesn't allow the command.
const WRONG_STATE: u32 = 21_220;
/// The longest query of a next page that is followed, in bytes.
const MAX_QUERY_BYTES: usize = 4_000;

impl Reply<'_> {
    /// The outcome of a request to dial.
    pub fn dialled(&self) -> DialOutcome {
        match self.verdict() {
            Verdict::Taken => match self.leg() {
                Ok(leg) => DialOutcome::Accepted(leg),
                Err(doubt) => DialOutcome::Unknown(doubt),
            },
            Verdict::TooMany => {
                let wait = self.retry_after.and_then(|value| retry_after(value, self.date));
                DialOutcome::NotProcessed(NotProcessed::TooMany(wait))
            }
            Verdict::Account => DialOutcome::Refused(Refusal::Account),
            Verdict::Refused if self.code().is_some_and(|code| WRONG_NUMBER.contains(&code)) => {
                DialOutcome::Refused(Refusal::Number)
            }
            Verdict::Refused => DialOutcome::Refused(Refusal::Request),
            Verdict::Doubtful(doubt) => DialOutcome::Unknown(doubt),
        }
    }

    /// The progress of the requested leg.
    pub fn looked_up(&self, asked: &CarrierLegId) -> LookupResult<LegProgress> {
        match self.verdict() {
            Verdict::Taken => match self.resource() {
                Ok(call) if call.sid.as_deref() == Some(asked.as_str()) => {
                    progress(&call).map_or(LookupResult::Unavailable(Uncertainty::Unreadable), LookupResult::Found)
                }
                Ok(_) => LookupResult::Unavailable(Uncertainty::Unreadable),
                Err(doubt) => LookupResult::Unavailable(doubt),
            },
            _ if self.names_nothing() => LookupResult::Nothing,
            Verdict::Doubtful(doubt) => LookupResult::Unavailable(doubt),
            Verdict::TooMany | Verdict::Account | Verdict::Refused => {
                LookupResult::Unavailable(Uncertainty::Unreadable)
            }
        }
    }

    /// The calls to `to` on a page of the list that were placed since `since`. An unreadable call makes the page
    /// unreadable. A call without a time or number is included: only calls that are certainly different are left out.
    pub fn listed(&self, to: &PhoneNumber, since: Timestamp) -> LookupResult<Page> {
        self.page(Some(to), since)
    }

    /// The same for a list that wasn't requested by number.
    pub fn listed_all(&self, since: Timestamp) -> LookupResult<Page> {
        self.page(None, since)
    }

    /// The phones on a page of the list that were rung by the transfer of `parent`. An unreadable one makes the page
    /// unreadable. Calls of other parents are skipped, because a carrier may ignore the search condition.
    pub fn dialled_by(&self, parent: &CarrierLegId) -> LookupResult<DialledPage> {
        match self.verdict() {
            Verdict::Taken => match self.whole().map(ResourcePage::read) {
                Ok(Some(page)) => dialled_page(page, parent)
                    .map_or(LookupResult::Unavailable(Uncertainty::Unreadable), LookupResult::Found),
                Ok(None) => LookupResult::Unavailable(Uncertainty::Unreadable),
                Err(doubt) => LookupResult::Unavailable(doubt),
            },
            Verdict::Doubtful(doubt) => LookupResult::Unavailable(doubt),
            Verdict::TooMany | Verdict::Account | Verdict::Refused => {
                LookupResult::Unavailable(Uncertainty::Unreadable)
            }
        }
    }

    fn page(&self, to: Option<&PhoneNumber>, since: Timestamp) -> LookupResult<Page> {
        match self.verdict() {
            Verdict::Taken => match self.whole().map(ResourcePage::read) {
                Ok(Some(page)) => page_of(page, to, since)
                    .map_or(LookupResult::Unavailable(Uncertainty::Unreadable), LookupResult::Found),
                Ok(None) => LookupResult::Unavailable(Uncertainty::Unreadable),
                Err(doubt) => LookupResult::Unavailable(doubt),
            },
            Verdict::Doubtful(doubt) => LookupResult::Unavailable(doubt),
            Verdict::TooMany | Verdict::Account | Verdict::Refused => {
                LookupResult::Unavailable(Uncertainty::Unreadable)
            }
        }
    }

    /// The outcome of a command for a leg. `None` if its state didn't allow the command, so that a lookup is needed.
    pub fn told(&self, order: Order<'_>) -> Option<CommandResult> {
        match self.verdict() {
            Verdict::Taken => Some(match self.resource() {
                Ok(call) if call.leg().is_some() => {
                    obeyed(order, call.status.as_deref().and_then(CallStatus::from_code))
                }
                Ok(_) | Err(_) => CommandResult::Unavailable,
            }),
            _ if self.names_nothing() => Some(CommandResult::Gone),
            Verdict::Refused if self.code() == Some(WRONG_STATE) => None,
            _ => Some(CommandResult::Unavailable),
        }
    }

    /// The outcome of an SMS.
    pub fn sent(&self) -> SmsOutcome {
        match self.verdict() {
            Verdict::Taken => match self.leg() {
                Ok(_) => SmsOutcome::Accepted,
                Err(_) => SmsOutcome::Unknown,
            },
            Verdict::TooMany | Verdict::Account => SmsOutcome::Refused(SmsRefusal::NotProcessed),
            Verdict::Refused => SmsOutcome::Refused(match self.code() {
                Some(code) if NO_SMS.contains(&code) => SmsRefusal::Number,
                Some(OPTED_OUT) => SmsRefusal::OptedOut,
                Some(_) | None => SmsRefusal::Request,
            }),
            Verdict::Doubtful(_) => SmsOutcome::Unknown,
        }
    }

    /// The carrier's error code, if there is one. The text of the error may contain the number called.
    pub fn code(&self) -> Option<u32> {
        self.resource().ok()?.code
    }

    fn verdict(&self) -> Verdict {
        match self.status {
            200..=299 => Verdict::Taken,
            429 => Verdict::TooMany,
            401 => Verdict::Account,
            // Gateways send 408 for "no answer in time" as often as the carrier sends it for "not received", so it
            // proves nothing.
            408 => Verdict::Doubtful(Uncertainty::NoAnswer),
            400..=499 => match self.code() {
                Some(code) if TOO_MANY.contains(&code) => Verdict::TooMany,
                Some(code) if WRONG_ACCOUNT.contains(&code) => Verdict::Account,
                Some(code) if WRONG_NUMBER.contains(&code) || NOT_PERMITTED.contains(&code) => Verdict::Refused,
                _ if self.status == 403 => Verdict::Account,
                _ => Verdict::Refused,
            },
            500..=599 => Verdict::Doubtful(Uncertainty::ServerError),
            _ => Verdict::Doubtful(Uncertainty::Unreadable),
        }
    }

    /// Returns `true` for a 404 in the carrier's own form. Any other 404 comes from an intermediary, which doesn't
    /// know the calls.
    fn names_nothing(&self) -> bool {
        let own = |error: Resource| error.code.is_some() || error.http_status == Some(404);
        self.status == 404 && self.resource().is_ok_and(own)
    }

    fn whole(&self) -> Result<&[u8], Uncertainty> {
        match self.body {
            Body::Whole(body) => Ok(body),
            Body::TooLarge => Err(Uncertainty::Unreadable),
            Body::Broken => Err(Uncertainty::NoAnswer),
        }
    }

    fn resource(&self) -> Result<Resource, Uncertainty> {
        Resource::read(self.whole()?).ok_or(Uncertainty::Unreadable)
    }

    fn leg(&self) -> Result<CarrierLegId, Uncertainty> {
        self.resource()?.leg().ok_or(Uncertainty::Unreadable)
    }
}

impl Resource {
    fn leg(&self) -> Option<CarrierLegId> {
        CarrierLegId::parse(self.sid.as_deref()?).ok()
    }
}

/// The progress of a call; `None` if its status is unknown and it hasn't ended.
fn progress(call: &Resource) -> Option<LegProgress> {
    let Some(status) = call.status.as_deref().and_then(CallStatus::from_code) else {
        let over = call.end_time.as_deref().is_some_and(|text| !text.is_empty());
        return over.then_some(LegProgress::Ended(HangupCause::Unspecified));
    };
    Some(match (status, status.hangup_cause(None)) {
        (_, Some(cause)) => LegProgress::Ended(cause),
        (CallStatus::InProgress, None) => LegProgress::Answered,
        (CallStatus::Ringing, None) => LegProgress::Ringing,
        (_, None) => LegProgress::Queued,
    })
}

fn obeyed(order: Order<'_>, status: Option<CallStatus>) -> CommandResult {
    use CallStatus::{Busy, Canceled, Completed, Failed, InProgress, NoAnswer};
    match (order, status) {
        // It has just been answered: cancelling doesn't end it.
        (Order::Cancel, Some(InProgress)) => CommandResult::Unavailable,
        (Order::Cancel | Order::Redirect(_), Some(Completed)) | (Order::Redirect(_), Some(Canceled)) => {
            CommandResult::Gone
        }
        (_, Some(Busy | Failed | NoAnswer)) => CommandResult::Gone,
        _ => CommandResult::Done,
    }
}

fn page_of(page: ResourcePage, to: Option<&PhoneNumber>, since: Timestamp) -> Option<Page> {
    let earliest = Search::earliest(since);
    let mut calls = Vec::new();
    let mut times = Vec::with_capacity(page.calls.len());
    for call in page.calls {
        let number = |text: &Option<String>| text.as_deref().and_then(|text| PhoneNumber::from_e164(text).ok());
        let created_at = call.date_created.as_deref().and_then(moment);
        let created_at = created_at.or_else(|| call.start_time.as_deref().and_then(moment));
        let listed = CarrierCall {
            leg: call.leg()?,
            direction: direction(&call),
            from: number(&call.from),
            to: number(&call.to),
            created_at,
            // The carrier has accepted the call. The next lookup checks it again.
            progress: progress(&call).unwrap_or(LegProgress::Queued),
            answering: answering(&call),
        };
        times.push(created_at);
        let another = to.is_some_and(|to| listed.to.as_ref().is_some_and(|number| number != to));
        let earlier = listed.created_at.is_some_and(|at| at < earliest);
        if !another && !earlier {
            calls.push(listed);
        }
    }
    Some(Page { calls, descends_to: descends_to(&times), next: next_of(page.next_page_uri)? })
}

/// The time of the last call of a page that is sorted from new to old.
fn descends_to(times: &[Option<Timestamp>]) -> Option<Timestamp> {
    let times: Vec<Timestamp> = times.iter().copied().collect::<Option<_>>()?;
    if times.is_sorted_by(|earlier, later| earlier >= later) { times.last().copied() } else { None }
}

/// Source: Twilio, "Call resource: direction".
fn direction(call: &Resource) -> CallDirection {
    if call.parent.as_deref().is_some_and(|parent| !parent.is_empty()) {
        return CallDirection::Transfer;
    }
    match call.direction.as_deref() {
        Some("inbound") => CallDirection::Inbound,
        Some("outbound-dial") => CallDirection::Transfer,
        Some(word) if word.starts_with("outbound") => CallDirection::Outbound,
        _ => CallDirection::Unknown,
    }
}

fn answering(call: &Resource) -> Answering {
    match call.status.as_deref().and_then(CallStatus::from_code) {
        Some(CallStatus::InProgress | CallStatus::Completed) => Answering::Answered,
        Some(_) => Answering::NotAnswered,
        None => Answering::Unknown,
    }
}

fn dialled_page(page: ResourcePage, parent: &CarrierLegId) -> Option<DialledPage> {
    let mut phones = Vec::new();
    for call in page.calls.iter().filter(|call| call.parent.as_deref() == Some(parent.as_str())) {
        phones.push(match call.status.as_deref().and_then(CallStatus::from_code)? {
            CallStatus::InProgress | CallStatus::Completed => Phone::Answered,
            CallStatus::Busy | CallStatus::Failed | CallStatus::NoAnswer | CallStatus::Canceled => Phone::NotAnswered,
            CallStatus::Queued | CallStatus::Initiated | CallStatus::Ringing => Phone::Rings,
        });
    }
    Some(DialledPage { phones, next: next_of(page.next_page_uri)? })
}

/// The query of the next page: `Some(None)` if there is no next page, `None` if the query is unreadable.
#[allow(clippy::option_option, reason = "no next page is an answer, an unreadable one is none")]
fn next_of(uri: Option<String>) -> Option<Option<String>> {
    match uri.filter(|uri| !uri.is_empty()) {
        Some(uri) => query_of(&uri).map(Some),
        None => Some(None),
    }
}

/// Of the next page's address, only the query is used. Host and path remain ours.
fn query_of(uri: &str) -> Option<String> {
    let (_, query) = uri.split_once('?')?;
    let fits = (1..=MAX_QUERY_BYTES).contains(&query.len()) && query.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    fits.then(|| query.to_owned())
}

/// RFC 2822, as Twilio writes it, or ISO 8601.
fn moment(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok().or_else(|| text.parse().ok())
}
