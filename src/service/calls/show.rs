//! Calls as they took place: who called, what was keyed and what was said, turn by turn.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Actor, Answer, CallId, CallerNumber, HersysId, Item, Language, PatientId, Severity, SlotId};
use crate::engine::{NextAction, Reply, Session, WordsFor, words};
use crate::flow::FlowSet;
use crate::policy::{Lane, Permission, require, scope};
use crate::service::calls::CallError;
use crate::service::context::{Context, Details, FlowSetError, Viewed, shown_of, stored_flow_set};
use crate::service::conversation::StoredEvent;
use crate::service::error::{ServiceError, StoredThing};
use crate::store::answers::{self, AnswerRow};
use crate::store::attempts::{self, AttemptFilter, AttemptRow};
use crate::store::audit::Subject;
use crate::store::calls::{self, CallFilter, CallRow};
use crate::store::legs::{self, LegRow, LegStatus};
use crate::store::patients::{self, PatientRow};
use crate::store::slots::{self, SlotRow};
use crate::store::turns::{self, TurnRow};
use crate::store::{Tx, identifications, reports, sessions};

/// A call with everything stored about it.
#[allow(missing_debug_implementations, reason = "what was keyed is personal")]
pub struct ShownCall {
    /// The call.
    pub call: CallRow,
    /// Its legs, each with the carrier's status reports.
    pub legs: Vec<(LegRow, Vec<LegStatus>)>,
    /// The patients identified in the call.
    pub people: Vec<ShownPerson>,
    /// For an automated call: the attempt, its slot, and all attempts of that slot.
    pub attempt: Option<ShownAttempt>,
    /// Its turns, first to last.
    pub turns: Vec<ShownTurn>,
}

/// A patient identified in a call.
#[derive(Debug, Clone)]
pub struct ShownPerson {
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// Whose number was shown instead of the registered number. `None` if the registered number was shown.
    pub other_number: Option<CallerNumber>,
}

/// The attempt and slot of an automated call.
#[derive(Debug, Clone)]
pub struct ShownAttempt {
    /// The attempt that placed the call.
    pub attempt: AttemptRow,
    /// The slot.
    pub slot: SlotRow,
    /// All attempts of the slot, first to last.
    pub all: Vec<AttemptRow>,
}

/// One turn of a call.
#[allow(missing_debug_implementations, reason = "what was keyed is personal")]
pub struct ShownTurn {
    /// Its number.
    pub turn: i64,
    /// When the event arrived.
    pub at: Timestamp,
    /// The event.
    pub event: StoredEvent,
    /// The answers stored in this turn.
    pub answers: Vec<ShownAnswer>,
    /// What was said in reply, worded by the flow set that the call began with.
    pub said: Vec<(Language, String)>,
    /// What happened after the reply. `None` if there was no reply.
    pub then: Option<NextAction>,
}

/// A stored answer.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ShownAnswer {
    /// The HER-SYS ID of the patient whose answer it is.
    pub hersys_id: Option<HersysId>,
    /// What was asked.
    pub item: Item,
    /// The answer; `None` if it was taken back.
    pub answer: Option<Answer>,
    /// The severity of the answer.
    pub severity: Severity,
    /// Whether it was given after the report was finished. Then it isn't part of the report.
    pub late: bool,
}

/// Lists calls by their start, latest first. If the filter has a HER-SYS ID, the audit trail records the lookup.
///
/// # Errors
/// Database errors.
pub async fn list_calls(
    context: &Context,
    actor: &Actor,
    filter: &CallFilter,
) -> Result<Viewed<Vec<CallRow>>, ServiceError> {
    require(actor, Permission::ViewCalls)?;
    let mut tx = context.database.begin_read().await?;
    let found = calls::list(&mut tx, filter).await?;
    let people = match &filter.hersys_id {
        Some(id) => patients::by_hersys_ids(&mut tx, std::slice::from_ref(id)).await?,
        None => Vec::new(),
    };
    drop(tx);
    let noted = match &filter.hersys_id {
        Some(id) if people.is_empty() => {
            context
                .note_absence(actor, Subject::Nobody(Some(id.clone())), "patient.not_found", "patient.calls_listed")
                .await?
        }
        _ => shown_of(context, actor, &people, "patient.calls_listed", Details::Masked).await?,
    };
    Ok(Viewed { found, noted })
}

