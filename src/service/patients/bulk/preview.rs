//! What a change of many patients would do, before it is made. Whom it concerns is settled now, so that nobody is
//! changed who came to match later.

use jiff::Timestamp;

use super::super::change::{Ending, with_values};
use super::super::list::{PatientQuery, filter_of};
use crate::domain::{Actor, BulkId, BulkKind, BulkState, Language, PatientId, SlotState};
use crate::patient_import::Column;
use crate::policy::{Forbidden, Permission, Scope, scope};
use crate::service::centre_settings::{day_and_hours, known_centre, schedule_of};
use crate::service::context::{Context, new_id};
use crate::service::error::{PatientError, ServiceError};
use crate::service::slots::{CalledToday, PhoneNow, SlotFate, called_today, would_withdraw_of};
use crate::store::bulk_changes::{self, BulkRow};
use crate::store::patient_list::{self, PatientFilter};
use crate::store::patients::{self, PatientRow};
use crate::store::{StoreError, Tx};

/// Patients who are read together.
const PART: u32 = 1_000;
/// The most patients of one change.
const MOST: usize = 100_000;

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkChange {
    /// New call times, as they are written in a list. Empty for the health centre's pattern.
    CallTimes(String),
    /// Another language of the calls.
    Language(Language),
    /// Automated calls stop.
    Stop,
}

/// Whom a change concerns.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub enum BulkOf<'a> {
    /// These patients.
    Chosen(&'a [PatientId]),
    /// All who match a query.
    All(&'a PatientQuery),
}

/// What a change does to patients and calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BulkEffect {
    /// Patients who change.
    pub changed: u64,
    /// Patients for whom nothing changes.
    pub same: u64,
    /// Patients whose observation has ended.
    pub released: u64,
    /// Waiting calls that are cancelled.
    pub cancelled: u64,
    /// Calls that are placed or ring, and are ended.
    pub ended: u64,
    /// Calls that ring, and go on.
    pub going_on: u64,
    /// People on the phone now, whose call goes on.
    pub talking: u64,
    /// People on the phone now, who hear a goodbye.
    pub said_goodbye: u64,
    /// Who was called today already. Counted if call times change.
    pub called_today: CalledToday,
}

/// What became of a patient by a change.
pub(super) enum Would {
    Change(Box<PatientRow>),
    Same,
    Released,
}

impl BulkChange {
    pub(super) const fn kind(&self) -> BulkKind {
        match self {
            Self::CallTimes(_) => BulkKind::CallTimes,
            Self::Language(_) => BulkKind::Language,
            Self::Stop => BulkKind::Stop,
        }
    }

    pub(super) fn value(&self) -> &str {
        match self {
            Self::CallTimes(times) => times,
            Self::Language(language) => language.tag(),
            Self::Stop => "",
        }
    }

    /// Of a stored change.
    pub(super) fn of(bulk: &BulkRow) -> Result<Self, StoreError> {
        Ok(match bulk.kind {
            BulkKind::CallTimes => Self::CallTimes(bulk.value.clone()),
            BulkKind::Language => {
                let unreadable = |_| StoreError::Inconsistent { what: "bulk_changes.value" };
                Self::Language(bulk.value.parse().map_err(unreadable)?)
            }
            BulkKind::Stop => Self::Stop,
        })
    }

    /// The values that it gives a patient. `None` for a stop.
    pub(super) fn values(&self) -> Option<[(Column, &str); 1]> {
        match self {
            Self::CallTimes(times) => Some([(Column::CallTimes, times)]),
            Self::Language(language) => Some([(Column::Language, language.tag())]),
            Self::Stop => None,
        }
    }
}

/// Prepares a change of many patients of the actor's health centre. Nothing is changed.
///
/// # Errors
/// [`PatientError::NotFound`] if one of them isn't the actor's to change: the try is recorded;
/// [`PatientError::InvalidValues`] if the new value is wrong; database errors.
pub async fn prepare_bulk(
    context: &Context,
    actor: &Actor,
    of: BulkOf<'_>,
    change: &BulkChange,
) -> Result<BulkId, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let Actor::Staff(staff) = actor else { return Err(Forbidden(Permission::ChangePatients).into()) };
    let mut tx = context.database.begin_read().await?;
    let ids = match of {
        BulkOf::Chosen(ids) => {
            if let Err(stranger) = all_known(&mut tx, &scope, ids).await? {
                drop(tx);
                let missing = Err::<BulkId, ServiceError>(PatientError::NotFound.into());
                return context.looked_up(actor, stranger, "patients.bulk_previewed", missing).await;
            }
            ids.to_vec()
        }
        BulkOf::All(query) => matching(&mut tx, context, &scope, query).await?,
    };
    let first = ids.first().ok_or(PatientError::NotFound)?;
    let first = patients::by_ids(&mut tx, &[*first]).await?.pop().ok_or(PatientError::NotFound)?;
    let now = context.clock.now();
    would(&mut tx, &first, change, now).await?;
    drop(tx);
    let mut tx = context.database.begin_write().await?;
    let bulk = BulkRow {
        id: BulkId(new_id()),
        centre: first.centre,
        account: staff.account,
        by: String::new(),
        kind: change.kind(),
        value: change.value().to_owned(),
        state: BulkState::Previewed,
        changed_at: now,
    };
    bulk_changes::add(&mut tx, &bulk, &ids).await?;
    tx.commit().await?;
    Ok(bulk.id)
}

