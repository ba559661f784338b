//! Manual control of single automated calls: staff call a patient now, or record what they found out about a call of
//! unknown outcome.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::{Actor, AlertKind, AttemptOutcome, AttemptState, CallId, HersysId, SlotId, SlotOrigin, SlotState};
use crate::policy::{CallingSchedule, CentreCalls, Permission, Scope, scope};
use crate::service::centre_settings::{CentreSettings, known_centre, schedule_of};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::{CallError, PatientError, ServiceError};
use crate::service::slots::{AttemptConclusion, ShownSlot, settle, unwanted};
use crate::service::suspension::{PauseReason, current_hold};
use crate::store::attempts::{self, AttemptRow};
use crate::store::audit::Subject;
use crate::store::centres::CentreRow;
use crate::store::patients::PatientRow;
use crate::store::slots::{self, SlotRow};
use crate::store::{Tx, alerts, audit, patients};

use super::view::AttemptSummary;

/// How long a requested call may wait to be placed.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// A call requested by staff.
#[derive(Debug, Clone)]
pub struct AskedFor {
    /// Its slot.
    pub slot: ShownSlot,
    /// The centre's time zone.
    pub zone: TimeZone,
    /// Why nothing is dialled now. The call waits within its window. `None` if dialling isn't held.
    pub hold: Option<PauseReason>,
}

/// Requests a call to a patient as soon as possible, whether or not today's report exists: staff know why. It is
/// retried by the centre's policy within a quarter of an hour, and never outside calling hours.
///
/// # Errors
/// [`PatientError::NotFound`], or the reason why the patient can't be called.
pub async fn call_now(context: &Context, actor: &Actor, id: &HersysId) -> Result<AskedFor, ServiceError> {
    let scope = scope(actor, Permission::PlaceCalls)?;
    context.looked_up(actor, id, "patient.called_now", ask_for(context, actor, &scope, id).await).await
}

async fn ask_for(context: &Context, actor: &Actor, scope: &Scope, id: &HersysId) -> Result<AskedFor, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let found = patients::by_hersys_ids(&mut tx, std::slice::from_ref(id)).await?.pop();
    let found = found.filter(|patient| scope.covers(&patient.centre)).ok_or(PatientError::NotFound)?;
    patients::hold(&mut tx, &[found.id]).await?;
    let patient = patients::by_ids(&mut tx, &[found.id]).await?.pop().ok_or(PatientError::NotFound)?;
    let asked = request(&mut tx, actor, &patient, SlotId(new_id()), context.clock.now()).await?;
    tx.commit().await?;
    Ok(asked)
}

/// Opens the slot of a requested call, if the patient may be called now and nothing is under way.
pub(in crate::service) async fn request(
    tx: &mut Tx,
    actor: &Actor,
    patient: &PatientRow,
    id: SlotId,
    now: Timestamp,
) -> Result<AskedFor, ServiceError> {
    let centre = known_centre(tx, &patient.centre).await?;
    let schedule = schedule_of(&centre)?;
    if let Some(why) = refusal(tx, patient, &schedule, now).await? {
        return Err(why.into());
    }
    let local = schedule.zone.to_datetime(now);
    let slot = SlotRow {
        id,
        patient: patient.id,
        centre: patient.centre.clone(),
        date: local.date(),
        time: local.time().strftime("%H:%M:%S").to_string(),
        origin: SlotOrigin::Staff,
        opened_at: now,
        due_at: now,
        window_end: window_end(&schedule, now),
        state: SlotState::Waiting,
        attempts: 0,
        tries: 0,
        ended_at: None,
    };
    if slots::open(tx, std::slice::from_ref(&slot)).await? == 0 {
        return Err(CallError::AlreadyUnderWay.into());
    }
    let asked = Changes::default().field("called_at", None::<String>, now.to_string());
    let of = (Subject::Patient(patient.id), Some(patient.centre.clone()));
    audit::append(tx, vec![audit_entry(actor, now, "patient.called_now", of.0, of.1, asked)]).await?;
    let hold = hold_of(tx, &centre, now).await?;
    Ok(AskedFor { slot: slot.into(), zone: schedule.zone, hold })
}

