//! A call as it was spoken.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::spoken::{Content, Spoken};
use crate::domain::CallId;
use crate::service::{CallError, Details, Noted, ServiceError, show_call};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::staff::StaffActor;

#[derive(Template)]
#[template(path = "console/calls/call.html", config = "src/web/askama.toml")]
struct Call {
    l: Layout,
    f: Frame,
    not_noted: bool,
    spoken: Spoken,
}

pub(in crate::web::console) async fn handler(staff: StaffActor, Path(call): Path<String>) -> Response {
    let shown = show(&staff, &call).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, call: &str) -> Result<Response, ServiceError> {
    let id: CallId = call.parse().map_err(|_| CallError::NotFound)?;
    let shown = show_call(staff.context(), staff.actor(), id, Details::Revealed).await?;
    let Here { now, frame, .. } = Here::of(staff).await?;
    let page = Call {
        l: staff.visit.layout(),
        f: frame,
        not_noted: matches!(shown.noted, Noted::No(_)),
        spoken: Spoken::of(&shown.found, now.time_zone()),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
