//! `/console/live`: how many red alerts wait, and when the newest ones were raised, for as long as a page is open. It
//! has no name and no id. It goes on after a log-in has ended by itself, and ends when somebody has ended it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::super::visit::{Visit, watcher};
use super::super::{Console, missing};
use crate::service::{Activity, AlertPulse, SecretToken, ServiceError, SessionState, session};
use crate::web::Stopping;

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

pub(super) async fn handler(visit: Visit, stopping: Option<Extension<Stopping>>) -> Response {
    match &visit.session {
        SessionState::LoggedIn(_) | SessionState::TimedOut(_) if visit.watch.is_none() => missing::page(&visit),
        SessionState::LoggedIn(_) | SessionState::TimedOut(_) => {
            let Some(token) = visit.token.clone() else { return visit.log_in_first() };
            let stream = Stream {
                news: visit.console.pulses.news(&visit.console.context),
                console: visit.console,
                token,
                stopping: stopping.map_or_else(CancellationToken::new, |Extension(Stopping(token))| token),
                sent: None,
            };
            let mut response = Sse::new(stream::unfold(Next::Open(Box::new(stream)), next)).into_response();
            // Or nginx keeps the events until its buffer is full.
            let buffering = HeaderName::from_static("x-accel-buffering");
            response.headers_mut().insert(buffering, HeaderValue::from_static("no"));
            response
        }
        SessionState::PasswordGiven(..) | SessionState::None => visit.log_in_first(),
    }
}

/// The next event. A failed database ends the stream: the page then says that it isn't up to date, and asks again.
async fn next(state: Next) -> Option<(Result<Event, Infallible>, Next)> {
    let Next::Open(mut stream) = state else { return None };
    loop {
        let mut wanted = stream.console.pulses.now();
        if stream.sent.is_some() {
            tokio::select! {
                () = stream.stopping.cancelled() => return None,
                changed = stream.news.changed() => {
                    changed.ok()?;
                    wanted = stream.console.pulses.now();
                }
                () = tokio::time::sleep(LOOK_EVERY) => {
                    wanted = stream.console.pulses.now().saturating_sub(MOST_AGE);
                }
            }
        }
        let Some(news) = look(&stream, wanted).await.ok()? else {
            return Some((Ok(Event::default().event("ended").data("{}")), Next::Over));
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
async fn look(stream: &Stream, wanted: Duration) -> Result<Option<News>, ServiceError> {
    let context = &stream.console.context;
    let state = session(context, &stream.token, Activity::OpenPage).await?;
    let Some(account) = watcher(context, &state).await? else { return Ok(None) };
    let lock = if matches!(state, SessionState::TimedOut(_)) { PageLock::Locked } else { PageLock::Open };
    let pulse = stream.console.pulses.since(context, &account.actor(), wanted).await?;
    Ok(Some(News { pulse, lock }))
}

fn event(news: &News) -> Event {
    let newest: Vec<i64> = news.pulse.newest.iter().map(|at| at.as_millisecond()).collect();
    let data = json!({
        "red": news.pulse.red.lines,
        "since": news.pulse.red.since.map(|at| at.as_millisecond()),
        "newest": newest,
        "locked": news.lock == PageLock::Locked,
    });
    Event::default().event("pulse").data(data.to_string())
}