/// Whether all are the actor's to change. The inner error is one who isn't.
async fn all_known(tx: &mut Tx, scope: &Scope, ids: &[PatientId]) -> Result<Result<(), PatientId>, ServiceError> {
    for part in ids.chunks(PART as usize) {
        let rows = patients::by_ids(tx, part).await?;
        let keys: Vec<_> = rows.iter().map(|row| row.hersys_id.clone()).collect();
        // Those of an import that isn't decided are nobody's yet.
        let visible = patients::by_hersys_ids(tx, &keys).await?;
        let is_ours = |id: &PatientId| visible.iter().any(|row| row.id == *id && scope.covers(&row.centre));
        if let Some(stranger) = part.iter().find(|id| !is_ours(id)) {
            return Ok(Err(*stranger));
        }
    }
    Ok(Ok(()))
}

async fn matching(
    tx: &mut Tx,
    context: &Context,
    scope: &Scope,
    query: &PatientQuery,
) -> Result<Vec<PatientId>, ServiceError> {
    let mut filter = PatientFilter { limit: PART, ..filter_of(tx, context, scope, query).await? };
    let mut ids = Vec::new();
    loop {
        let part = patient_list::list(tx, &filter, scope.centres()).await?;
        let Some(last) = part.last() else { return Ok(ids) };
        filter.after = Some(last.hersys_id.clone());
        ids.extend(part.iter().map(|row| row.id));
        if ids.len() >= MOST {
            ids.truncate(MOST);
            return Ok(ids);
        }
    }
}

/// What a change would do to a patient.
pub(super) async fn would(
    tx: &mut Tx,
    before: &PatientRow,
    change: &BulkChange,
    now: Timestamp,
) -> Result<Would, ServiceError> {
    let centre = known_centre(tx, &before.centre).await?;
    let (today, hours) = day_and_hours(&centre, now)?;
    let after = match change.values() {
        Some(values) => with_values(before, &values, today, hours, now)?.after,
        None if before.stopped_at.is_some() => before.clone(),
        None => Ending::Stop.of(before, now),
    };
    Ok(match () {
        () if before.released_at.is_some() => Would::Released,
        () if after == *before => Would::Same,
        () => Would::Change(Box::new(after)),
    })
}

/// What a prepared change would do.
pub(super) async fn effect_of(
    tx: &mut Tx,
    people: &[PatientRow],
    change: &BulkChange,
    now: Timestamp,
) -> Result<BulkEffect, ServiceError> {
    let mut effect = BulkEffect::default();
    let Some(first) = people.first() else { return Ok(effect) };
    let centre = known_centre(tx, &first.centre).await?;
    let schedule = schedule_of(&centre)?;
    let mut after = Vec::new();
    for patient in people {
        match would(tx, patient, change, now).await? {
            Would::Change(row) => {
                effect.changed += 1;
                after.push(*row);
            }
            Would::Same => effect.same += 1,
            Would::Released => effect.released += 1,
        }
    }
    for (_, affected) in would_withdraw_of(tx, &after, &schedule).await? {
        match (affected.slot.state, affected.fate, affected.phone) {
            (SlotState::Waiting, SlotFate::Withdrawn(_), _) => effect.cancelled += 1,
            (SlotState::Calling, SlotFate::Withdrawn(_), PhoneNow::Talking) => effect.said_goodbye += 1,
            (SlotState::Calling, SlotFate::Withdrawn(_), _) => effect.ended += 1,
            (SlotState::Calling, _, PhoneNow::Talking) => effect.talking += 1,
            (SlotState::Calling, ..) => effect.going_on += 1,
            _ => {}
        }
    }
    if change.kind() == BulkKind::CallTimes {
        effect.called_today = called_today(tx, &after, &centre, now).await?;
    }
    Ok(effect)
}

impl BulkEffect {
    /// Adds the effect on others.
    pub(super) const fn add(&mut self, other: Self) {
        self.changed += other.changed;
        self.same += other.same;
        self.released += other.released;
        self.cancelled += other.cancelled;
        self.ended += other.ended;
        self.going_on += other.going_on;
        self.talking += other.talking;
        self.said_goodbye += other.said_goodbye;
        self.called_today.add(other.called_today);
    }
}
