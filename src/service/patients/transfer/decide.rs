//! Deciding an offer. Accepting it moves the patient, the calls and the open alerts in one commit, so that it happened
//! or it didn't.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::list::{absent, visible};
use crate::domain::{
    Actor, AlertId, CentreCode, LineOf, NoteText, PatientId, TransferDecision, TransferId, TransferSide, TransferState,
};
use crate::patient_import::{Column, Fault};
use crate::policy::{DecisionFate, Permission, Scope, decision_fate, planned_from, scope, window_after_transfer};
use crate::service::centre_settings::{CentreSettings, day_and_hours, known_centre, schedule_of, zone_of};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::{PatientError, ServiceError, TransferError};
use crate::service::notices::plan_moved;
use crate::service::patients::change::{settled_patient, with_values};
use crate::service::patients::registration::changes;
use crate::service::slots::{next_slot_of, open_before_change};
use crate::store::audit::{self, Subject};
use crate::store::centres::CentreRow;
use crate::store::patients::{self, PatientRow};
use crate::store::transfers::{self, Decision, TransferRow};
use crate::store::{Tx, alert_claims, alerts, slots};

/// Who closes the alerts that move to the receiving health centre.
const BY_TRANSFER: &str = "the transfer";

/// What becomes of the patient's call times when the offer is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub enum AcceptedTimes<'a> {
    /// They stay. The receiving health centre's calling hours must allow them.
    Kept,
    /// These, as a form gives them. An empty text is the health centre's pattern.
    Given(&'a str),
}

/// What a health centre answers to an offer.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub enum TransferAnswer<'a> {
    /// The receiving one takes the patient.
    Accept(AcceptedTimes<'a>),
    /// The receiving one doesn't, and may say why.
    Decline(Option<&'a NoteText>),
    /// The offering one keeps the patient.
    Withdraw,
}

impl TransferAnswer<'_> {
    const fn decision(&self) -> TransferDecision {
        match self {
            Self::Accept(_) => TransferDecision::Accept,
            Self::Decline(_) => TransferDecision::Decline,
            Self::Withdraw => TransferDecision::Withdraw,
        }
    }

    /// The side that may give it.
    const fn side(&self) -> TransferSide {
        match self {
            Self::Accept(_) | Self::Decline(_) => TransferSide::Receiving,
            Self::Withdraw => TransferSide::Offering,
        }
    }

    const fn action(&self) -> &'static str {
        match self {
            Self::Accept(_) => "patient.transfer_accepted",
            Self::Decline(_) => "patient.transfer_declined",
            Self::Withdraw => "patient.transfer_withdrawn",
        }
    }
}

/// How an answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidedOutcome {
    /// It counts now.
    Now,
    /// The same was decided before.
    Before,
    /// Something else was decided before.
    Otherwise,
}

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecidedTransfer {
    /// How it counts.
    pub outcome: DecidedOutcome,
    /// The state of the transfer.
    pub state: TransferState,
    /// The patient.
    pub patient: PatientId,
}

/// Decides an offer, once. Of two that decide it at the same moment, one does, and the other learns what was decided.
///
/// # Errors
/// [`TransferError::NotFound`], also for the answer of the other side; [`PatientError::InvalidValues`] if the call
/// times can't be kept, or are wrong.
pub async fn decide_transfer(
    context: &Context,
    actor: &Actor,
    id: TransferId,
    answer: TransferAnswer<'_>,
) -> Result<DecidedTransfer, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    match decide(context, actor, &scope, id, answer).await {
        Err(ServiceError::Transfer(TransferError::NotFound)) => Err(absent(context, actor, id, answer.action()).await?),
        decided => decided,
    }
}

async fn decide(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: TransferId,
    answer: TransferAnswer<'_>,
) -> Result<DecidedTransfer, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    transfers::hold(&mut tx, id).await?;
    let row = transfers::get(&mut tx, id).await?.ok_or(TransferError::NotFound)?;
    let theirs = match answer.side() {
        TransferSide::Receiving => scope.covers(&row.to),
        TransferSide::Offering => scope.covers(&row.from),
    };
    if !theirs {
        return Err(TransferError::NotFound.into());
    }
    let decided = |outcome, state| DecidedTransfer { outcome, state, patient: row.patient };
    let state = match decision_fate(row.state, answer.decision(), answer.side()) {
        DecisionFate::Now(state) => state,
        DecisionFate::Before => return Ok(decided(DecidedOutcome::Before, row.state)),
        DecisionFate::Otherwise(state) => return Ok(decided(DecidedOutcome::Otherwise, state)),
        DecisionFate::NotTheirs => return Err(TransferError::NotFound.into()),
    };
    let differences = match answer {
        TransferAnswer::Accept(times) => {
            let moved = move_patient(&mut tx, &row, times, now).await?;
            patients::note_changes(&mut tx, moved.names().map(|field| (row.patient, field)).collect()).await?;
            moved
        }
        TransferAnswer::Decline(_) | TransferAnswer::Withdraw => Changes::default(),
    };
    let reply = if let TransferAnswer::Decline(reply) = answer { reply } else { None };
    transfers::decide(&mut tx, &Decision { id, state, reply, by: actor.name(), at: now }).await?;
    let entry = |centre: &CentreCode, says: Changes| {
        let says = says.field("from_centre", None::<String>, row.from.as_str()).field(
            "to_centre",
            None::<String>,
            row.to.as_str(),
        );
        audit_entry(actor, now, answer.action(), Subject::Patient(row.patient), Some(centre.clone()), says)
    };
    // Each side's trail has one.
    let entries = vec![entry(&row.from, Changes::default()), entry(&row.to, differences)];
    audit::append(&mut tx, entries).await?;
    tx.commit().await?;
    if state == TransferState::Accepted {
        context.dialer_wake.notify_one();
    }
    Ok(decided(DecidedOutcome::Now, state))
}

