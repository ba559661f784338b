//! The audit trail as one hash chain (I5). Entries are sealed soon after the commits that they record. The chain can
//! be verified, and compared with checkpoints stored elsewhere.

mod checkpoint;
mod listing;
mod rows;
mod seal_entry;
mod sealer;
mod sealing;
mod shown;
mod unsealed;
mod verify;

pub use self::checkpoint::{Checkpoint, CheckpointKind};
pub use self::listing::{TrailQuery, list_trail};
pub use self::rows::{BadRow, RowFault, RowsRead};
pub use self::seal_entry::SealedBy;
pub use self::sealer::{SealerTask, write_checkpoint};
pub(super) use self::sealing::erased_rows;
pub use self::sealing::{erase_report, seal_left_behind, seal_older_rows, write_seals};
pub use self::shown::ShownEntry;
pub use self::verify::{ChainError, CheckpointsRead, LastVerification, Verification, last_verification, walk_trail};
pub use crate::store::audit::{ERASED, Subject};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::domain::{CallId, LossEvidence};
use crate::store::{Database, StoreError, Tx, attempts, audit, calls};

/// Entries sealed in one commit. Callers on the line wait for the database during it.
const MAX_SEALED: u32 = 500;
/// The maximum number of commits per run. It is enough for an upgraded database with ten million entries.
const MAX_COMMITS: usize = 20_000;
/// The maximum age of a missing call that matters. An older one can't cause a second call.
pub(in crate::service) const OLDEST_CALL: SignedDuration = SignedDuration::from_hours(24);

/// Seals everything that waits: rows written by this process, then entries. Returns the number of entries.
///
/// # Errors
/// Database errors.
pub async fn seal_trail(database: &Database) -> Result<usize, StoreError> {
    let mut sealed = 0;
    write_seals(database, SealedBy::PROGRAM).await?;
    for _ in 0..MAX_COMMITS {
        // Check first, so that an idle database isn't written every second.
        if !audit::some_wait(&mut database.begin_autocommit().await?).await? {
            break;
        }
        let mut tx = database.begin_write().await?;
        let now = audit::seal(&mut tx, MAX_SEALED).await?;
        tx.commit().await?;
        sealed += now;
    }
    Ok(sealed)
}

/// The current head of the trail and the last call.
async fn mark_now(tx: &mut Tx, at: Timestamp) -> Result<Checkpoint, StoreError> {
    let audit::Head { sequence, hash } = audit::head(tx).await?;
    Ok(Checkpoint { kind: CheckpointKind::Checkpoint, at, sequence, hash, call: attempts::latest(tx).await? })
}

/// Evidence that the database has lost data recorded in a mark. `None` if nothing is lost.
async fn lost_since(tx: &mut Tx, mark: &Checkpoint, now: Timestamp) -> Result<Option<LossEvidence>, StoreError> {
    if mark.sequence > 0 {
        match audit::has_hash(tx, mark.sequence, &mark.hash).await? {
            None => return Ok(Some(LossEvidence::CheckpointAhead)),
            Some(false) => return Ok(Some(LossEvidence::CheckpointDiffers)),
            Some(true) => {}
        }
    }
    // Check both the mark's time and the time in the id: a wrong clock may have set either.
    let recent = |at: Timestamp| now.duration_since(at) <= OLDEST_CALL;
    if let Some(call) = mark.call.filter(|call| recent(mark.at) || made_at(*call).is_some_and(recent))
        && calls::show(tx, call).await?.is_none()
    {
        return Ok(Some(LossEvidence::CheckpointAhead));
    }
    Ok(None)
}

/// When a call's id was made.
fn made_at(call: CallId) -> Option<Timestamp> {
    time_of_id(call.0)
}

/// When one of our ids was made. The id begins with the time.
pub(in crate::service) fn time_of_id(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanoseconds) = id.get_timestamp().filter(|_| id.get_version_num() == 7)?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
}
