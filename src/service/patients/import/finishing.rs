//! Finishes imports that were decided, and undoes those that weren't: by the process that writes them, or by any other
//! one if that process was killed.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use tracing::{info, warn};

use super::super::registration::held_number;
use crate::domain::{CentreCode, PatientId, PhoneNumber};
use crate::policy::Invitations;
use crate::service::centre_settings::{CentreSettings, known_centre, schedule_of};
use crate::service::context::{Context, Pace, Step, new_id};
use crate::service::error::ServiceError;
use crate::service::notices::plan_invitations;
use crate::service::slots::{next_slot_of, open_before_change, withdraw_unwanted};
use crate::store::audit::{AuditRow, Subject};
use crate::store::imports::{self, Claim, HeldChange, Importer, Phase};
use crate::store::patients::{self, PatientRow};
use crate::store::{Document, StoreError, Tx, audit, notices};

/// How often a transaction is repeated that met another node's.
const MOST_REPEATS: u32 = 5;

/// Finishes or undoes an import that its process left unfinished. Usually there is none, and then nothing is written.
///
/// # Errors
/// Database errors. The next call goes on.
pub async fn finish_imports(context: &Context) -> Result<(), ServiceError> {
    let now = context.clock.now();
    if !imports::is_abandoned(&mut context.database.begin_autocommit().await?, now).await? {
        return Ok(());
    }
    let mut tx = context.database.begin_write().await?;
    let taken = imports::take_over(&mut tx, new_id(), now).await?;
    tx.commit().await?;
    let mut pace = Pace::default();
    match taken {
        Some((claim, Phase::Decided)) => {
            info!("finishing an import that another process left unfinished");
            finish(context, claim, &mut pace).await
        }
        Some((claim, Phase::Staged | Phase::Undone)) => {
            info!("undoing an import that another process left unfinished");
            undo(context, claim, &mut pace).await
        }
        None => Ok(()),
    }
}

/// Applies what a decided import holds back for a patient whose row is locked, before staff change it. Tells an import
/// that isn't decided that it was overtaken.
pub(in crate::service::patients) async fn settle_import(
    tx: &mut Tx,
    patient: PatientId,
    now: Timestamp,
) -> Result<(), ServiceError> {
    if imports::changes_of(tx, &[patient]).await?.is_empty() {
        return Ok(());
    }
    imports::overtake(tx, patient).await?;
    if imports::is_decided(tx).await? {
        apply(tx, &[patient], now).await?;
    }
    Ok(())
}

/// Begins a transaction of an import, if it is still ours and in this phase.
pub(super) async fn begin(context: &Context, pace: &Pace, claim: Claim, phase: Phase) -> Result<Step, StoreError> {
    let mut step = pace.begin(context).await?;
    imports::renew(&mut step.tx, claim, phase, context.clock.now()).await?;
    Ok(step)
}

/// Applies all changes of a decided import, and completes its entries of the audit trail.
pub(super) async fn finish(context: &Context, claim: Claim, pace: &mut Pace) -> Result<(), ServiceError> {
    let mut repeats = 0;
    loop {
        match apply_some(context, claim, pace).await {
            Ok(true) => repeats = 0,
            Ok(false) => break,
            Err(ServiceError::Store(StoreError::Stale | StoreError::Busy)) if repeats < MOST_REPEATS => repeats += 1,
            Err(error) => return Err(error),
        }
    }
    invite(context, claim, pace).await?;
    loop {
        let mut step = begin(context, pace, claim, Phase::Decided).await?;
        let released = audit::release_oldest(&mut step.tx, pace.limit()).await?;
        if released == 0 {
            imports::end(&mut step.tx, claim).await?;
        }
        pace.end(step).await?;
        if released == 0 {
            context.dialer_wake.notify_one();
            return Ok(());
        }
    }
}

/// Plans the invitations of those whom a decided import has added. Nobody gets a second one, so it can be
/// repeated.
async fn invite(context: &Context, claim: Claim, pace: &mut Pace) -> Result<(), ServiceError> {
    let mut after = String::new();
    loop {
        let mut step = begin(context, pace, claim, Phase::Decided).await?;
        let Some(centre) = imports::centre(&mut step.tx).await? else { return Ok(step.tx.rollback().await?) };
        let centre = known_centre(&mut step.tx, &centre).await?;
        if CentreSettings::of(&centre).invitations != Invitations::AtRegistration {
            return Ok(step.tx.rollback().await?);
        }
        let ids = notices::uninvited(&mut step.tx, (&centre.code, claim.number), &after, pace.limit()).await?;
        let new = patients::by_ids(&mut step.tx, &ids).await?;
        plan_invitations(&mut step.tx, &new, &centre, context.clock.now()).await?;
        let is_last = ids.len() < pace.rows();
        pace.end(step).await?;
        match ids.last() {
            Some(last) if !is_last => after = last.0.to_string(),
            Some(_) | None => return Ok(()),
        }
    }
}

/// Plans the invitations of those whom a short import adds, in its transaction.
pub(super) async fn invite_all(
    tx: &mut Tx,
    claim: Claim,
    centre: &CentreCode,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let centre = known_centre(tx, centre).await?;
    if CentreSettings::of(&centre).invitations != Invitations::AtRegistration {
        return Ok(());
    }
    let ids = notices::uninvited(tx, (&centre.code, claim.number), "", u32::MAX).await?;
    let new = patients::by_ids(tx, &ids).await?;
    plan_invitations(tx, &new, &centre, now).await
}