/// Shows a call. The audit trail records the view for each patient in it (D3).
///
/// # Errors
/// [`CallError::NotFound`], or [`ServiceError::Unreadable`] if stored data can't be read.
pub async fn show_call(
    context: &Context,
    actor: &Actor,
    id: CallId,
    details: Details,
) -> Result<Viewed<ShownCall>, ServiceError> {
    let scope = scope(actor, Permission::ViewCalls)?;
    let mut tx = context.database.begin_read().await?;
    let Some(call) = calls::show(&mut tx, id).await? else {
        drop(tx);
        // The lookup is refused even if the audit entry can't be written: a missing call reveals no patient.
        let _noted = context.note_absence(actor, format!("call:{id}"), "call.not_found", "call.shown").await?;
        return Err(CallError::NotFound.into());
    };
    let mut shown_legs = Vec::new();
    for leg in legs::of_calls(&mut tx, &[id]).await? {
        let statuses = legs::statuses(&mut tx, leg.id).await?;
        shown_legs.push((leg, statuses));
    }
    let flow_set = stored_flow_set(&mut tx, &call.flow_set).await.map_err(|error| match error {
        FlowSetError::Store(error) => ServiceError::Store(error),
        FlowSetError::Unreadable => ServiceError::Unreadable(StoredThing::FlowSet),
    })?;
    let attempt = attempt_of(&mut tx, id).await?;
    let proven = identifications::proven_in(&mut tx, id).await?;
    let ids: Vec<HersysId> = proven.iter().map(|(id, _)| id.clone()).collect();
    let people = people_in(&mut tx, &call, &ids, attempt.as_ref().map(|shown| shown.attempt.patient)).await?;
    if scope.centres().is_some() && !people.iter().any(|patient| scope.covers(&patient.centre)) {
        return Err(CallError::NotFound.into());
    }
    let answers = answers_in(&mut tx, &call, &people).await?;
    let mut shown_turns = Vec::new();
    for row in turns::of_call(&mut tx, id).await? {
        shown_turns.push(shown_turn(&row, &flow_set, &answers)?);
    }
    drop(tx);
    let noted = shown_of(context, actor, &people, "patient.call_shown", details).await?;
    let other_number = |id: &HersysId| {
        let (_, lane) = proven.iter().find(|(proven, lane)| proven == id && *lane != Lane::Registered)?;
        Some(lane.caller_number())
    };
    let people = people.into_iter().map(|patient| patient.hersys_id);
    let people = people.map(|id| ShownPerson { other_number: other_number(&id), hersys_id: id }).collect();
    Ok(Viewed { found: ShownCall { call, legs: shown_legs, people, attempt, turns: shown_turns }, noted })
}

/// Lists attempts by their state or outcome, latest first, each with its slot. If numbers are revealed, the audit
/// trail records it for each patient.
///
/// # Errors
/// Database errors.
pub async fn list_attempts(
    context: &Context,
    actor: &Actor,
    filter: &AttemptFilter,
    details: Details,
) -> Result<Viewed<Vec<(AttemptRow, SlotRow)>>, ServiceError> {
    require(actor, Permission::ViewCalls)?;
    let mut tx = context.database.begin_read().await?;
    let found = attempts::list(&mut tx, filter).await?;
    let mut ids: Vec<SlotId> = found.iter().map(|attempt| attempt.slot).collect();
    ids.sort_unstable();
    ids.dedup();
    let slots: HashMap<SlotId, SlotRow> =
        slots::by_ids(&mut tx, &ids).await?.into_iter().map(|slot| (slot.id, slot)).collect();
    let mut called: Vec<PatientId> = match details {
        Details::Masked => Vec::new(),
        Details::Revealed => found.iter().map(|attempt| attempt.patient).collect(),
    };
    called.sort_unstable();
    called.dedup();
    let people = patients::by_ids(&mut tx, &called).await?;
    drop(tx);
    let noted = shown_of(context, actor, &people, "patient.numbers_listed", details).await?;
    let with_slot = |attempt: AttemptRow| slots.get(&attempt.slot).cloned().map(|slot| (attempt, slot));
    Ok(Viewed { found: found.into_iter().filter_map(with_slot).collect(), noted })
}

