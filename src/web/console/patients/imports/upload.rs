//! Takes a file. It is stored part by part while it arrives.

use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest as _, FromRequestParts as _, Multipart, Request, State};
use axum::response::Response;
use futures_util::stream::try_unfold;
use tokio::sync::Semaphore;

use super::words::finding_words;
use super::{PAGE, SHORT_WORK, page};
use crate::service::{Received, ServiceError, SessionState, receive_list, work_on_upload};
use crate::translations::message;
use crate::web::console::form::Mistakes;
use crate::web::console::staff::StaffActor;
use crate::web::console::visit::Visit;
use crate::web::console::{Console, missing};

/// The name of the file's field, which is also the id of its control.
const FILE: &str = "file";

/// The longest token of a form, in bytes.
const LONGEST_TOKEN: usize = 128;
/// Files that are received at a time.
static UPLOADS: Semaphore = Semaphore::const_new(8);

pub(super) async fn submit(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match Visit::from_request_parts(&mut parts, &console).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    // Nothing is read of what a stranger sends.
    let SessionState::LoggedIn(logged_in) = &visit.session else { return visit.log_in_first() };
    let logged_in = (**logged_in).clone();
    let Ok(_place) = UPLOADS.try_acquire() else {
        let staff = StaffActor { visit, logged_in };
        let busy = page(&staff, Mistakes::one(FILE, message!("upload-too-many"))).await;
        return staff.visit.answer(busy);
    };
    let Ok(mut form) = Multipart::from_request(Request::from_parts(parts, body), &console).await else {
        return missing::forbidden(&visit);
    };
    // The form's token comes before the file.
    let token = match form.next_field().await {
        Ok(Some(field)) if field.name() == Some("token") => short_text(field).await,
        _ => String::new(),
    };
    if visit.form_token().is_none_or(|known| known != token) {
        return missing::forbidden(&visit);
    }
    let staff = StaffActor { visit, logged_in };
    let taken = match form.next_field().await {
        Ok(Some(field)) if field.name() == Some(FILE) => take(&staff, field).await,
        _ => page(&staff, Mistakes::one(FILE, message!("upload-no-file"))).await,
    };
    staff.visit.answer(taken)
}

/// The text of a field, up to what a token may have. Longer ones are none.
async fn short_text(mut field: Field<'_>) -> String {
    let mut text = Vec::new();
    while let Ok(Some(chunk)) = field.chunk().await {
        text.extend_from_slice(&chunk);
        if text.len() > LONGEST_TOKEN {
            return String::new();
        }
    }
    String::from_utf8(text).unwrap_or_default()
}

async fn take(staff: &StaffActor, field: Field<'_>) -> Result<Response, ServiceError> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let chunks = try_unfold(field, async |mut field| match field.chunk().await {
        Ok(chunk) => Ok(chunk.map(|chunk| (chunk, field))),
        Err(error) => Err(error),
    });
    let upload = match receive_list(staff.context(), staff.actor(), &name, chunks).await? {
        Received::Whole(upload) => upload,
        Received::TooLarge => return page(staff, Mistakes::one(FILE, message!("upload-too-large"))).await,
        Received::Empty => return page(staff, Mistakes::one(FILE, message!("upload-no-file"))).await,
        Received::Broken => return page(staff, Mistakes::one(FILE, message!("upload-broken-off"))).await,
    };
    let work = tokio::spawn(work_on_upload(Arc::clone(&staff.visit.console.context), upload, finding_words));
    // Short lists are read at once. The result of long ones waits.
    drop(tokio::time::timeout(SHORT_WORK, work).await);
    Ok(staff.visit.redirect(&format!("{PAGE}/{upload}")))
}
