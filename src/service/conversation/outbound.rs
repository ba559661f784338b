//! Outbound calls: the carrier's status reports, and the checks when a call is answered.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::active_turn::{ActiveTurn, PendingOutcome};
use super::batch::Batch;
use super::identify::standing_answers;
use super::transfer;
use super::turn_log::StoredEvent;
use super::{Answered, CarrierEvent, ConversationError, LegStatus, Outcome, staff_call};
use crate::carrier::network::Ringing;
use crate::domain::{
    CallId, CallerNumber, Channel, Direction, LegId, PhoneNumber, ProcessId, ReportId, ReportOutcome, SlotOrigin,
    Withdrawal,
};
use crate::engine::{AnsweredBy, Person, Start, begin};
use crate::flow::{FlowName, names};
use crate::policy::{ReportCovers, Sign, report_day};
use crate::service::centre_settings::{CentreSettings, centre_of, spo2_question_of, zone_of};
use crate::service::context::{ServiceEventKind, StandingData, new_id};
use crate::service::reports::NewReport;
use crate::service::slots::{AttemptConclusion, revive, slot_reported, unwanted};
use crate::store::attempts::AttemptRow;
use crate::store::centres::CentreRow;
use crate::store::legs::{LegFound, LegRow};
use crate::store::patients::PatientRow;
use crate::store::reports::ReportRow;
use crate::store::slots::SlotRow;
use crate::store::{patients, reports, slots};

/// Data about the answered calls of one commit.
struct Known {
    slots: HashMap<crate::domain::SlotId, SlotRow>,
    patients: HashMap<crate::domain::PatientId, PatientRow>,
    standing: Arc<StandingData>,
}

/// Begins the conversation of every answered call that has none yet.
pub(super) async fn answer_all(
    batch: &mut Batch<'_>,
    events: &[CarrierEvent],
    coming: &mut [PendingOutcome],
) -> Result<(), ConversationError> {
    let mut fresh: Vec<(&Answered, AttemptRow, &mut PendingOutcome)> = Vec::new();
    for (event, coming) in events.iter().zip(coming.iter_mut()) {
        if let (CarrierEvent::Answered(answered), PendingOutcome::Now(Outcome::Unknown)) = (event, &coming)
            && let Some(attempt) = batch.attempts.get(&answered.call)
        {
            fresh.push((answered, attempt.clone(), coming));
        }
    }
    if fresh.is_empty() {
        return Ok(());
    }
    let known = known_of(batch, fresh.iter().map(|(_, attempt, _)| attempt)).await?;
    let (maintenance, _) = batch.maintenance().await?;
    for (answered, attempt, coming) in fresh {
        let attempt = revived(batch, attempt, Sign::Lives).await?;
        let place = begin_answered(batch, answered, &attempt, &known, maintenance.is_some()).await?;
        *coming = place.map_or(PendingOutcome::Now(Outcome::Over), PendingOutcome::Live);
    }
    Ok(())
}

async fn known_of(
    batch: &mut Batch<'_>,
    attempts: impl Iterator<Item = &AttemptRow>,
) -> Result<Known, ConversationError> {
    let (slot_ids, patient_ids): (Vec<_>, Vec<_>) = attempts.map(|attempt| (attempt.slot, attempt.patient)).unzip();
    let slots = slots::by_ids(&mut batch.tx, &slot_ids).await?;
    let patients = patients::by_ids(&mut batch.tx, &patient_ids).await?;
    let standing = batch.context.standing_data(&mut batch.tx, batch.standing_version).await?;
    Ok(Known {
        slots: slots.into_iter().map(|slot| (slot.id, slot)).collect(),
        patients: patients.into_iter().map(|patient| (patient.id, patient)).collect(),
        standing,
    })
}