async fn attempt_of(tx: &mut Tx, call: CallId) -> Result<Option<ShownAttempt>, ServiceError> {
    let Some(attempt) = attempts::by_calls(tx, &[call]).await?.pop() else { return Ok(None) };
    let Some(slot) = slots::by_ids(tx, &[attempt.slot]).await?.pop() else { return Ok(None) };
    let all = attempts::of_slot(tx, slot.id).await?;
    Ok(Some(ShownAttempt { attempt, slot, all }))
}

/// The patients identified in a call, and the patient it was placed to.
async fn people_in(
    tx: &mut Tx,
    call: &CallRow,
    proven: &[HersysId],
    called: Option<PatientId>,
) -> Result<Vec<PatientRow>, ServiceError> {
    let mut people = patients::by_hersys_ids(tx, proven).await?;
    if let Some(called) = called.filter(|called| !people.iter().any(|known| known.id == *called)) {
        people.extend(patients::by_ids(tx, &[called]).await?);
    }
    let sessions = sessions::load(tx, &[call.id]).await?;
    let last = sessions.first().and_then(|row| serde_json::from_str::<Session>(row.session.as_str()).ok());
    if let Some(person) = last.and_then(|session| session.person)
        && !people.iter().any(|known| known.id == person.patient)
    {
        people.extend(patients::by_ids(tx, &[person.patient]).await?);
    }
    people.dedup_by_key(|patient| patient.id);
    Ok(people)
}

/// The answers given in a call. Answers are stored by report, so they are found through the patients' reports of the
/// call's days. The day at the centre may be the one before or after the day in UTC.
async fn answers_in(
    tx: &mut Tx,
    call: &CallRow,
    people: &[PatientRow],
) -> Result<Vec<(Option<HersysId>, AnswerRow)>, ServiceError> {
    let begun = call.started_at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let days = [begun.yesterday(), Ok(begun), begun.tomorrow()];
    let days: Vec<_> = days.into_iter().filter_map(Result::ok).collect();
    let mut keys: Vec<(PatientId, jiff::civil::Date)> =
        people.iter().flat_map(|patient| days.iter().map(|day| (patient.id, *day))).collect();
    keys.sort_unstable();
    keys.dedup();
    let reports = reports::of_days(tx, &keys).await?;
    let ids: Vec<_> = reports.iter().map(|report| report.id).collect();
    let whose = |answer: &AnswerRow| {
        let report = reports.iter().find(|report| report.id == answer.report)?;
        people.iter().find(|patient| patient.id == report.patient).map(|patient| patient.hersys_id.clone())
    };
    let given = answers::of_reports(tx, &ids).await?;
    let given = given.into_iter().filter(|answer| answer.call == Some(call.id));
    Ok(given.map(|answer| (whose(&answer), answer)).collect())
}

fn shown_turn(
    row: &TurnRow,
    flow_set: &FlowSet,
    answers: &[(Option<HersysId>, AnswerRow)],
) -> Result<ShownTurn, ServiceError> {
    let unreadable = |_| ServiceError::Unreadable(StoredThing::Turn);
    let event: StoredEvent = serde_json::from_str(row.event.as_str()).map_err(unreadable)?;
    let reply: Option<Arc<Reply>> = serde_json::from_str(row.reply.as_str()).map_err(unreadable)?;
    let said = reply.iter().flat_map(|reply| &reply.say);
    let said = said.map(|utterance| (utterance.language, words(flow_set, utterance, WordsFor::Reader)));
    let of_turn = answers.iter().filter(|(_, answer)| answer.turn == Some(row.turn));
    let answers = of_turn.map(|(hersys_id, answer)| ShownAnswer {
        hersys_id: hersys_id.clone(),
        item: answer.item,
        answer: answer.item.read(answer.entry.expose()),
        severity: answer.severity,
        late: answer.late,
    });
    Ok(ShownTurn {
        turn: row.turn,
        at: row.at,
        event,
        answers: answers.collect(),
        said: said.collect(),
        then: reply.as_ref().map(|reply| reply.then.clone()),
    })
}
