//! Logging out.

use axum::response::Response;

use super::cookies::Cookie;
use super::form::Submitted;
use crate::service::log_out_of_portal;

pub(super) async fn submit(Submitted { visit, .. }: Submitted) -> Response {
    if let Some(logged_in) = &visit.logged_in
        && let Err(error) = log_out_of_portal(visit.context(), logged_in).await
    {
        return visit.answer(Err(error));
    }
    visit.with_cookie(visit.redirect("/log-in?out=1"), Cookie::Session, "")
}
