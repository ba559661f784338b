//! Who sent a form about the work. What was typed while a log-in ended is kept until the next one.

use axum::response::Response;

use super::form::{Fields, Submitted};
use super::staff::StaffActor;
use crate::service::{ServiceError, SessionState, draft, drop_draft, save_draft};

/// Who sent a form to a page, and its fields. Others are led to the log-in, and from there back to the page.
///
/// # Errors
/// The answer that leads to the log-in.
pub(super) async fn sender(form: Submitted, page: &str) -> Result<(StaffActor, Fields), Response> {
    let Submitted { visit, fields } = form;
    match &visit.session {
        SessionState::LoggedIn(logged_in) => {
            let logged_in = (**logged_in).clone();
            Ok((StaffActor { visit, logged_in }, fields))
        }
        SessionState::TimedOut(account) => {
            let kept = save_draft(&visit.console.context, *account, page, &fields.without_token()).await;
            let next = visit.path(page);
            Err(visit.answer(kept.map(|()| visit.redirect(&format!("/log-in?kept=1&next={next}")))))
        }
        SessionState::PasswordGiven(..) | SessionState::None => Err(visit.log_in_first()),
    }
}

/// What was typed into the form of a page before the last log-in. It is given once.
pub(super) async fn kept(staff: &StaffActor, page: &str) -> Result<Option<Fields>, ServiceError> {
    let kept = draft(staff.context(), &staff.logged_in, page).await?;
    if kept.is_some() {
        drop_draft(staff.context(), &staff.logged_in, page).await?;
    }
    Ok(kept.map(Fields))
}
