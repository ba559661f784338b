//! Calls as they took place: who called, what was keyed and what was said, turn by turn.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use crate::domain::{
    Actor, Answer, AttemptOutcome, AttemptState, CallId, CallerNumber, Channel, HersysId, Item, Language, Line,
    PatientId, ReportOutcome, Sensitive, Severity, SlotId,
};
use crate::engine::{NextAction, Reply, WordsFor, words};
use crate::flow::FlowSet;
use crate::policy::{Lane, Permission, scope};
use crate::service::centre_settings::visible_centre;
use crate::service::context::{
    Changes, Context, Details, FlowSetError, Noted, Page, Viewed, shown_of, stored_flow_set,
};
use crate::service::conversation::StoredEvent;
use crate::service::error::{CallError, ServiceError, StoredThing};
use crate::service::reports::{ReportStanding, ReportVersion};
use crate::service::slots::ShownSlot;
use crate::store::answers::{self, AnswerRow};
use crate::store::attempts::{self, AttemptFilter, AttemptRow};
use crate::store::audit::Subject;
use crate::store::calls::{self, CallFilter, CallResult, CallRow, CallsOf};
use crate::store::legs;
use crate::store::patients::{self, PatientRow};
use crate::store::reports::{self, ReportRow};
use crate::store::slots::{self, SlotRow};
use crate::store::turns::{self, TurnRow};
use crate::store::{StoreError, Tx, call_people, escalations, identifications};

use super::view::{AttemptSummary, CallSummary, ShownLeg};

/// Which calls to list, latest first.
#[derive(Debug, Clone, Default)]
pub struct CallQuery {
    /// Only calls that began at or after this time.
    pub since: Option<Timestamp>,
    /// Only calls that began before this time.
    pub until: Option<Timestamp>,
    /// Only calls on this line.
    pub line: Option<Line>,
    /// Only calls that stand so.
    pub result: CallResult,
    /// Only calls that haven't ended.
    pub open_only: bool,
    /// Whose calls.
    pub of: CallsOf,
    /// Only calls after this one: the next page.
    pub after: Option<CallId>,
    /// The maximum number of calls.
    pub limit: u32,
}

/// Which automated calls to list, latest first.
#[derive(Debug, Clone, Copy)]
pub struct AttemptQuery {
    /// Their state or outcome.
    pub stage: AttemptStage,
    /// Only attempts committed at or after this time.
    pub since: Option<Timestamp>,
    /// Only attempts after this call: the next page.
    pub after: Option<CallId>,
    /// The maximum number of attempts.
    pub limit: u32,
}

/// A state or an outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptStage {
    /// The attempt is in this state.
    State(AttemptState),
    /// It ended with this outcome.
    Outcome(AttemptOutcome),
}

/// A call with everything stored about it.
#[allow(missing_debug_implementations, reason = "what was keyed is personal")]
pub struct ShownCall {
    /// The call.
    pub call: CallSummary,
    /// Its legs.
    pub legs: Vec<ShownLeg>,
    /// The patients identified in the call.
    pub people: Vec<ShownPerson>,
    /// The reports for which answers were given in the call, or which ended in it, first to last.
    pub reports: Vec<ShownReport>,
    /// For an automated call: the attempt, its slot, and all attempts of that slot.
    pub attempt: Option<ShownAttempt>,
    /// Its turns, first to last.
    pub turns: Vec<ShownTurn>,
}

/// A patient identified in a call.
#[derive(Debug, Clone)]
pub struct ShownPerson {
    /// The record.
    pub id: PatientId,
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// The family name.
    pub family_name: Sensitive,
    /// The given name.
    pub given_name: Sensitive,
    /// Whose number was shown instead of the registered number. `None` if the registered number was shown.
    pub other_number: Option<CallerNumber>,
}

