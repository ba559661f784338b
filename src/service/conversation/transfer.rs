//! Calls in a transfer: the caller is talking with staff, or the staff phone rings. Silence is normal then. A
//! conversation with staff counts regardless of who hangs up first.

use super::active_turn::PendingOutcome;
use super::batch::Batch;
use super::{ConversationError, Outcome, StaffNews};
use crate::domain::{CallId, HangupCause};
use crate::engine::{EventKind, TransferOutcome};
use crate::store::legs;
use crate::store::sessions::SessionRow;

impl Batch<'_> {
    /// Loads how the legs of these calls ended. Legs in progress are left out.
    pub(super) async fn load_ended_legs(&mut self, calls: &[CallId]) -> Result<(), ConversationError> {
        if calls.is_empty() {
            return Ok(());
        }
        let rows = legs::of_calls(&mut self.tx, calls).await?;
        let ended = rows.into_iter().filter(|leg| leg.ended_at.is_some());
        self.ended_legs.extend(ended.map(|leg| (leg.call, leg.hangup_cause.unwrap_or(HangupCause::Unspecified))));
        Ok(())
    }

    /// Handles a report about the staff phone. It is stored for the end of the call. If the caller is already gone,
    /// the call ends now.
    pub(super) async fn step_staff(&mut self, news: &StaffNews) -> Result<PendingOutcome, ConversationError> {
        let call = news.call;
        self.refuse_taken(call)?;
        let at = self.at;
        let over = self.ended_legs.get(&call).copied();
        let Some(row) = self.sessions.get_mut(&call) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
        let waits_for = row.turn.saturating_add(1);
        if row.ended || row.transfer_since.is_none() || i64::from(news.turn) != waits_for {
            // Late report about a transfer whose end is stored.
            return Ok(PendingOutcome::Now(Outcome::Noted));
        }
        if news.outcome == TransferOutcome::Talked {
            row.staff_answered_at.get_or_insert(at);
            self.keep.staff_answered.push((call, row.turn));
        }
        if over.is_some() {
            return self.step_over_in_transfer(call, news.outcome).await;
        }
        Ok(PendingOutcome::Now(Outcome::Noted))
    }

    /// Handles the end of a call whose caller is gone and whose transfer outcome is known.
    pub(super) async fn step_over_in_transfer(
        &mut self,
        call: CallId,
        outcome: TransferOutcome,
    ) -> Result<PendingOutcome, ConversationError> {
        self.refuse_taken(call)?;
        if self.sessions.get(&call).is_none_or(|row| row.ended || row.transfer_since.is_none()) {
            return Ok(PendingOutcome::Now(Outcome::Noted));
        }
        let Some(row) = self.sessions.remove(&call) else { return Ok(PendingOutcome::Now(Outcome::Unknown)) };
        let cause = match self.ended_legs.get(&call) {
            Some(cause) => *cause,
            None => {
                self.load_ended_legs(&[call]).await?;
                self.ended_legs.get(&call).copied().unwrap_or(HangupCause::Unspecified)
            }
        };
        let outcome = if row.staff_answered_at.is_some() { TransferOutcome::Talked } else { outcome };
        self.step_session(&row, &EventKind::HungUpInTransfer(cause, outcome)).await?;
        Ok(PendingOutcome::Now(Outcome::Noted))
    }

    /// Handles the end of a leg. If it ends during a transfer and the carrier hasn't reported whether staff answered,
    /// the call stays open.
    pub(super) async fn step_leg_end(
        &mut self,
        call: CallId,
        cause: HangupCause,
    ) -> Result<PendingOutcome, ConversationError> {
        let unknown = |row: &SessionRow| !row.ended && row.transfer_since.is_some() && row.staff_answered_at.is_none();
        if self.sessions.get(&call).is_some_and(unknown) {
            self.refuse_taken(call)?;
            return Ok(PendingOutcome::Now(Outcome::StaffUnknown));
        }
        self.step_hang_up(call, cause).await
    }
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
