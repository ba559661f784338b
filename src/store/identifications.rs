//! Each identification on the phone: what the limits against guessing count.

use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, bind_value::Row};
use crate::domain::{CallId, HersysId, PhoneNumber};
use crate::policy::Lane;

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentificationOutcome {
    /// The ID and the birth date belong together.
    Matched,
    /// They do, but observation has ended.
    Ended,
    /// They don't: the only outcome that counts as a failure.
    Mismatch,
    /// Not judged, as a limit was reached.
    Locked,
}

impl IdentificationOutcome {
    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Ended => "ended",
            Self::Mismatch => "mismatch",
            Self::Locked => "locked",
        }
    }
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentificationRow {
    /// Its id.
    pub id: Uuid,
    /// The call.
    pub call: CallId,
    /// The ID that was keyed, whether it exists or not.
    pub hersys_id: HersysId,
    /// The caller's number; `None` if withheld.
    pub caller: Option<PhoneNumber>,
    /// Whose budget it counts against.
    pub lane: Lane,
    /// What came of it.
    pub outcome: IdentificationOutcome,
    /// When.
    pub at: Timestamp,
}

/// How often identification failed. What isn't listed has never failed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failures {
    /// By ID and lane.
    pub by_id: Vec<IdFailures>,
    /// By the caller's number.
    pub by_caller: Vec<(PhoneNumber, Count)>,
    /// In each lane, over all IDs and callers.
    pub by_lane: Vec<(Lane, Count)>,
}

/// How many failures there were.
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
    /// Failures since the earliest of the times.
    pub since_earliest: i64,
    /// Those of a day and of the window.
    pub count: Count,
    /// The last failure.
    pub last_at: Timestamp,
}

/// What times are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// From when on the failures of an ID count: not after the other two.
    pub earliest: Timestamp,
    /// When the day begins.
    pub day: Timestamp,
    /// When the window begins.
    pub window: Timestamp,
    /// Nothing counts that lies after this.
    pub until: Timestamp,
}

/// Adds tries.
///
/// # Errors
/// When the database fails.
pub async fn append(tx: &mut Tx, tries: &[IdentificationRow]) -> Result<(), StoreError> {
    let rows = tries.iter().map(|one| {
        [
            one.id.into(),
            one.call.into(),
            (&one.hersys_id).into(),
            one.caller.as_ref().into(),
            one.lane.code().into(),
            one.outcome.code().into(),
            one.at.into(),
        ]
    });
    tx.execute_rows(
        "INSERT INTO identifications (id, call_id, hersys_id, caller, lane, outcome, at) VALUES",
        rows.collect(),
        "",
    )
    .await?;
    Ok(())
}

/// The IDs that were proven in a call, in the order in which they were, each with the lane.
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

/// Lets no other node judge tries until this transaction ends, so that what [`failures_since`] counts is all there is.
/// SQLite has one writer anyway.
///
/// # Errors
/// Database errors.
pub async fn judge_alone(tx: &mut Tx) -> Result<(), StoreError> {
    if !tx.writes_alone() {
        tx.fetch_optional("SELECT 1 FROM (SELECT pg_advisory_xact_lock(5031980215)) AS held", vec![], |_| Ok(()))
            .await?;
    }
    Ok(())
}

/// Counts failures: of these IDs, of these callers, and in all. Give each ID and caller once; up to 256 of them take
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
    let Since { earliest, day, window, until } = since;
    let earlier = day.min(window);
    Ok(Failures {
        by_id: tx
            .fetch_in(
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
            .fetch_in(
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
            .fetch_all(
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
