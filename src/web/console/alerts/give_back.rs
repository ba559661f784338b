//! Gives a line back.

use axum::extract::Path;
use axum::response::Response;

use super::super::form::Submitted;
use super::super::missing;
use super::super::staff::StaffActor;
use super::{Told, id_of, page_of, page_with};
use crate::domain::AlertId;
use crate::service::{GivenBack, ServiceError, give_back_line};

pub(super) async fn submit(Path(alert): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&alert) else { return missing::page(&form.visit) };
    let (staff, _) = match StaffActor::of(form, &page_of(id)) {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    let given = give_back(&staff, id).await;
    staff.visit.answer(given)
}

async fn give_back(staff: &StaffActor, id: AlertId) -> Result<Response, ServiceError> {
    let told = match give_back_line(staff.context(), staff.actor(), id).await? {
        GivenBack::Now => Told::GivenBack,
        GivenBack::Before => Told::NotHeld,
        GivenBack::ByOther(_) => Told::Held,
    };
    Ok(staff.visit.redirect(&page_with(id, told)))
}
