//! Withdraws a call that isn't wanted any more: the carrier is told until the call is over.

use jiff::{SignedDuration, Timestamp};
use tracing::info;

use super::{Done, Outside, RunError, SOON};
use crate::carrier::network::{CommandResult, LegProgress, LookupResult};
use crate::carrier::{Carrier, CarrierLegId, Reach};
use crate::domain::{AttemptState, CallId, HangupCause, JobId, ProcessId};
use crate::service::audit::time_of_id;
use crate::service::context::Context;
use crate::service::conversation::tell_looked_up;
use crate::store::attempts::AttemptRow;
use crate::store::legs::LegRow;
use crate::store::{StoreError, attempts, legs, nodes, sessions};

/// The retry delay for withdrawing a call whose phone no longer rings, and the maximum of growing delays.
const SELDOM: SignedDuration = SignedDuration::from_secs(30);
/// The longest ringing that can be configured, 600 s, and the time a request may take before it.
const LONGEST_RINGING: SignedDuration = SignedDuration::from_mins(11);

/// What the carrier is asked to do with a leg.
#[derive(Clone, Copy)]
enum Order {
    /// It rings.
    Cancel,
    /// Somebody is on the line.
    SayGoodbye,
}

/// Withdraws a call. If it rings, it is cancelled. If it was answered, the person on the line hears a goodbye.
pub(super) async fn withdraw(context: &Context, outside: &Outside, id: JobId, call: CallId) -> Result<Done, RunError> {
    let mut tx = context.database.begin_read().await?;
    let attempt = attempts::by_calls(&mut tx, &[call]).await?.pop();
    let session = sessions::load(&mut tx, &[call]).await?.pop().filter(|session| !session.ended);
    let talks = session.is_some();
    let leg = legs::of_calls(&mut tx, &[call]).await?.into_iter().next();
    drop(tx);
    let Some(attempt) = attempt.filter(|attempt| attempt.ended_at.is_none()) else { return Ok(Done::Yes) };
    if session.is_some_and(|session| session.transfer_since.is_some()) {
        info!(%call, "a withdrawn call continues: the patient talks to staff");
        return Ok(Done::Yes);
    }
    let now = context.clock.now();
    let named = leg.and_then(|row| Some((CarrierLegId::parse(&row.carrier_leg_id).ok()?, row)));
    let (order, leg, row) = match (attempt.state, named) {
        // It was just requested: the carrier's id is on its way, or the call is being looked up. While its phone may
        // ring, retry often, so that it stops immediately. Afterwards only the carrier's report is missing.
        (AttemptState::Intended | AttemptState::Unknown, _) | (_, None) => {
            let age = context.clock.waited(attempt.intended_at);
            return Ok(Done::Waits(if age < LONGEST_RINGING { SOON } else { SELDOM }));
        }
        (AttemptState::Placed, Some((leg, row))) => (Order::Cancel, leg, row),
        (AttemptState::Answered, Some((leg, row))) if talks => (Order::SayGoodbye, leg, row),
        (AttemptState::Answered | AttemptState::Ended, Some(_)) => return Ok(Done::Yes),
    };
    let Some(carrier) = outside.carriers.named(&row.carrier) else {
        return Err(RunError::NoCarrier { call, carrier: row.carrier });
    };
    if let Some(node) = other_node(context, carrier, &row, now).await? {
        return Ok(Done::LeftTo(node));
    }
    let told = match order {
        Order::Cancel => carrier.cancel(&leg).await,
        Order::SayGoodbye => carrier.say_goodbye(&leg, call).await,
    };
    info!(%call, ?told, "cancelling a withdrawn call");
    match (told, order) {
        (CommandResult::Gone, Order::Cancel) => {
            // It is over, or was answered just now. The carrier's report of its end settles it, as no callback may
            // come.
            let over = match carrier.look_up(&leg).await {
                LookupResult::Found(progress @ LegProgress::Ended(_)) => Some(progress),
                LookupResult::Nothing => Some(LegProgress::Ended(HangupCause::Unspecified)),
                LookupResult::Found(_) | LookupResult::Unavailable(_) => None,
            };
            if let Some(progress) = over {
                tell_looked_up(&outside.conversations, carrier.name(), call, &leg, progress).await?;
            }
            Ok(Done::Waits(growing(id, &attempt, now)))
        }
        (CommandResult::Done, _) | (CommandResult::Gone, Order::SayGoodbye) => Ok(Done::Yes),
        (CommandResult::Unavailable, _) => Ok(Done::Waits(growing(id, &attempt, now))),
    }
}

/// The other node that must run the job: it has the leg, is alive, and no other node reaches the leg.
async fn other_node(
    context: &Context,
    carrier: &dyn Carrier,
    leg: &LegRow,
    now: Timestamp,
) -> Result<Option<ProcessId>, StoreError> {
    let owner = leg.node.filter(|node| carrier.reach() == Reach::OwnNode && *node != context.process());
    let Some(owner) = owner else { return Ok(None) };
    let mut tx = context.database.begin_read().await?;
    Ok(nodes::is_alive(&mut tx, owner, now).await?.then_some(owner))
}

/// The delay until the carrier is told again: the time for which it has been told so far, within limits. So it is told
/// often just after the withdrawal, and rarely later.
fn growing(id: JobId, attempt: &AttemptRow, now: Timestamp) -> SignedDuration {
    // The id may have been made by a clock that was ahead.
    let asked_at = time_of_id(id.0).filter(|at| *at <= now);
    let since = asked_at.map_or(attempt.moved_at, |at| at.max(attempt.moved_at));
    now.duration_since(since).clamp(SOON, SELDOM)
}
