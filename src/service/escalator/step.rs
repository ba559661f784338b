//! One round at one health centre: what came of the last call, and who is rung next. What is decided is committed
//! before anybody is rung.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::{error, warn};

use super::{EmailRule, Escalator};
use crate::carrier::CarrierLegId;
use crate::domain::{
    CallId, CentreCode, Contact, EscalationEnd, EscalationId, Job, JobId, Line, SmsToo, StepOutcome, StepState,
};
use crate::policy::{Escalated, NextRing, SAID_EVERY};
use crate::service::context::{Changes, new_id};
use crate::service::rota::{CentreState, end_escalation, end_step, record, state_of};
use crate::store::calls::{self, CallRow};
use crate::store::centres::CentreRow;
use crate::store::escalations::{self, StepRow};
use crate::store::outbox::{self, NewJob};
use crate::store::{StoreError, Tx, legs};

/// Does what is due at a health centre. Returns the call to place, which is committed.
pub(super) async fn step(
    escalator: &Escalator,
    centre: &CentreRow,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Option<StepRow>, StoreError> {
    let code = &centre.code;
    let database = &escalator.context.database;
    let read = state_of(&mut database.begin_read().await?, code, zone, now).await?;
    if !is_anything_due(escalator, &read, now) {
        return Ok(None);
    }
    let mut tx = database.begin_write().await?;
    let mut state = state_of(&mut tx, code, zone, now).await?;
    let ringing = state.steps.last().filter(|step| step.ended.is_none()).cloned();
    if let Some(step) = &ringing
        && (escalator.is_lost(step, now) || state.next() == Escalated::Over)
    {
        end_ringing(escalator, &mut tx, step, &state, now).await?;
        state = state_of(&mut tx, code, zone, now).await?;
    }
    let call = match state.next() {
        Escalated::Over => {
            if let Some(escalation) = &state.escalation {
                end_escalation(&mut tx, escalation.id, code, EscalationEnd::ByStaff, now).await?;
            }
            None
        }
        Escalated::Ring(next) if next.at <= now => ring(escalator, &mut tx, &state, code, next, now).await?,
        Escalated::Ring(_) | Escalated::Ringing | Escalated::Nobody(_) => None,
    };
    let unreached = say_unreached(&mut tx, &state, code, now).await?;
    tx.commit().await?;
    if unreached {
        metrics::counter!("kenkocall_nobody_reached_total").increment(1);
        error!(centre = %code, lines = state.lines, "red alerts wait, and nobody who is to be rung could be reached");
    }
    if let Some(step) = ringing.filter(|_| state.next() == Escalated::Over) {
        cancel(escalator, &step).await;
    }
    Ok(call)
}

/// Usually nothing is, and then nothing is written.
fn is_anything_due(escalator: &Escalator, state: &CentreState, now: Timestamp) -> bool {
    let lost = state.steps.last().is_some_and(|step| step.ended.is_none() && escalator.is_lost(step, now));
    let due = match state.next() {
        Escalated::Over => state.escalation.is_some(),
        Escalated::Ring(next) => next.at <= now,
        Escalated::Ringing | Escalated::Nobody(_) => false,
    };
    lost || due || is_to_be_said(state, now)
}

/// Ends a step whose call nobody waits for any more: nothing has been heard of it, or the alerts were taken elsewhere.
async fn end_ringing(
    escalator: &Escalator,
    tx: &mut Tx,
    step: &StepRow,
    state: &CentreState,
    now: Timestamp,
) -> Result<(), StoreError> {
    let outcome = match (escalator.is_lost(step, now), step.state) {
        (_, StepState::Answered) if state.next() != Escalated::Over => StepOutcome::Heard,
        (true, _) if state.next() != Escalated::Over => StepOutcome::Unknown,
        _ => StepOutcome::Withdrawn,
    };
    if outcome == StepOutcome::Unknown {
        warn!(call = %step.call, "unknown what became of a call to staff; the next person is rung");
    }
    end_step(tx, step, outcome, now).await
}

/// The escalation that goes on, or a new one.
async fn escalation_of(
    tx: &mut Tx,
    state: &CentreState,
    centre: &CentreCode,
    now: Timestamp,
) -> Result<EscalationId, StoreError> {
    if let Some(escalation) = &state.escalation {
        return Ok(escalation.id);
    }
    let id = EscalationId(new_id());
    // Another node was faster if it isn't added.
    if escalations::begin(tx, id, centre, now).await? { Ok(id) } else { Err(StoreError::Stale) }
}

/// Commits the right to ring somebody once, with the SMS and the e-mail.
async fn ring(
    escalator: &Escalator,
    tx: &mut Tx,
    state: &CentreState,
    centre: &CentreCode,
    next: NextRing,
    now: Timestamp,
) -> Result<Option<StepRow>, StoreError> {
    let Some(contact) = state.rota.contact(next.contact) else { return Ok(None) };
    let escalation = escalation_of(tx, state, centre, now).await?;
    let step = step_of(escalation, state, contact, next, now);
    let call = CallRow {
        id: step.call,
        line: Line::StaffAlert,
        flow_set: escalator.conversations.lines().flow_sets.current().digest.clone(),
        started_at: now,
        ended_at: None,
        disposition: None,
    };
    calls::insert(tx, &[call]).await?;
    if !escalations::add_step(tx, &step).await? {
        return Err(StoreError::Stale);
    }
    if contact.sms == SmsToo::Yes {
        let job = Job::StaffSms { call: step.call };
        outbox::put(tx, vec![NewJob { id: JobId(new_id()), job, due_at: now }]).await?;
    }
    if contact.email.is_some() && escalator.settings.email == EmailRule::Sent {
        let job = Job::StaffEmail { call: step.call };
        outbox::put(tx, vec![NewJob { id: JobId(new_id()), job, due_at: now }]).await?;
    }
    let rung = Changes::default()
        .field("call", None::<String>, step.call.to_string())
        .field("contact", None::<String>, step.name.as_str())
        .field("role", None::<String>, step.role.code())
        .field("step", None::<u32>, step.number)
        .field("round", None::<u32>, step.round)
        .field("lines", None::<usize>, state.lines);
    record(tx, centre, "alert.staff_rung", rung, now).await?;
    Ok(Some(step))
}

fn step_of(
    escalation: EscalationId,
    state: &CentreState,
    contact: &Contact,
    next: NextRing,
    now: Timestamp,
) -> StepRow {
    StepRow {
        call: CallId(new_id()),
        escalation,
        number: state.steps.last().map_or(1, |last| last.number.saturating_add(1)),
        round: next.round,
        role: next.role,
        contact: contact.id,
        name: contact.name.clone(),
        phone_number: contact.phone.number().clone(),
        language: contact.language,
        email: contact.email.clone(),
        state: StepState::Intended,
        intended_at: now,
        moved_at: now,
        ended: None,
        sms: None,
        mail: None,
    }
}

fn is_to_be_said(state: &CentreState, now: Timestamp) -> bool {
    let said_at = state.escalation.as_ref().and_then(|escalation| escalation.said_at);
    let long_ago = said_at.is_none_or(|at| now.duration_since(at).abs() >= SAID_EVERY);
    long_ago && state.has_reached_nobody(now)
}

/// Returns `true` if this node is to say now that nobody could be reached.
async fn say_unreached(
    tx: &mut Tx,
    state: &CentreState,
    centre: &CentreCode,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !is_to_be_said(state, now) {
        return Ok(false);
    }
    let escalation = escalation_of(tx, state, centre, now).await?;
    escalations::say(tx, escalation, now, now.checked_sub(SAID_EVERY).unwrap_or(Timestamp::MIN)).await
}

/// Cancels the call of somebody whose phone still rings. Who has answered hears the call to its end.
async fn cancel(escalator: &Escalator, step: &StepRow) {
    if step.state == StepState::Answered {
        return;
    }
    let found = async {
        let mut tx = escalator.context.database.begin_autocommit().await?;
        Ok::<_, StoreError>(legs::of_calls(&mut tx, &[step.call]).await?.into_iter().next())
    };
    let leg = match found.await {
        Ok(leg) => leg,
        Err(error) => {
            warn!(call = %step.call, %error, "could not cancel a call to staff; it rings to its end");
            return;
        }
    };
    let Some(leg) = leg else { return };
    let (Ok(name), Some(carrier)) = (CarrierLegId::parse(&leg.carrier_leg_id), escalator.carriers.named(&leg.carrier))
    else {
        return;
    };
    carrier.cancel(&name).await;
}
