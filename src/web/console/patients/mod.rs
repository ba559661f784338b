//! Patients: the list with search and filters, and the pages about one person.

mod bulk;
mod call;
mod call_now;
mod calling;
mod calls;
mod certificate;
mod certificate_file;
mod change;
mod columns;
mod conflict;
mod correct;
mod days;
mod diagnosis;
mod disclosure;
mod done;
mod effect;
mod export;
mod faults;
mod fields;
mod filter;
mod imports;
mod note;
pub(super) mod notices;
mod person;
mod portal_lines;
mod questions;
pub(super) mod recent;
mod register;
mod report;
mod report_link;
mod retention;
mod rows;
mod saved;
mod searches;
mod survey_lines;
mod thresholds;
mod typed;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use self::bulk::{Asked, kept_bulk};
pub(super) use self::diagnosis::{basis_name, reason_name};
pub(super) use self::faults::{mistakes_at, times_sentence};
pub(super) use self::filter::{Chip, Filter};
pub use self::imports::finding_words;
use self::imports::grouped;
pub(super) use self::imports::upload_routes;
pub(super) use self::person::shown_times;
use self::rows::PersonRow;
pub(super) use self::saved::SavedLink;
pub(super) use self::searches::Searches;
pub(super) use self::typed::shown_or_typed;
pub(super) use self::words::withdrawal_name;
pub(super) use self::words::{born, column_name, oximeter_name, status_name};
use super::Console;
use super::form::{Mistakes, Submitted};
use super::layout::{First, Layout};
use super::log_in::in_query;
use super::missing;
use super::staff::StaffActor;
use super::times;
use super::visit::Visit;
use crate::domain::{Language, ListColumn, ListColumns, PatientId, Severity, StaffAccountId};
use crate::service::{
    Details, Noted, PatientKey, PatientQuery, PatientStatus, PatientTerms, ReportedToday, Rest, ServiceError,
    SessionState, chosen_columns, count_patients, list_patients,
};
use crate::translations::{Message, message};

/// Rows of a page.
const ROWS: u32 = 50;
/// As many are counted. Beyond it the list only says that there are more.
const MOST_COUNTED: u32 = 1_000;
/// The saved filters above the list. The rest has its own page.
const MOST_SAVED: usize = 12;
/// The severities by which the list is filtered.
const SEVERITIES: [Severity; 3] = [Severity::Red, Severity::Amber, Severity::Note];

/// The pages about patients.
pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/patients", get(handler).post(submit))
        .route("/patients/new", get(register::handler).post(register::submit))
        .route("/patients/retention", get(retention::handler).post(retention::submit))
        .route("/patients/export/{format}", get(export::handler))
        .route("/patients/columns", get(columns::handler).post(columns::submit))
        .merge(saved::routes())
        .merge(bulk::routes())
        .merge(imports::routes())
        .route("/patients/{patient}", get(person::handler))
        .route("/patients/{patient}/change", get(change::handler).post(change::submit))
        .route("/patients/{patient}/report", get(report::handler).post(report::submit))
        .route("/patients/{patient}/certificate", get(certificate::handler).post(certificate::submit))
        .route("/patients/{patient}/certificate/{kind}", get(certificate_file::handler).post(certificate::decide))
        .route("/patients/{patient}/report-link", post(report_link::submit))
        .route("/patients/{patient}/invitation", post(notices::submit))
        .route("/patients/{patient}/notices", post(notices::go_on))
        .route("/patients/{patient}/diagnosis", get(diagnosis::handler).post(diagnosis::submit))
        .route("/patients/{patient}/reports/{report}/correct", get(correct::handler).post(correct::submit))
        .route("/patients/{patient}/notes", post(note::submit))
        .route("/patients/{patient}/disclosure", get(disclosure::handler).post(disclosure::submit))
        .route("/patients/{patient}/call-now", get(call_now::handler).post(call_now::submit))
        .route("/patients/{patient}/{decision}", get(calling::handler).post(calling::submit))
        .route("/patients/{patient}/calls", get(calls::handler))
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
    /// How many match.
    hits: Message,
    /// The query of all who match.
    exported: String,
    /// A change of many that was asked for.
    bulk: Asked,
    mistakes: Mistakes,
    /// The query of the next page.
    next: Option<String>,
    /// The query of a round over the list.
    round: String,
    /// The first of the saved filters.
    saved: Vec<SavedLink>,
    /// The columns that the reader has chosen.
    columns: ListColumns,
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

    fn is_bulk_kind(&self, kind: &str) -> bool {
        self.bulk.kind == kind
    }

    fn is_bulk_language(&self, language: &Language) -> bool {
        self.bulk.language == language.tag()
    }

    /// Whether a column is shown, by its code.
    fn shows(&self, code: &str) -> bool {
        ListColumn::from_code(code).is_some_and(|column| self.columns.has(column))
    }

    /// Whether the filter can be saved: the usual list needs no name.
    fn is_filtered(&self) -> bool {
        Filter::of(self.filter.conditions()) != Filter::default()
    }

    fn is_missing(&self) -> bool {
        self.filter.today == ReportedToday::NotYet
    }
}

