//! Grants or declines a request to stop automated calls.

use axum::extract::Path;
use axum::response::Response;

use super::super::close_alert::{self, Entered, Surprise};
use super::super::form::{Fields, Mistakes, Submitted};
use super::super::sender::sent;
use super::super::staff::StaffActor;
use super::super::{missing, note_field};
use super::{Told, id_of, page_of, page_with};
use crate::domain::{AlertId, NoteId, NoteText};
use crate::service::{Decided, ServiceError, StopDecision, decide_stop};
use crate::translations::message;

pub(super) async fn submit(Path(alert): Path<String>, form: Submitted) -> Response {
    let Ok(id) = id_of(&alert) else { return missing::page(&form.visit) };
    sent(form, &page_of(id), async |staff, fields| decide(staff, id, fields).await).await
}

async fn decide(staff: &StaffActor, id: AlertId, fields: Fields) -> Result<Response, ServiceError> {
    let mut mistakes = Mistakes::default();
    let decision = StopDecision::from_code(fields.get("decision"));
    if decision.is_none() {
        mistakes.add("decision", message!("console-decision-missing"));
    }
    let text = NoteText::parse(fields.get("patient_note")).unwrap_or_else(|error| {
        mistakes.add("patient_note", note_field::told(error));
        None
    });
    let Some(decision) = decision.filter(|_| mistakes.is_empty()) else {
        return close_alert::show(staff, id, Entered { fields, mistakes }, Surprise::Nothing, None).await;
    };
    let note = fields.get("note_id").parse::<NoteId>().ok().zip(text.as_ref());
    let told = match (decide_stop(staff.context(), staff.actor(), id, decision, note).await?, decision) {
        (Decided::Before, _) => Told::DecidedBefore,
        (Decided::ForNotices, StopDecision::Grant) => Told::NoticesStopped,
        (Decided::ForNotices, StopDecision::Decline) => Told::NoticesGoOn,
        (Decided::BeforeAndNoted, _) => Told::DecidedBeforeAndNoted,
        (Decided::Now, StopDecision::Grant) => Told::StopGranted,
        (Decided::Now, StopDecision::Decline) => Told::StopDeclined,
    };
    Ok(staff.visit.redirect(&page_with(id, told)))
}
