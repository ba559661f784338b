//! A round: staff call the people of a list, one after the other, and enter their answers. Two of them never get the
//! same person.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use super::change::known_patient;
use super::list::{PatientQuery, filter_of};
use crate::domain::{Actor, CentreCode, Claimant, HersysId, PatientId, StaffCallOutcome};
use crate::policy::{PastStaffCall, Permission, ROUND_CLAIM_LASTS, RoundState, Scope, round_state, scope};
use crate::service::centre_settings::{known_centre, narrowed, zone_of};
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::patient_list::{self, PatientFilter};
use crate::store::patients::PatientRow;
use crate::store::round_claims::RoundClaim;
use crate::store::staff_calls::StaffCallRow;
use crate::store::{Tx, patients, round_claims, staff_calls};

/// People read at a time.
const READ: u32 = 100;
/// How long ago a time may have been agreed for which a person still waits.
const PROMISES_COUNT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// People who wait for a time that was agreed.
const MOST_PROMISED: u32 = 200;
/// Up to this number, those who are left are counted.
const COUNTED: u32 = 200;

/// Who is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextPerson {
    /// This person, who is the actor's now.
    Is(PatientId),
    /// Nobody at the moment.
    Nobody {
        /// The people of the list whom somebody else is calling.
        with_others: u64,
        /// The people of the list who are to be called at a time.
        waiting: u64,
        /// The first of these times.
        first_at: Option<Timestamp>,
    },
}

/// How far the staff of a health centre are today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundProgress {
    /// The people whose reports staff have entered.
    pub done: u64,
    /// Those whom staff didn't reach.
    pub not_reached: u64,
    /// Those who are to be called at a time that was agreed.
    pub promised: Vec<Promise>,
    /// The people on the list, as far as they are counted.
    pub left: Counted,
}

/// A number of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Exactly.
    All(u64),
    /// There are more.
    MoreThan(u64),
}

/// A person who is to be called at a time that was agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The person.
    pub patient: PatientId,
    /// When to call.
    pub at: Timestamp,
    /// Who agreed.
    pub author: String,
}

/// Gives the actor the next person of a list: first whose agreed time has come, then the first after `after`, then
/// those before. Passed over are people whom somebody else is calling, and those who are to be called at a later time.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound) for somebody else's `after`;
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn next_person(
    context: &Context,
    actor: &Actor,
    query: &PatientQuery,
    after: Option<PatientId>,
) -> Result<NextPerson, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let next = Walk::begin(context, actor, &scope, query, after).await;
    let mut walk = match after {
        Some(last) => context.looked_up(actor, last, "patients.listed", next).await?,
        None => next?,
    };
    loop {
        let Some(found) = walk.find().await? else {
            let Walk { with_others, waiting, first_at, .. } = walk;
            return Ok(NextPerson::Nobody { with_others, waiting, first_at });
        };
        if walk.take(found).await? {
            return Ok(NextPerson::Is(found));
        }
        walk.taken_by_others.push(found);
    }
}

/// Looking for the next person.
struct Walk<'a> {
    context: &'a Context,
    scope: &'a Scope,
    query: &'a PatientQuery,
    own: Claimant,
    now: ZonedDateTime,
    /// The person from whom the actor comes: the last one to be offered again.
    left: Option<PatientRow>,
    /// People whom somebody else has taken since they were found.
    taken_by_others: Vec<PatientId>,
    with_others: u64,
    waiting: u64,
    first_at: Option<Timestamp>,
}

impl<'a> Walk<'a> {
    async fn begin(
        context: &'a Context,
        actor: &Actor,
        scope: &'a Scope,
        query: &'a PatientQuery,
        after: Option<PatientId>,
    ) -> Result<Self, ServiceError> {
        let mut tx = context.database.begin_read().await?;
        let left = match after {
            Some(id) => Some(known_patient(&mut tx, scope, &id.into()).await?),
            None => None,
        };
        let now = now_at(context, &mut tx, scope, query.centre.as_ref()).await?;
        let own = Claimant::of(actor);
        let (with_others, waiting, first_at) = (0, 0, None);
        Ok(Self { context, scope, query, own, now, left, taken_by_others: vec![], with_others, waiting, first_at })
    }

