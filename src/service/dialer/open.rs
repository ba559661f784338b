//! Opens due slots and ends those whose window has ended without a call.

use jiff::Timestamp;
use tracing::warn;

use crate::service::context::{Context, ServiceEvent, ServiceEventKind};
use crate::service::slots::{end_without_call, open_of};
use crate::store::{StoreError, patients, slots};

/// Patients whose slots are opened in one commit: few, as callers on the line wait for the database during it.
const MAX_OPENED: u32 = 250;
/// Commits in one tick. The rest of a morning's patients is opened in the next ticks, while the first calls are
/// placed.
const MAX_ROUNDS: usize = 4;
/// Slots ended in one commit.
const MAX_ENDED: u32 = 250;

/// Opens the due slots of every patient. Returns the number of new slots.
pub(super) async fn open_slots(context: &Context, now: Timestamp) -> Result<usize, StoreError> {
    let mut opened = 0;
    for _ in 0..MAX_ROUNDS {
        let mut tx = context.database.begin_write().await?;
        let ids = patients::with_slot_by(&mut tx, now, MAX_OPENED).await?;
        if ids.is_empty() {
            break;
        }
        let full = ids.len() == MAX_OPENED as usize;
        patients::hold(&mut tx, &ids).await?;
        let held = patients::by_ids(&mut tx, &ids).await?;
        let (new, told) = open_of(&mut tx, &held, now).await?;
        tx.commit().await?;
        opened += new;
        context.event_bus.tell(told);
        context.event_bus.tell(vec![ServiceEvent { at: now, call: None, what: ServiceEventKind::SlotsOpened(new) }]);
        if !full {
            break;
        }
    }
    Ok(opened)
}

/// Ends waiting slots whose window has ended. Returns their number.
pub(super) async fn end_passed(context: &Context, now: Timestamp) -> Result<usize, StoreError> {
    let mut ended = 0;
    for _ in 0..MAX_ROUNDS {
        let mut tx = context.database.begin_write().await?;
        let passed = slots::passed(&mut tx, now, MAX_ENDED).await?;
        let full = passed.len() == MAX_ENDED as usize;
        let told = end_without_call(&mut tx, passed, now).await?;
        tx.commit().await?;
        ended += told.len();
        context.event_bus.tell(told);
        if !full {
            break;
        }
    }
    if ended > 0 {
        warn!(slots = ended, "slots expired: their calling window has closed");
    }
    Ok(ended)
}