/// A report for which answers were given in a call, or which ended in it, as it is now.
#[derive(Debug, Clone)]
pub struct ShownReport {
    /// Whose report it is.
    pub hersys_id: HersysId,
    /// The date in the time zone of the health centre.
    pub report_date: Date,
    /// `HH:MM` of the slot that it is about. Empty if it is about the day.
    pub slot_time: String,
    /// The channel through which it was given.
    pub channel: Channel,
    /// Whether it is reported.
    pub outcome: ReportOutcome,
    /// The question after which it stopped, although it counts as reported. `None` if every question was asked.
    pub stopped_after: Option<Item>,
    /// Whether it counts among the versions of its day or slot.
    pub standing: ReportStanding,
    /// Which of them it is.
    pub version: ReportVersion,
}

/// The attempt and slot of an automated call.
#[derive(Debug, Clone)]
pub struct ShownAttempt {
    /// The attempt that placed the call.
    pub attempt: AttemptSummary,
    /// The slot.
    pub slot: ShownSlot,
    /// All attempts of the slot, first to last.
    pub all: Vec<AttemptSummary>,
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

/// Lists calls by their start, latest first. An actor who is limited to health centres sees the calls with their
/// patients. If the query has a HER-SYS ID, the audit trail records the lookup.
///
/// # Errors
/// [`CallError::NotFound`] if the call before the page doesn't exist; [`CentreError::NotFound`].
pub async fn list_calls(
    context: &Context,
    actor: &Actor,
    query: &CallQuery,
) -> Result<Viewed<Page<CallSummary>>, ServiceError> {
    let scope = scope(actor, Permission::ViewCalls)?;
    let mut tx = context.database.begin_read().await?;
    if let Some(after) = query.after {
        calls::show(&mut tx, after).await?.ok_or(CallError::NotFound)?;
    }
    let (found, noted) = match &query.of {
        CallsOf::HersysId(id) => {
            let mut people = patients::by_hersys_ids(&mut tx, std::slice::from_ref(id)).await?;
            people.retain(|patient| scope.covers(&patient.centre));
            let visible = scope.centres().is_none() || !people.is_empty();
            let found = if visible { listed(&mut tx, query, query.of.clone()).await? } else { Vec::new() };
            drop(tx);
            let noted = if people.is_empty() {
                context
                    .note_absence(actor, Subject::Nobody(Some(id.clone())), "patient.not_found", "patient.calls_listed")
                    .await?
            } else {
                shown_of(context, actor, &people, "patient.calls_listed", Changes::default()).await?
            };
            (found, noted)
        }
        CallsOf::Centre(code) | CallsOf::StaffOf(code) => {
            visible_centre(&mut tx, &scope, code).await?;
            (listed(&mut tx, query, query.of.clone()).await?, Noted::Yes)
        }
        CallsOf::Anyone => match scope.centres() {
            None => (listed(&mut tx, query, CallsOf::Anyone).await?, Noted::Yes),
            Some(centres) => {
                let mut found = Vec::new();
                for code in centres {
                    found.extend(listed(&mut tx, query, CallsOf::Centre(code.clone())).await?);
                }
                found.sort_by_key(|call| std::cmp::Reverse((call.started_at, call.id)));
                found.dedup_by_key(|call| call.id);
                (found, Noted::Yes)
            }
        },
    };
    Ok(Viewed { found: Page::of(found, query.limit).map(|row| CallSummary::from(&row)), noted })
}

pub(super) async fn listed(tx: &mut Tx, query: &CallQuery, of: CallsOf) -> Result<Vec<CallRow>, StoreError> {
    let limit = Page::<CallRow>::one_more(query.limit);
    let CallQuery { since, until, line, result, open_only, after, .. } = *query;
    let filter = CallFilter { since, until, line, result, open_only, of, after, limit };
    calls::list(tx, &filter).await
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
        shown_legs.push(ShownLeg::of(leg, statuses));
    }
    let attempt = attempt_of(&mut tx, id).await?;
    let proven = identifications::proven_in(&mut tx, id).await?;
    let part = call_people::of_calls(&mut tx, &[id]).await?;
    let ids: Vec<PatientId> = part.iter().map(|person| person.patient).collect();
    let people = patients::by_ids(&mut tx, &ids).await?;
    let to_staff = escalations::centre_of_call(&mut tx, id).await?;
    let centres = part.iter().map(|person| &person.centre).chain(people.iter().map(|patient| &patient.centre));
    let mut centres = centres.chain(&to_staff);
    if scope.centres().is_some() && !centres.any(|centre| scope.covers(centre)) {
        drop(tx);
        let _noted = context.note_absence(actor, format!("call:{id}"), "call.not_found", "call.shown").await?;
        return Err(CallError::NotFound.into());
    }
    let (reports, shown_turns) = spoken_in(&mut tx, &call, &people).await?;
    drop(tx);
    let asked = details.changes().field("call", None::<String>, id.to_string());
    let noted = shown_of(context, actor, &people, "patient.call_shown", asked).await?;
    let other_number = |id: &HersysId| {
        let (_, lane) = proven.iter().find(|(proven, lane)| proven == id && *lane != Lane::Registered)?;
        Some(lane.caller_number())
    };
    let person = |patient: PatientRow| ShownPerson {
        id: patient.id,
        other_number: other_number(&patient.hersys_id),
        hersys_id: patient.hersys_id,
        family_name: patient.family_name,
        given_name: patient.given_name,
    };
    let people = people.into_iter().map(person).collect();
    Ok(Viewed {
        found: ShownCall {
            call: CallSummary::from(&call),
            legs: shown_legs,
            people,
            reports,
            attempt,
            turns: shown_turns,
        },
        noted,
    })
}

