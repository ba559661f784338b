//! After the database lost its last entries: settles known calls whose end may be lost. The patient was thanked and
//! isn't called again for that slot. Staff ask for the report.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::reconcile::{AT_ONCE, Reconciled};
use crate::carrier::Carrier;
use crate::carrier::network::{Answering, CallDirection, CarrierCall, LegProgress};
use crate::domain::{Actor, AttemptOutcome, CallId, SlotEnd, SlotState};
use crate::policy::{AfterLoss, AtCarrier, KnownAttempt, after_loss};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::service::slots::{AttemptConclusion, end_slots, settle};
use crate::store::attempts::AttemptRow;
use crate::store::audit::Subject;
use crate::store::{Tx, attempts, audit, legs, patients, slots};

/// Calls stored within this time before the loss was found may be incomplete. A fail-over loses seconds, and is
/// noticed at the first due call afterwards.
const LOST_BEFORE: SignedDuration = SignedDuration::from_hours(1);

/// A known outbound call in the carrier's list.
pub(super) struct Known {
    call: CallId,
    at_carrier: AtCarrier,
}

/// Splits the list into outbound calls that the database knows and calls that it doesn't know.
pub(super) async fn known_calls(
    context: &Context,
    carrier: &dyn Carrier,
    listed: Vec<CarrierCall>,
) -> Result<(Vec<Known>, Vec<CarrierCall>), ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let mut calls: HashMap<String, CallId> = HashMap::new();
    for part in listed.chunks(AT_ONCE) {
        let names: Vec<&str> = part.iter().map(|listed| listed.leg.as_str()).collect();
        let found = legs::by_carrier_leg(&mut tx, carrier.name(), &names).await?;
        calls.extend(found.into_iter().map(|leg| (leg.carrier_leg_id, leg.call)));
    }
    let (mut known, mut new) = (Vec::new(), Vec::new());
    for listed in listed {
        match calls.get(listed.leg.as_str()) {
            Some(_) if listed.direction == CallDirection::Inbound => {}
            Some(call) => known.push(Known { call: *call, at_carrier: at_carrier(&listed) }),
            None => new.push(listed),
        }
    }
    Ok((known, new))
}

fn at_carrier(listed: &CarrierCall) -> AtCarrier {
    match (listed.progress, listed.answering) {
        (LegProgress::Ended(_), Answering::NotAnswered) => AtCarrier::NotAnswered,
        (LegProgress::Ended(_), Answering::Answered | Answering::Unknown) => AtCarrier::Answered,
        (LegProgress::Queued | LegProgress::Ringing | LegProgress::Answered, _) => AtCarrier::UnderWay,
    }
}

/// Settles known calls whose last turns may be lost: open calls, and calls that ended within an hour before the loss
/// was found, or since.
pub(super) async fn settle_known(
    context: &Context,
    actor: &Actor,
    known: &[Known],
    found_at: Timestamp,
    done: &mut Reconciled,
) -> Result<(), ServiceError> {
    let lost_since = found_at.checked_sub(LOST_BEFORE).unwrap_or(found_at);
    let at_carrier: HashMap<CallId, AtCarrier> = known.iter().map(|known| (known.call, known.at_carrier)).collect();
    let mut reached = Vec::new();
    for part in known.chunks(AT_ONCE) {
        let calls: Vec<CallId> = part.iter().map(|known| known.call).collect();
        for attempt in attempts::by_calls(&mut context.database.begin_read().await?, &calls).await? {
            match verdict(&attempt, &at_carrier, lost_since) {
                AfterLoss::Stands => {}
                AfterLoss::Later => done.under_way += 1,
                AfterLoss::Reached => reached.push(attempt),
            }
        }
    }
    for attempt in reached {
        let now = context.clock.now();
        let mut tx = context.database.begin_write().await?;
        patients::hold(&mut tx, &[attempt.patient]).await?;
        // It may have ended since.
        let Some(attempt) = attempts::by_calls(&mut tx, &[attempt.call]).await?.pop() else { continue };
        if verdict(&attempt, &at_carrier, lost_since) != AfterLoss::Reached {
            continue;
        }
        match end_as_reached(&mut tx, &attempt, now).await? {
            Slot::Ended => {}
            Slot::WasOver => continue,
            Slot::HasAnotherCall => {
                done.under_way += 1;
                continue;
            }
        }
        let changes = Changes::default().field("call", None::<String>, attempt.call.to_string());
        let (subject, centre) = (Subject::Patient(attempt.patient), Some(attempt.centre.clone()));
        audit::append(&mut tx, vec![audit_entry(actor, now, "patient.call_reconciled", subject, centre, changes)])
            .await?;
        tx.commit().await?;
        warn!(call = %attempt.call, "a call was answered but its report may be lost; staff are asked to phone the patient");
        done.reports_lost += 1;
    }
    Ok(())
}

fn verdict(attempt: &AttemptRow, at_carrier: &HashMap<CallId, AtCarrier>, lost_since: Timestamp) -> AfterLoss {
    let Some(at_carrier) = at_carrier.get(&attempt.call) else { return AfterLoss::Stands };
    let known = KnownAttempt { outcome: attempt.outcome, ended_at: attempt.ended_at };
    after_loss(&known, *at_carrier, lost_since)
}

/// What happened to the slot of a call that counts as reached.
enum Slot {
    Ended,
    WasOver,
    /// It was called again before the loss was found. That call must end first.
    HasAnotherCall,
}

async fn end_as_reached(tx: &mut Tx, attempt: &AttemptRow, now: Timestamp) -> Result<Slot, ServiceError> {
    if attempt.ended_at.is_none() {
        settle(tx, &[(attempt.call, AttemptConclusion::Staff(AttemptOutcome::Reached))], now).await?;
        return Ok(Slot::Ended);
    }
    let Some(slot) = slots::by_ids(tx, &[attempt.slot]).await?.pop() else { return Ok(Slot::WasOver) };
    match slot.state {
        SlotState::Ended(_) => Ok(Slot::WasOver),
        SlotState::Calling => Ok(Slot::HasAnotherCall),
        SlotState::Waiting => {
            attempts::correct(tx, attempt.call, AttemptOutcome::Reached).await?;
            end_slots(tx, &[(slot, SlotEnd::Unanswered(AttemptOutcome::Reached))], now).await?;
            Ok(Slot::Ended)
        }
    }
}
