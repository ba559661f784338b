//! What staff decide about an uploaded list.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use super::words::finding_words;
use super::{PAGE, SHORT_WORK, id_of};
use crate::domain::UploadId;
use crate::service::{ServiceError, SessionState, Started, choose_sheet, discard_upload, start_import, work_on_upload};
use crate::web::console::form::{Fields, Submitted};
use crate::web::console::staff::StaffActor;

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Import,
    Discard,
    Sheet,
}

pub(super) async fn import(Path(upload): Path<String>, form: Submitted) -> Response {
    decide(&upload, form, Decision::Import).await
}

pub(super) async fn discard(Path(upload): Path<String>, form: Submitted) -> Response {
    decide(&upload, form, Decision::Discard).await
}

pub(super) async fn sheet(Path(upload): Path<String>, form: Submitted) -> Response {
    decide(&upload, form, Decision::Sheet).await
}

async fn decide(upload: &str, form: Submitted, decision: Decision) -> Response {
    let Submitted { visit, fields } = form;
    // Nothing was typed, so there is nothing to keep.
    let SessionState::LoggedIn(logged_in) = &visit.session else { return visit.log_in_first() };
    let logged_in = (**logged_in).clone();
    let staff = StaffActor { visit, logged_in };
    let decided = async { carry_out(&staff, id_of(upload)?, decision, &fields).await };
    let decided = decided.await;
    staff.visit.answer(decided)
}

async fn carry_out(
    staff: &StaffActor,
    id: UploadId,
    decision: Decision,
    fields: &Fields,
) -> Result<Response, ServiceError> {
    let (context, actor) = (staff.context(), staff.actor());
    let started = match decision {
        Decision::Import => start_import(context, actor, id, fields.get("plan")).await?,
        Decision::Discard => discard_upload(context, actor, id).await?,
        Decision::Sheet => choose_sheet(context, actor, id, fields.get("sheet")).await?,
    };
    if started == Started::Now && decision != Decision::Discard {
        let work = tokio::spawn(work_on_upload(Arc::clone(&staff.visit.console.context), id, finding_words));
        drop(tokio::time::timeout(SHORT_WORK, work).await);
    }
    let said = match (decision, started) {
        (Decision::Discard, Started::Now) => return Ok(staff.visit.redirect(&format!("{PAGE}/{id}"))),
        (_, Started::Now) => "",
        (_, Started::Before(_)) => "?done=before",
        (_, Started::Changed) => "?done=changed",
    };
    Ok(staff.visit.redirect(&format!("{PAGE}/{id}{said}")))
}
