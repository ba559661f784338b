//! Today's report, by an account, or by a personal link and the birth date: the questionnaire of the phone lines as a
//! form, one question a page or all on one. To who has a link, nothing stored is shown but what the same browser has
//! filled in (H6).

mod done;
mod form;
mod kept;
mod link;
mod questions;
mod sent;
mod urgent;
mod words;

pub(super) use self::kept::link_token;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::layout::{self, Layout};
use super::visit::Visit;
use super::{Portal, missing};
use crate::service::{CentreContact, ReportingEnd};

/// The form of a browser that a link has opened. Its address has no token.
const OF_LINKS: &str = "/r";
/// The form of an account.
const OF_ACCOUNTS: &str = "/report";

/// The pages.
pub(super) fn routes() -> Router<Arc<Portal>> {
    // The same pages for accounts and for links: which it is, the path says.
    let pages = || {
        Router::new()
            .route("/", get(form::handler).post(sent::submit))
            .route("/urgent", get(urgent::handler))
            .route("/done", get(done::handler))
            .route("/again", post(done::again))
            .route("/words", post(done::words))
    };
    Router::new()
        .nest(OF_ACCOUNTS, pages())
        .nest(OF_LINKS, pages().route("/{token}", get(link::handler).post(link::submit)))
}

#[derive(Template)]
#[template(path = "portal/report/ended.html", config = "src/web/askama.toml")]
struct Ended {
    l: Layout,
}

/// What somebody learns who sends a page of another person's form.
#[derive(Template)]
#[template(path = "portal/report/other_form.html", config = "src/web/askama.toml")]
struct OtherForm {
    l: Layout,
}

/// What who has a link learns after its end: whom to phone, and the other ways to report.
fn ended(visit: &Visit, centre: &CentreContact) -> Response {
    visit.page(StatusCode::GONE, &Ended { l: with_centre(visit, centre) })
}

/// The answer to somebody who can't report.
fn end(visit: &Visit, end: &ReportingEnd) -> Response {
    match end {
        ReportingEnd::Unknown => missing::page(visit),
        ReportingEnd::Ended(centre) => ended(visit, centre),
        ReportingEnd::OtherForm => visit.page(StatusCode::CONFLICT, &OtherForm { l: visit.layout() }),
    }
}

/// The layout with the health centre beside the page.
fn with_centre(visit: &Visit, centre: &CentreContact) -> Layout {
    let mut layout = visit.layout();
    layout.centre = Some(layout::CentreContact::of(centre));
    layout
}
