//! Ends calls whose end was never told: a status callback is best effort, and a carrier may lose it.

use std::sync::Arc;

use jiff::SignedDuration;
use tracing::{error, info, warn};

use super::switchboard::Desk;
use super::{Knock, Switchboard, SwitchboardError};
use crate::store::{StoreError, calls};

/// A call in which nothing was heard for so long is over: the longest question waits for far less than this.
const SILENCE: SignedDuration = SignedDuration::from_mins(10);
/// Calls ended in one sweep.
const MAX_SWEPT: u32 = 500;

/// Ends what is lost. Idempotent; says how many calls it ended.
///
/// # Errors
/// When the database can't be read. A call that couldn't be ended is ended by a later sweep.
pub async fn sweep(desk: &Arc<Desk>, switchboard: &Switchboard) -> Result<usize, StoreError> {
    // By a clock that jumped, a call in which somebody talks would count as silent.
    let Some(before) = desk.clock.ago(SILENCE) else { return Ok(0) };
    let mut tx = desk.database.read().await?;
    let lost = calls::open_since(&mut tx, before, MAX_SWEPT).await?;
    drop(tx);
    let mut ended = 0;
    for call in lost {
        match switchboard.take(Knock::Lost(call)).await {
            Ok(_) => ended += 1,
            Err(SwitchboardError::ShuttingDown) => break,
            Err(error) if error.is_conflict() => {
                warn!(%call, %error, "another node moved a lost call on; it is looked at again soon");
            }
            Err(error) => error!(%call, %error, "a lost call couldn't be ended"),
        }
    }
    if ended > 0 {
        info!(calls = ended, "ended calls of which nothing was heard any more");
    }
    Ok(ended)
}
