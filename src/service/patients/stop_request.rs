//! Deciding a request to stop automated calls: granted or declined, with a note for the patient.

use jiff::Timestamp;

use super::change::{Ending, change_in, end_in, held_patient};
use crate::domain::{
    Actor, AlertId, AlertKind, CentreCode, LineOf, NoteAudience, NoteId, NoteText, NoticeStop, PatientId,
};
use crate::patient_import::Column;
use crate::policy::{Permission, scope};
use crate::service::alerts::{Added, add_to_line, visible_alert};
use crate::service::context::{Changes, Context, PatientKey, audit_entry};
use crate::service::error::{AlertError, ServiceError};
use crate::service::notices::decide_notice_stop;
use crate::store::Tx;
use crate::store::audit::{self, Subject};
use crate::store::line_notes::{self, NewNote};

/// What staff decide about a request to stop automated calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopDecision {
    /// The calls stop.
    Grant,
    /// The calls go on.
    Decline,
}

impl StopDecision {
    /// Its code in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Decline => "decline",
        }
    }

    /// Reads [`StopDecision::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Grant, Self::Decline].into_iter().find(|decision| decision.code() == code)
    }
}

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It counts now.
    Now,
    /// It counts now, for notices alone.
    ForNotices,
    /// The request had been decided.
    Before,
    /// It had been, and the note that was typed is kept with the notes for staff: it is about another decision.
    BeforeAndNoted,
}

/// Keeps the note of a decision that came too late.
async fn noted_instead(
    mut tx: Tx,
    actor: &Actor,
    (patient, centre): (PatientId, Option<CentreCode>),
    note: Option<(NoteId, &NoteText)>,
    at: Timestamp,
) -> Result<Decided, ServiceError> {
    let Some((id, text)) = note else { return Ok(Decided::Before) };
    let (line, audience) = (LineOf::Patient(patient), NoteAudience::Staff);
    let added = add_to_line(&mut tx, &NewNote { id, line, author: actor.name(), audience, text, at }).await?;
    if added == Added::Before {
        return Ok(Decided::Before);
    }
    let subject = Subject::Patient(patient);
    audit::append(&mut tx, vec![audit_entry(actor, at, "alert.noted", subject, centre, Changes::default())]).await?;
    tx.commit().await?;
    Ok(Decided::BeforeAndNoted)
}

/// Decides a request to stop automated calls. A granted one stops them as [`stop_patient`] does; a declined one lets
/// them go on as switching them on does. A request about notices is decided for notices alone. A note for the patient
/// is kept with the patient's notes.
///
/// # Errors
/// [`AlertError::NotFound`], also for alerts that aren't such a request.
pub async fn decide_stop(
    context: &Context,
    actor: &Actor,
    alert: AlertId,
    decision: StopDecision,
    note: Option<(NoteId, &NoteText)>,
) -> Result<Decided, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let named = visible_alert(&mut tx, alert, &scope).await?;
    let is_request = matches!(named.kind, AlertKind::StopRequest | AlertKind::StopUnconfirmed | AlertKind::NoticeStop);
    let patient = named.patient.filter(|_| is_request).ok_or(AlertError::NotFound)?;
    let id = PatientKey::Record(patient);
    // From here on nobody else decides about the patient.
    let record = held_patient(&mut tx, &scope, &id).await.map_err(|_| AlertError::NotFound)?;
    if visible_alert(&mut tx, alert, &scope).await?.closed_at.is_some() {
        return noted_instead(tx, actor, (patient, named.centre), note, now).await;
    }
    let of_notices = named.kind == AlertKind::NoticeStop;
    match decision {
        StopDecision::Grant if of_notices => {
            decide_notice_stop(&mut tx, actor, &record, NoticeStop::Stopped, now).await?;
        }
        StopDecision::Decline if of_notices => {
            decide_notice_stop(&mut tx, actor, &record, NoticeStop::Declined, now).await?;
        }
        StopDecision::Grant => drop(end_in(&mut tx, actor, &scope, &id, Ending::Stop, now).await?),
        StopDecision::Decline => {
            drop(change_in(&mut tx, actor, &scope, &id, None, &[(Column::AutomatedCall, "1")], now).await?);
        }
    }
    if let Some((note, text)) = note {
        let (line, audience) = (LineOf::Patient(patient), NoteAudience::Patient);
        if line_notes::add(&mut tx, &NewNote { id: note, line, author: actor.name(), audience, text, at: now }).await? {
            let subject = Subject::Patient(patient);
            let entry = audit_entry(actor, now, "alert.noted", subject, named.centre, Changes::default());
            audit::append(&mut tx, vec![entry]).await?;
        }
    }
    tx.commit().await?;
    Ok(if of_notices { Decided::ForNotices } else { Decided::Now })
}
