//! Adds a note about a person. Notes are never changed.

use axum::extract::Path;
use axum::response::Response;

use super::done::Done;
use super::person::{id_of, page_of, show};
use crate::domain::{NoteId, NoteText, PatientId};
use crate::service::{Added, ServiceError, add_patient_note};
use crate::translations::message;
use crate::web::console::form::{Fields, Mistakes, Submitted};
use crate::web::console::sender::sent;
use crate::web::console::staff::StaffActor;
use crate::web::console::{missing, note_field};

pub(super) async fn submit(Path(id): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&id) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| add(staff, id, fields).await).await
}

async fn add(staff: &StaffActor, id: PatientId, fields: Fields) -> Result<Response, ServiceError> {
    let mut mistakes = Mistakes::default();
    let text = match NoteText::parse(fields.get("note")) {
        Ok(Some(text)) => Some(text),
        Ok(None) => {
            mistakes.add("note", message!("console-line-note-missing"));
            None
        }
        Err(error) => {
            mistakes.add("note", note_field::told(error));
            None
        }
    };
    // A form of another program has no id: then the note can't be told from its double.
    let note = fields.get("note_id").parse::<NoteId>().ok();
    let (Some(text), Some(note)) = (text, note) else {
        return show(staff, id, None, (fields.get("note").to_owned(), mistakes)).await;
    };
    let done = match add_patient_note(staff.context(), staff.actor(), id, note, &text).await? {
        Added::Now => Done::Noted,
        Added::Before => Done::NotedBefore,
        Added::Beside => Done::NotedBeside,
    };
    Ok(staff.visit.redirect(&format!("{}?done={}", page_of(id), done.code())))
}
