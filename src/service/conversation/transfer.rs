//! Calls in a transfer: the caller is talking with staff, or the staff phone rings. Silence is normal then. A
//! conversation with staff counts regardless of who hangs up first.

use super::active_turn::PendingOutcome;
use super::batch::Batch;
use super::{ConversationError, Outcome, StaffNews};
use crate::domain::{CallId, HangupCause};
use crate::engine::{EventKind, TransferOutcome};
use crate::store::legs::{self, LegRow};
use crate::store::sessions::SessionRow;

/// Loads how the legs of these calls ended. Legs in progress are left out.
pub(super) async fn load_ended_legs(batch: &mut Batch<'_>, calls: &[CallId]) -> Result<(), ConversationError> {
    if calls.is_empty() {
        return Ok(());
    }
    let rows = legs::of_calls(&mut batch.tx, calls).await?;
    note_ended_legs(batch, rows);
    Ok(())
}

pub(super) fn note_ended_legs(batch: &mut Batch<'_>, rows: Vec<LegRow>) {
    let ended = rows.into_iter().filter(|leg| leg.ended_at.is_some());
    batch.ended_legs.extend(ended.map(|leg| (leg.call, leg.hangup_cause.unwrap_or(HangupCause::Unspecified))));
}

/// Handles a report about the staff phone. It is stored for the end of the call. If the caller is already gone,
/// the call ends now.
pub(super) async fn step_staff(batch: &mut Batch<'_>, news: &StaffNews) -> Result<PendingOutcome, ConversationError> {
    let call = news.call;
    batch.refuse_taken(call)?;
    let at = batch.at;
    let over = batch.ended_legs.get(&call).copied();
    let Some(row) = batch.sessions.get_mut(&call) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
    let waits_for = row.turn.saturating_add(1);
    if row.ended || row.transfer_since.is_none() || i64::from(news.turn) != waits_for {
        // Late report about a transfer whose end is stored.
        return Ok(PendingOutcome::Now(Outcome::Noted));
    }
    if news.outcome == TransferOutcome::Talked {
        row.staff_answered_at.get_or_insert(at);
        batch.keep.staff_answered.push((call, row.turn));
    }
    if over.is_some() {
        return step_over_in_transfer(batch, call, news.outcome).await;
    }
    Ok(PendingOutcome::Now(Outcome::Noted))
}

/// Handles the end of a call whose caller is gone and whose transfer outcome is known.
pub(super) async fn step_over_in_transfer(
    batch: &mut Batch<'_>,
    call: CallId,
    outcome: TransferOutcome,
) -> Result<PendingOutcome, ConversationError> {
    batch.refuse_taken(call)?;
    if batch.sessions.get(&call).is_none_or(|row| row.ended || row.transfer_since.is_none()) {
        return Ok(PendingOutcome::Now(Outcome::Noted));
    }
    let Some(row) = batch.sessions.remove(&call) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
    let cause = match batch.ended_legs.get(&call) {
        Some(cause) => *cause,
        None => {
            load_ended_legs(batch, &[call]).await?;
            batch.ended_legs.get(&call).copied().unwrap_or(HangupCause::Unspecified)
        }
    };
    let outcome = if row.staff_answered_at.is_some() { TransferOutcome::Talked } else { outcome };
    batch.step_session(&row, &EventKind::HungUpInTransfer(cause, outcome)).await?;
    Ok(PendingOutcome::Now(Outcome::Noted))
}

/// Handles the end of a leg. If it ends during a transfer and the carrier hasn't reported whether staff answered,
/// the call stays open.
pub(super) async fn step_leg_end(
    batch: &mut Batch<'_>,
    call: CallId,
    cause: HangupCause,
) -> Result<PendingOutcome, ConversationError> {
    let unknown = |row: &SessionRow| !row.ended && row.transfer_since.is_some() && row.staff_answered_at.is_none();
    if batch.sessions.get(&call).is_some_and(unknown) {
        batch.refuse_taken(call)?;
        return Ok(PendingOutcome::Now(Outcome::StaffUnknown));
    }
    batch.step_hang_up(call, cause).await
}

/// The event for a caller who is gone, with what is known about the transfer in progress.
pub(super) fn gone(row: &SessionRow, cause: HangupCause) -> EventKind {
    match (row.transfer_since, row.staff_answered_at) {
        (Some(_), Some(_)) => EventKind::HungUpInTransfer(cause, TransferOutcome::Talked),
        _ => EventKind::HungUp(cause),
    }
}

/// The event for a withdrawn call, whose listener hears a goodbye. If this ends a conversation with staff, that
/// conversation counts.
pub(super) fn withdrawn(row: &SessionRow) -> EventKind {
    match (row.transfer_since, row.staff_answered_at) {
        (Some(_), Some(_)) => EventKind::WithdrawnAfterTransfer(TransferOutcome::Talked),
        _ => EventKind::Withdrawn,
    }
}

/// In a withdrawn call, replaces the end of a transfer by the event that leads to a goodbye without a question.
pub(super) fn unless_withdrawn(row: &SessionRow, happening: &EventKind) -> EventKind {
    match happening {
        EventKind::TransferEnded(outcome) if row.withdrawal.is_some() => EventKind::WithdrawnAfterTransfer(*outcome),
        other => other.clone(),
    }
}
