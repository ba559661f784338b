//! Compares our clock with the carrier's. Dialling stops while the system clock is wrong (fault 17).

use std::time::Duration;

use tracing::{error, info};

use super::retries;
use crate::carrier::Carrier;
use crate::carrier::network::LookupResult;
use crate::policy::{Trust, Witness};
use crate::service::context::{Clock, Context};
use crate::service::suspension::tell_staff;
use crate::store::StoreError;

/// Watches our clock without a carrier to compare it with. After a jump, the monotonic clock is used until the time of
/// day has run long enough to be trusted.
pub(in crate::service) fn watch_alone(clock: &Clock) {
    let (belief, new, reading) = clock.watched(|watch, now| {
        let new = watch.in_doubt(now);
        let due = matches!(watch.look(now), Trust::Compare | Trust::CompareFirst);
        (due.then(|| watch.compared(now, Witness::Nobody)), new, now)
    });
    if let (true, Some(Trust::Doubted(_))) = (new, belief) {
        error!(shown = %reading.shown, "system clock jumped; using the monotonic clock for two minutes or until the clock is corrected");
    }
}

/// How long nothing may be done by our clock. `None` if it isn't in doubt.
pub(super) async fn clock_in_doubt(context: &Context, carrier: &dyn Carrier) -> Result<Option<Duration>, StoreError> {
    match context.clock.watched(|watch, now| watch.look(now)) {
        Trust::Believed | Trust::Compare => Ok(None),
        Trust::Doubted(wait) | Trust::NotCompared(wait) => Ok(Some(wait)),
        Trust::CompareFirst => compare_clocks(context, carrier).await,
    }
}

/// Like [`clock_in_doubt`], and compares the clocks if a comparison is due. The first comparison is at
/// start, so that no call waits for it later.
pub(super) async fn compare_clocks_sometimes(
    context: &Context,
    carrier: &dyn Carrier,
) -> Result<Option<Duration>, StoreError> {
    match context.clock.watched(|watch, now| watch.look(now)) {
        Trust::Believed => Ok(None),
        Trust::Doubted(wait) | Trust::NotCompared(wait) => Ok(Some(wait)),
        Trust::Compare | Trust::CompareFirst => compare_clocks(context, carrier).await,
    }
}

async fn compare_clocks(context: &Context, carrier: &dyn Carrier) -> Result<Option<Duration>, StoreError> {
    let witness = match carrier.time().await {
        LookupResult::Found(time) => Witness::Shows(time),
        LookupResult::Nothing => Witness::Silent,
        LookupResult::Unavailable(_) => Witness::Unavailable,
    };
    let (belief, reading) = context.clock.watched(|watch, now| (watch.compared(now, witness), now));
    let wait = match belief {
        Trust::Doubted(wait) => wait,
        Trust::NotCompared(wait) => {
            // The carrier is unreachable. `database_in_doubt` reports that and tells staff.
            metrics::gauge!("kenkocall_clock_doubted").set(0.0);
            info!("system clock not checked yet: the carrier has not answered");
            return Ok(Some(wait));
        }
        Trust::Believed | Trust::Compare | Trust::CompareFirst => {
            metrics::gauge!("kenkocall_clock_doubted").set(0.0);
            info!(?witness, "system clock is trusted again");
            retries::recompute(context).await?;
            return Ok(None);
        }
    };
    metrics::gauge!("kenkocall_clock_doubted").set(1.0);
    error!(shown = %reading.shown, ?witness, "system clock jumped or is wrong; dialling stopped; correct the clock");
    let mut tx = context.database.begin_write().await?;
    tell_staff(&mut tx, context.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(wait))
}
