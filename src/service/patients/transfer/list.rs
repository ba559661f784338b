//! Transfers that wait for somebody: offers to a health centre, its own open ones, and what others decided about them.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::decide::{offered_times_fit, planned};
use super::view::{TransferCall, TransferView, names_of_centres};
use crate::domain::{Actor, CentreCode, HersysId, PatientId, TransferId, TransferReason, TransferSide, TransferState};
use crate::policy::{Permission, Scope, scope};
use crate::service::centre_settings::{known_centre, zone_of};
use crate::service::context::{Changes, Context, Viewed, shown_of};
use crate::service::error::{PatientError, ServiceError, TransferError};
use crate::store::patients::PatientRow;
use crate::store::transfers::{self, TransferRow};
use crate::store::{StoreError, Tx, centres, patients, slots};

/// The maximum number of transfers listed of one side.
const MOST: u32 = 500;

/// A health centre to which a patient can be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverCentre {
    /// Its code.
    pub code: CentreCode,
    /// Its name.
    pub name: String,
}

/// What waits at a health centre, without anybody's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingTransfers {
    /// Offers to it, oldest first: the transfer, who offers, why, and since when.
    pub offers: Vec<(TransferId, String, TransferReason, Timestamp)>,
    /// What others decided about its offers, oldest first: the transfer, who decided, how, and when.
    pub decided: Vec<(TransferId, String, TransferState, Timestamp)>,
}

/// A transfer with what accepting it would do.
#[derive(Debug, Clone)]
pub struct ShownTransfer {
    /// The transfer.
    pub transfer: TransferView,
    /// The calls that wait or are in progress. They go on.
    pub calls: Vec<TransferCall>,
    /// The patient's own call times. Empty if a centre's pattern applies.
    pub call_times: String,
    /// Whether the receiving health centre's calling hours allow them.
    pub times_fit: bool,
    /// The first call time of the receiving health centre, if the patient keeps these times.
    pub next: Option<Timestamp>,
    /// The time zone of the reader's health centre.
    pub zone: TimeZone,
}

/// The health centres to which an actor's patients can be offered.
///
/// # Errors
/// Database errors.
pub async fn receivers(context: &Context, actor: &Actor) -> Result<Vec<ReceiverCentre>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let mut tx = context.database.begin_read().await?;
    let names = names_of_centres(&mut tx).await?;
    let own = scope.centres().filter(|own| own.len() == 1).and_then(|own| own.first().cloned());
    Ok(match own {
        Some(own) => others_than(&own, names),
        None => names.into_iter().map(|(code, name)| ReceiverCentre { code, name }).collect(),
    })
}

pub(super) fn others_than(own: &CentreCode, names: BTreeMap<CentreCode, String>) -> Vec<ReceiverCentre> {
    let others = names.into_iter().filter(|(code, _)| code != own);
    others.map(|(code, name)| ReceiverCentre { code, name }).collect()
}

/// Tells which transfers wait. No patient's data are read, so the audit trail has no entry for it.
///
/// # Errors
/// Database errors.
pub async fn pending_transfers(context: &Context, actor: &Actor) -> Result<PendingTransfers, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let mut tx = context.database.begin_read().await?;
    let rows = waiting(&mut tx, &scope).await?;
    if rows.is_empty() {
        return Ok(PendingTransfers { offers: Vec::new(), decided: Vec::new() });
    }
    let names = names_of_centres(&mut tx).await?;
    let name = |code: &CentreCode| names.get(code).cloned().unwrap_or_default();
    let (mut offers, mut decided) = (Vec::new(), Vec::new());
    for (row, side) in rows {
        match (side, row.decided_at) {
            (TransferSide::Receiving, _) => offers.push((row.id, name(&row.from), row.reason, row.offered_at)),
            (TransferSide::Offering, Some(at)) => decided.push((row.id, name(&row.to), row.state, at)),
            (TransferSide::Offering, None) => {}
        }
    }
    Ok(PendingTransfers { offers, decided })
}

/// Lists the transfers that wait at an actor's health centres: offers to them, and their own ones of which they haven't
/// taken note. The audit trail records the view in one entry that names each patient (D3).
///
/// # Errors
/// Database errors.
pub async fn list_transfers(context: &Context, actor: &Actor) -> Result<Viewed<Vec<TransferView>>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let mut tx = context.database.begin_read().await?;
    let rows = waiting(&mut tx, &scope).await?;
    let mut ids: Vec<PatientId> = rows.iter().map(|(row, _)| row.patient).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = patients::by_ids(&mut tx, &ids).await?;
    let names = names_of_centres(&mut tx).await?;
    drop(tx);
    let noted = shown_of(context, actor, &people, "patient.transfer_listed", Changes::default()).await?;
    let people: HashMap<PatientId, PatientRow> = people.into_iter().map(|row| (row.id, row)).collect();
    let view = |(row, side): (TransferRow, TransferSide)| {
        let patient = people.get(&row.patient)?;
        Some(TransferView::of(row, patient, side, &names))
    };
    Ok(Viewed { found: rows.into_iter().filter_map(view).collect(), noted })
}

