//! Reads what came back. The rule: a call is placed only when the carrier names it, and none is placed only when the
//! carrier refuses. All else is doubt.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::super::status::CallStatus;
use super::request::{Order, Search};
use super::resource::{Resource, ResourcePage};
use super::retry_after::retry_after;
use crate::carrier::CarrierLegId;
use crate::carrier::network::{
    Answering, CallDirection, CarrierCall, CommandResult, DialOutcome, LegProgress, LookupResult, NotProcessed,
    Refusal, SmsOutcome, Uncertainty,
};
use crate::domain::{HangupCause, PhoneNumber};

/// The largest body that is read, in bytes. A page of 100 calls has about 150 KB.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The body of a reply; it may repeat the number called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Body<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// Larger than [`MAX_BODY_BYTES`]; the rest wasn't read.
    TooLarge,
    /// The connection broke, or no more came in time.
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

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The status of HTTP.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// The header `Date`.
    pub date: Option<&'a str>,
    /// The body.
    pub body: Body<'a>,
}

/// A page of the carrier's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The calls on it.
    pub calls: Vec<CarrierCall>,
    /// When the oldest call of the page was placed, if the page is sorted from new to old: the next pages hold nothing
    /// newer.
    pub descends_to: Option<Timestamp>,
    /// The query of the next page; none on the last.
    pub next: Option<String>,
}

/// A page of the list of those who were rung by a leg that was put through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialledPage {
    /// How their phones stand.
    pub phones: Vec<Phone>,
    /// The query of the next page; none on the last.
    pub next: Option<String>,
}

/// How the phone stands of someone to whom a leg was put through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phone {
    /// It was answered, and may be over since.
    Answered,
    /// It is over and was never answered.
    NotAnswered,
    /// It waits, or rings.
    Rings,
}

/// What a status of HTTP says of a request, whatever it was about.
enum Verdict {
    Taken,
    TooMany,
    Account,
    Refused,
    Doubtful(Uncertainty),
}

/// The carrier's numbers for a called number that doesn't exist or can't be called. Source: Twilio, "Error and warning
/// dictionary".
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
/// Not allowed to call this number: a country, or a range of numbers in it, isn't enabled (21215, 13227), or it is a
/// trial (21219). One such number must not stop all dialling, nor be called wrong: it is a refused request.
const NOT_PERMITTED: [u32; 3] = [13_227, 21_215, 21_219];
/// The account itself: wrong credentials, inactive, suspended, denied.
const WRONG_ACCOUNT: [u32; 4] = [10_001, 20_003, 20_005, 20_006];
/// Too many requests, too many calls at once.
const TOO_MANY: [u32; 2] = [10_004, 20_429];
/// The leg's state doesn't allow what it was told.
const WRONG_STATE: u32 = 21_220;
/// The longest query of a next page that is followed, in bytes.
const MAX_QUERY_BYTES: usize = 4_000;

impl Reply<'_> {
    /// What came of a request to dial.
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

    /// How the leg that was asked about stands.
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

    /// The calls to `to` on a page of the list that were placed since `since`. A call that can't be read makes the page
    /// unreadable, and one that doesn't say when or to whom is in: only what is certainly another call is left out.
    pub fn listed(&self, to: &PhoneNumber, since: Timestamp) -> LookupResult<Page> {
        self.page(Some(to), since)
    }

    /// The same of a list that wasn't asked for by number.
    pub fn listed_all(&self, since: Timestamp) -> LookupResult<Page> {
        self.page(None, since)
    }

    /// The phones on a page of the list that were rung by `parent`, which was put through. One that can't be read makes
    /// the page unreadable; calls of other parents are passed over, as a carrier may ignore what was searched for.
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

    /// What came of telling a leg something; `None` if its state didn't allow it, so that only a look at it tells what
    /// that state is.
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

    /// What came of a SMS.
    pub fn sent(&self) -> SmsOutcome {
        match self.verdict() {
            Verdict::Taken => match self.leg() {
                Ok(_) => SmsOutcome::Accepted,
                Err(_) => SmsOutcome::Unknown,
            },
            Verdict::TooMany | Verdict::Account | Verdict::Refused => SmsOutcome::Refused,
            Verdict::Doubtful(_) => SmsOutcome::Unknown,
        }
    }

    /// The carrier's number of an error, where it tells one. Its text may hold the number called.
    pub fn code(&self) -> Option<u32> {
        self.resource().ok()?.code
    }

    fn verdict(&self) -> Verdict {
        match self.status {
            200..=299 => Verdict::Taken,
            429 => Verdict::TooMany,
            401 => Verdict::Account,
            // A gateway's word for "no answer in time", as often as the carrier's own for "not received".
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

    /// A 404 in the carrier's own form. Any other comes from something before it, which knows nothing of its calls.
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

/// How a call stands; `None` if its status is a word that we don't know and it isn't over.
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
        // It was answered just before: cancelling doesn't end it.
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
            // The carrier has it; the next lookup checks it again.
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

/// The query of the next page, where there is one; nothing when it can't be read.
#[allow(clippy::option_option)] // no next page is an answer, an unreadable one is none
fn next_of(uri: Option<String>) -> Option<Option<String>> {
    match uri.filter(|uri| !uri.is_empty()) {
        Some(uri) => query_of(&uri).map(Some),
        None => Some(None),
    }
}

/// Of the next page only the query is taken: host and path stay ours.
fn query_of(uri: &str) -> Option<String> {
    let (_, query) = uri.split_once('?')?;
    let fits = (1..=MAX_QUERY_BYTES).contains(&query.len()) && query.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    fits.then(|| query.to_owned())
}

/// RFC 2822, as Twilio writes it, or ISO 8601.
fn moment(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok().or_else(|| text.parse().ok())
}
