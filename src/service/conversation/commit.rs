//! One commit: its events are stepped on sessions in memory or on data that were loaded together, and all results are
//! written together.

use std::collections::HashMap;
use std::sync::Arc;

use super::active_turn::{ActiveTurn, CommittedTurn, PendingOutcome};
use super::batch::{Batch, read_session};
use super::stepped::Stepped;
use super::write_set::WriteSet;
use super::{Answered, Begin, CarrierEvent, ConversationError, LegStatus, LineSettings, Outcome, StaffNews};
use super::{outbound, staff_call, transfer};
use crate::domain::{CallId, HangupCause, Language, Line, ReportId};
use crate::engine::{Effect, Fact, Reply};
use crate::flow::FlowSet;
use crate::service::context::Context;
use crate::store::sessions::{self, SessionRow};
use crate::store::turn_reads::{self, Wanted};
use crate::store::turns;

/// Handles all events in one transaction. Some were stepped before. The outcomes are in the order of the events.
pub(super) async fn commit(
    context: &Context,
    lines: &LineSettings,
    events: &[CarrierEvent],
    stepped: Stepped,
) -> Result<(Vec<Outcome>, Vec<CommittedTurn>), ConversationError> {
    let Stepped { at, active_turns, mut outcomes, from_memory, reports } = stepped;
    let mut batch = Batch {
        context,
        lines,
        tx: context.database.begin_with_first_statement().await?,
        at,
        active_turns,
        keep: WriteSet::default(),
        sessions: HashMap::new(),
        legs: HashMap::new(),
        attempts: HashMap::new(),
        staff_calls: HashMap::new(),
        ended_legs: HashMap::new(),
        unidentified: Vec::new(),
        standing_version: None,
        identifications: None,
    };
    // Another process may have ended or withdrawn these calls. A changed session is noticed by its revision.
    sessions::refuse_ended(&mut batch.tx, &from_memory).await?;
    load(&mut batch, events, &outcomes).await?;
    staff_call::load(&mut batch, events).await?;
    let mut coming = Vec::with_capacity(events.len());
    for (place, event) in events.iter().enumerate() {
        coming.push(match outcomes.remove(&place) {
            Some(outcome) => outcome,
            None => step_event(&mut batch, event).await?,
        });
    }
    batch.begin_all(events, &mut coming).await?;
    outbound::answer_all(&mut batch, events, &mut coming).await?;
    staff_call::answer_all(&mut batch, events, &mut coming).await?;
    batch.answer_asks().await?;
    let replies = stored_replies(&mut batch, &mut coming).await?;
    let Batch { mut tx, keep, active_turns, at, .. } = batch;
    let (active_turns, told) = keep.write(&mut tx, active_turns, reports, at).await?;
    metrics::counter!("kenkocall_turn_requests_total").increment(u64::from(tx.requests()) + 1);
    tx.commit().await?;
    if let Some(last) = active_turns.last() {
        context.last_commit.note(last.call, last.turn);
    }
    if !told.is_empty() {
        context.event_bus.tell(told);
        context.dialer_wake.notify_one();
    }
    let outcomes =
        coming.into_iter().map(|coming| outcome(coming, &active_turns, &replies)).collect::<Result<_, _>>()?;
    Ok((outcomes, active_turns))
}

/// Loads the legs and sessions that occur in the events, and what begins need.
async fn load(
    batch: &mut Batch<'_>,
    events: &[CarrierEvent],
    stepped: &HashMap<usize, PendingOutcome>,
) -> Result<(), ConversationError> {
    let mut wanted = Wanted::default();
    let mut names: HashMap<&'static str, Vec<&str>> = HashMap::new();
    for (_, event) in events.iter().enumerate().filter(|(place, _)| !stepped.contains_key(place)) {
        match event {
            CarrierEvent::Begin(Begin { carrier, leg, caller, .. }) => {
                names.entry(carrier).or_default().push(leg);
                if !wanted.callers.contains(caller) {
                    wanted.callers.push(caller.clone());
                }
            }
            CarrierEvent::Status(LegStatus { carrier, leg, call, .. }) => {
                names.entry(carrier).or_default().push(leg);
                wanted.attempts.extend(*call);
            }
            CarrierEvent::Answered(Answered { carrier, leg, call, .. }) => {
                names.entry(carrier).or_default().push(leg);
                wanted.attempts.push(*call);
            }
            CarrierEvent::Staff(StaffNews { call, .. }) => {
                wanted.calls.push(*call);
                wanted.with_staff.push(*call);
            }
            CarrierEvent::Turn { call, .. }
            | CarrierEvent::OverInTransfer(call, _)
            | CarrierEvent::Lost(call)
            | CarrierEvent::Withdraw(call) => wanted.calls.push(*call),
        }
    }
    wanted.legs = names.into_iter().collect();
    wanted.identifications = batch.identification_keys();
    if batch.tx.writes_alone() {
        wanted.reports = reports_to_hold(&batch.active_turns);
    }
    if wanted.is_empty() {
        return Ok(());
    }
    wanted.calls.extend(&wanted.attempts);
    let found = turn_reads::find(&mut batch.tx, &wanted).await?;
    batch.attempts = found.attempts.into_iter().map(|row| (row.call, row)).collect();
    batch.legs = found.legs.into_iter().map(|leg| (leg.carrier_leg_id.clone(), leg)).collect();
    batch.sessions = found.sessions.into_iter().map(|row| (row.call, row)).collect();
    transfer::note_ended_legs(batch, found.staff_legs);
    batch.unidentified = found.unidentified;
    batch.standing_version = found.standing_data;
    batch.identifications = wanted.identifications.zip(found.identifications);
    batch.keep.recorder.held(found.reports);
    Ok(())
}