/// The transfers that wait at these health centres, each with their side.
async fn waiting(tx: &mut Tx, scope: &Scope) -> Result<Vec<(TransferRow, TransferSide)>, StoreError> {
    let codes = match scope.centres() {
        Some(codes) => codes.iter().cloned().collect(),
        None => centres::list(tx).await?.into_iter().map(|centre| centre.code).collect::<Vec<_>>(),
    };
    let mut rows = Vec::new();
    for code in &codes {
        let offers = transfers::offered_to(tx, code, MOST).await?;
        rows.extend(offers.into_iter().map(|row| (row, TransferSide::Receiving)));
        let own = transfers::unnoticed_from(tx, code, MOST).await?;
        rows.extend(own.into_iter().map(|row| (row, TransferSide::Offering)));
    }
    Ok(rows)
}

/// The open offer of a patient, for the offering side.
pub(in crate::service::patients) async fn open_offer_of(
    tx: &mut Tx,
    patient: &PatientRow,
) -> Result<Option<TransferView>, StoreError> {
    let Some(open) = transfers::open_of(tx, patient.id).await? else { return Ok(None) };
    let names = names_of_centres(tx).await?;
    Ok(Some(TransferView::of(open, patient, TransferSide::Offering, &names)))
}

/// The open offer of the patient with this HER-SYS ID, for both sides.
///
/// # Errors
/// [`PatientError::NotFound`] if there is none that the actor may see.
pub async fn find_transfer(context: &Context, actor: &Actor, id: &HersysId) -> Result<TransferId, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    context.looked_up(actor, id, "patient.transfer_shown", find(context, &scope, id).await).await
}

async fn find(context: &Context, scope: &Scope, id: &HersysId) -> Result<TransferId, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let patient = patients::by_hersys_ids(&mut tx, std::slice::from_ref(id)).await?.pop();
    let patient = patient.ok_or(PatientError::NotFound)?;
    let open = transfers::open_of(&mut tx, patient.id).await?;
    let open = open.filter(|row| side_of(scope, row).is_some()).ok_or(PatientError::NotFound)?;
    Ok(open.id)
}

/// Shows a transfer to either side. The audit trail records the view (D3).
///
/// # Errors
/// [`TransferError::NotFound`], which the audit trail records.
pub async fn show_transfer(
    context: &Context,
    actor: &Actor,
    id: TransferId,
) -> Result<Viewed<ShownTransfer>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let mut tx = context.database.begin_read().await?;
    let Some((row, side)) = visible(&mut tx, &scope, id).await? else {
        drop(tx);
        return Err(absent(context, actor, id, "patient.transfer_shown").await?);
    };
    let patient = patients::by_ids(&mut tx, &[row.patient]).await?.pop().ok_or(TransferError::NotFound)?;
    let own = match side {
        TransferSide::Offering => &row.from,
        TransferSide::Receiving => &row.to,
    };
    let zone = zone_of(&known_centre(&mut tx, own).await?)?;
    let (from, to) = (known_centre(&mut tx, &row.from).await?, known_centre(&mut tx, &row.to).await?);
    let is_open = row.state == TransferState::Offered;
    let mut waiting = if is_open { slots::open_of(&mut tx, &[row.patient]).await? } else { Vec::new() };
    let names = names_of_centres(&mut tx).await?;
    drop(tx);
    waiting.sort_by_key(|slot| slot.due_at);
    let times_fit = offered_times_fit(&patient, &to)?;
    let next = if is_open { planned(&patient, &from, &to, context.clock.now())? } else { None };
    let people = std::slice::from_ref(&patient);
    let noted = shown_of(context, actor, people, "patient.transfer_shown", Changes::default()).await?;
    let found = ShownTransfer {
        calls: waiting.into_iter().map(TransferCall::from).collect(),
        call_times: if is_open { patient.call_times.clone() } else { String::new() },
        times_fit,
        next,
        zone,
        transfer: TransferView::of(row, &patient, side, &names),
    };
    Ok(Viewed { found, noted })
}

/// A transfer of the actor's health centres, with their side. An actor of both decides on what is open.
pub(super) async fn visible(
    tx: &mut Tx,
    scope: &Scope,
    id: TransferId,
) -> Result<Option<(TransferRow, TransferSide)>, StoreError> {
    let found = transfers::get(tx, id).await?;
    Ok(found.and_then(|row| side_of(scope, &row).map(|side| (row, side))))
}

fn side_of(scope: &Scope, row: &TransferRow) -> Option<TransferSide> {
    match (scope.covers(&row.to), scope.covers(&row.from)) {
        (true, _) => Some(TransferSide::Receiving),
        (false, true) => Some(TransferSide::Offering),
        (false, false) => None,
    }
}

/// The refusal of a transfer that isn't the actor's. Trying ids leaves entries.
pub(super) async fn absent(
    context: &Context,
    actor: &Actor,
    id: TransferId,
    action: &str,
) -> Result<ServiceError, ServiceError> {
    let _noted = context.note_absence(actor, format!("transfer:{id}"), "transfer.not_found", action).await?;
    Ok(TransferError::NotFound.into())
}
