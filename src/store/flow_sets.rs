//! The flow sets that calls began with, stored whole, so that an upgrade doesn't change a call in progress.

use jiff::Timestamp;

use super::{StoreError, Tx, bind_value::Row};

/// One flow set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowSetRow {
    /// The digest of its files.
    pub digest: String,
    /// JSON: path to content.
    pub files: String,
    /// When it was first loaded.
    pub loaded_at: Timestamp,
}

/// Adds a flow set if it is absent. Returns `true` if it was added.
///
/// # Errors
/// Database errors.
pub async fn put(tx: &mut Tx, set: &FlowSetRow) -> Result<bool, StoreError> {
    let written = tx
        .execute(
            "INSERT INTO flow_sets (digest, files, loaded_at) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING",
            vec![set.digest.as_str().into(), set.files.as_str().into(), set.loaded_at.into()],
        )
        .await?;
    Ok(written == 1)
}

/// One set.
///
/// # Errors
/// Database errors.
pub async fn get(tx: &mut Tx, digest: &str) -> Result<Option<FlowSetRow>, StoreError> {
    let sql = "SELECT digest, files, loaded_at FROM flow_sets WHERE digest = $1";
    tx.fetch_optional(sql, vec![digest.into()], read).await
}

/// The most recently loaded flow sets, latest first.
///
/// # Errors
/// Database errors.
pub async fn latest(tx: &mut Tx, limit: u32) -> Result<Vec<FlowSetRow>, StoreError> {
    tx.fetch_all(
        "SELECT digest, files, loaded_at FROM flow_sets ORDER BY loaded_at DESC, digest LIMIT $1",
        vec![i64::from(limit).into()],
        read,
    )
    .await
}

/// Writes a flow set without changing it, to check whether the database can be written.
///
/// # Errors
/// Database errors.
pub async fn rewrite(tx: &mut Tx, digest: &str) -> Result<(), StoreError> {
    // Two updates, because SQLite writes nothing for an unchanged row.
    for statement in [
        "UPDATE flow_sets SET loaded_at = loaded_at + 1 WHERE digest = $1",
        "UPDATE flow_sets SET loaded_at = loaded_at - 1 WHERE digest = $1",
    ] {
        tx.execute(statement, vec![digest.into()]).await?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Result<FlowSetRow, StoreError> {
    Ok(FlowSetRow { digest: row.owned(0)?, files: row.owned(1)?, loaded_at: row.time(2, "flow_sets.loaded_at")? })
}
