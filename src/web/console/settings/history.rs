//! The history of all settings.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::past::Past;
use super::setting::Group;
use super::{may_change, own};
use crate::service::{Rest, ServiceError, settings_history};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::log_in::query_value;
use crate::web::console::staff::StaffActor;

/// The number of changes on a page.
const ON_A_PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "console/settings/history.html", config = "src/web/askama.toml")]
struct History {
    l: Layout,
    f: Frame,
    groups: [Group; 9],
    may_change: bool,
    past: Vec<Past>,
    next: Option<Uuid>,
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = show(&staff, query.as_deref()).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, query: Option<&str>) -> Result<Response, ServiceError> {
    let Here { centre, now, frame } = Here::of(staff).await?;
    let code = own(centre)?.code;
    let after = query_value(query, "after").parse().ok();
    let listed = settings_history(staff.context(), staff.actor(), &code, after, ON_A_PAGE).await?;
    let next = listed.items.last().filter(|_| listed.rest == Rest::More).map(|entry| entry.id);
    let page = History {
        l: staff.visit.layout(),
        f: frame,
        groups: Group::ALL,
        may_change: may_change(staff),
        past: listed.items.iter().map(|entry| Past::of(entry, &now)).collect(),
        next,
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