/// Returns `false` if none was left.
async fn apply_some(context: &Context, claim: Claim, pace: &mut Pace) -> Result<bool, ServiceError> {
    let mut step = begin(context, pace, claim, Phase::Decided).await?;
    let ids = imports::held(&mut step.tx, pace.limit()).await?;
    if ids.is_empty() {
        step.tx.rollback().await?;
        return Ok(false);
    }
    apply(&mut step.tx, &ids, context.clock.now()).await?;
    pace.end(step).await?;
    Ok(true)
}

/// Applies the held changes of these patients, and of those whose numbers they take.
pub(super) async fn apply(tx: &mut Tx, ids: &[PatientId], now: Timestamp) -> Result<(), ServiceError> {
    let held = with_givers(tx, ids).await?;
    let Some(first) = held.first() else { return Ok(()) };
    let schedule = schedule_of(&known_centre(tx, &first.after.centre).await?)?;
    let ids: Vec<PatientId> = held.iter().map(|held| held.after.id).collect();
    let before = patients::by_ids(tx, &ids).await?;
    open_before_change(tx, &before, now).await?;
    patients::update(tx, &giving_up(&before, &held)).await?;
    let mut rows = Vec::with_capacity(held.len());
    for HeldChange { after, .. } in &held {
        let mut row = PatientRow { updated_at: now, ..after.clone() };
        row.calling.next_slot_at = next_slot_of(&row, &schedule, now)?;
        rows.push(row);
    }
    patients::update(tx, &rows).await?;
    withdraw_unwanted(tx, &rows, &schedule, now).await?;
    let fields = held.iter().flat_map(|held| held.fields.iter().map(|field| (held.after.id, field.as_str())));
    patients::note_changes(tx, fields.collect()).await?;
    audit::release(tx, &held.iter().map(|held| held.entry).collect::<Vec<_>>()).await?;
    imports::drop_changes(tx, &ids).await?;
    Ok(())
}

/// The held changes of these patients and of everybody from whom they take a number, in turn. Their rows are locked.
async fn with_givers(tx: &mut Tx, ids: &[PatientId]) -> Result<Vec<HeldChange>, StoreError> {
    let mut held: Vec<HeldChange> = Vec::new();
    let mut seen: HashSet<PatientId> = HashSet::new();
    let mut next = ids.to_vec();
    while !next.is_empty() {
        seen.extend(&next);
        patients::hold(tx, &next).await?;
        let found = imports::changes_of(tx, &next).await?;
        let numbers: Vec<PhoneNumber> = found.iter().filter_map(|held| held_number(&held.after)).cloned().collect();
        let holders = patients::automated_call_holders(tx, &numbers).await?;
        next = holders.iter().map(|holder| holder.patient).filter(|patient| !seen.contains(patient)).collect();
        held.extend(found);
    }
    Ok(held)
}

/// The patients whose number another one gets, without automated calls: written first, as no number may be registered
/// twice even for a moment.
fn giving_up(before: &[PatientRow], held: &[HeldChange]) -> Vec<PatientRow> {
    let takers: HashMap<&PhoneNumber, PatientId> =
        held.iter().filter_map(|held| Some((held_number(&held.after)?, held.after.id))).collect();
    let gives = |row: &&PatientRow| {
        held_number(row).and_then(|number| takers.get(number)).is_some_and(|taker| *taker != row.id)
    };
    before.iter().filter(gives).map(|row| PatientRow { automated_call: false, ..row.clone() }).collect()
}

/// Undoes an import of this process that failed. Returns `false` if it was decided after all, or another process does
/// that now.
pub(super) async fn was_undone(context: &Context, claim: Claim, pace: &mut Pace) -> bool {
    let given_up = async {
        let mut tx = context.database.begin_write().await?;
        let given_up = imports::give_up(&mut tx, claim).await?;
        tx.commit().await?;
        Ok::<_, ServiceError>(given_up)
    };
    match given_up.await {
        Ok(false) => false,
        Ok(true) => {
            if let Err(error) = undo(context, claim, pace).await {
                warn!(%error, "an import that failed isn't removed completely yet; nobody sees it");
            }
            true
        }
        Err(error) => {
            warn!(%error, "an import that failed isn't removed yet; nobody sees it");
            true
        }
    }
}

/// Removes what an undone import has written. The audit trail says that it was undone.
async fn undo(context: &Context, claim: Claim, pace: &mut Pace) -> Result<(), ServiceError> {
    loop {
        let mut step = begin(context, pace, claim, Phase::Undone).await?;
        let removed = imports::remove(&mut step.tx, claim, pace.limit()).await?;
        if removed == 0 {
            let Importer { centre, actor, source } = imports::end(&mut step.tx, claim).await?;
            let entry = AuditRow {
                id: new_id(),
                at: context.clock.now(),
                actor,
                source,
                action: "patients.import_undone".to_owned(),
                subject: Subject::Other(format!("centre:{centre}")),
                centre: Some(centre),
                details: Document::from("{}".to_owned()),
                people: Vec::new(),
                other_centre: None,
            };
            audit::append(&mut step.tx, vec![entry]).await?;
        }
        pace.end(step).await?;
        if removed == 0 {
            return Ok(());
        }
    }
}