/// The stored reports that these turns answer or close, if they close one.
fn reports_to_hold(turns: &[ActiveTurn]) -> Vec<ReportId> {
    let mut reports = Vec::new();
    let mut closes = false;
    for effect in turns.iter().flat_map(|turn| &turn.effects) {
        match effect {
            Effect::Fact(Fact::ReportClosed { report, .. }) => {
                closes = true;
                reports.push(*report);
            }
            Effect::Fact(Fact::Answered { report, .. } | Fact::Withdrawn { report, .. }) => reports.push(*report),
            _ => {}
        }
    }
    if closes { reports } else { Vec::new() }
}

async fn step_event(batch: &mut Batch<'_>, event: &CarrierEvent) -> Result<PendingOutcome, ConversationError> {
    match event {
        // A repeated webhook finds its leg. The first reply stays valid.
        CarrierEvent::Begin(begin) => Ok(match batch.legs.get(&begin.leg) {
            Some(known) => PendingOutcome::Stored(known.call, 0),
            None => PendingOutcome::Now(Outcome::Unknown),
        }),
        CarrierEvent::Turn { call, turn, happening } => batch.step_turn(*call, i64::from(*turn), happening).await,
        CarrierEvent::Answered(answered) => Ok(match batch.sessions.get(&answered.call) {
            Some(_) => PendingOutcome::Stored(answered.call, 0),
            None => PendingOutcome::Now(Outcome::Unknown),
        }),
        CarrierEvent::Withdraw(call) => batch.step_withdraw(*call).await,
        CarrierEvent::Status(status) => match status.call {
            Some(call) => outbound::step_outbound_status(batch, status, call).await,
            None => step_status(batch, status).await,
        },
        CarrierEvent::Staff(news) => transfer::step_staff(batch, news).await,
        CarrierEvent::OverInTransfer(call, outcome) => transfer::step_over_in_transfer(batch, *call, *outcome).await,
        CarrierEvent::Lost(call) => batch.step_hang_up(*call, HangupCause::Unspecified).await,
    }
}

async fn step_status(batch: &mut Batch<'_>, status: &LegStatus) -> Result<PendingOutcome, ConversationError> {
    let Some(known) = batch.legs.get(&status.leg) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
    let (leg, call) = (known.leg, known.call);
    batch.keep.status(leg, status, batch.at);
    match status.ended {
        Some(cause) => transfer::step_leg_end(batch, call, cause).await,
        None => Ok(PendingOutcome::Now(Outcome::Noted)),
    }
}

async fn stored_replies(batch: &mut Batch<'_>, coming: &mut [PendingOutcome]) -> Result<Replies, ConversationError> {
    let wanted: Vec<(CallId, i64)> = coming
        .iter()
        .filter_map(|coming| match coming {
            PendingOutcome::Stored(call, turn) => Some((*call, *turn)),
            PendingOutcome::Now(_) | PendingOutcome::Live(_) => None,
        })
        .collect();
    let mut replies = HashMap::new();
    if wanted.is_empty() {
        return Ok(replies);
    }
    let calls: Vec<CallId> = wanted.iter().map(|(call, _)| *call).collect();
    let rows: HashMap<CallId, SessionRow> =
        sessions::load(&mut batch.tx, &calls).await?.into_iter().map(|row| (row.call, row)).collect();
    for stored in turns::replies(&mut batch.tx, &wanted).await? {
        let Some(row) = rows.get(&stored.call) else { continue };
        let flow_set = batch.lines.flow_sets.of(&mut batch.tx, &row.flow_set).await?;
        let reply: Option<Reply> =
            serde_json::from_str(stored.reply.as_str()).map_err(|_| ConversationError::Unreadable("turn"))?;
        let said = match reply {
            Some(reply) => Said::Reply(Arc::new(reply), flow_set, read_session(row)?.line),
            None => Said::Nothing(read_session(row)?.language),
        };
        replies.insert((stored.call, stored.turn), said);
    }
    Ok(replies)
}

fn outcome(
    coming: PendingOutcome,
    active_turns: &[CommittedTurn],
    replies: &Replies,
) -> Result<Outcome, ConversationError> {
    Ok(match coming {
        PendingOutcome::Now(outcome) => outcome,
        PendingOutcome::Live(place) => match active_turns.get(place) {
            Some(CommittedTurn { reply: Some(reply), call, line, turn, flow_set, .. }) => Outcome::Reply {
                call: *call,
                line: *line,
                turn: next(*turn),
                reply: Arc::clone(reply),
                flow_set: Arc::clone(flow_set),
            },
            _ => Outcome::Over,
        },
        PendingOutcome::Stored(call, turn) => match replies.get(&(call, turn)) {
            Some(Said::Reply(reply, flow_set, line)) => {
                let (reply, flow_set) = (Arc::clone(reply), Arc::clone(flow_set));
                Outcome::Reply { call, line: *line, turn: next(turn), reply, flow_set }
            }
            // The caller answers a question that was never asked, so they are still on the line.
            Some(Said::Nothing(language)) => Outcome::CallAgain(*language),
            None => Outcome::Unknown,
        },
    })
}

fn next(turn: i64) -> u32 {
    u32::try_from(turn.saturating_add(1)).unwrap_or(u32::MAX)
}

/// What was said in a stored turn.
enum Said {
    /// This reply, worded by this flow set, on this line.
    Reply(Arc<Reply>, Arc<FlowSet>, Line),
    /// Nothing, as the caller was gone. Holds the caller's language.
    Nothing(Language),
}

/// What was said, by call and turn.
type Replies = HashMap<(CallId, i64), Said>;
