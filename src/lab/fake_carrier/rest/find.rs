//! `GET Calls/{sid}.json` and `GET Calls.json`: one call, and the list with its filters and pages. Also the balance.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::call_registry::{Call, CallState};
use super::super::faults::Name;
use super::super::state::SharedState;
use super::refusal::Refusal;
use super::reply::Done;
use super::{API_VERSION, Asked};
use crate::carrier::twilio::CallStatus;

/// The default and the maximum number of calls per page.
const PAGE: (usize, usize) = (50, 1_000);

pub(super) fn fetch(office: &SharedState, sid: &str) -> Result<Done, Refusal> {
    let state = office.state();
    let call = state.book.get(sid);
    let found = call.and_then(|call| call.at(Timestamp::MAX).map(|standing| (call, standing)));
    let (call, standing) = found
        .ok_or_else(|| Refusal::not_found(&format!("/{API_VERSION}/Accounts/{}/Calls/{sid}.json", office.account)))?;
    let json = super::json::call(office, call, &standing);
    Ok(Done { status: 200, json, call: Some(sid.to_owned()), first_delivered: None })
}

/// Returns the balance of the account: always enough.
pub(super) fn balance(office: &SharedState) -> Done {
    let json = json!({ "account_sid": office.account, "balance": "10000", "currency": "JPY" });
    Done { status: 200, json, call: None, first_delivered: None }
}

/// The filter of a list request.
struct Filter<'a> {
    to: Option<&'a str>,
    from: Option<&'a str>,
    parent: Option<&'a str>,
    status: Option<CallStatus>,
    /// The first and the last day in UTC, both inclusive.
    days: (Date, Date),
}

impl<'a> Filter<'a> {
    fn read(asked: &'a Asked) -> Result<Self, Refusal> {
        let day =
            |name: &str| asked.one(name).map(|text| date(text).ok_or_else(|| Refusal::parameter(name))).transpose();
        let status = asked.one("Status").map(|word| {
            let known = CallStatus::ALL.into_iter().find(|status| status.code() == word);
            known.filter(|status| *status != CallStatus::Initiated).ok_or_else(|| Refusal::parameter("Status"))
        });
        let on = day("StartTime")?;
        let after = day("StartTime>")?.or(on).unwrap_or(Date::MIN);
        let before = day("StartTime<")?.or(on).unwrap_or(Date::MAX);
        Ok(Self {
            to: asked.one("To"),
            from: asked.one("From"),
            parent: asked.one("ParentCallSid"),
            status: status.transpose()?,
            days: (after, before),
        })
    }

    fn fits(&self, call: &Call, standing: &CallState) -> bool {
        let status = match standing.status {
            CallStatus::Initiated => CallStatus::Queued,
            status => status,
        };
        let day = TimeZone::UTC.to_datetime(standing.started.unwrap_or(call.created)).date();
        self.to.is_none_or(|to| to == call.to)
            && self.from.is_none_or(|from| from == call.from)
            && self.parent.is_none_or(|parent| call.parent.as_deref() == Some(parent))
            && self.status.is_none_or(|wanted| wanted == status)
            && (self.days.0..=self.days.1).contains(&day)
    }
}

/// Parses a date. The list filters by days in UTC. A time of day is accepted and ignored, as the real carrier does.
fn date(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

pub(super) fn list(office: &SharedState, asked: &Asked) -> Result<Done, Refusal> {
    let filter = Filter::read(asked)?;
    let size = number(asked, "PageSize", PAGE.0)?.clamp(1, PAGE.1);
    let page = number(asked, "Page", 0)?;
    let mut state = office.state();
    let faults = [Name::ListLags, Name::ListFrozen, Name::ListSkipsQueued];
    let met = state.faults.of(office.seed, asked.one("To").unwrap_or_default(), &faults);
    let until = met.iter().find_map(|met| match met.name {
        Name::ListLags => office.now().checked_sub(met.delay.unwrap_or_default()).ok(),
        Name::ListFrozen => {
            let thaws = met.delay.and_then(|delay| met.since.checked_add(delay).ok());
            thaws.is_none_or(|thaws| office.now() < thaws).then_some(met.since)
        }
        _ => None,
    });
    let skips_queued = met.iter().any(|met| met.name == Name::ListSkipsQueued);
    let omitted = state.faults.omitted();
    let known = state.book.newest_first().filter_map(|call| Some((call, call.at(until.unwrap_or(Timestamp::MAX))?)));
    let known = known.filter(|(_, standing)| !(skips_queued && standing.started.is_none()));
    let known = known.filter(|(call, _)| !omitted.contains(&call.to));
    let mut fitting = known.filter(|(call, standing)| filter.fits(call, standing));
    // The token names the last call of the previous page, so that new calls don't shift the pages.
    match asked.one("PageToken") {
        Some(token) => {
            let last = token.strip_prefix("PA").ok_or_else(|| Refusal::parameter("PageToken"))?;
            fitting.by_ref().find(|(call, _)| call.sid == last).ok_or_else(|| Refusal::parameter("PageToken"))?;
        }
        None => {
            fitting.by_ref().take(page.saturating_mul(size)).for_each(drop);
        }
    }
    let mut fitting = fitting.peekable();
    let shown: Vec<_> = fitting.by_ref().take(size).collect();
    let last = shown.last().filter(|_| fitting.peek().is_some()).map(|(call, _)| call.sid.as_str());
    let calls: Vec<Value> = shown.iter().map(|(call, standing)| super::json::call(office, call, standing)).collect();
    let json = envelope(office, asked, Page { page, size, last }, calls);
    Ok(Done { status: 200, json, call: None, first_delivered: None })
}

struct Page<'a> {
    page: usize,
    size: usize,
    /// The last call of the page, if there are more.
    last: Option<&'a str>,
}

fn envelope(office: &SharedState, asked: &Asked, page: Page<'_>, calls: Vec<Value>) -> Value {
    let Page { page, size, last } = page;
    let root = format!("/{API_VERSION}/Accounts/{}/Calls.json", office.account);
    let uri = |page: usize, last: Option<&str>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let kept = asked.fields.iter().filter(|(name, _)| !matches!(name.as_str(), "Page" | "PageSize" | "PageToken"));
        query.extend_pairs(kept).append_pair("PageSize", &size.to_string()).append_pair("Page", &page.to_string());
        if let Some(last) = last {
            query.append_pair("PageToken", &format!("PA{last}"));
        }
        format!("{root}?{}", query.finish())
    };
    json!({
        "first_page_uri": uri(0, None),
        "previous_page_uri": page.checked_sub(1).map(|before| uri(before, None)),
        "next_page_uri": last.map(|last| uri(page + 1, Some(last))),
        "uri": uri(page, None),
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": (page * size + calls.len()).saturating_sub(1),
        "calls": calls,
    })
}

fn number(asked: &Asked, name: &str, otherwise: usize) -> Result<usize, Refusal> {
    let read = |text: &str| text.parse::<u32>().ok().and_then(|number| usize::try_from(number).ok());
    asked.one(name).map_or(Ok(otherwise), |text| read(text).ok_or_else(|| Refusal::parameter(name)))
}