/// Lists attempts by their state or outcome, latest first, each with its slot. If numbers are revealed, the audit
/// trail records it for each patient.
///
/// # Errors
/// [`CallError::NotFound`] if the call before the page isn't an automated call.
pub async fn list_attempts(
    context: &Context,
    actor: &Actor,
    query: &AttemptQuery,
    details: Details,
) -> Result<Viewed<Page<(AttemptSummary, ShownSlot)>>, ServiceError> {
    let scope = scope(actor, Permission::ViewCalls)?;
    let (state, outcome) = match query.stage {
        AttemptStage::State(state) => (Some(state), None),
        AttemptStage::Outcome(outcome) => (None, Some(outcome)),
    };
    let limit = Page::<AttemptRow>::one_more(query.limit);
    let (since, after, centres) = (query.since, query.after, scope.centres().cloned());
    let filter = AttemptFilter { state, outcome, since, centres, after, limit };
    let mut tx = context.database.begin_read().await?;
    if let Some(after) = query.after {
        // A call of another line has no place in this list.
        attempts::by_calls(&mut tx, &[after]).await?.pop().ok_or(CallError::NotFound)?;
    }
    let page = Page::of(attempts::list(&mut tx, &filter).await?, query.limit);
    let mut ids: Vec<SlotId> = page.items.iter().map(|attempt| attempt.slot).collect();
    ids.sort_unstable();
    ids.dedup();
    let slots: HashMap<SlotId, SlotRow> =
        slots::by_ids(&mut tx, &ids).await?.into_iter().map(|slot| (slot.id, slot)).collect();
    let mut called: Vec<PatientId> = match details {
        Details::Masked => Vec::new(),
        Details::Revealed => page.items.iter().map(|attempt| attempt.patient).collect(),
    };
    called.sort_unstable();
    called.dedup();
    let people = patients::by_ids(&mut tx, &called).await?;
    drop(tx);
    let asked = details.changes().field("after", None::<String>, query.after.map(|call| call.to_string()));
    let noted = shown_of(context, actor, &people, "patient.numbers_listed", asked).await?;
    let with_slot = |attempt: AttemptRow| slots.get(&attempt.slot).cloned().map(|slot| (attempt.into(), slot.into()));
    let items = page.items.into_iter().filter_map(with_slot).collect();
    Ok(Viewed { found: Page { items, rest: page.rest }, noted })
}

async fn attempt_of(tx: &mut Tx, call: CallId) -> Result<Option<ShownAttempt>, ServiceError> {
    let Some(attempt) = attempts::by_calls(tx, &[call]).await?.pop() else { return Ok(None) };
    let Some(slot) = slots::by_ids(tx, &[attempt.slot]).await?.pop() else { return Ok(None) };
    let all = attempts::of_slot(tx, slot.id).await?;
    let all = all.into_iter().map(AttemptSummary::from).collect();
    Ok(Some(ShownAttempt { attempt: attempt.into(), slot: slot.into(), all }))
}

