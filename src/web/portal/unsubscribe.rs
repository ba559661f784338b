//! Unsubscribing from the e-mails by the token in one of them: by a mail program without a page (RFC 8058), or by a
//! person who follows the link. It is a request that notices stop.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::layout::Layout;
use super::missing;
use super::visit::Visit;
use crate::service::{SecretToken, unsubscribe};

#[derive(Template)]
#[template(path = "portal/unsubscribe.html", config = "src/web/askama.toml")]
struct Unsubscribe {
    l: Layout,
    token: String,
    is_done: bool,
}

/// Asks first: a mail scanner that follows links must not unsubscribe anyone.
pub(super) async fn handler(visit: Visit, Path(token): Path<String>) -> Response {
    if SecretToken::parse(&token).is_none() {
        return missing::page(&visit);
    }
    visit.page(StatusCode::OK, &Unsubscribe { l: visit.layout(), token, is_done: false })
}

/// The token is the permission: a mail program has no form token.
pub(super) async fn submit(visit: Visit, Path(token): Path<String>) -> Response {
    let Some(known) = SecretToken::parse(&token) else { return missing::page(&visit) };
    let taken = match unsubscribe(visit.context(), &known).await {
        Ok(true) => Ok(visit.page(StatusCode::OK, &Unsubscribe { l: visit.layout(), token, is_done: true })),
        Ok(false) => Ok(missing::page(&visit)),
        Err(error) => Err(error),
    };
    visit.answer(taken)
}
