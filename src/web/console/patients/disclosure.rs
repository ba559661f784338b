//! One person's data as a file, for the person (開示請求): what it has, and the file itself.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::person::{id_of, name_of};
use crate::domain::PatientId;
use crate::service::{PatientChange, ServiceError, SessionState, disclose_person, preview_change};
use crate::web::console::form::Submitted;
use crate::web::console::layout::Layout;
use crate::web::console::missing;
use crate::web::console::staff::StaffActor;

#[derive(Template)]
#[template(path = "console/patient_disclosure.html", config = "src/web/askama.toml")]
struct DisclosurePage {
    l: Layout,
    centre: String,
    name: String,
    person: String,
    action: String,
}

/// A file that the browser stores. Its name tells nothing about the person.
const FILE: [(HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "application/json; charset=utf-8"),
    (header::CONTENT_DISPOSITION, "attachment; filename=\"disclosure.json\""),
];

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>) -> Response {
    let shown = async { show(&staff, id_of(&id)?).await };
    let shown = shown.await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, id: PatientId) -> Result<Response, ServiceError> {
    let current = preview_change(staff.context(), staff.actor(), id, PatientChange::Values(&[])).await?.found;
    let person = staff.visit.path(&format!("/patients/{id}"));
    let page = DisclosurePage {
        l: staff.visit.layout(),
        centre: staff.centre().await?.map(|centre| centre.name).unwrap_or_default(),
        name: name_of(&current.before),
        action: format!("{person}/disclosure"),
        person,
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Submitted { visit, .. } = form;
    let Ok(id) = id_of(&id) else { return missing::page(&visit) };
    let SessionState::LoggedIn(logged_in) = &visit.session else { return visit.log_in_first() };
    let logged_in = (**logged_in).clone();
    let staff = StaffActor { visit, logged_in };
    let file = disclose_person(staff.context(), staff.actor(), id).await;
    staff.visit.answer(file.map(|disclosed| (FILE, format!("{:#}\n", disclosed.file)).into_response()))
}
