//! The pages for what isn't there, what isn't allowed and what doesn't work at the moment.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::layout::Layout;
use super::visit::Visit;
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "portal/problem.html", config = "src/web/askama.toml")]
struct Problem {
    l: Layout,
    heading: Message,
    sentence: Message,
}

fn problem(visit: &Visit, status: StatusCode, heading: Message, sentence: Message) -> Response {
    visit.page(status, &Problem { l: visit.layout(), heading, sentence })
}

/// What doesn't exist, or isn't the reader's.
pub(super) fn page(visit: &Visit) -> Response {
    problem(visit, StatusCode::NOT_FOUND, message!("portal-not-found"), message!("portal-not-found-says"))
}

/// A form of another browser, or of one that keeps no cookies.
pub(super) fn forbidden(visit: &Visit) -> Response {
    problem(visit, StatusCode::FORBIDDEN, message!("portal-forbidden"), message!("portal-forbidden-says"))
}

/// The database fails.
pub(super) fn unavailable(visit: &Visit) -> Response {
    let (heading, sentence) = (message!("portal-unavailable"), message!("portal-unavailable-says"));
    problem(visit, StatusCode::SERVICE_UNAVAILABLE, heading, sentence)
}

pub(super) async fn handler(visit: Visit) -> Response {
    page(&visit)
}