/// Why a call can't be requested now.
pub(in crate::service) async fn refusal(
    tx: &mut Tx,
    patient: &PatientRow,
    schedule: &CallingSchedule,
    now: Timestamp,
) -> Result<Option<CallError>, ServiceError> {
    if let Some(why) = unwanted(patient) {
        return Ok(Some(CallError::NotCallable(why)));
    }
    if !schedule.hours.contain(schedule.zone.to_datetime(now).time()) {
        return Ok(Some(CallError::OutsideCallingHours(schedule.hours)));
    }
    let waits = slots::open_of(tx, &[patient.id]).await?.iter().any(|slot| slot.origin == SlotOrigin::Staff);
    let is_under_way = waits || !attempts::open_of(tx, &[patient.id]).await?.is_empty();
    Ok(is_under_way.then_some(CallError::AlreadyUnderWay))
}

/// When a call that is requested now is no longer placed.
pub(in crate::service) fn window_end(schedule: &CallingSchedule, now: Timestamp) -> Timestamp {
    let date = schedule.zone.to_datetime(now).date();
    let close = schedule.zone.to_timestamp(schedule.hours.close.on(date)).unwrap_or(now);
    now.checked_add(WINDOW).unwrap_or(now).min(close)
}

/// Why nothing is dialled for a health centre.
pub(in crate::service) async fn hold_of(
    tx: &mut Tx,
    centre: &CentreRow,
    now: Timestamp,
) -> Result<Option<PauseReason>, ServiceError> {
    let own = (CentreSettings::of(centre).calls == CentreCalls::Pause).then_some(PauseReason::Centre);
    Ok(current_hold(tx, now).await?.or(own))
}

/// What staff found out about a call of unknown outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The carrier never had it. It may be placed again within its window.
    NotPlaced,
    /// It rang without an answer.
    NoAnswer,
    /// Someone answered it.
    Answered,
    /// Look it up again now.
    LookAgain,
}

impl Resolution {
    /// The code in the audit trail.
    const fn code(self) -> &'static str {
        match self {
            Self::NotPlaced => "not_placed",
            Self::NoAnswer => "no_answer",
            Self::Answered => "answered",
            Self::LookAgain => "look_again",
        }
    }
}

/// A call of unknown outcome and its slot, in their new state.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The attempt that placed the call.
    pub attempt: AttemptSummary,
    /// The slot.
    pub slot: ShownSlot,
}

/// Records what staff found out about a call of unknown outcome.
///
/// # Errors
/// [`CallError::NotFound`], or [`CallError::OutcomeKnown`] if its outcome is known.
pub async fn resolve_call(
    context: &Context,
    actor: &Actor,
    call: CallId,
    resolution: Resolution,
) -> Result<Resolved, ServiceError> {
    let scope = scope(actor, Permission::PlaceCalls)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    // Locked, so that no report of the carrier comes between reading the attempt and resolving it.
    attempts::hold(&mut tx, call).await?;
    let attempt = attempts::by_calls(&mut tx, &[call]).await?.pop();
    let attempt = attempt.filter(|attempt| scope.covers(&attempt.centre)).ok_or(CallError::NotFound)?;
    if attempt.state != AttemptState::Unknown {
        return Err(CallError::OutcomeKnown.into());
    }
    let ended = match resolution {
        Resolution::NotPlaced => Some(AttemptConclusion::NotPlaced),
        Resolution::NoAnswer => Some(AttemptConclusion::Staff(AttemptOutcome::NoAnswer)),
        Resolution::Answered => Some(AttemptConclusion::Staff(AttemptOutcome::Reached)),
        Resolution::LookAgain => None,
    };
    match ended {
        Some(ended) => {
            alerts::close_of(&mut tx, &[attempt.patient], &[AlertKind::UnknownCall], now, actor.name()).await?;
            settle(&mut tx, &[(call, ended)], now).await?;
        }
        None => {
            let looks = attempts::LookupHistory { next_at: Some(now), ..attempt.looks };
            attempts::looked(&mut tx, call, &looks).await?;
        }
    }
    audit_change(&mut tx, actor, &attempt, resolution, now).await?;
    let after = attempts::by_calls(&mut tx, &[call]).await?.pop().ok_or(CallError::NotFound)?;
    let slot = slots::by_ids(&mut tx, &[attempt.slot]).await?.pop().ok_or(CallError::NotFound)?;
    tx.commit().await?;
    Ok(Resolved { attempt: after.into(), slot: slot.into() })
}

async fn audit_change(
    tx: &mut Tx,
    actor: &Actor,
    attempt: &AttemptRow,
    resolution: Resolution,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let changes = Changes::default().field("call", None::<String>, attempt.call.to_string());
    let changes = changes.field("resolved", "unknown", resolution.code());
    let subject = Subject::Patient(attempt.patient);
    let entry = audit_entry(actor, now, "patient.call_resolved", subject, Some(attempt.centre.clone()), changes);
    Ok(audit::append(tx, vec![entry]).await?)
}
