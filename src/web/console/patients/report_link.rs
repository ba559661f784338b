//! Sends a person a link to today's form.

use axum::extract::Path;
use axum::response::Response;

use super::done::Done;
use super::person::{id_of, page_of};
use crate::domain::{PatientId, ReportLinkId};
use crate::service::{LinkAsked, ServiceError, send_report_link};
use crate::web::console::form::{Fields, Submitted};
use crate::web::console::missing;
use crate::web::console::sender::sent;
use crate::web::console::staff::StaffActor;

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| ask(staff, id, fields).await).await
}

async fn ask(staff: &StaffActor, id: PatientId, fields: Fields) -> Result<Response, ServiceError> {
    // Without an id, a form can't be told from its double: nothing is sent.
    let Ok(link) = fields.get("link").parse::<ReportLinkId>() else { return Ok(missing::page(&staff.visit)) };
    let done = match send_report_link(staff.context(), staff.actor(), id, link).await? {
        LinkAsked::Now => Done::LinkSent,
        LinkAsked::Before => Done::LinkSentBefore,
        LinkAsked::NotSent(why) => Done::LinkNotSent(why),
    };
    Ok(staff.visit.redirect(&format!("{}?done={}", page_of(id), done.code())))
}
