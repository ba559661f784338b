//! Calls of unknown outcome: nobody knows whether the carrier placed them, and staff can say what they found out.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{AttemptState, CallId};
use crate::service::{AccountError, AttemptQuery, AttemptStage, Details, Noted, Rest, ServiceError, list_attempts};
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::staff::StaffActor;
use crate::web::console::times;

/// The maximum number of calls on the page. There are more only when something is badly wrong.
const MOST: u32 = 100;

#[derive(Template)]
#[template(path = "console/calls/unknown.html", config = "src/web/askama.toml")]
struct Unknown {
    l: Layout,
    f: Frame,
    not_noted: bool,
    calls: Vec<Line>,
    has_more: bool,
}

struct Line {
    call: CallId,
    since: String,
    slot: String,
    number: String,
    dial: String,
    next_look: Option<String>,
}

pub(in crate::web::console) async fn handler(staff: StaffActor) -> Response {
    let shown = show(&staff).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor) -> Result<Response, ServiceError> {
    let Here { centre, now, frame } = Here::of(staff).await?;
    centre.ok_or(AccountError::NotFound)?;
    let stage = AttemptStage::State(AttemptState::Unknown);
    let query = AttemptQuery { stage, since: None, after: None, limit: MOST };
    let listed = list_attempts(staff.context(), staff.actor(), &query, Details::Revealed).await?;
    let line = |(attempt, slot): &(crate::service::AttemptSummary, crate::service::ShownSlot)| Line {
        call: attempt.call,
        since: times::clock_time(attempt.moved_at, &now),
        slot: format!("{} {}", slot.date, slot.time),
        number: attempt.phone_number.national(),
        dial: attempt.phone_number.expose().to_owned(),
        next_look: attempt.lookups.next_at.map(|at| times::clock_time(at, &now)),
    };
    let page = Unknown {
        l: staff.visit.layout(),
        f: frame,
        not_noted: matches!(listed.noted, Noted::No(_)),
        has_more: listed.found.rest == Rest::More,
        calls: listed.found.items.iter().map(line).collect(),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
