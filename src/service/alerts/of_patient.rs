//! The open alerts about one patient.

use std::collections::HashMap;

use super::list::{Evidence, is_visible, line_of};
use super::view::{AlertPerson, ShownAlert};
use crate::domain::PatientId;
use crate::policy::Scope;
use crate::store::patients::PatientRow;
use crate::store::{StoreError, Tx, alerts};

/// The open alerts on a patient's line, the most severe first, then the oldest.
pub(in crate::service) async fn open_alerts_of(
    tx: &mut Tx,
    patient: &PatientRow,
    scope: &Scope,
) -> Result<Vec<ShownAlert>, StoreError> {
    let mut open = alerts::open_of_patients(tx, &[patient.id]).await?;
    open.retain(|alert| line_of(alert).is_some() && is_visible(alert, scope));
    open.sort_by_key(|alert| (std::cmp::Reverse(alert.kind.severity()), alert.raised_at, alert.id));
    let evidence = Evidence::read(tx, open.iter()).await?;
    let people: HashMap<PatientId, AlertPerson> = HashMap::from([(patient.id, patient.clone().into())]);
    Ok(open.into_iter().map(|alert| evidence.shown(alert, &people)).collect())
}
