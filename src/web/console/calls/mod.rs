//! The calls of the reader's health centre: how many there are now and by the hour, and the log.

mod call;
mod filter;
mod resolve;
pub(in crate::web::console) mod spoken;
mod unknown;
pub(in crate::web::console) mod words;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::ZonedDateTime;

use self::filter::Filter;
use super::Console;
use super::here::{Frame, Here};
use super::layout::Layout;
use super::staff::StaffActor;
use super::times;
use crate::domain::{AttemptState, CallId, PatientId};
use crate::service::{
    AccountError, AttemptQuery, AttemptStage, CallHour, CallNumbers, CallQuery, CentreCalls, CentreView, Details,
    LoggedCall, Noted, Rest, ServiceError, call_log, call_numbers, day_figures, dialer_state, list_attempts,
};
use crate::translations::Message;

/// The number of calls on a page.
const ON_A_PAGE: u32 = 50;
/// The maximum number of calls of unknown outcome that are counted.
const MOST_UNKNOWN: u32 = 500;

#[derive(Template)]
#[template(path = "console/calls/log.html", config = "src/web/askama.toml")]
struct Log {
    l: Layout,
    f: Frame,
    not_noted: bool,
    /// Whether no automated call is placed at present.
    is_held: bool,
    open: u32,
    waiting: u32,
    unknown: usize,
    day: Message,
    hours: Vec<Hour>,
    filter: Filter,
    lines: Vec<(&'static str, Message, bool)>,
    results: Vec<(&'static str, Message, bool)>,
    calls: Vec<Line>,
    /// The address of the next page.
    next: Option<String>,
}

/// The automated calls of an hour, each number with the address of its list.
struct Hour {
    name: String,
    placed: Number,
    answered: Number,
    reported: Number,
    not_answered: Number,
}

/// A number, the list that it counts, and the length of its bar.
struct Number {
    count: u32,
    list: String,
    percent: u32,
}

impl Number {
    /// Itself, as templates name it.
    fn by(&self) -> &Self {
        self
    }
}

/// A call in the list.
struct Line {
    id: CallId,
    time: String,
    line: Message,
    people: Vec<(PatientId, String)>,
    /// Whom of the staff it rang.
    rung: Option<String>,
    result: Message,
    lasted: Option<Message>,
}

/// The routes of these pages.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/calls", get(handler))
        .route("/calls/unknown", get(unknown::handler))
        .route("/calls/{call}", get(call::handler))
        .route("/calls/{call}/resolve", post(resolve::submit))
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = show(&staff, query.as_deref()).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, query: Option<&str>) -> Result<Response, ServiceError> {
    let (context, actor) = (staff.context(), staff.actor());
    let Here { centre, now, frame } = Here::of(staff).await?;
    let centre: CentreView = centre.ok_or(AccountError::NotFound)?;
    let filter = Filter::read(query);
    let span = filter.span(now.time_zone());
    let wanted = CallQuery {
        since: span.map(|span| span.since),
        until: span.map(|span| span.until),
        line: filter.line,
        result: filter.result,
        after: filter.after,
        limit: ON_A_PAGE,
        ..CallQuery::default()
    };
    let listed = call_log(context, actor, &centre.code, &wanted).await?;
    let day = filter.day.unwrap_or_else(|| now.date());
    let numbers = match Filter::of_day(day).span(now.time_zone()) {
        Some(span) => call_numbers(context, actor, &centre.code, span.since, span.until).await?,
        None => CallNumbers::default(),
    };
    let figures = day_figures(context, actor, now.date()).await?.centres;
    let stage = AttemptStage::State(AttemptState::Unknown);
    let unknown = AttemptQuery { stage, since: None, after: None, limit: MOST_UNKNOWN };
    let unknown = list_attempts(context, actor, &unknown, Details::Masked).await?.found.items.len();
    let hold = dialer_state(context, actor).await?.hold;
    let found = listed.found;
    let last = found.items.last().filter(|_| found.rest == Rest::More).map(|logged| logged.call.id);
    let at = |list: String| staff.visit.path(&list);
    let page = Log {
        l: staff.visit.layout(),
        f: frame,
        not_noted: matches!(listed.noted, Noted::No(_)),
        is_held: hold.is_some() || centre.settings.calls == CentreCalls::Pause,
        open: numbers.open,
        waiting: figures.iter().filter(|of| of.code == centre.code).map(|of| of.open()).sum(),
        unknown,
        day: times::day(day),
        hours: hours(&numbers.hours, day, at),
        lines: filter.lines(),
        results: filter.results(),
        next: last.map(|call| at(Filter { after: Some(call), ..filter }.path())),
        filter,
        calls: found.items.iter().map(|logged| Line::of(logged, &now)).collect(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

/// The hours of a day, with bars as long as the numbers.
fn hours(counted: &[CallHour], day: jiff::civil::Date, at: impl Fn(String) -> String) -> Vec<Hour> {
    let most = counted.iter().map(|hour| hour.placed).max().unwrap_or(0).max(1);
    let number = |count: u32, hour: i64, result| Number {
        count,
        list: at(Filter::of_hour(day, hour, result).path()),
        percent: count.saturating_mul(100).checked_div(most).unwrap_or(0),
    };
    use crate::domain::Disposition;
    use crate::service::CallResult;
    let hour = |of: &CallHour| Hour {
        name: format!("{}:00", of.hour),
        placed: number(of.placed, of.hour, CallResult::Any),
        answered: number(of.answered, of.hour, CallResult::Answered),
        reported: number(of.reported, of.hour, CallResult::Ended(Disposition::Reported)),
        not_answered: number(of.not_answered, of.hour, CallResult::Ended(Disposition::NotAnswered)),
    };
    counted.iter().map(hour).collect()
}

impl Line {
    fn of(logged: &LoggedCall, now: &ZonedDateTime) -> Self {
        let call = &logged.call;
        let person = |person: &crate::service::LoggedPerson| {
            (person.id, format!("{} {}", person.family_name.expose(), person.given_name.expose()))
        };
        Self {
            id: call.id,
            time: times::clock_time(call.started_at, now),
            line: words::line_name(call.line),
            people: logged.people.iter().map(person).collect(),
            rung: logged.rung.as_ref().map(|name| name.as_str().to_owned()),
            result: words::disposition_name(call.disposition),
            lasted: call.ended_at.map(|ended| words::lasted(ended.duration_since(call.started_at))),
        }
    }
}