/// An answer, and the HER-SYS ID of the patient whose answer it is.
type Given = (Option<HersysId>, AnswerRow);

/// The answers given in a call, and its reports. Answers are stored by report, so they are found through the
/// patients' reports of the call's days. The day at the centre may be the one before or after the day in UTC.
async fn given_in(
    tx: &mut Tx,
    call: &CallRow,
    people: &[PatientRow],
) -> Result<(Vec<ShownReport>, Vec<Given>), ServiceError> {
    let begun = call.started_at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let days = [begun.yesterday(), Ok(begun), begun.tomorrow()];
    let days: Vec<_> = days.into_iter().filter_map(Result::ok).collect();
    let mut keys: Vec<(PatientId, Date)> =
        people.iter().flat_map(|patient| days.iter().map(|day| (patient.id, *day))).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut found = reports::of_days(tx, &keys).await?;
    found.sort_by_key(|report| (report.started_at, report.id));
    let ids: Vec<_> = found.iter().map(|report| report.id).collect();
    let whose = |patient: PatientId| people.iter().find(|of| of.id == patient).map(|of| of.hersys_id.clone());
    let mut answers = answers::of_reports(tx, &ids).await?;
    answers.retain(|answer| answer.origin.call() == Some(call.id));
    // Who hears the advice again and hangs up has reported without an answer in this call.
    let ended_here = |report: &ReportRow| {
        let by_phone = matches!(report.channel, Channel::AutomatedCall | Channel::HealthCall);
        let during = |at: Timestamp| call.started_at <= at && call.ended_at.is_none_or(|end| at <= end);
        by_phone && report.outcome != ReportOutcome::NotBegun && report.ended_at.is_some_and(during)
    };
    let answered_here = |report: &ReportRow| answers.iter().any(|answer| answer.report == report.id);
    let shown = found.iter().filter(|report| answered_here(report) || ended_here(report)).filter_map(|row| {
        Some(ShownReport {
            hersys_id: whose(row.patient)?,
            report_date: row.report_date,
            slot_time: row.slot_time.clone(),
            channel: row.channel,
            outcome: row.outcome,
            stopped_after: row.stopped_after,
            standing: ReportStanding::of(row, &found),
            version: ReportVersion::of(row, &found),
        })
    });
    let shown = shown.collect();
    let of = |answer: &AnswerRow| whose(found.iter().find(|report| report.id == answer.report)?.patient);
    Ok((shown, answers.into_iter().map(|answer| (of(&answer), answer)).collect()))
}

/// The reports of a call with these people, and its turns as they were spoken.
pub(in crate::service) async fn spoken_in(
    tx: &mut Tx,
    call: &CallRow,
    people: &[PatientRow],
) -> Result<(Vec<ShownReport>, Vec<ShownTurn>), ServiceError> {
    let flow_set = stored_flow_set(tx, &call.flow_set).await.map_err(|error| match error {
        FlowSetError::Store(error) => ServiceError::Store(error),
        FlowSetError::Unreadable => ServiceError::Unreadable(StoredThing::FlowSet),
    })?;
    let (reports, answers) = given_in(tx, call, people).await?;
    let rows = turns::of_call(tx, call.id).await?;
    let shown = rows.iter().map(|row| shown_turn(row, &flow_set, &answers));
    Ok((reports, shown.collect::<Result<Vec<_>, _>>()?))
}

fn shown_turn(row: &TurnRow, flow_set: &FlowSet, answers: &[Given]) -> Result<ShownTurn, ServiceError> {
    let unreadable = |_| ServiceError::Unreadable(StoredThing::Turn);
    let event: StoredEvent = serde_json::from_str(row.event.as_str()).map_err(unreadable)?;
    let reply: Option<Arc<Reply>> = serde_json::from_str(row.reply.as_str()).map_err(unreadable)?;
    let said = reply.iter().flat_map(|reply| &reply.say);
    let said = said.map(|utterance| (utterance.language, words(flow_set, utterance, WordsFor::Reader)));
    let of_turn = answers.iter().filter(|(_, answer)| answer.origin.turn() == Some(row.turn));
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
