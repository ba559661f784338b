//! Calls to staff about red alerts. They have no patient and no report: their conversation knows the health centre and
//! how many lines wait.

use std::collections::HashMap;

use super::active_turn::{ActiveTurn, PendingOutcome};
use super::batch::Batch;
use super::outbound::leg_of;
use super::transfer;
use super::turn_log::StoredEvent;
use super::{Answered, CarrierEvent, ConversationError, LegStatus, Outcome};
use crate::domain::{CallId, CentreCode, Disposition, HangupCause, Line, StepOutcome};
use crate::engine::{Start, begin};
use crate::flow::{FlowName, names};
use crate::service::alerts::untaken_red_lines;
use crate::service::centre_settings::centre_of;
use crate::service::context::ServiceEventKind;
use crate::store::StoreError;
use crate::store::escalations::{self, StepRow};

/// The calls to staff among those that these events report on.
pub(super) async fn load(batch: &mut Batch<'_>, events: &[CarrierEvent]) -> Result<(), StoreError> {
    let named = events.iter().filter_map(|event| match event {
        CarrierEvent::Answered(answered) => Some(answered.call),
        CarrierEvent::Status(status) => status.call,
        _ => None,
    });
    let others: Vec<CallId> = named.filter(|call| !batch.attempts.contains_key(call)).collect();
    if !others.is_empty() {
        let steps = escalations::steps_of_calls(&mut batch.tx, &others).await?;
        batch.staff_calls = steps.into_iter().map(|step| (step.call, step)).collect();
    }
    Ok(())
}

/// Begins the conversation of every answered call that has none yet.
pub(super) async fn answer_all(
    batch: &mut Batch<'_>,
    events: &[CarrierEvent],
    coming: &mut [PendingOutcome],
) -> Result<(), ConversationError> {
    for (event, coming) in events.iter().zip(coming.iter_mut()) {
        if let (CarrierEvent::Answered(answered), PendingOutcome::Now(Outcome::Unknown)) = (event, &coming)
            && let Some(step) = batch.staff_calls.get(&answered.call).cloned()
            && let Some(place) = begin_answered(batch, answered, &step).await?
        {
            *coming = PendingOutcome::Live(place);
        }
    }
    Ok(())
}

/// Returns `None` if the health centre no longer exists.
async fn begin_answered(
    batch: &mut Batch<'_>,
    answered: &Answered,
    step: &StepRow,
) -> Result<Option<usize>, ConversationError> {
    let Some(escalation) = escalations::get(&mut batch.tx, step.escalation).await? else { return Ok(None) };
    let Some(lines) = lines_of(batch, &escalation.centre).await? else { return Ok(None) };
    let (centre, lines) = lines;
    let flow_set = batch.lines.flow_sets.current().clone();
    let start = Start {
        line: Line::StaffAlert,
        flow: FlowName::from(names::STAFF_ALERT),
        language: step.language,
        caller: Some(step.phone_number.clone()),
        call_back_number: batch.lines.call_back_number.clone(),
        health_call_number: batch.lines.health_call_number.clone(),
        fallback_centre: Some(centre),
        until: None,
        identify_by: None,
        person: None,
        answered_by: answered.answered_by,
        open_alerts: Some(lines),
    };
    let (session, effects) = begin(&flow_set, start, batch.at);
    let (leg, begun) = leg_of(batch, step.call, &step.phone_number, answered.carrier, &answered.leg);
    if begun.is_none() {
        batch.keep.began.push((leg, batch.at));
    }
    batch.keep.staff_calls.answered.push(step.call);
    batch.keep.moment(batch.at, step.call, ServiceEventKind::Answered(answered.answered_by));
    let event = StoredEvent::Began(Line::StaffAlert);
    batch.active_turns.push(ActiveTurn { call: step.call, flow_set, session, effects, turn: 0, revision: 1, event });
    Ok(Some(batch.active_turns.len().saturating_sub(1)))
}

async fn lines_of(
    batch: &mut Batch<'_>,
    code: &CentreCode,
) -> Result<Option<(crate::engine::Centre, u32)>, ConversationError> {
    let standing = batch.context.standing_data(&mut batch.tx, batch.standing_version).await?;
    let Some(centre) = standing.centre(code).map(centre_of) else { return Ok(None) };
    let lines = untaken_red_lines(&mut batch.tx, code).await?.len();
    Ok(Some((centre, u32::try_from(lines).unwrap_or(u32::MAX))))
}

/// Handles the carrier's status of a call to staff.
pub(super) async fn step_status(
    batch: &mut Batch<'_>,
    status: &LegStatus,
    call: CallId,
) -> Result<PendingOutcome, ConversationError> {
    let Some(step) = batch.staff_calls.get(&call).cloned() else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
    let (leg, begun) = leg_of(batch, call, &step.phone_number, status.carrier, &status.leg);
    if status.ringing == crate::carrier::network::Ringing::Proven && begun.is_none() {
        batch.keep.began.push((leg, batch.at));
    }
    batch.keep.status(leg, status, batch.at);
    let Some(cause) = status.ended else {
        batch.keep.staff_calls.placed.push(call);
        if status.status == "ringing" {
            batch.keep.moment(batch.at, call, ServiceEventKind::Ringing);
        }
        return Ok(PendingOutcome::Now(Outcome::Noted));
    };
    if batch.sessions.contains_key(&call) {
        return transfer::step_leg_end(batch, call, cause).await;
    }
    batch.keep.staff_calls.ends.push((call, unanswered(cause)));
    Ok(PendingOutcome::Now(Outcome::Noted))
}

/// What came of a call without a conversation.
const fn unanswered(cause: HangupCause) -> StepOutcome {
    match cause {
        HangupCause::UserBusy | HangupCause::CallRejected => StepOutcome::Busy,
        HangupCause::NoAnswer | HangupCause::NormalClearing => StepOutcome::NoAnswer,
        HangupCause::InvalidNumberFormat | HangupCause::TemporaryFailure | HangupCause::Unspecified => {
            StepOutcome::Failed
        }
    }
}

/// What came of a call with a conversation.
pub(super) const fn conversed(disposition: Disposition) -> StepOutcome {
    match disposition {
        Disposition::AlertsTaken => StepOutcome::Taken,
        Disposition::AlertsPassedOn => StepOutcome::PassedOn,
        Disposition::Voicemail => StepOutcome::Voicemail,
        Disposition::SystemFailure => StepOutcome::Failed,
        _ => StepOutcome::Heard,
    }
}

/// The calls to staff whose events a commit handles.
pub(super) type StaffCalls = HashMap<CallId, StepRow>;
