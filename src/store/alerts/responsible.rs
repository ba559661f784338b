//! The health centre that an alert about a patient is for: the one that has the patient.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{AlertRow, closing, open_of_patients, write_new};
use crate::domain::{AlertId, CentreCode, PatientId};
use crate::store::bind_value::parsed;
use crate::store::{StoreError, Tx, patients};

/// These alerts, each for the health centre that has its patient now. A call may have begun at another one.
pub(super) async fn of_patients(tx: &mut Tx, alerts: &[AlertRow]) -> Result<Vec<AlertRow>, StoreError> {
    let mut alerts = alerts.to_vec();
    let about = alerts.iter().filter(|alert| alert.centre.is_some()).filter_map(|alert| alert.patient);
    let mut ids: Vec<PatientId> = about.collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(alerts);
    }
    // With the lock, a transfer that is accepted at the same moment moves the alert, or is seen here.
    patients::hold(tx, &ids).await?;
    let keys = ids.iter().map(|id| (*id).into());
    let centres = tx.fetch_in("SELECT id, centre_code FROM patients WHERE id IN", &[], keys, "", |row| {
        let centre = row.read(1, "patients.centre_code", |text| CentreCode::parse(text).ok())?;
        Ok((row.read(0, "patients.id", parsed)?, centre))
    });
    let centres: HashMap<PatientId, CentreCode> = centres.await?.into_iter().collect();
    for alert in alerts.iter_mut().filter(|alert| alert.centre.is_some()) {
        if let Some(centre) = alert.patient.and_then(|patient| centres.get(&patient)) {
            alert.centre = Some(centre.clone());
        }
    }
    Ok(alerts)
}

/// Moves a patient's open alerts to the health centre that has the patient now: they are closed, and raised again there
/// with the same time, as sealed rows never change. Returns how many there were. `new_id` makes their ids.
///
/// # Errors
/// Database errors.
pub async fn move_open(
    tx: &mut Tx,
    patient: PatientId,
    to: &CentreCode,
    by: &str,
    at: Timestamp,
    new_id: impl Fn() -> AlertId,
) -> Result<usize, StoreError> {
    let open = open_of_patients(tx, &[patient]).await?;
    let elsewhere: Vec<AlertRow> =
        open.into_iter().filter(|alert| alert.centre.as_ref().is_some_and(|centre| centre != to)).collect();
    for alert in &elsewhere {
        closing::close(tx, alert.id, at, by).await?;
    }
    let moved: Vec<AlertRow> =
        elsewhere.into_iter().map(|alert| AlertRow { id: new_id(), centre: Some(to.clone()), ..alert }).collect();
    if !moved.is_empty() {
        write_new(tx, &moved).await?;
    }
    Ok(moved.len())
}
