//! Patients: the list with search and filters, and the pages about one person.

mod call;
mod calling;
mod change;
mod chart;
mod days;
mod done;
mod effect;
mod faults;
mod fields;
mod filter;
mod person;
mod register;
mod rows;
mod searches;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use self::filter::{Chip, Filter};
use self::rows::PersonRow;
pub(super) use self::searches::Searches;
use super::Console;
use super::form::Submitted;
use super::layout::Layout;
use super::staff::StaffActor;
use super::times;
use crate::domain::{Language, PatientId, Severity};
use crate::service::{
    Details, Noted, PatientKey, PatientQuery, PatientStatus, PatientTerms, ReportedToday, Rest, ServiceError,
    list_patients,
};
use crate::translations::Message;
use crate::web::console::sender::sender;

/// Rows of a page.
const ROWS: u32 = 50;
/// The severities by which the list is filtered.
const SEVERITIES: [Severity; 3] = [Severity::Red, Severity::Amber, Severity::Note];

/// The pages about patients.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/patients", get(handler).post(submit))
        .route("/patients/new", get(register::handler).post(register::submit))
        .route("/patients/{patient}", get(person::handler))
        .route("/patients/{patient}/change", get(change::handler).post(change::submit))
        .route("/patients/{patient}/{decision}", get(calling::handler).post(calling::submit))
        .route("/patients/{patient}/calls/{call}", get(call::handler))
}

#[derive(Template)]
#[template(path = "console/patient_list.html", config = "src/web/askama.toml")]
struct List {
    l: Layout,
    centre: String,
    now: Message,
    zone: Message,
    simulated: bool,
    not_noted: bool,
    filter: Filter,
    /// What is searched for.
    text: String,
    /// Whether what was searched for isn't known any more.
    forgotten: bool,
    chips: Vec<Chip>,
    rows: Vec<PersonRow>,
    /// The query of the next page.
    next: Option<String>,
}

impl List {
    fn status_name(&self, status: &PatientStatus) -> Message {
        words::status_name(*status)
    }

    fn statuses(&self) -> [PatientStatus; 7] {
        PatientStatus::ALL
    }

    fn languages(&self) -> [Language; 7] {
        Language::ALL
    }

    fn severities(&self) -> [Severity; 3] {
        SEVERITIES
    }

    fn is_status(&self, status: &PatientStatus) -> bool {
        self.filter.status == *status
    }

    fn is_language(&self, language: &Language) -> bool {
        self.filter.language == Some(*language)
    }

    fn is_severity(&self, severity: &Severity) -> bool {
        self.filter.severity == Some(*severity)
    }

    fn is_missing(&self) -> bool {
        self.filter.today == ReportedToday::NotYet
    }
}

async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = show(&staff, &Filter::read(query.as_deref())).await;
    staff.visit.answer(shown)
}

/// A search: kept, and led to by its id.
async fn submit(form: Submitted) -> Response {
    match sender(form, "/patients").await {
        Ok((staff, fields)) => {
            let text = fields.get("text").trim().to_owned();
            if text.is_empty() {
                return staff.visit.redirect("/patients");
            }
            let kept = staff.visit.console.searches.keep(staff.logged_in.account.id, &text);
            // Somebody who searches for a person doesn't know the person's state.
            let filter = Filter { search: kept, status: PatientStatus::All, ..Filter::default() };
            staff.visit.redirect(&format!("/patients{}", filter.query(None)))
        }
        Err(answer) => answer,
    }
}

async fn show(staff: &StaffActor, filter: &Filter) -> Result<Response, ServiceError> {
    let searches = &staff.visit.console.searches;
    let text = filter.search.as_ref().and_then(|id| searches.get(staff.logged_in.account.id, id));
    let query = PatientQuery {
        terms: text.as_deref().and_then(PatientTerms::read),
        status: filter.status,
        language: filter.language,
        severity: filter.severity,
        today: filter.today,
        after: filter.after.map(PatientKey::Record),
        limit: ROWS,
        ..PatientQuery::default()
    };
    let page = list_patients(staff.context(), staff.actor(), &query, Details::Revealed).await?;
    let not_noted = matches!(page.noted, Noted::No(_));
    let centre = staff.centre().await?;
    let zone = staff.zone(centre.as_ref());
    let now = staff.context().clock.now().to_zoned_datetime(zone.clone());
    let last: Option<PatientId> = page.found.items.last().map(|listed| listed.patient.id);
    let last = last.filter(|_| page.found.rest == Rest::More);
    let at = staff.visit.path("/patients");
    let page = List {
        l: staff.visit.layout(),
        centre: centre.map(|centre| centre.name).unwrap_or_default(),
        now: times::moment(&now, true),
        zone: times::zone_name(&zone),
        simulated: staff.context().database.data_origin().await?.is_simulated(),
        not_noted,
        forgotten: filter.search.is_some() && text.is_none(),
        chips: filter.chips(text.as_deref()),
        text: text.unwrap_or_default(),
        rows: page.found.items.iter().map(|listed| PersonRow::of(listed, &at, &now)).collect(),
        next: last.map(|last| filter.query(Some(last))),
        filter: filter.clone(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