/// Checks again everything that was true when the call was placed (A3, A4, A9). Returns `None` if the call's
/// patient no longer exists.
async fn begin_answered(
    batch: &mut Batch<'_>,
    answered: &Answered,
    attempt: &AttemptRow,
    known: &Known,
    maintenance: bool,
) -> Result<Option<usize>, ConversationError> {
    let (Some(slot), Some(patient)) = (known.slots.get(&attempt.slot), known.patients.get(&attempt.patient)) else {
        return Ok(None);
    };
    let Some(centre_row) = known.standing.centre(&patient.centre) else { return Ok(None) };
    let centre = centre_of(centre_row);
    let unwanted = still_unwanted(batch, attempt, slot, patient, centre_row).await?;
    if attempt.ended_at.is_some() {
        tracing::error!(call = %attempt.call, "a call recorded as ended was answered; playing a goodbye");
    }
    let withdrawn = unwanted.is_some() || attempt.ended_at.is_some();
    let flow = match (withdrawn, maintenance) {
        (true, _) => names::WITHDRAWN,
        (false, true) => names::MAINTENANCE,
        (false, false) => answered.line().code(),
    };
    let talks = !withdrawn && !maintenance && answered.answered_by == AnsweredBy::Person;
    let person = if talks { Some(Box::new(person_of(batch, patient, centre_row, &centre).await?)) } else { None };
    let flow_set = batch.lines.flow_sets.current().clone();
    let start = Start {
        line: answered.line(),
        flow: FlowName::from(flow),
        language: patient.language,
        caller: Some(attempt.phone_number.clone()),
        call_back_number: batch.lines.call_back_number.clone(),
        health_call_number: batch.lines.health_call_number.clone(),
        fallback_centre: Some(centre),
        until: None,
        identify_by: None,
        person,
        answered_by: answered.answered_by,
        open_alerts: None,
    };
    let (session, effects) = begin(&flow_set, start, batch.at);
    let (leg, begun) = leg_of(batch, attempt.call, &attempt.phone_number, answered.carrier, &answered.leg);
    if begun.is_none() {
        batch.keep.began.push((leg, batch.at));
    }
    if let Some(why) = unwanted {
        batch.keep.withdrawn.push((attempt.call, why));
    }
    batch.keep.answered.push(attempt.call);
    batch.keep.moment(batch.at, attempt.call, ServiceEventKind::Answered(answered.answered_by));
    let event = StoredEvent::Began(answered.line());
    batch.active_turns.push(ActiveTurn { call: attempt.call, flow_set, session, effects, turn: 0, revision: 1, event });
    Ok(Some(batch.active_turns.len().saturating_sub(1)))
}

async fn still_unwanted(
    batch: &mut Batch<'_>,
    attempt: &AttemptRow,
    slot: &SlotRow,
    patient: &PatientRow,
    centre: &CentreRow,
) -> Result<Option<Withdrawal>, ConversationError> {
    if attempt.withdrawal.is_some() {
        return Ok(attempt.withdrawal);
    }
    if let Some(why) = unwanted(patient) {
        return Ok(Some(why));
    }
    if patient.phone_number.as_ref() != Some(&attempt.phone_number) {
        return Ok(Some(Withdrawal::NumberChanged));
    }
    // With coverage by slot, a report finished since has already withdrawn the call.
    let settings = CentreSettings::of(centre);
    let by_day = settings.report_covers == ReportCovers::Day;
    if by_day && slot.origin == SlotOrigin::Schedule {
        let of_day = reports::of_days(&mut batch.tx, &[(patient.id, slot.date)]).await?;
        let counts = |report: &ReportRow| settings.unregistered_reports.counts(report.caller_number);
        if of_day.iter().any(|report| report.outcome == ReportOutcome::Reported && counts(report)) {
            return Ok(Some(Withdrawal::Reported));
        }
    }
    Ok(None)
}

/// The patient of a call that is about to begin, with the day's open report. A report is added if there is none.
async fn person_of(
    batch: &mut Batch<'_>,
    patient: &PatientRow,
    row: &CentreRow,
    centre: &crate::engine::Centre,
) -> Result<Person, ConversationError> {
    let zone = zone_of(row).unwrap_or_else(|_| batch.lines.zone.clone());
    let day = report_day(batch.at, &zone);
    let slot_time = slot_reported(patient, row, day, batch.at);
    let open = reports::open_of(&mut batch.tx, &[(patient.id, day)]).await?;
    let (report, answers) = match open.into_iter().find(|open| open.report.slot_time == slot_time) {
        Some(open) => (open.report.id, standing_answers(&open.answers)),
        None => {
            let (id, channel) = (ReportId(new_id()), Channel::AutomatedCall);
            let caller_number = Some(CallerNumber::Registered);
            let new = NewReport { id, patient, date: day, slot_time, channel, caller_number };
            batch.keep.recorder.open_report(new, batch.at);
            (id, Vec::new())
        }
    };
    let known_in = patient.languages_known_in(Channel::AutomatedCall);
    let (oximeter, spo2_question) = (patient.oximeter, spo2_question_of(patient, &zone, day));
    let (patient, centre) = (patient.id, centre.clone());
    Ok(Person { patient, report, centre, answers, known_in, oximeter, spo2_question })
}

