//! One line of the list of alerts: the open alerts of one patient, or one alert that has a line of its own.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::claims::{ClaimView, claims_of, visible_alert};
use super::list::{Evidence, line_key, open_of_line};
use super::notes::{NoteView, notes_of};
use super::view::{AlertPerson, AlertView, ShownAlert};
use crate::domain::{Actor, AlertId, NoteId, PatientId, SlotState};
use crate::policy::{Permission, scope};
use crate::service::context::{Changes, Context, Viewed, new_id, shown_of};
use crate::service::error::{AlertError, ServiceError};
use crate::store::{StoreError, Tx, patients, slots};

/// A line of the list.
#[allow(missing_debug_implementations, reason = "health data")]
pub struct AlertLine {
    /// The alert that was asked for, in its state.
    pub alert: AlertView,
    /// The open alerts of the line, the most severe first, then the oldest.
    pub open: Vec<ShownAlert>,
    /// The patient of the line, with the registered number.
    pub person: Option<AlertPerson>,
    /// Who has taken the line.
    pub claim: Option<ClaimView>,
    /// The automated calls that wait or ring.
    pub calls: OpenCalls,
    /// The latest notes about the line, the latest first.
    pub notes: Vec<NoteView>,
    /// The id of a note that is written on this view, so that a form sent twice adds one.
    pub next_note: NoteId,
}

/// The automated calls of a patient that haven't ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenCalls {
    /// Those that wait for their time.
    pub waiting: usize,
    /// Those that are in progress.
    pub calling: usize,
}

async fn open_calls(tx: &mut Tx, patient: Option<PatientId>, now: Timestamp) -> Result<OpenCalls, StoreError> {
    let Some(patient) = patient else { return Ok(OpenCalls::default()) };
    // A call may go on after midnight, in any time zone.
    let from = now.to_zoned_datetime(TimeZone::UTC).date().saturating_sub(1.day());
    let slots = slots::of_patient(tx, patient, from).await?;
    let of = |state: SlotState| slots.iter().filter(|slot| slot.state == state).count();
    Ok(OpenCalls { waiting: of(SlotState::Waiting), calling: of(SlotState::Calling) })
}

/// Shows the line of an alert, to deal with it. The audit trail records the view, with the number.
///
/// # Errors
/// [`AlertError::NotFound`], which the audit trail records if the alert is of another health centre.
pub async fn show_alert_line(context: &Context, actor: &Actor, id: AlertId) -> Result<Viewed<AlertLine>, ServiceError> {
    let scope = scope(actor, Permission::ViewAlerts)?;
    let mut tx = context.database.begin_read().await?;
    let alert = match visible_alert(&mut tx, id, &scope).await {
        Err(ServiceError::Alert(AlertError::NotFound)) => {
            drop(tx);
            // Trying ids leaves entries.
            let _noted = context.note_absence(actor, format!("alert:{id}"), "alert.not_found", "alert.shown").await?;
            return Err(AlertError::NotFound.into());
        }
        found => found?,
    };
    let mut open = open_of_line(&mut tx, &alert, &scope).await?;
    open.sort_by_key(|alert| (std::cmp::Reverse(alert.kind.severity()), alert.raised_at, alert.id));
    let rows = patients::by_ids(&mut tx, alert.patient.as_slice()).await?;
    let evidence = Evidence::read(&mut tx, open.iter()).await?;
    let claim = claims_of(&mut tx, actor, open.iter()).await?.remove(&line_key(&alert));
    let calls = open_calls(&mut tx, alert.patient, context.clock.now()).await?;
    let notes = notes_of(&mut tx, line_key(&alert)).await?;
    drop(tx);
    let asked = Changes::default().field("revealed", false, true);
    let noted = shown_of(context, actor, &rows, "patient.alert_opened", asked).await?;
    let people: HashMap<PatientId, AlertPerson> = rows.into_iter().map(|row| (row.id, row.into())).collect();
    let open = open.into_iter().map(|alert| evidence.shown(alert, &people)).collect();
    let person = alert.patient.and_then(|patient| people.get(&patient).cloned());
    let found = AlertLine { alert: alert.into(), open, person, claim, calls, notes, next_note: NoteId(new_id()) };
    Ok(Viewed { found, noted })
}
