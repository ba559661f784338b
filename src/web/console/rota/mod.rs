//! Who is on duty at the reader's health centre: the week, its gaps, and how the calls to staff stand.

mod change;
pub(super) mod duty;
mod trial;
mod typed;
mod week;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::ToSpan as _;
use jiff::civil::Date;

use self::duty::Duty;
use self::week::{Gap, Person, Week};
use super::Console;
use super::here::{Frame, Here};
use super::layout::Layout;
use super::log_in::query_value;
use super::staff::StaffActor;
use crate::domain::Role;
use crate::service::{AccountError, EmailRule, ServiceError, last_trials, show_escalation, show_rota};
use crate::translations::{Message, message};

/// The weeks before and after this one that are shown.
const FARTHEST_WEEKS: i64 = 53;

#[derive(Template)]
#[template(path = "console/rota/rota.html", config = "src/web/askama.toml")]
struct RotaPage {
    l: Layout,
    f: Frame,
    duty: Duty,
    week: Week,
    gaps: Vec<Gap>,
    people: Vec<Person>,
    rules: Vec<Message>,
    may_change: bool,
    /// Whether the addresses are written to.
    email: EmailRule,
    /// Whether the reader was just told of a saved change.
    saved: bool,
    /// What the reader is told after a trial was asked for.
    tried: Option<Message>,
}

/// The routes of these pages.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/rota", get(handler))
        .route("/rota/change", get(change::handler).post(change::submit))
        .route("/rota/trial", post(trial::submit))
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = show(&staff, query.as_deref()).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, query: Option<&str>) -> Result<Response, ServiceError> {
    let Here { centre, now, frame } = Here::of(staff).await?;
    let centre = centre.ok_or(AccountError::NotFound)?.code;
    let escalation = show_escalation(staff.context(), staff.actor(), &centre).await?;
    let view = show_rota(staff.context(), staff.actor(), &centre).await?;
    let trials = last_trials(staff.context(), staff.actor(), &centre).await?;
    let parts = view.rota.parts();
    let mut rules = vec![
        message!("rota-rule-first", minutes = u64::from(parts.first.minutes())),
        message!("rota-rule-between", minutes = u64::from(parts.between.minutes())),
    ];
    if let Some(last) = view.rota.fallback() {
        rules.push(message!("rota-rule-fallback", name = last.name.as_str()));
    }
    let page = RotaPage {
        l: staff.visit.layout(),
        f: frame,
        duty: Duty::of(&escalation, &now),
        week: Week::of(&view.rota, week_day(query, now.date()), &now),
        gaps: Gap::of_week(&view.rota, &now),
        people: parts.contacts.iter().map(|one| Person::of(one, trial::last(&trials, one.id, &now))).collect(),
        rules,
        may_change: may_change(staff),
        email: staff.visit.console.settings.email,
        tried: trial::told(&query_value(query, "trial")),
        saved: !query_value(query, "saved").is_empty(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

impl RotaPage {
    fn has_unused_addresses(&self) -> bool {
        self.email == EmailRule::NoServer && self.people.iter().any(|person| !person.email.is_empty())
    }
}

/// A day of the week that is asked for. Weeks beyond a year, and what can't be read, are this one.
fn week_day(query: Option<&str>, today: Date) -> Date {
    let asked: Option<Date> = query_value(query, "week").parse().ok();
    let is_near = |day: &Date| {
        (today.saturating_sub(FARTHEST_WEEKS.weeks())..=today.saturating_add(FARTHEST_WEEKS.weeks())).contains(day)
    };
    asked.filter(is_near).unwrap_or(today)
}

/// Whether the pages offer the form to a reader. The services decide.
fn may_change(staff: &StaffActor) -> bool {
    staff.logged_in.account.role == Some(Role::CentreAdministrator)
}
