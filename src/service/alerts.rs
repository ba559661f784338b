//! What a health centre should look at, and that someone did.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::warn;

use super::calls::shown_of;
use super::centres::known_centre;
use super::clerk::{Changes, Clerk, Details, Looked};
use super::clock::new_id;
use super::refused::Refused;
use super::switchboard::Desk;
use crate::call::{AlertId, AlertKind, CentreCode, HersysId, PatientId};
use crate::store::alerts::{self, AlertRow};
use crate::store::{StoreError, Tx, audit, patients};

/// Alerts listed at most: more aren't worked through in one sitting.
const MOST_LISTED: u32 = 1_000;

/// An alert and whom it is about.
#[derive(Debug, Clone)]
pub struct ShownAlert {
    /// The alert.
    pub alert: AlertRow,
    /// The HER-SYS ID of the patient concerned.
    pub hersys_id: Option<HersysId>,
}

/// The open alerts, oldest first: of one centre together with those for all, or of everybody. It leaves a trace at each
/// patient named (D3).
///
/// # Errors
/// [`Refused::NoSuchCentre`].
pub async fn list_alerts(clerk: &Clerk, centre: Option<&CentreCode>) -> Result<Looked<Vec<ShownAlert>>, Refused> {
    let mut tx = clerk.database.read().await?;
    if let Some(code) = centre {
        known_centre(&mut tx, code).await?;
    }
    let open = alerts::open(&mut tx, centre, MOST_LISTED).await?;
    let mut ids: Vec<PatientId> = open.iter().filter_map(|alert| alert.patient).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = patients::by_ids(&mut tx, &ids).await?;
    drop(tx);
    let noted = shown_of(clerk, &people, "patient.alert_shown", Details::Masked).await?;
    let names: HashMap<PatientId, HersysId> =
        people.into_iter().map(|patient| (patient.id, patient.hersys_id)).collect();
    let with_name = |alert: AlertRow| ShownAlert {
        hersys_id: alert.patient.and_then(|patient| names.get(&patient).cloned()),
        alert,
    };
    Ok(Looked { found: open.into_iter().map(with_name).collect(), noted })
}

/// Closes an alert; gives it as it is now, and whether it was open.
///
/// # Errors
/// [`Refused::NoSuchAlert`].
pub async fn close_alert(clerk: &Clerk, id: AlertId) -> Result<(AlertRow, bool), Refused> {
    let now = clerk.clock.now();
    let mut tx = clerk.database.begin().await?;
    let alert = alerts::get(&mut tx, id).await?.ok_or(Refused::NoSuchAlert)?;
    if !alerts::close(&mut tx, id, now, clerk.name.as_str()).await? {
        return Ok((alert, false));
    }
    let closed = Changes::default().field("closed_by", None::<String>, clerk.name.as_str());
    let entry = clerk.entry(now, "alert.closed", format!("alert:{id}"), alert.centre.clone(), closed);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok((AlertRow { closed_at: Some(now), closed_by: Some(clerk.name.to_string()), ..alert }, true))
}

/// Something is wrong between the carrier and us: it stands on the lists of all health centres, once.
///
/// # Errors
/// As the database fails.
pub async fn tell_of_carrier(desk: &Desk, kind: AlertKind) -> Result<(), StoreError> {
    let mut tx = desk.database.begin().await?;
    raise_once(&mut tx, kind, desk.clock.now()).await?;
    tx.commit().await
}

/// Tells whoever is paged by the log that there is a new alert for all health centres.
pub(super) fn tell_all(kind: AlertKind) {
    warn!(target: "kenkocall::alerts", kind = kind.word(), "a new alert stands on the lists of all health centres");
}

/// An alert for all health centres, unless one of its kind is open.
pub(super) async fn raise_once(tx: &mut Tx, kind: AlertKind, now: Timestamp) -> Result<(), StoreError> {
    if alerts::open_of_kind(tx, kind).await?.is_empty() {
        metrics::counter!("kenkocall_alerts_total", "kind" => kind.word()).increment(1);
        tell_all(kind);
        alerts::raise(tx, &[AlertRow::of_all(AlertId(new_id()), kind, now)]).await?;
    }
    Ok(())
}
