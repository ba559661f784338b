//! Ends a log-in.

use axum::response::Response;

use super::cookies::Cookie;
use super::form::Submitted;
use crate::service::{SessionState, log_out};

pub(super) async fn submit(form: Submitted) -> Response {
    let visit = &form.visit;
    if let SessionState::LoggedIn(logged_in) = &visit.session
        && let Err(error) = log_out(&visit.console.context, logged_in).await
    {
        return visit.answer(Err(error));
    }
    visit.with_cookie(visit.redirect("/log-in?out=1"), Cookie::Session, "")
}
