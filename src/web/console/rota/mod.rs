//! Who is on duty at the reader's health centre: the week, its gaps, and how the calls to staff stand.

mod change;
pub(super) mod duty;
mod typed;
mod week;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use self::duty::Duty;
use self::week::{Gap, Person, Week};
use super::Console;
use super::here::{Frame, Here};
use super::layout::Layout;
use super::log_in::query_value;
use super::staff::StaffActor;
use crate::domain::Role;
use crate::service::{AccountError, EmailRule, ServiceError, show_escalation, show_rota};
use crate::translations::{Message, message};

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
}

/// The routes of these pages.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new().route("/rota", get(handler)).route("/rota/change", get(change::handler).post(change::submit))
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
        week: Week::of(&view.rota, &now),
        gaps: Gap::of_week(&view.rota, &now),
        people: parts.contacts.iter().map(Person::of).collect(),
        rules,
        may_change: may_change(staff),
        email: staff.visit.console.settings.email,
        saved: !query_value(query, "saved").is_empty(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

impl RotaPage {
    fn has_unused_addresses(&self) -> bool {
        self.email == EmailRule::NoServer && self.people.iter().any(|person| !person.email.is_empty())
    }
}

/// Whether the pages offer the form to a reader. The services decide.
fn may_change(staff: &StaffActor) -> bool {
    staff.logged_in.account.role == Some(Role::CentreAdministrator)
}
