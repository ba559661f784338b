//! Notes of staff about a person. They are the notes of the person's line of alerts, too, and never changed.

use super::change::held_patient;
use crate::domain::{Actor, LineOf, NoteAudience, NoteId, NoteText, PatientId};
use crate::policy::{Permission, Scope, scope};
use crate::service::alerts::{Added, add_to_line};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::audit::{self, Subject};
use crate::store::line_notes::NewNote;

/// Adds a note about a person. The audit trail says that, but not the text.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound).
pub async fn add_patient_note(
    context: &Context,
    actor: &Actor,
    patient: PatientId,
    id: NoteId,
    text: &NoteText,
) -> Result<Added, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let added = add(context, actor, &scope, patient, (id, text)).await;
    context.looked_up(actor, patient, "patient.noted", added).await
}

async fn add(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    patient: PatientId,
    (id, text): (NoteId, &NoteText),
) -> Result<Added, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &patient.into()).await?;
    let (line, at) = (LineOf::Patient(patient.id), context.clock.now());
    let note = NewNote { id, line, author: actor.name(), audience: NoteAudience::Staff, text, at };
    let added = add_to_line(&mut tx, &note).await?;
    if added == Added::Before {
        return Ok(added);
    }
    let subject = Subject::Patient(patient.id);
    let entry = audit_entry(actor, at, "patient.noted", subject, Some(patient.centre), Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(added)
}
