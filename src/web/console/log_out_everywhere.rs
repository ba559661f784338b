//! Ends all log-ins of an account.

use axum::response::Response;

use super::cookies::Cookie;
use super::form::Submitted;
use crate::service::{SessionState, log_out_everywhere};

pub(super) async fn submit(form: Submitted) -> Response {
    let visit = &form.visit;
    let SessionState::LoggedIn(logged_in) = &visit.session else { return visit.redirect("/log-in") };
    if let Err(error) = log_out_everywhere(&visit.console.context, logged_in).await {
        return visit.answer(Err(error));
    }
    visit.with_cookie(visit.redirect("/log-in?out=1"), Cookie::Session, "")
}
