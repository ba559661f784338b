//! Calls that staff placed themselves, whose people weren't reached or are to be called later.

use jiff::Timestamp;

use super::change::held_patient;
use crate::domain::{Actor, PatientId, StaffCallId, StaffCallOutcome};
use crate::policy::{NOT_REACHED_AGAIN_AFTER, Permission, Scope, scope};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::{ReportError, ServiceError};
use crate::store::audit::{self, Subject};
use crate::store::patients::PatientRow;
use crate::store::staff_calls::StaffCallRow;
use crate::store::{StoreError, Tx, round_claims, staff_calls};

/// Why staff entered no report in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutReport {
    /// Nobody who may speak about the person was reached.
    NotReached,
    /// The person is called at this time.
    LaterAt(Timestamp),
}

/// What came of noting a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffCallNoted {
    /// It was noted.
    Now,
    /// It was there: the form was sent twice.
    Before,
}

/// A call that staff placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffCallView {
    /// What came of it.
    pub outcome: StaffCallOutcome,
    /// When to call again.
    pub again_at: Option<Timestamp>,
    /// Who called.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

impl From<StaffCallRow> for StaffCallView {
    fn from(row: StaffCallRow) -> Self {
        Self { outcome: row.outcome, again_at: row.again_at, author: row.author, at: row.at }
    }
}

/// Notes that staff called a person without entering a report. In a round, the person is next again at the time that
/// was agreed, or after an hour. The audit trail records it.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound); [`ReportError::TimePassed`] if the time isn't in
/// the future.
pub async fn note_staff_call(
    context: &Context,
    actor: &Actor,
    patient: PatientId,
    call: StaffCallId,
    why: WithoutReport,
) -> Result<StaffCallNoted, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let noted = note(context, actor, &scope, patient, (call, why)).await;
    context.looked_up(actor, patient, "patient.called_by_staff", noted).await
}

async fn note(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    patient: PatientId,
    (call, why): (StaffCallId, WithoutReport),
) -> Result<StaffCallNoted, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &patient.into()).await?;
    let at = context.clock.now();
    let (outcome, again_at) = match why {
        WithoutReport::NotReached => (StaffCallOutcome::NotReached, at.checked_add(NOT_REACHED_AGAIN_AFTER).ok()),
        WithoutReport::LaterAt(again) if again <= at => return Err(ReportError::TimePassed.into()),
        WithoutReport::LaterAt(again) => (StaffCallOutcome::Later, Some(again)),
    };
    if !add(&mut tx, actor, &patient, call, (outcome, again_at), at).await? {
        return Ok(StaffCallNoted::Before);
    }
    let what = Changes::default().field("again_at", None::<String>, again_at.map(|at| at.to_string()));
    let action = match why {
        WithoutReport::NotReached => "patient.not_reached",
        WithoutReport::LaterAt(_) => "patient.call_later",
    };
    let entry = audit_entry(actor, at, action, Subject::Patient(patient.id), Some(patient.centre.clone()), what);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(StaffCallNoted::Now)
}

/// Adds a call to a held patient, and ends the claim of the round. Returns `false` if it was added before.
pub(super) async fn add(
    tx: &mut Tx,
    actor: &Actor,
    patient: &PatientRow,
    id: StaffCallId,
    (outcome, again_at): (StaffCallOutcome, Option<Timestamp>),
    at: Timestamp,
) -> Result<bool, StoreError> {
    let (centre, author) = (patient.centre.clone(), actor.name().to_owned());
    let row = StaffCallRow { id, patient: patient.id, centre, outcome, again_at, author, at };
    let is_new = staff_calls::add(tx, &row).await?;
    round_claims::end(tx, patient.id).await?;
    Ok(is_new)
}
