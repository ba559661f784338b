//! Makes a change that was previewed, or undoes one.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use super::{PAGE, id_of};
use crate::domain::BulkState;
use crate::service::{ServiceError, SessionState, show_bulk, start_bulk, undo_bulk, work_on_bulk};
use crate::web::console::form::Submitted;
use crate::web::console::staff::StaffActor;

/// How long an answer waits for work that is usually done at once, so that the next page shows its result.
const SHORT_WORK: std::time::Duration = std::time::Duration::from_millis(1_500);

pub(super) async fn apply(Path(bulk): Path<String>, form: Submitted) -> Response {
    decide(&bulk, form, BulkState::Applying).await
}

pub(super) async fn undo(Path(bulk): Path<String>, form: Submitted) -> Response {
    decide(&bulk, form, BulkState::Undoing).await
}

async fn decide(bulk: &str, form: Submitted, wanted: BulkState) -> Response {
    let Submitted { visit, .. } = form;
    // Nothing was typed, so there is nothing to keep.
    let SessionState::LoggedIn(logged_in) = &visit.session else { return visit.log_in_first() };
    let logged_in = (**logged_in).clone();
    let staff = StaffActor { visit, logged_in };
    let decided = carry_out(&staff, bulk, wanted).await;
    staff.visit.answer(decided)
}

async fn carry_out(staff: &StaffActor, bulk: &str, wanted: BulkState) -> Result<Response, ServiceError> {
    let id = id_of(bulk)?;
    let (context, actor) = (staff.context(), staff.actor());
    let before = show_bulk(context, actor, id).await?.found.bulk.state;
    let is_new = match wanted {
        BulkState::Applying => start_bulk(context, actor, id).await? == wanted && before == BulkState::Previewed,
        _ => undo_bulk(context, actor, id).await? == wanted && before == BulkState::Applied,
    };
    if is_new {
        let work = tokio::spawn(work_on_bulk(Arc::clone(&staff.visit.console.context), id));
        drop(tokio::time::timeout(SHORT_WORK, work).await);
    }
    let said = if is_new { "" } else { "?done=before" };
    Ok(staff.visit.redirect(&format!("{PAGE}/{id}{said}")))
}