async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let filter = Filter::read(query.as_deref());
    let shown = async {
        match kept_bulk(&staff).await? {
            // The log-in leads to the list, and from there to the one for which it was typed.
            Some((of, _)) if of != filter && query.is_none() => {
                Ok(staff.visit.redirect(&format!("/patients{}", of.query(None))))
            }
            Some((of, asked)) if of == filter => show(&staff, &filter, asked, Mistakes::default()).await,
            Some(_) | None => show(&staff, &filter, Asked::default(), Mistakes::default()).await,
        }
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

/// A search: kept, and led to by its id.
async fn submit(form: Submitted) -> Response {
    if let SessionState::TimedOut(account) = form.visit.session {
        return search_after_log_in(&form, account);
    }
    match StaffActor::of(form, "/patients") {
        Ok((staff, fields)) => {
            if First::of(staff.logged_in.account.role) != First::Today {
                return missing::page(&staff.visit);
            }
            let text = fields.get("text").trim().to_owned();
            if text.is_empty() {
                return staff.visit.redirect("/patients");
            }
            let filter = search_for(&staff.visit, staff.logged_in.account.id, &text);
            staff.visit.redirect(&format!("/patients{}", filter.query(None)))
        }
        Err(answer) => *answer,
    }
}

/// Keeps a search. Somebody who searches for a person doesn't know the person's state.
fn search_for(visit: &Visit, account: StaffAccountId, text: &str) -> Filter {
    let kept = visit.console.searches.keep(account, text);
    Filter { search: kept, status: PatientStatus::All, ..Filter::default() }
}

/// Leads to the log-in, and from there to what was searched for. Only its account can read the search.
fn search_after_log_in(form: &Submitted, account: StaffAccountId) -> Response {
    let (visit, text) = (&form.visit, form.fields.get("text").trim());
    if text.is_empty() {
        return visit.log_in_first();
    }
    let found = format!("/patients{}", search_for(visit, account, text).query(None));
    visit.redirect(&format!("/log-in?next={}", in_query(&visit.path(&found))))
}

/// What the reader searched for.
pub(super) fn searched(staff: &StaffActor, filter: &Filter) -> Option<String> {
    let searches = &staff.visit.console.searches;
    filter.search.as_ref().and_then(|id| searches.get(staff.logged_in.account.id, id))
}

/// The people of a filter.
pub(super) fn query_of(filter: &Filter, text: Option<&str>) -> PatientQuery {
    PatientQuery {
        terms: text.and_then(PatientTerms::read),
        status: filter.status,
        language: filter.language,
        severity: filter.severity,
        today: filter.today,
        upload: filter.upload,
        after: filter.after.map(PatientKey::Record),
        limit: ROWS,
        ..PatientQuery::default()
    }
}

/// How many match, in words.
fn hits_words(count: u64) -> Message {
    match count >= u64::from(MOST_COUNTED) {
        true => message!("plain-hits-more", count = grouped(count)),
        false => message!("plain-hits", count = grouped(count)),
    }
}

async fn show(staff: &StaffActor, filter: &Filter, asked: Asked, mistakes: Mistakes) -> Result<Response, ServiceError> {
    let text = searched(staff, filter);
    let query = query_of(filter, text.as_deref());
    let page = list_patients(staff.context(), staff.actor(), &query, Details::Revealed).await?;
    let hits = match page.found.rest {
        // All of them are on this page: nothing is searched for twice.
        Rest::None if query.after.is_none() => page.found.items.len() as u64,
        _ => count_patients(staff.context(), staff.actor(), &query, MOST_COUNTED).await?,
    };
    let not_noted = matches!(page.noted, Noted::No(_));
    let columns = chosen_columns(staff.context(), staff.actor()).await?;
    let mut saved = SavedLink::all(staff, filter).await?;
    saved.truncate(MOST_SAVED);
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
        hits: hits_words(hits),
        exported: filter.query(None),
        bulk: asked,
        mistakes,
        next: last.map(|last| filter.query(Some(last))),
        round: filter.query(None),
        saved,
        columns,
        filter: filter.clone(),
    };
    let status = if page.mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(staff.visit.page(status, &page))
}
