//! Nodes that show that they are alive, because their legs can be reached only from them.

use jiff::{SignedDuration, Timestamp};

use super::{StoreError, Tx};
use crate::domain::ProcessId;
use crate::policy::CLOCKS_AGREE;

/// How often a node shows that it is alive.
pub const SHOWN_EVERY: SignedDuration = SignedDuration::from_secs(5);
/// How long a node counts as alive after it was seen last: longer than a database that fails over is away, even if the
/// clocks of two nodes differ.
pub const ALIVE_FOR: SignedDuration = SignedDuration::from_secs(30 + CLOCKS_AGREE.as_secs());
/// How long a node that has stopped is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// Records that a node is alive, and forgets nodes that stopped long ago.
///
/// # Errors
/// Database errors.
pub async fn seen(tx: &mut Tx, node: ProcessId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO nodes (id, seen_at) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET seen_at = $2";
    tx.execute(sql, vec![node.into(), at.into()]).await?;
    let before = at.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
    tx.write("DELETE FROM nodes WHERE seen_at < $1", vec![before.into()]).await
}

/// Returns `true` if a node was seen less than [`ALIVE_FOR`] ago.
///
/// # Errors
/// Database errors.
pub async fn is_alive(tx: &mut Tx, node: ProcessId, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM nodes WHERE id = $1 AND seen_at > $2 AND seen_at <= $3";
    let (since, to) = seen_if_alive(at);
    Ok(tx.fetch_optional(sql, vec![node.into(), since.into(), to.into()], |row| row.owned(0)).await?.is_some())
}

/// A node that was seen after the first time, and not after the second one, is alive. One that was seen later stopped
/// while a clock was wrong: it would count as alive until that time has come.
pub(super) fn seen_if_alive(at: Timestamp) -> (Timestamp, Timestamp) {
    (at.checked_sub(ALIVE_FOR).unwrap_or(Timestamp::MIN), at.checked_add(CLOCKS_AGREE).unwrap_or(Timestamp::MAX))
}
