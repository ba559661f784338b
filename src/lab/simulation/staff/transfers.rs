//! Transfers between two health centres with the same rules, so that each call time is due at the same moment at both.

use super::people;
use crate::domain::{TransferId, TransferReason, TransferState};
use crate::lab::simulation::environment::Environment;
use crate::lab::simulation::event_log::LoggedEventKind;
use crate::lab::simulation::scenario::TransferStep;
use crate::service::{
    AcceptedTimes, Client, DecidedOutcome, Offer, Offered, PatientError, ServiceError, TransferAnswer, TransferError,
    decide_transfer, offer_transfer,
};

/// Offers a patient, or decides the open offer.
pub(super) async fn act(world: &Environment, client: &Client, who: u32, step: TransferStep) {
    if world.plan.most_calls.is_some() {
        // Two health centres may place twice as many calls.
        return;
    }
    let open = world.state().offers.get(&who).copied();
    match (step, open) {
        (TransferStep::Offer, None) => {
            offer(world, client, who).await;
        }
        (TransferStep::Move, None) => {
            if let Some(id) = offer(world, client, who).await {
                decide(world, client, (who, id), TransferAnswer::Accept(AcceptedTimes::Kept)).await;
            }
        }
        (TransferStep::Accept | TransferStep::Move, Some(id)) => {
            decide(world, client, (who, id), TransferAnswer::Accept(AcceptedTimes::Kept)).await;
        }
        (TransferStep::Decline, Some(id)) => decide(world, client, (who, id), TransferAnswer::Decline(None)).await,
        (TransferStep::Withdraw, Some(id)) => decide(world, client, (who, id), TransferAnswer::Withdraw).await,
        (TransferStep::Offer, Some(_))
        | (TransferStep::Accept | TransferStep::Decline | TransferStep::Withdraw, None) => {}
    }
}

async fn offer(world: &Environment, client: &Client, who: u32) -> Option<TransferId> {
    let patient = people::hersys_id(who)?;
    let to = if world.state().moved.contains(&who) { &world.centre } else { &world.second };
    let offer = Offer { id: None, to, reason: TransferReason::Moved, note: None };
    match offer_transfer(&client.context, &client.actor, &patient, offer).await {
        Ok(Offered::Now(id)) => {
            world.state().offers.insert(who, id);
            world.note(LoggedEventKind::Transferred(who, id, TransferState::Offered));
            Some(id)
        }
        Ok(Offered::Before(id, state)) => {
            world.note(LoggedEventKind::Failed(format!("patient {who} was offered before: {id} {}", state.code())));
            None
        }
        Err(refused) => {
            let standing = world.standing(who);
            let known = match &refused {
                ServiceError::Patient(PatientError::NotFound) => !standing.registered,
                ServiceError::Transfer(TransferError::Released) => standing.released,
                _ => false,
            };
            let why = refused.to_string();
            world.note(if known { LoggedEventKind::Refused(who, why) } else { LoggedEventKind::Failed(why) });
            None
        }
    }
}

async fn decide(world: &Environment, client: &Client, (who, id): (u32, TransferId), answer: TransferAnswer<'_>) {
    match decide_transfer(&client.context, &client.actor, id, answer).await {
        Ok(decided) if decided.outcome == DecidedOutcome::Now => {
            world.state().offers.remove(&who);
            world.note(LoggedEventKind::Transferred(who, id, decided.state));
            if decided.state == TransferState::Accepted {
                let mut state = world.state();
                if !state.moved.remove(&who) {
                    state.moved.insert(who);
                }
                drop(state);
                // From now on the patient is called by what was set now.
                world.stands(who, |_| {});
            }
        }
        Ok(decided) => {
            let what = format!("the transfer {id} was decided before: {}", decided.state.code());
            world.note(LoggedEventKind::Failed(what));
        }
        // The call times are outside of calling hours that were set since.
        Err(ServiceError::Patient(PatientError::InvalidValues(_))) => {
            world.note(LoggedEventKind::Refused(who, "the call times don't fit".to_owned()));
        }
        Err(error) => world.note(LoggedEventKind::Failed(error.to_string())),
    }
}