/// Moves the patient with all that goes on: calls that wait and calls in progress stay what they are, at the new health
/// centre. Returns what differs.
async fn move_patient(
    tx: &mut Tx,
    row: &TransferRow,
    times: AcceptedTimes<'_>,
    now: Timestamp,
) -> Result<Changes, ServiceError> {
    let before = settled_patient(tx, &Scope::AllCentres, &row.patient.into(), now).await?;
    let (from, to) = (known_centre(tx, &before.centre).await?, known_centre(tx, &row.to).await?);
    // What was due by now is the old health centre's, by its times.
    open_before_change(tx, std::slice::from_ref(&before), now).await?;
    let mut after = accepted(&before, &to, times, now)?;
    after.calling.next_slot_at = planned(&after, &from, &to, now)?;
    patients::update(tx, std::slice::from_ref(&after)).await?;
    let next = after.calling.next_slot_at;
    // One that is being called may be tried again, too.
    let open = slots::open_of(tx, &[row.patient]).await?;
    let windows = open.iter().map(|slot| (slot.id, window_after_transfer(slot.window_end, next, now)));
    let windows: Vec<_> = windows.collect();
    transfers::move_calls(tx, row.patient, &to.code, &windows).await?;
    // Who dealt with the alerts is of the old health centre.
    alert_claims::end(tx, LineOf::Patient(row.patient)).await?;
    alerts::move_open(tx, row.patient, &to.code, BY_TRANSFER, now, || AlertId(new_id())).await?;
    plan_moved(tx, &after, &to, now).await?;
    Ok(changes(Some(&before), &after).field("centre", before.centre.as_str(), after.centre.as_str()))
}

/// The patient as the receiving health centre takes it.
fn accepted(
    before: &PatientRow,
    to: &CentreRow,
    times: AcceptedTimes<'_>,
    now: Timestamp,
) -> Result<PatientRow, ServiceError> {
    let moved = PatientRow { centre: to.code.clone(), updated_at: now, ..before.clone() };
    match times {
        AcceptedTimes::Kept if offered_times_fit(before, to)? => Ok(moved),
        AcceptedTimes::Kept => Err(PatientError::value(Fault::OutsideCallingHours).into()),
        AcceptedTimes::Given(text) => {
            let (today, hours) = day_and_hours(to, now)?;
            Ok(with_values(&moved, &[(Column::CallTimes, text)], today, hours, now)?.after)
        }
    }
}

/// Whether the receiving health centre's calling hours allow the patient's own call times.
pub(super) fn offered_times_fit(patient: &PatientRow, to: &CentreRow) -> Result<bool, ServiceError> {
    let hours = CentreSettings::of(to).calling_hours;
    Ok(patient.times()?.times().iter().all(|time| hours.contain(*time)))
}

/// The first call time of the receiving health centre.
pub(super) fn planned(
    patient: &PatientRow,
    from: &CentreRow,
    to: &CentreRow,
    now: Timestamp,
) -> Result<Option<Timestamp>, ServiceError> {
    let schedule = schedule_of(to)?;
    let zone: TimeZone = zone_of(from)?;
    Ok(next_slot_of(patient, &schedule, planned_from(now, &zone, &schedule.zone))?)
}

/// Records that the offering health centre took note of what the other one decided. Idempotent.
///
/// # Errors
/// [`TransferError::NotFound`].
pub async fn notice_transfer(context: &Context, actor: &Actor, id: TransferId) -> Result<(), ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let found = visible(&mut tx, &scope, id).await?;
    let Some(row) = found.map(|(row, _)| row).filter(|row| scope.covers(&row.from)) else {
        tx.rollback().await?;
        return Err(absent(context, actor, id, "transfer.noticed").await?);
    };
    if transfers::notice(&mut tx, id, now).await? {
        let subject = format!("transfer:{id}");
        let entry = audit_entry(actor, now, "transfer.noticed", subject, Some(row.from), Changes::default());
        audit::append(&mut tx, vec![entry]).await?;
        tx.commit().await?;
    }
    Ok(())
}
