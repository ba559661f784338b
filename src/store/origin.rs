//! Whether the data of the database are real or simulated.

use super::{StoreError, Tx};
use crate::domain::DataOrigin;

/// The carrier name in the legs of simulated calls.
const SIMULATOR: &str = "simulator";

/// The mark of the database. Without a mark, the data count as simulated only if there are calls and all of them are
/// the simulator's.
///
/// # Errors
/// Database errors.
pub async fn of(tx: &mut Tx) -> Result<DataOrigin, StoreError> {
    let marked = "SELECT origin FROM data_origin WHERE id = 1";
    let marked =
        tx.fetch_optional(marked, vec![], |row| row.read(0, "data_origin.origin", DataOrigin::from_code)).await?;
    match marked {
        Some(origin) => Ok(origin),
        None => by_legs(tx).await,
    }
}

/// Marks a database that has no mark: a new one as `created`, an older one by its calls.
///
/// # Errors
/// Database errors.
pub(super) async fn mark(tx: &mut Tx, created: Option<DataOrigin>) -> Result<(), StoreError> {
    let origin = match created {
        Some(origin) => origin,
        None => by_legs(tx).await?,
    };
    let sql = "INSERT INTO data_origin (id, origin) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
    tx.write(sql, vec![origin.code().into()]).await
}

async fn by_legs(tx: &mut Tx) -> Result<DataOrigin, StoreError> {
    let simulated = "SELECT id FROM legs WHERE carrier = $1 LIMIT 1";
    let simulated = tx.fetch_optional(simulated, vec![SIMULATOR.into()], |row| row.owned(0)).await?;
    let real = "SELECT id FROM legs WHERE carrier <> $1 LIMIT 1";
    let real = tx.fetch_optional(real, vec![SIMULATOR.into()], |row| row.owned(0)).await?;
    Ok(if simulated.is_some() && real.is_none() { DataOrigin::Simulated } else { DataOrigin::Real })
}