    async fn find(&mut self) -> Result<Option<PatientId>, ServiceError> {
        let mut tx = self.context.database.begin_read().await?;
        let scope = narrowed(&mut tx, self.scope.clone(), self.query.centre.as_ref()).await?;
        (self.with_others, self.waiting, self.first_at) = (0, 0, None);
        let kept = promises(&mut tx, &scope, self.now.timestamp()).await?;
        let due: Vec<PatientId> = kept.iter().filter(|call| is_due(call, &self.now)).map(|call| call.patient).collect();
        let due = patients::by_ids(&mut tx, &due).await?;
        if let Some(found) = self.first_due(&mut tx, &due).await? {
            return Ok(Some(found));
        }
        (self.with_others, self.waiting, self.first_at) = (0, 0, None);
        let filter = filter_of(&mut tx, self.context, &scope, self.query).await?;
        let start = self.left.as_ref().map(|patient| patient.hersys_id.clone());
        if let Some(found) = self.first_of(&mut tx, &filter, &scope, start.clone(), None).await? {
            return Ok(Some(found));
        }
        match start {
            Some(until) => self.first_of(&mut tx, &filter, &scope, None, Some(until)).await,
            None => Ok(None),
        }
    }

    /// The first one to call after a person, up to another one.
    async fn first_of(
        &mut self,
        tx: &mut Tx,
        filter: &PatientFilter,
        scope: &Scope,
        after: Option<HersysId>,
        until: Option<HersysId>,
    ) -> Result<Option<PatientId>, ServiceError> {
        let mut after = after;
        loop {
            let page = PatientFilter { after: after.clone(), limit: READ, ..filter.clone() };
            let mut page = patient_list::list(tx, &page, scope.centres()).await?;
            let is_last = page.len() < usize::try_from(READ).unwrap_or(usize::MAX);
            after = page.last().map(|patient| patient.hersys_id.clone());
            let before = page.len();
            if let Some(until) = &until {
                page.retain(|patient| patient.hersys_id.expose() <= until.expose());
            }
            if let Some(found) = self.first_due(tx, &page).await? {
                return Ok(Some(found));
            }
            if is_last || page.len() < before {
                return Ok(None);
            }
        }
    }

    /// The first of these people to call. Those who aren't are counted.
    async fn first_due(&mut self, tx: &mut Tx, people: &[PatientRow]) -> Result<Option<PatientId>, ServiceError> {
        let ids: Vec<PatientId> = people.iter().map(|patient| patient.id).collect();
        let claims: HashMap<PatientId, RoundClaim> =
            round_claims::of_patients(tx, &ids).await?.into_iter().map(|claim| (claim.patient, claim)).collect();
        let calls: HashMap<PatientId, PastStaffCall> =
            staff_calls::last_of(tx, &ids).await?.into_iter().map(|call| (call.patient, past(&call))).collect();
        for id in ids {
            let claim = claims.get(&id).map(|claim| (&claim.by, claim.taken_at));
            let state = match self.taken_by_others.contains(&id) {
                true => RoundState::WithSomebodyElse,
                false => round_state(&self.now, calls.get(&id).copied(), claim, &self.own),
            };
            match state {
                RoundState::Due => return Ok(Some(id)),
                RoundState::WithSomebodyElse => self.with_others += 1,
                RoundState::At(at) => {
                    self.waiting += 1;
                    self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
                }
                RoundState::Done => {}
            }
        }
        Ok(None)
    }

