//! Comparing a PDF with the one that was issued. It is read into memory, and not kept.

use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::page::{look_up, page};
use crate::web::portal::missing;
use crate::web::portal::visit::Visit;

/// What the form has.
#[derive(Default)]
struct Sent {
    token: String,
    code: String,
    file: Vec<u8>,
}

pub(super) async fn submit(visit: Visit, form: Multipart) -> Response {
    let Some(sent) = read(form).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    if sent.token != visit.form_token() {
        return missing::forbidden(&visit);
    }
    let file = Some(sent.file.as_slice()).filter(|file| !file.is_empty());
    let shown = look_up(&visit, &sent.code, file).await;
    let shown = shown.map(|shown| if file.is_none() { shown.without_file() } else { shown });
    visit.answer(shown.map(|shown| page(&visit, shown)))
}

async fn read(mut form: Multipart) -> Option<Sent> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await.ok()? {
        match field.name() {
            Some("token") => sent.token = field.text().await.ok()?,
            Some("code") => sent.code = field.text().await.ok()?,
            Some("file") => sent.file = field.bytes().await.ok()?.to_vec(),
            _ => {}
        }
    }
    Some(sent)
}
