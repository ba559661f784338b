//! Takes a line, or takes it over.

use axum::extract::Path;
use axum::response::Response;

use super::super::form::Submitted;
use super::super::missing;
use super::super::staff::StaffActor;
use super::{Told, id_of, page_of, page_with};
use crate::domain::AlertId;
use crate::service::{ServiceError, TakeFrom, Taken, take_line};

pub(super) async fn submit(Path(alert): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&alert) else { return missing::page(&form.visit) };
    let (staff, fields) = match StaffActor::of(form, &page_of(id)) {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    let taken = take(&staff, id, fields.get("from")).await;
    staff.visit.answer(taken)
}

async fn take(staff: &StaffActor, id: AlertId, from: &str) -> Result<Response, ServiceError> {
    let from = from.parse().map_or(TakeFrom::Nobody, TakeFrom::Holder);
    let page = match take_line(staff.context(), staff.actor(), id, from).await? {
        Taken::Now { from: None, .. } => page_with(id, Told::Taken),
        Taken::Now { from: Some(_), .. } => page_with(id, Told::TakenOver),
        Taken::Before(_) => page_with(id, Told::TakenBefore),
        Taken::ByOther(_) => page_with(id, Told::Held),
        // It says who closed it.
        Taken::Closed(_) => page_of(id),
    };
    Ok(staff.visit.redirect(&page))
}
