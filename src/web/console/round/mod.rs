//! A round: the people of a list are called by staff, one after the other. This page begins it, and says how far it is.

mod next;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

pub(super) use self::next::{Told, go_on};
use super::Console;
use super::layout::Layout;
use super::log_in::query_value;
use super::patients::{Chip, Filter, SavedLink, query_of, searched};
use super::staff::StaffActor;
use super::times;
use crate::service::{
    Counted, PatientQuery, PatientStatus, ReportedToday, RoundProgress, ServiceError, round_progress,
};
use crate::translations::{Message, message};

/// The page.
const PAGE: &str = "/round";

/// The pages of a round.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new().route(PAGE, get(handler)).route("/round/next", post(next::submit))
}

/// The list of a round, in addresses and forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Round(pub(super) Filter);

impl Round {
    /// Those who get automated calls and haven't reported today.
    pub(super) fn unanswered() -> Self {
        Self(Filter { status: PatientStatus::Called, today: ReportedToday::NotYet, ..Filter::default() })
    }

    /// Reads the query of an address, or the field of a form. `None` outside a round.
    pub(super) fn read(query: Option<&str>) -> Option<Self> {
        (query_value(query, "round") == "1").then(|| Self(Filter { after: None, ..Filter::read(query) }))
    }

    /// The query of an address, and the value of a form's field.
    pub(super) fn text(&self) -> String {
        let filter = self.0.query(None);
        format!("round=1{}{}", if filter.is_empty() { "" } else { "&" }, filter.trim_start_matches('?'))
    }

    /// The people of the list. `None` if what was searched for is forgotten: without it, they would be everybody.
    pub(super) fn query(&self, staff: &StaffActor) -> Option<PatientQuery> {
        let text = searched(staff, &self.0);
        (self.0.search.is_none() || text.is_some()).then(|| query_of(&self.0, text.as_deref()))
    }

    /// What tells its list from others.
    pub(super) fn name(&self) -> Message {
        if *self == Self::unanswered() { message!("round-unanswered") } else { message!("round-own-list") }
    }
}

#[derive(Template)]
#[template(path = "console/round/start.html", config = "src/web/askama.toml")]
struct Start {
    l: Layout,
    centre: String,
    now: Message,
    zone: Message,
    simulated: bool,
    /// What was just done.
    told: Option<Told>,
    /// Whether nobody is left to call now.
    is_over: bool,
    /// Whether what was searched for is forgotten, so that the list must be chosen again.
    is_forgotten: bool,
    progress: Progress,
    /// The list of another filter.
    own: Option<OwnList>,
    unanswered: String,
    /// Other lists to go through.
    saved: Vec<SavedLink>,
}

/// How far staff are, in words.
pub(super) struct Progress {
    pub(super) done: u64,
    pub(super) not_reached: u64,
    pub(super) left: Message,
    promised: Vec<PromiseLine>,
}

struct PromiseLine {
    at: String,
    author: String,
    path: String,
}

struct OwnList {
    round: String,
    chips: Vec<Chip>,
}

impl Progress {
    /// Of a round.
    pub(super) async fn read(staff: &StaffActor, round: &Round) -> Result<Self, ServiceError> {
        let query = round.query(staff);
        let progress = round_progress(staff.context(), staff.actor(), &query.clone().unwrap_or_default()).await?;
        let centre = staff.centre().await?;
        let now = staff.context().clock.now().to_zoned_datetime(staff.zone(centre.as_ref()));
        let RoundProgress { done, not_reached, promised, left } = progress;
        let line = |promise: crate::service::Promise| PromiseLine {
            at: times::clock_time(promise.at, &now),
            author: promise.author,
            path: staff.visit.path(&format!("/patients/{}/report", promise.patient)),
        };
        let left = match left {
            _ if query.is_none() => message!("answers-list-forgotten"),
            Counted::All(count) => message!("round-left", count = count),
            Counted::MoreThan(count) => message!("round-left-more", count = count),
        };
        Ok(Self { done, not_reached, left, promised: promised.into_iter().map(line).collect() })
    }

    /// How many are waiting for the time that was agreed.
    pub(super) fn waiting(&self) -> usize {
        self.promised.len()
    }
}

async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = show(&staff, query.as_deref()).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, query: Option<&str>) -> Result<Response, ServiceError> {
    let filter = Filter { after: None, ..Filter::read(query) };
    let chosen = Round(filter.clone());
    let is_own = filter != Filter::default() && chosen != Round::unanswered();
    let round = if is_own { chosen } else { Round::unanswered() };
    let is_forgotten = round.query(staff).is_none();
    let round = if is_forgotten { Round::unanswered() } else { round };
    let is_own = is_own && !is_forgotten;
    let progress = Progress::read(staff, &round).await?;
    let centre = staff.centre().await?;
    let zone = staff.zone(centre.as_ref());
    let now = staff.context().clock.now().to_zoned_datetime(zone.clone());
    let chips = || round.0.chips(searched(staff, &round.0).as_deref());
    let page = Start {
        l: staff.visit.layout(),
        centre: centre.map(|centre| centre.name).unwrap_or_default(),
        now: times::moment(&now, true),
        zone: times::zone_name(&zone),
        simulated: staff.context().database.data_origin().await?.is_simulated(),
        told: Told::from_code(&query_value(query, "told")),
        is_over: query_value(query, "over") == "1",
        is_forgotten,
        progress,
        own: is_own.then(|| OwnList { round: round.text(), chips: chips() }),
        unanswered: Round::unanswered().text(),
        saved: SavedLink::all(staff, &filter).await?,
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_survives_the_address() {
        for text in ["round=1", "round=1&status=called&today=missing", "round=1&search=0123abcd&severity=red"] {
            assert_eq!(Round::read(Some(text)).map(|round| round.text()).as_deref(), Some(text));
        }
        assert_eq!(Round::read(Some("status=called")), None);
        assert_eq!(Round::read(Some("round=1&status=called&today=missing")), Some(Round::unanswered()));
    }
}
