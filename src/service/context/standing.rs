//! This process's copy of the standing data: health centres and maintenance periods.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::domain::CentreCode;
use crate::store::centres::CentreRow;
use crate::store::maintenances::MaintenanceRow;
use crate::store::standing_data::{self, StandingRows};
use crate::store::{StoreError, Tx, standing_version};

/// The copy. `None` before it is first needed.
#[derive(Debug, Default)]
pub(super) struct StandingCopy(Mutex<Option<Arc<StandingData>>>);

/// Health centres and maintenance periods as of one version.
#[derive(Debug)]
pub(in crate::service) struct StandingData(StandingRows);

impl StandingData {
    /// The health centre with this code.
    pub(in crate::service) fn centre(&self, code: &CentreCode) -> Option<&CentreRow> {
        let place = self.0.centres.binary_search_by(|row| row.code.cmp(code)).ok()?;
        self.0.centres.get(place)
    }

    /// All health centres, by code.
    pub(in crate::service) fn centres(&self) -> &[CentreRow] {
        &self.0.centres
    }

    /// The active maintenance.
    pub(in crate::service) fn maintenance(&self, at: Timestamp) -> Option<&MaintenanceRow> {
        self.0.maintenances.iter().find(|maintenance| maintenance.until.is_none_or(|until| until > at))
    }
}

impl StandingCopy {
    /// The standing data of the current version. `version` is the current one, if the transaction has read it. The data
    /// are read only if the copy is older.
    pub(super) async fn current(&self, tx: &mut Tx, version: Option<i64>) -> Result<Arc<StandingData>, StoreError> {
        let version = match version {
            Some(version) => version,
            None => standing_version::current(tx).await?,
        };
        let copy = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(copy) = copy.filter(|copy| copy.0.version == version) {
            return Ok(copy);
        }
        let mut rows = standing_data::read(tx).await?;
        rows.centres.sort_unstable_by(|one, other| one.code.cmp(&other.code));
        let read = Arc::new(StandingData(rows));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&read));
        Ok(read)
    }
}