/// The attempt. It is reopened if it had ended and the carrier reports that its call is in progress or rang.
async fn revived(batch: &mut Batch<'_>, attempt: AttemptRow, sign: Sign) -> Result<AttemptRow, ConversationError> {
    if attempt.ended_at.is_none() {
        return Ok(attempt);
    }
    let Some(revived) = revive(&mut batch.tx, attempt.call, sign, batch.at).await? else { return Ok(attempt) };
    for call in revived.superseded {
        if let Some(other) = batch.attempts.get_mut(&call) {
            other.withdrawal = Some(Withdrawal::Superseded);
        }
    }
    batch.attempts.insert(attempt.call, revived.attempt.clone());
    Ok(revived.attempt)
}

/// The leg of an outbound call, new if the carrier hasn't named it before, and since when its phone is known to
/// ring.
pub(super) fn leg_of(
    batch: &mut Batch<'_>,
    call: CallId,
    number: &PhoneNumber,
    carrier: &str,
    name: &str,
) -> (LegId, Option<Timestamp>) {
    if let Some(known) = batch.legs.get(name) {
        return (known.leg, known.began_at);
    }
    let row = outbound_leg(call, number, carrier, name, Some(batch.context.process()), batch.at);
    let leg = row.id;
    batch.keep.new_legs.push(row);
    let found = LegFound { carrier_leg_id: name.to_owned(), leg, call, began_at: None, ended_at: None };
    batch.legs.insert(name.to_owned(), found);
    (leg, None)
}

/// Handles the carrier's status of an outbound call. The first one proves that the carrier has the call.
pub(super) async fn step_outbound_status(
    batch: &mut Batch<'_>,
    status: &LegStatus,
    call: CallId,
) -> Result<PendingOutcome, ConversationError> {
    let Some(attempt) = batch.attempts.get(&call).cloned() else {
        return staff_call::step_status(batch, status, call).await;
    };
    let attempt = match (status.ended, status.ringing) {
        (None, _) => revived(batch, attempt, Sign::Lives).await?,
        (Some(_), Ringing::Proven | Ringing::Possible) => revived(batch, attempt, Sign::Rang).await?,
        // No phone rang, so the call counts as not placed.
        (Some(_), Ringing::RuledOut) => attempt,
    };
    let (leg, begun) = leg_of(batch, call, &attempt.phone_number, status.carrier, &status.leg);
    if status.ringing == Ringing::Proven && begun.is_none() {
        batch.keep.began.push((leg, batch.at));
    }
    batch.keep.status(leg, status, batch.at);
    let Some(cause) = status.ended else {
        batch.keep.placed.push(call);
        if status.status == "ringing" {
            batch.keep.moment(batch.at, call, ServiceEventKind::Ringing);
        }
        return Ok(PendingOutcome::Now(Outcome::Noted));
    };
    if batch.sessions.contains_key(&call) {
        return transfer::step_leg_end(batch, call, cause).await;
    }
    batch.keep.ends.push((call, AttemptConclusion::Unanswered(cause)));
    Ok(PendingOutcome::Now(Outcome::Noted))
}

/// The leg of an outbound call, with the node that has it, if that is known.
pub(in crate::service) fn outbound_leg(
    call: CallId,
    number: &PhoneNumber,
    carrier: &str,
    name: &str,
    node: Option<ProcessId>,
    at: Timestamp,
) -> LegRow {
    LegRow {
        id: LegId(new_id()),
        call,
        direction: Direction::Outbound,
        carrier: carrier.to_owned(),
        carrier_leg_id: name.to_owned(),
        far_number: Some(number.clone()),
        near_number: None,
        started_at: at,
        ended_at: None,
        hangup_cause: None,
        began_at: None,
        node,
    }
}
