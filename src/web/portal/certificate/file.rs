//! The certificate as a file (PDF/UA), or as a page to print.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use tracing::error;

use super::page::{PAGE, shown_person, without_file};
use crate::render::RenderError;
use crate::service::{ServiceError, show_portal_certificate};
use crate::translations::Message;
use crate::web::pages::certificate::{Sheet, file_answer, notes};
use crate::web::portal::layout::Layout;
use crate::web::portal::member::PortalActor;
use crate::web::portal::missing;

#[derive(Template)]
#[template(path = "portal/certificate_print.html", config = "src/web/askama.toml")]
struct PrintPage {
    l: Layout,
    sheet: Sheet,
    notes: [Message; 3],
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pdf,
    Print,
}

pub(in crate::web::portal) async fn handler(actor: PortalActor, Path(kind): Path<String>) -> Response {
    let kind = match kind.as_str() {
        "pdf" => Kind::Pdf,
        "print" => Kind::Print,
        _ => return missing::page(&actor.visit),
    };
    let made = make(&actor, kind).await;
    actor.visit.answer(made)
}

async fn make(actor: &PortalActor, kind: Kind) -> Result<Response, ServiceError> {
    let Some(patient) = shown_person(actor) else { return Ok(actor.visit.redirect("/people/add")) };
    let offer = show_portal_certificate(actor.context(), &actor.logged_in, patient).await?.found;
    let Ok(view) = &offer.certificate else { return Ok(actor.visit.redirect(PAGE)) };
    let certificates = &actor.visit.portal.settings.certificates;
    if kind == Kind::Print {
        let sheet = certificates.sheet(view, &offer.zone);
        let page = PrintPage { l: actor.visit.layout(), sheet, notes: notes(&offer.centre_name) };
        return Ok(actor.visit.page(StatusCode::OK, &page));
    }
    Ok(match certificates.file(view, &offer.zone) {
        Ok(file) => file_answer(file),
        Err(fault) => {
            if let RenderError::NotAccessible(why) = &fault {
                error!(%patient, why, "could not make the file of a certificate");
            }
            without_file(actor, patient, &offer, &fault)
        }
    })
}
