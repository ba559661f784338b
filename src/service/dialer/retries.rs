//! Recomputes retries that were scheduled by a wrong clock, once the clock is right (fault 17).

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use tracing::warn;

use crate::domain::{SlotId, SlotOrigin};
use crate::policy::{CLOCKS_AGREE, CallingSchedule, due_again};
use crate::service::context::Context;
use crate::service::slots::rules_of;
use crate::store::slots::{self, SlotRow};
use crate::store::{StoreError, attempts};

/// Slots checked at a time. The rest is checked at the next comparison of the clocks.
const MAX_LOOKED_AT: u32 = 10_000;

/// Moves forward slots whose next try is later than their last attempt allows. The clock was just found to be
/// right.
pub(super) async fn recompute(context: &Context) -> Result<(), StoreError> {
    let now = context.clock.now();
    let after = now.checked_add(CLOCKS_AGREE).unwrap_or(now);
    let mut tx = context.database.begin_autocommit().await?;
    let ahead = slots::waiting_after(&mut tx, after, MAX_LOOKED_AT).await?;
    if ahead.is_empty() {
        return Ok(());
    }
    let rules = rules_of(&mut tx, ahead.iter().map(|slot| &slot.centre)).await?;
    let ids: Vec<SlotId> = ahead.iter().map(|slot| slot.id).collect();
    let last = attempts::latest_outcomes(&mut tx, &ids).await?;
    drop(tx);
    let mut mended = Vec::new();
    for slot in &ahead {
        let Some(rules) = rules.get(&slot.centre) else { continue };
        let outcome = last.get(&slot.id).copied();
        let scheduled = scheduled_at(slot, &rules.schedule);
        let due_at = due_again(slot.due_at, scheduled, outcome, &rules.settings.retry, now);
        if due_at != slot.due_at {
            mended.push((slot.id, due_at));
        }
    }
    if mended.is_empty() {
        return Ok(());
    }
    let mut tx = context.database.begin_write().await?;
    slots::set_due(&mut tx, &mended).await?;
    tx.commit().await?;
    warn!(slots = mended.len(), "recomputed retry times that were set while the system clock was wrong");
    context.dialer_wake.notify_one();
    Ok(())
}

/// When a slot is due by its schedule. A call requested by staff is due at the time of the request.
fn scheduled_at(slot: &SlotRow, schedule: &CallingSchedule) -> Timestamp {
    let time: Option<Time> = slot.time.parse().ok().filter(|_| slot.origin == SlotOrigin::Schedule);
    let planned = time.and_then(|time| schedule.zone.to_timestamp(DateTime::from_parts(slot.date, time)).ok());
    planned.unwrap_or(Timestamp::MIN)
}
