//! Who sent a form about the work. What was typed while a log-in ended is kept until it is sent, or discarded.

use axum::http::StatusCode;
use axum::response::Response;
use tracing::warn;

use super::form::{Fields, Submitted};
use super::missing;
use super::staff::StaffActor;
use crate::service::{ServiceError, SessionState, draft, drop_draft, save_draft};

/// The step of a form that only shows what it would do.
const PREVIEW: &str = "preview";

/// Marks a page as the answer to a form that was taken. Other pages show the form again: with its mistakes, or with
/// what it would do.
#[derive(Debug, Clone, Copy)]
struct Taken;

/// A page that says what was done with a form, so that its draft goes.
pub(super) fn taken(mut answer: Response) -> Response {
    answer.extensions_mut().insert(Taken);
    answer
}

/// Takes a form that was sent from a page, if its sender is logged in. Others are led to the log-in, and from there
/// back to the page, which has what was typed.
pub(super) async fn sent<T>(form: Submitted, page: &str, take: T) -> Response
where
    T: AsyncFnOnce(&StaffActor, Fields) -> Result<Response, ServiceError>,
{
    match sender(form, page).await {
        Ok((staff, fields)) => {
            let taken = take(&staff, fields).await;
            staff.sent(taken).await
        }
        Err(answer) => answer,
    }
}

/// Who sent a form to a page, and its fields. Others are led to the log-in, and from there back to the page.
///
/// # Errors
/// The answer that leads to the log-in.
pub(super) async fn sender(form: Submitted, page: &str) -> Result<(StaffActor, Fields), Response> {
    let Submitted { mut visit, fields } = form;
    match &visit.session {
        SessionState::LoggedIn(logged_in) => {
            let logged_in = (**logged_in).clone();
            visit.draft = Some(visit.form_path()).filter(|_| fields.get("step") != PREVIEW);
            Ok((StaffActor { visit, logged_in }, fields))
        }
        SessionState::TimedOut(account) => {
            let kept = fields.without_token();
            let kept = save_draft(&visit.console.context, *account, &visit.form_path(), &kept).await;
            let next = visit.path(page);
            Err(visit.answer(kept.map(|()| visit.redirect(&format!("/log-in?kept=1&next={next}")))))
        }
        SessionState::PasswordGiven(..) | SessionState::None => Err(visit.log_in_first()),
    }
}

/// What was typed into a form, by the path to which it is sent, before the last log-in. It stays until it is sent.
pub(super) async fn kept(staff: &StaffActor, form: &str) -> Result<Option<Fields>, ServiceError> {
    Ok(draft(staff.context(), &staff.logged_in, form).await?.map(Fields))
}

impl StaffActor {
    /// The answer to a form. If the form was taken, what was kept of it before the last log-in goes.
    pub(super) async fn sent(&self, taken: Result<Response, ServiceError>) -> Response {
        let is_taken = taken.as_ref().is_ok_and(|answer| {
            answer.status() == StatusCode::SEE_OTHER || answer.extensions().get::<Taken>().is_some()
        });
        if let Some(form) = self.visit.draft.as_ref().filter(|_| is_taken)
            && let Err(error) = self.forget(form).await
        {
            // The form was taken all the same.
            warn!(%error, "could not delete a draft");
        }
        self.visit.answer(taken)
    }

    /// Discards what was kept of a form.
    pub(super) async fn forget(&self, form: &str) -> Result<(), ServiceError> {
        if draft(self.context(), &self.logged_in, form).await?.is_some() {
            drop_draft(self.context(), &self.logged_in, form).await?;
        }
        Ok(())
    }
}

/// Discards a draft at its reader's wish.
pub(super) async fn discard(form: Submitted) -> Response {
    let (staff, fields) = match StaffActor::of(form, "/account") {
        Ok(sent) => sent,
        Err(answer) => return *answer,
    };
    let Some(back) = staff.visit.console.site.page(fields.get("back")).map(str::to_owned) else {
        return missing::page(&staff.visit);
    };
    let forgotten = async {
        // A page may have several forms.
        for (_, form) in fields.0.iter().filter(|(name, _)| name == "form") {
            staff.forget(form).await?;
        }
        Ok(staff.visit.redirect(&back))
    };
    staff.visit.answer(forgotten.await)
}
