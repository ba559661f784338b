//! Adds a note to a line. What was typed while the log-in ended is kept.

use axum::extract::Path;
use axum::response::Response;

use super::super::close_alert::{self, Entered};
use super::super::form::{Fields, Mistakes, Submitted};
use super::super::sender::sent;
use super::super::staff::StaffActor;
use super::super::{missing, note_field};
use super::{Told, id_of, page_of, page_with};
use crate::domain::{AlertId, NoteId, NoteText};
use crate::service::{Added, ServiceError, add_note};
use crate::translations::message;

pub(super) async fn submit(Path(alert): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&alert) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| add(staff, id, fields).await).await
}

async fn add(staff: &StaffActor, id: AlertId, fields: Fields) -> Result<Response, ServiceError> {
    let mut mistakes = Mistakes::default();
    let text = match NoteText::parse(fields.get("line_note")) {
        Ok(Some(text)) => Some(text),
        Ok(None) => {
            mistakes.add("line_note", message!("console-line-note-missing"));
            None
        }
        Err(error) => {
            mistakes.add("line_note", note_field::told(error));
            None
        }
    };
    // A form of another program has no id: then the note can't be told from its double.
    let note = fields.get("note_id").parse::<NoteId>().ok();
    let (Some(text), Some(note)) = (text, note) else {
        return close_alert::show(staff, id, Entered { fields, mistakes }, close_alert::Surprise::Nothing, None).await;
    };
    let told = match add_note(staff.context(), staff.actor(), id, note, &text).await? {
        Added::Now => Told::Noted,
        Added::Before => Told::NotedBefore,
        Added::Beside => Told::NotedBeside,
    };
    Ok(staff.visit.redirect(&page_with(id, told)))
}
