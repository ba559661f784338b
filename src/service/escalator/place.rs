//! Asks the carrier once for each call to staff. An outcome that proves nothing is unknown: the call isn't repeated,
//! and the next person is rung.

use tracing::{error, warn};

use super::{Escalator, LEASE, LONGEST_SECONDS};
use crate::carrier::network::{Dial, DialOutcome};
use crate::domain::{CallableNumber, StepOutcome};
use crate::service::conversation::outbound_leg;
use crate::service::rota::end_step;
use crate::store::escalations::{self, StepRow};
use crate::store::{StoreError, legs};

/// What came of a request.
enum Asked {
    Of(DialOutcome),
    /// No request was sent.
    NotSent,
}

/// Places these calls, one after the other: they are of different health centres.
pub(super) async fn place_all(escalator: &Escalator, calls: Vec<StepRow>) {
    for step in calls {
        let asked = ask(escalator, &step).await;
        if let Err(error) = keep(escalator, &step, asked).await {
            error!(call = %step.call, %error, "could not store whether a call to staff was placed; it counts as unknown");
        }
    }
}

async fn ask(escalator: &Escalator, step: &StepRow) -> Asked {
    let held = escalator.context.clock.now().duration_since(step.intended_at);
    let Ok(to) = CallableNumber::new(step.phone_number.clone()) else { return Asked::NotSent };
    if held.abs() > LEASE {
        warn!(call = %step.call, "call to staff not placed: it was decided too long ago");
        return Asked::NotSent;
    }
    let dial = Dial {
        call: step.call,
        to,
        from: escalator.settings.from.clone(),
        ring_seconds: escalator.settings.ring_seconds,
        longest_seconds: LONGEST_SECONDS,
    };
    Asked::Of(escalator.carrier().dial(&dial).await)
}

async fn keep(escalator: &Escalator, step: &StepRow, asked: Asked) -> Result<(), StoreError> {
    let (context, now) = (&escalator.context, escalator.context.clock.now());
    let mut tx = context.database.begin_write().await?;
    match asked {
        Asked::Of(DialOutcome::Accepted(leg)) => {
            let (name, node) = (escalator.carrier().name(), Some(context.process()));
            let leg = outbound_leg(step.call, &step.phone_number, name, leg.as_str(), node, now);
            legs::insert_unknown(&mut tx, &[leg]).await?;
            escalations::placed(&mut tx, step.call, now).await?;
        }
        Asked::Of(DialOutcome::Unknown(doubt)) => {
            warn!(call = %step.call, ?doubt, "unknown whether the carrier has a call to staff; the next person is rung");
            end_step(&mut tx, step, StepOutcome::Unknown, now).await?;
        }
        Asked::Of(DialOutcome::NotProcessed(why)) => {
            warn!(call = %step.call, ?why, "the carrier has not placed a call to staff; the next person is rung");
            end_step(&mut tx, step, StepOutcome::Failed, now).await?;
        }
        Asked::Of(DialOutcome::Refused(why)) => {
            error!(call = %step.call, ?why, "the carrier refuses a call to staff; the next person is rung");
            end_step(&mut tx, step, StepOutcome::Failed, now).await?;
        }
        Asked::NotSent => end_step(&mut tx, step, StepOutcome::Failed, now).await?,
    }
    tx.commit().await
}
