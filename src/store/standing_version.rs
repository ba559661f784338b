//! The version of the standing data: health centres and maintenance periods.

use super::tx::Later;
use super::{StoreError, Tx};

/// The current version.
///
/// # Errors
/// Database errors.
pub async fn current(tx: &mut Tx) -> Result<i64, StoreError> {
    let version = later(tx).await?;
    let arrived = tx.arrive().await?;
    version.read(&arrived)?.pop().ok_or(StoreError::Inconsistent { what: "standing_data" })
}

pub(super) async fn later(tx: &mut Tx) -> Result<Later<i64>, StoreError> {
    tx.later_all("SELECT version FROM standing_data WHERE id = 1", vec![], |row| row.int(0)).await
}

/// Raises the version. Every function that writes one of the tables calls it.
pub(super) async fn changed(tx: &mut Tx) -> Result<(), StoreError> {
    tx.write("UPDATE standing_data SET version = version + 1 WHERE id = 1", vec![]).await
}
