//! All calls of a person, page by page.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::person::{CallLine, id_of, name_of};
use crate::domain::PatientId;
use crate::service::{Noted, Rest, ServiceError, calls_of_patient};
use crate::translations::Message;
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

/// Rows of a page.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "console/patient_calls.html", config = "src/web/askama.toml")]
struct Calls {
    l: Layout,
    centre: String,
    zone: Message,
    not_noted: bool,
    name: String,
    person: String,
    calls: Vec<CallLine>,
    /// The query of the next page.
    next: Option<String>,
}

pub(super) async fn handler(staff: StaffActor, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async { show(&staff, id_of(&id)?, query.as_deref()).await };
    let shown = shown.await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, id: PatientId, query: Option<&str>) -> Result<Response, ServiceError> {
    let after = query_value(query, "after").parse().ok();
    let viewed = calls_of_patient(staff.context(), staff.actor(), id, after, ROWS).await?;
    let not_noted = matches!(viewed.noted, Noted::No(_));
    let (patient, page) = viewed.found;
    let centre = staff.centre().await?;
    let now = staff.context().clock.now().to_zoned_datetime(staff.zone(centre.as_ref()));
    let person = staff.visit.path(&format!("/patients/{id}"));
    let last = page.items.last().filter(|_| page.rest == Rest::More);
    let page = Calls {
        l: staff.visit.layout(),
        centre: centre.map(|centre| centre.name).unwrap_or_default(),
        zone: times::zone_name(now.time_zone()),
        not_noted,
        name: name_of(&patient),
        next: last.map(|call| format!("{person}/calls?after={}", call.call.id)),
        calls: page.items.iter().map(|call| CallLine::of(call, &person, &now)).collect(),
        person,
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
