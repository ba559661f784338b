//! Identifications on the phone. The limits against guessing count them.

use jiff::Timestamp;
use uuid::Uuid;

use super::tx::{Arrived, Later, Lock};
use super::{StoreError, Tx, bind_value::Row};
use crate::domain::{CallId, HersysId, PhoneNumber};
use crate::policy::Lane;

/// The outcome of an identification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentificationOutcome {
    /// The ID and the birth date match.
    Matched,
    /// They match, but observation has ended.
    Ended,
    /// They don't match. Only this outcome counts as a failure.
    Mismatch,
    /// Not checked, because a limit was reached.
    Locked,
}

impl IdentificationOutcome {
    /// The value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Ended => "ended",
            Self::Mismatch => "mismatch",
            Self::Locked => "locked",
        }
    }
}

/// Where an identification happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentifiedIn {
    /// In a call.
    Call(CallId),
    /// In the portal, by this client: a hash.
    Portal(String),
}

impl IdentifiedIn {
    const fn call(&self) -> Option<CallId> {
        match self {
            Self::Call(call) => Some(*call),
            Self::Portal(_) => None,
        }
    }

    fn client(&self) -> Option<&str> {
        match self {
            Self::Call(_) => None,
            Self::Portal(client) => Some(client),
        }
    }
}

/// One identification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentificationRow {
    /// Its id.
    pub id: Uuid,
    /// Where it happened.
    pub place: IdentifiedIn,
    /// The ID that was keyed in, whether or not it exists.
    pub hersys_id: HersysId,
    /// The caller's number. `None` if it was withheld.
    pub caller: Option<PhoneNumber>,
    /// The lane whose limit it counts against.
    pub lane: Lane,
    /// Its outcome.
    pub outcome: IdentificationOutcome,
    /// When it happened.
    pub at: Timestamp,
}

/// Counts of failed identifications. A missing entry means no failures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failures {
    /// By ID and lane.
    pub by_id: Vec<IdFailures>,
    /// By the caller's number.
    pub by_caller: Vec<(PhoneNumber, Count)>,
    /// In each lane, over all IDs and callers.
    pub by_lane: Vec<(Lane, Count)>,
}

/// The number of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Count {
    /// Since the day began.
    pub today: i64,
    /// Within the window.
    pub in_window: i64,
}

/// How often identification failed for one ID in one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdFailures {
    /// The ID.
    pub hersys_id: HersysId,
    /// The lane.
    pub lane: Lane,
    /// Failures since [`Since::earliest`].
    pub since_earliest: i64,
    /// Failures today and within the window.
    pub count: Count,
    /// When the last failure happened.
    pub last_at: Timestamp,
}

/// The periods to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// The start for the failures of an ID. Not after the other two.
    pub earliest: Timestamp,
    /// When the day begins.
    pub day: Timestamp,
    /// When the window begins.
    pub window: Timestamp,
    /// The end. Nothing later counts.
    pub until: Timestamp,
}

/// Adds identifications.
///
/// # Errors
/// Database errors.
pub async fn append(tx: &mut Tx, tries: &[IdentificationRow]) -> Result<(), StoreError> {
    let rows = tries.iter().map(|one| {
        [
            one.id.into(),
            one.place.call().into(),
            one.place.client().into(),
            (&one.hersys_id).into(),
            one.caller.as_ref().into(),
            one.lane.code().into(),
            one.outcome.code().into(),
            one.at.into(),
        ]
    });
    tx.write_rows(
        "INSERT INTO identifications (id, call_id, client, hersys_id, caller, lane, outcome, at) VALUES",
        rows.collect(),
        "",
    )
    .await
}

/// The IDs proven in a call, in the order in which they were proven, each with its lane.
///
/// # Errors
/// Database errors.
pub async fn proven_in(tx: &mut Tx, call: CallId) -> Result<Vec<(HersysId, Lane)>, StoreError> {
    tx.fetch_all(
        "SELECT hersys_id, lane FROM identifications WHERE call_id = $1 AND outcome IN ('matched', 'ended') ORDER BY at, id",
        vec![call.into()],
        |row| Ok((row.read(0, "identifications.hersys_id", |text| HersysId::parse(text).ok())?, lane(row, 1)?)),
    )
    .await
}

/// Prevents other nodes from checking identifications until this transaction ends, so that [`failures_since`] counts
/// all of them. SQLite has only one writer anyway.
///
/// # Errors
/// Database errors.
pub async fn judge_alone(tx: &mut Tx) -> Result<(), StoreError> {
    tx.lock(Lock::Identifications).await
}

