//! A form about a patient that was sent: by somebody who is logged in, or kept until they are again.

use axum::response::Response;

use crate::service::ServiceError;
use crate::service::{SessionState, draft, drop_draft, save_draft};
use crate::web::console::form::{Fields, Submitted};
use crate::web::console::staff::StaffActor;

/// Who sent a form, and what. If the log-in has ended, what was typed is kept under the page's path, and the answer
/// leads to the log-in and back.
pub(super) async fn by_staff(form: Submitted, page: &str) -> Result<(StaffActor, Fields), Response> {
    let Submitted { visit, fields } = form;
    match &visit.session {
        SessionState::LoggedIn(logged_in) => {
            let logged_in = (**logged_in).clone();
            Ok((StaffActor { visit, logged_in }, fields))
        }
        SessionState::TimedOut(account) => {
            let kept = save_draft(&visit.console.context, *account, page, &fields.without_token()).await;
            Err(visit.answer(kept.map(|()| {
                let next = visit.path(page);
                visit.redirect(&format!("/log-in?kept=1&next={next}"))
            })))
        }
        SessionState::PasswordGiven(..) | SessionState::None => Err(visit.log_in_first()),
    }
}

/// What was kept of a form, once.
pub(super) async fn kept(staff: &StaffActor, page: &str) -> Result<Option<Fields>, ServiceError> {
    let kept = draft(staff.context(), &staff.logged_in, page).await?;
    if kept.is_some() {
        drop_draft(staff.context(), &staff.logged_in, page).await?;
    }
    Ok(kept.map(Fields))
}
