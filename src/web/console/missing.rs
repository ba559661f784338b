//! The pages for what isn't there, what isn't allowed and what doesn't work at the moment.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::layout::Layout;
use super::visit::Visit;
use crate::translations::{Message, message};

#[derive(Template)]
#[template(path = "console/problem.html", config = "src/web/askama.toml")]
struct Problem {
    l: Layout,
    heading: Message,
    sentence: Message,
}

/// What doesn't exist, or isn't the reader's.
pub(super) fn page(visit: &Visit) -> Response {
    let (heading, sentence) = (message!("console-not-found"), message!("console-not-found-says"));
    visit.page(StatusCode::NOT_FOUND, &Problem { l: visit.layout(), heading, sentence })
}

/// A form of another log-in, or of none.
pub(super) fn forbidden(visit: &Visit) -> Response {
    let (heading, sentence) = (message!("console-forbidden"), message!("console-forbidden-says"));
    visit.page(StatusCode::FORBIDDEN, &Problem { l: visit.layout(), heading, sentence })
}

/// An invitation that doesn't hold: unknown, used or too old.
pub(super) fn invitation_ended(visit: &Visit) -> Response {
    let (heading, sentence) = (message!("console-invitation-ended"), message!("console-invitation-ended-says"));
    visit.page(StatusCode::NOT_FOUND, &Problem { l: visit.layout(), heading, sentence })
}

/// The database fails.
pub(super) fn unavailable(visit: &Visit) -> Response {
    let (heading, sentence) = (message!("console-unavailable"), message!("console-unavailable-says"));
    visit.page(StatusCode::SERVICE_UNAVAILABLE, &Problem { l: visit.layout(), heading, sentence })
}

pub(super) async fn handler(visit: Visit) -> Response {
    page(&visit)
}
