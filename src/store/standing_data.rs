//! Health centres and maintenance periods change rarely and are needed in nearly every commit of turns. A process keeps
//! a copy of them. Each change raises their version, by which the process knows that its copy is old.

use super::centres::{self, CentreRow};
use super::maintenances::{self, MaintenanceRow};
use super::{StoreError, Tx, standing_version};

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

/// Reads a copy.
///
/// # Errors
/// Database errors.
pub async fn read(tx: &mut Tx) -> Result<StandingRows, StoreError> {
    Ok(StandingRows {
        version: standing_version::current(tx).await?,
        centres: centres::list(tx).await?,
        maintenances: maintenances::open(tx).await?,
    })
}
