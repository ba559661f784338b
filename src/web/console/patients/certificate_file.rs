//! A person's certificate as a file (PDF/UA), or as a page to print.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use tracing::error;

use super::certificate::{page_of, without_file};
use super::person::id_of;
use crate::domain::PatientId;
use crate::render::RenderError;
use crate::service::{ServiceError, show_certificate};
use crate::translations::Message;
use crate::web::console::layout::Layout;
use crate::web::console::missing;
use crate::web::console::staff::StaffActor;
use crate::web::pages::certificate::{Sheet, file_answer, notes};

#[derive(Template)]
#[template(path = "console/patient_certificate_print.html", config = "src/web/askama.toml")]
struct PrintPage {
    l: Layout,
    page: String,
    sheet: Sheet,
    notes: [Message; 3],
}

pub(super) async fn handler(staff: StaffActor, Path((id, kind)): Path<(String, String)>) -> Response {
    let shown = async {
        let id = id_of(&id)?;
        match kind.as_str() {
            "pdf" => file(&staff, id).await,
            "print" => print(&staff, id).await,
            _ => Ok(missing::page(&staff.visit)),
        }
    };
    let shown = shown.await;
    staff.visit.answer(shown)
}

async fn file(staff: &StaffActor, id: PatientId) -> Result<Response, ServiceError> {
    let offer = show_certificate(staff.context(), staff.actor(), id).await?.found;
    let Ok(view) = &offer.certificate else { return Ok(staff.visit.redirect(&page_of(id))) };
    Ok(match staff.visit.console.settings.certificates.file(view, &offer.zone) {
        Ok(file) => file_answer(file),
        Err(fault) => {
            if let RenderError::NotAccessible(why) = &fault {
                error!(patient = %id, why, "could not make the file of a certificate");
            }
            without_file(staff, id, &offer, &fault)
        }
    })
}

async fn print(staff: &StaffActor, id: PatientId) -> Result<Response, ServiceError> {
    let offer = show_certificate(staff.context(), staff.actor(), id).await?.found;
    let Ok(view) = &offer.certificate else { return Ok(staff.visit.redirect(&page_of(id))) };
    let page = PrintPage {
        l: staff.visit.layout(),
        page: staff.visit.path(&page_of(id)),
        sheet: staff.visit.console.settings.certificates.sheet(view, &offer.zone),
        notes: notes(&offer.centre_name),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
