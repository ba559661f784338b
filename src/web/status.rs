//! The demonstration's status page: today's slots, live. It shows no personal data and is complete
//! without script.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use tracing::error;

use super::Web;
use crate::domain::{Actor, SlotEnd, SlotState};
use crate::service::{CentreDay, DaySlot, SlotQuery, day_figures, day_slots};

/// The maximum number of squares drawn. More can't be told apart.
const MOST_SQUARES: u32 = 2_000;

/// What a browser may do with the page: display it, and read it again.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'";

/// Reads the page again and again.
const SCRIPT: &str = include_str!("status.js");

/// What the page needs.
pub(super) struct Status {
    pub(super) web: Arc<Web>,
    /// Where the console is.
    pub(super) console: String,
}

pub(super) fn routes(status: Status) -> Router {
    Router::new().route("/", get(show)).route("/status.js", get(script)).with_state(Arc::new(status))
}

async fn script() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, SCRIPT).into_response()
}

/// A kind of slot as the page shows it.
struct Kind {
    class: &'static str,
    sign: &'static str,
    name: &'static str,
    english: &'static str,
    count: u32,
    /// How many slots the kinds before it have.
    before: u32,
}

#[derive(Template)]
#[template(path = "status.html", config = "src/web/askama.toml")]
struct Page {
    date: String,
    time: String,
    due: u32,
    placed: u32,
    kinds: Vec<Kind>,
    squares: Vec<Square>,
    centres: Vec<CentreDay>,
    /// Where the console is.
    console: String,
}

struct Square {
    class: &'static str,
    sign: &'static str,
    says: String,
}

async fn show(State(status): State<Arc<Status>>) -> Response {
    let web = &status.web;
    let now = web.conversations.lines().zone.to_datetime(web.context.clock.now());
    let read = async {
        let figures = day_figures(&web.context, &Actor::System, now.date()).await?;
        Ok::<_, crate::service::ServiceError>((
            figures,
            day_slots(&web.context, &Actor::System, &first_slots(now.date())).await?.items,
        ))
    };
    let (figures, slots) = match read.await {
        Ok(read) => read,
        Err(error) => {
            error!(%error, "could not render the status page");
            return (
                StatusCode::SERVICE_UNAVAILABLE,
                "ただいま表示できません。しばらくしてから、もう一度ご覧ください。\n",
            )
                .into_response();
        }
    };
    let count =
        |class: &str| figures.centres.iter().map(|centre| centre.of(|state| kind_of(state).0 == class)).sum::<u32>();
    let page = Page {
        date: now.strftime("%Y年%-m月%-d日").to_string(),
        time: now.strftime("%H:%M:%S").to_string(),
        due: figures.centres.iter().map(CentreDay::due).sum(),
        placed: figures.centres.iter().map(CentreDay::attempted).sum(),
        kinds: kinds(count),
        squares: slots.iter().map(square).collect(),
        centres: figures.centres,
        console: status.console.clone(),
    };
    match page.render() {
        Ok(html) => ([(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-store")], Html(html))
            .into_response(),
        Err(error) => {
            error!(%error, "could not write the status page");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn kinds(count: impl Fn(&str) -> u32) -> Vec<Kind> {
    let mut before = 0;
    let kind = |(class, sign, name, english): &KindOf| {
        let kind = Kind { class, sign, name, english, count: count(class), before };
        before = kind.count.saturating_add(before);
        kind
    };
    KINDS.iter().map(kind).collect()
}

fn first_slots(date: Date) -> SlotQuery {
    SlotQuery { date, centre: None, after: None, limit: MOST_SQUARES }
}

/// A kind of slot: its class, the sign in its square, its names. Each sign has its own shape, so that no one needs to
/// tell colours apart.
type KindOf = (&'static str, &'static str, &'static str, &'static str);

const KINDS: [KindOf; 6] = [
    ("reported", "✓", "報告あり", "reported"),
    ("calling", "▶", "架電中", "being called"),
    ("waiting", "·", "架電待ち", "waiting"),
    ("unanswered", "?", "未回答", "unanswered"),
    ("cancelled", "–", "取り消し", "cancelled"),
    ("missed", "×", "架電できず", "missed"),
];

fn kind_of(state: SlotState) -> KindOf {
    let nth = match state {
        SlotState::Ended(SlotEnd::Reported) => 0,
        SlotState::Calling => 1,
        SlotState::Waiting => 2,
        SlotState::Ended(SlotEnd::Unanswered(_)) => 3,
        SlotState::Ended(SlotEnd::Cancelled(_)) => 4,
        SlotState::Ended(SlotEnd::Missed(_)) => 5,
    };
    KINDS.get(nth).copied().unwrap_or(("waiting", "·", "", ""))
}

fn square(slot: &DaySlot) -> Square {
    let (class, sign, name, _) = kind_of(slot.state);
    let reason = slot.state.reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
    Square { class, sign, says: format!("{} {name}{reason}", slot.time) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_sign_of_its_own() {
        let mut signs: Vec<&str> = KINDS.iter().map(|(_, sign, _, _)| *sign).collect();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), KINDS.len());
        assert!(signs.iter().all(|sign| sign.chars().count() == 1), "{signs:?}");
    }
}