/// Counts failures of these IDs, of these callers, and in total. Pass each ID and caller once. Up to 256 of them need
/// three statements.
///
/// # Errors
/// Database errors.
pub async fn failures_since(
    tx: &mut Tx,
    ids: &[HersysId],
    callers: &[PhoneNumber],
    since: Since,
) -> Result<Failures, StoreError> {
    let later = later_failures_since(tx, ids, callers, since).await?;
    later.read(&tx.arrive().await?)
}

/// Counts the failures of a client of the portal.
///
/// # Errors
/// Database errors.
pub async fn failures_of_client(tx: &mut Tx, client: &str, since: Since) -> Result<Count, StoreError> {
    let sql = "SELECT count(CASE WHEN at >= $3 THEN 1 END), count(CASE WHEN at >= $4 THEN 1 END) FROM identifications
               WHERE outcome = 'mismatch' AND client = $5 AND at >= $1 AND at <= $2";
    let Since { day, window, until, .. } = since;
    let args = vec![day.min(window).into(), until.into(), day.into(), window.into(), client.into()];
    Ok(tx.fetch_optional(sql, args, |row| count(row, 0)).await?.unwrap_or_default())
}

/// Failures that arrive with other rows.
pub(super) struct LaterFailures {
    by_id: Later<IdFailures>,
    by_caller: Later<(PhoneNumber, Count)>,
    by_lane: Later<(Lane, Count)>,
}

impl LaterFailures {
    pub(super) fn read(self, arrived: &Arrived) -> Result<Failures, StoreError> {
        Ok(Failures {
            by_id: self.by_id.read(arrived)?,
            by_caller: self.by_caller.read(arrived)?,
            by_lane: self.by_lane.read(arrived)?,
        })
    }
}

pub(super) async fn later_failures_since(
    tx: &mut Tx,
    ids: &[HersysId],
    callers: &[PhoneNumber],
    since: Since,
) -> Result<LaterFailures, StoreError> {
    let Since { earliest, day, window, until } = since;
    let earlier = day.min(window);
    Ok(LaterFailures {
        by_id: tx
            .later_in(
                "SELECT hersys_id, lane, count(CASE WHEN at >= $3 THEN 1 END), count(CASE WHEN at >= $4 THEN 1 END),
                 count(*), max(at) FROM identifications
                 WHERE outcome = 'mismatch' AND at >= $1 AND at <= $2 AND hersys_id IN",
                &[earliest.into(), until.into(), day.into(), window.into()],
                ids.iter().map(|id| id.into()),
                "GROUP BY hersys_id, lane",
                read_by_id,
            )
            .await?,
        by_caller: tx
            .later_in(
                "SELECT caller, count(CASE WHEN at >= $3 THEN 1 END), count(CASE WHEN at >= $4 THEN 1 END)
                 FROM identifications WHERE outcome = 'mismatch' AND at >= $1 AND at <= $2 AND caller IN",
                &[earlier.into(), until.into(), day.into(), window.into()],
                callers.iter().map(|caller| caller.into()),
                "GROUP BY caller",
                |row| {
                    let number = row.read(0, "identifications.caller", |text| PhoneNumber::from_e164(text).ok())?;
                    Ok((number, count(row, 1)?))
                },
            )
            .await?,
        by_lane: tx
            .later_all(
                "SELECT lane, count(CASE WHEN at >= $3 THEN 1 END), count(CASE WHEN at >= $4 THEN 1 END)
                 FROM identifications WHERE outcome = 'mismatch' AND at >= $1 AND at <= $2 GROUP BY lane",
                vec![earlier.into(), until.into(), day.into(), window.into()],
                |row| Ok((lane(row, 0)?, count(row, 1)?)),
            )
            .await?,
    })
}

fn read_by_id(row: &Row<'_>) -> Result<IdFailures, StoreError> {
    Ok(IdFailures {
        hersys_id: row.read(0, "identifications.hersys_id", |text| HersysId::parse(text).ok())?,
        lane: lane(row, 1)?,
        count: count(row, 2)?,
        since_earliest: row.int(4)?,
        last_at: row.time(5, "identifications.at")?,
    })
}

fn count(row: &Row<'_>, index: usize) -> Result<Count, StoreError> {
    Ok(Count { today: row.int(index)?, in_window: row.int(index.saturating_add(1))? })
}

fn lane(row: &Row<'_>, index: usize) -> Result<Lane, StoreError> {
    row.read(index, "identifications.lane", Lane::from_code)
}
