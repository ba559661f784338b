//! Health centres and maintenance periods change rarely and are needed in nearly every commit of turns. A process keeps
//! a copy of them. Each change raises their version, by which the process knows that its copy is old.

use super::centres::{self, CentreRow};
use super::maintenances::{self, MaintenanceRow};
use super::tx::Later;
use super::{StoreError, Tx};

/// A copy of all health centres and open maintenance periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRows {
    /// The version of the copy.
    pub version: i64,
    /// All health centres, by code.
    pub centres: Vec<CentreRow>,
    /// The maintenance periods that weren't closed, the latest start first.
    pub maintenances: Vec<MaintenanceRow>,
}

/// The current version.
///
/// # Errors
/// Database errors.
pub async fn version(tx: &mut Tx) -> Result<i64, StoreError> {
    let later = later_version(tx).await?;
    let arrived = tx.arrive().await?;
    later.read(&arrived)?.pop().ok_or(StoreError::Inconsistent { what: "standing_data" })
}

pub(super) async fn later_version(tx: &mut Tx) -> Result<Later<i64>, StoreError> {
    tx.later_all("SELECT version FROM standing_data WHERE id = 1", vec![], |row| row.int(0)).await
}

/// Reads a copy.
///
/// # Errors
/// Database errors.
pub async fn read(tx: &mut Tx) -> Result<StandingRows, StoreError> {
    Ok(StandingRows {
        version: version(tx).await?,
        centres: centres::list(tx).await?,
        maintenances: maintenances::open(tx).await?,
    })
}

/// Raises the version. Every function that writes one of the tables calls it.
pub(super) async fn changed(tx: &mut Tx) -> Result<(), StoreError> {
    tx.write("UPDATE standing_data SET version = version + 1 WHERE id = 1", vec![]).await
}