    /// Takes a person, unless somebody else was faster. Whom the actor leaves is free again.
    async fn take(&self, patient: PatientId) -> Result<bool, ServiceError> {
        let taken_at = self.context.clock.now();
        let over = taken_at.checked_sub(ROUND_CLAIM_LASTS).unwrap_or(Timestamp::UNIX_EPOCH);
        let mut tx = self.context.database.begin_write().await?;
        let claim = RoundClaim { patient, by: self.own.clone(), taken_at };
        let is_own = round_claims::take(&mut tx, &claim, over).await?;
        if let Some(left) = self.left.as_ref().filter(|left| is_own && left.id != patient) {
            let held = round_claims::of_patients(&mut tx, &[left.id]).await?;
            if held.iter().any(|claim| claim.by.is_same_as(&self.own)) {
                round_claims::end(&mut tx, left.id).await?;
            }
        }
        tx.commit().await?;
        Ok(is_own)
    }
}

fn past(call: &StaffCallRow) -> PastStaffCall {
    PastStaffCall { outcome: call.outcome, at: call.at, again_at: call.again_at }
}

fn is_due(call: &StaffCallRow, now: &ZonedDateTime) -> bool {
    call.again_at.is_some_and(|at| at <= now.timestamp())
}

/// The time, in the zone of the only health centre.
async fn now_at(
    context: &Context,
    tx: &mut Tx,
    scope: &Scope,
    centre: Option<&CentreCode>,
) -> Result<ZonedDateTime, ServiceError> {
    let first = scope.centres().and_then(|centres| centres.first());
    let zone = match centre.or(first) {
        Some(code) => zone_of(&known_centre(tx, code).await?)?,
        None => jiff::tz::TimeZone::UTC,
    };
    Ok(context.clock.now().to_zoned_datetime(zone))
}

/// The people of these health centres who are to be called at a time that was agreed.
pub(in crate::service) async fn promises(
    tx: &mut Tx,
    scope: &Scope,
    now: Timestamp,
) -> Result<Vec<StaffCallRow>, ServiceError> {
    let from = now.checked_sub(PROMISES_COUNT_FOR).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut found = Vec::new();
    for centre in scope.centres().into_iter().flatten() {
        found.extend(staff_calls::promised(tx, centre, from, MOST_PROMISED).await?);
    }
    found.sort_by_key(|call| (call.again_at, call.id));
    Ok(found)
}

/// How far the staff of the actor's health centre are today with calling, and how many people of a list are left.
///
/// # Errors
/// [`CentreError::NotFound`](crate::service::error::CentreError::NotFound).
pub async fn round_progress(
    context: &Context,
    actor: &Actor,
    query: &PatientQuery,
) -> Result<RoundProgress, ServiceError> {
    let scope = scope(actor, Permission::EnterReports)?;
    let mut tx = context.database.begin_read().await?;
    let scope = narrowed(&mut tx, scope, query.centre.as_ref()).await?;
    let now = now_at(context, &mut tx, &scope, query.centre.as_ref()).await?;
    let midnight = now.start_of_day().map_or_else(|_| now.timestamp(), |day| day.timestamp());
    let (mut done, mut not_reached) = (0, 0);
    for centre in scope.centres().into_iter().flatten() {
        for (outcome, count) in staff_calls::counts(&mut tx, centre, midnight).await? {
            match outcome {
                StaffCallOutcome::Reported => done += count,
                StaffCallOutcome::NotReached => not_reached += count,
                StaffCallOutcome::Partly | StaffCallOutcome::Later => {}
            }
        }
    }
    let filter = PatientFilter { limit: COUNTED + 1, ..filter_of(&mut tx, context, &scope, query).await? };
    let left = patient_list::list(&mut tx, &filter, scope.centres()).await?.len() as u64;
    let promised = promises(&mut tx, &scope, now.timestamp())
        .await?
        .into_iter()
        .filter_map(|call| Some(Promise { patient: call.patient, at: call.again_at?, author: call.author }));
    let most = u64::from(COUNTED);
    let left = if left > most { Counted::MoreThan(most) } else { Counted::All(left) };
    Ok(RoundProgress { done, not_reached, promised: promised.collect(), left })
}
