//! Errands: what a commit asked for and is done after it, again until it succeeds.

use jiff::SignedDuration;
use tracing::{error, warn};

use super::switchboard::Desk;
use crate::engine::Errand;
use crate::store::{StoreError, outbox};

/// Errands done in one round.
const MAX_ERRANDS: u32 = 200;

/// Does the errands that are due. Idempotent; says how many were done.
///
/// # Errors
/// When the database fails; what wasn't done stays due.
pub async fn run_errands(desk: &Desk) -> Result<usize, StoreError> {
    let now = desk.clock.now();
    let mut tx = desk.database.read().await?;
    let due = outbox::due(&mut tx, now, MAX_ERRANDS).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(0);
    }
    let mut done = Vec::with_capacity(due.len());
    let mut unreadable = Vec::new();
    for row in due {
        match serde_json::from_str::<Errand>(row.errand.as_str()) {
            Ok(Errand::TellCentre { centre, kind }) => {
                // Level and target are what a log shipper pages staff by; the list itself is `kenkocall alerts list`.
                warn!(target: "kenkocall::alerts", %centre, kind = kind.word(), "a new alert stands on the centre's list");
                done.push(row.id);
            }
            Err(error) => {
                error!(errand = %row.id, %error, "an errand can't be read; it is tried again in an hour");
                unreadable.push((row.id, row.attempts));
            }
        }
    }
    let mut tx = desk.database.begin().await?;
    outbox::done(&mut tx, &done, now).await?;
    for (id, attempts) in unreadable {
        outbox::postpone(&mut tx, id, attempts, now + SignedDuration::from_hours(1)).await?;
    }
    tx.commit().await?;
    Ok(done.len())
}
