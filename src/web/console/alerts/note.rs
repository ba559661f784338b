//! Adds a note to a line. What was typed while the log-in ended is kept.

use axum::extract::Path;
use axum::response::Response;

use super::super::close_alert::{self, Entered};
use super::super::form::{Fields, Mistakes, Submitted};
use super::super::staff::StaffActor;
use super::super::{missing, note_field};
use super::{Told, id_of, page_of, page_with};
use crate::domain::{AlertId, NoteId, NoteText};
use crate::service::{Added, ServiceError, SessionState, add_note, save_draft};
use crate::translations::message;

pub(super) async fn submit(Path(alert): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&alert) else { return missing::page(&form.visit) };
    if let SessionState::TimedOut(account) = form.visit.session {
        let kept = form.fields.without_token();
        let kept = save_draft(&form.visit.console.context, account, &close_alert::form_name(id), &kept).await;
        return form.visit.answer(kept.map(|()| {
            let next = form.visit.path(&page_of(id));
            form.visit.redirect(&format!("/log-in?kept=1&next={next}"))
        }));
    }
    let (staff, fields) = match StaffActor::of(form, &page_of(id)) {
        Ok(found) => found,
        Err(answer) => return *answer,
    };
    let added = add(&staff, id, fields).await;
    staff.visit.answer(added)
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
    };
    close_alert::forget_draft(staff.context(), &staff.logged_in, id).await?;
    Ok(staff.visit.redirect(&page_with(id, told)))
}
