//! `/console/live`: how many red alerts wait, and when the newest ones were raised, for as long as a page is open. It
//! has no name and no id. It goes on after a log-in has ended by itself, and ends when somebody has ended it. A page
//! whose place in the streams was taken asks for it once in a while.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::RawQuery;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::super::log_in::query_value;
use super::super::visit::{Visit, watcher};
use super::super::{Console, missing};
use super::streams::Place;
use crate::domain::StaffAccountId;
use crate::service::{Activity, AlertPulse, SecretToken, ServiceError, SessionState, session};
use crate::web::{Endless, Stopping};

/// Its path within the console.
pub(in crate::web::console) const PAGE: &str = "/live";
/// How often the database is read for what this process didn't do itself.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How old a pulse may be that another page has read.
const MOST_AGE: Duration = Duration::from_secs(1);
/// After how many looks the same pulse is sent again, so that the page knows that it is up to date.
const REPEAT_AFTER: u32 = 7;

/// What a page is told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct News {
    pulse: AlertPulse,
    lock: PageLock,
}

/// Whether a page may still show persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageLock {
    /// It may.
    Open,
    /// The log-in ended by itself.
    Locked,
}

/// An open stream.
struct Stream {
    console: Arc<Console>,
    token: SecretToken,
    news: watch::Receiver<u64>,
    stopping: CancellationToken,
    place: Place,
    /// What was sent last, and how many looks ago.
    sent: Option<(News, u32)>,
}

/// The state of a stream before its next event.
enum Next {
    /// It goes on.
    Open(Box<Stream>),
    /// The last event was sent.
    Over,
}

pub(super) async fn handler(visit: Visit, query: RawQuery, stopping: Option<Extension<Stopping>>) -> Response {
    let account = match &visit.session {
        SessionState::LoggedIn(_) | SessionState::TimedOut(_) if visit.watch.is_none() => return missing::page(&visit),
        SessionState::LoggedIn(logged_in) => logged_in.account.id,
        SessionState::TimedOut(account) => *account,
        SessionState::PasswordGiven(..) | SessionState::None => return visit.log_in_first(),
    };
    let Some(token) = visit.token.clone() else { return visit.log_in_first() };
    if query_value(query.0.as_deref(), "once") == "1" {
        return once(&visit, &token).await;
    }
    opened(visit, account, token, stopping)
}

/// What there is to tell now.
async fn once(visit: &Visit, token: &SecretToken) -> Response {
    let wanted = visit.console.pulses.now().saturating_sub(MOST_AGE);
    match look(&visit.console, token, wanted).await {
        Ok(Some(news)) => Json(data(&news)).into_response(),
        Ok(None) => visit.log_in_first(),
        Err(error) => visit.answer(Err(error)),
    }
}

fn opened(
    visit: Visit,
    account: StaffAccountId,
    token: SecretToken,
    stopping: Option<Extension<Stopping>>,
) -> Response {
    let stream = Stream {
        news: visit.console.pulses.news(&visit.console.context),
        place: visit.console.streams.open(account, token.derived("stream")),
        console: visit.console,
        token,
        stopping: stopping.map_or_else(CancellationToken::new, |Extension(Stopping(token))| token),
        sent: None,
    };
    let mut response = Sse::new(stream::unfold(Next::Open(Box::new(stream)), next)).into_response();
    response.extensions_mut().insert(Endless);
    // Or nginx keeps the events until its buffer is full.
    let buffering = HeaderName::from_static("x-accel-buffering");
    response.headers_mut().insert(buffering, HeaderValue::from_static("no"));
    response
}

/// The next event. A failed database ends the stream: the page then says that it isn't up to date, and asks again.
async fn next(state: Next) -> Option<(Result<Event, Infallible>, Next)> {
    let Next::Open(mut stream) = state else { return None };
    loop {
        let mut wanted = stream.console.pulses.now();
        if stream.sent.is_some() {
            tokio::select! {
                () = stream.stopping.cancelled() => return None,
                () = stream.place.replaced.cancelled() => return Some((Ok(last("replaced")), Next::Over)),
                changed = stream.news.changed() => {
                    changed.ok()?;
                    wanted = stream.console.pulses.now();
                }
                () = tokio::time::sleep(LOOK_EVERY) => {
                    wanted = stream.console.pulses.now().saturating_sub(MOST_AGE);
                }
            }
        }
        let Some(news) = look(&stream.console, &stream.token, wanted).await.ok()? else {
            return Some((Ok(last("ended")), Next::Over));
        };
        if let Some((sent, looks)) = &mut stream.sent
            && *sent == news
            && *looks < REPEAT_AFTER
        {
            *looks = looks.saturating_add(1);
            continue;
        }
        let event = event(&news);
        stream.sent = Some((news, 0));
        return Some((Ok(event), Next::Open(stream)));
    }
}

/// What there is to tell. `None` if nobody is logged in any more.
async fn look(console: &Console, token: &SecretToken, wanted: Duration) -> Result<Option<News>, ServiceError> {
    let context = &console.context;
    let state = session(context, token, Activity::OpenPage).await?;
    let Some(account) = watcher(context, &state).await? else { return Ok(None) };
    let lock = if matches!(state, SessionState::TimedOut(_)) { PageLock::Locked } else { PageLock::Open };
    let pulse = console.pulses.since(context, &account.actor(), wanted).await?;
    Ok(Some(News { pulse, lock }))
}

/// The last event of a stream.
fn last(name: &'static str) -> Event {
    Event::default().event(name).data("{}")
}

fn event(news: &News) -> Event {
    Event::default().event("pulse").data(data(news).to_string())
}

fn data(news: &News) -> Value {
    let newest: Vec<i64> = news.pulse.newest.iter().map(|at| at.as_millisecond()).collect();
    json!({
        "red": news.pulse.red.lines,
        "since": news.pulse.red.since.map(|at| at.as_millisecond()),
        "newest": newest,
        "locked": news.lock == PageLock::Locked,
    })
}
