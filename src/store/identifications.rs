//! Each identification on the phone: what the limits against guessing count.

use jiff::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx, arg::Row};
use crate::call::{CallId, HersysId, PhoneNumber};
use crate::follow_up::Lane;

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
    pub const fn word(self) -> &'static str {
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
    /// The caller's number; none when withheld.
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
    /// By the caller's number, within the window.
    pub by_caller: Vec<(PhoneNumber, i64)>,
    /// In each lane, over all IDs and callers, within the window.
    pub by_lane: Vec<(Lane, i64)>,
}

/// How often identification failed for one ID in one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdFailures {
    /// The ID.
    pub hersys_id: HersysId,
    /// The lane.
    pub lane: Lane,
    /// Failures since the earlier of the two times.
    pub since_earlier: i64,
    /// Failures within the window.
    pub in_window: i64,
    /// The last failure.
    pub last_at: Timestamp,
}

/// What times are asked about: an ID's failures count from `earlier` on, and others from the beginning of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// From when on the failures of an ID count.
    pub earlier: Timestamp,
    /// When the window begins.
    pub window: Timestamp,
    /// Nothing counts that lies after this.
    pub until: Timestamp,
}

/// Adds tries.
///
/// # Errors
/// As the database fails.
pub async fn append(tx: &mut Tx, tries: &[IdentificationRow]) -> Result<(), StoreError> {
    let rows = tries.iter().map(|one| {
        [
            one.id.into(),
            one.call.into(),
            (&one.hersys_id).into(),
            one.caller.as_ref().into(),
            one.lane.word().into(),
            one.outcome.word().into(),
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
    let Since { earlier, window, until } = since;
    Ok(Failures {
        by_id: tx
            .fetch_in(
                "SELECT hersys_id, lane, count(*), count(CASE WHEN at >= $3 THEN 1 END), max(at) FROM identifications
                 WHERE outcome = 'mismatch' AND at >= $1 AND at <= $2 AND hersys_id IN",
                &[earlier.into(), until.into(), window.into()],
                ids.iter().map(|id| id.into()),
                "GROUP BY hersys_id, lane",
                read_by_id,
            )
            .await?,
        by_caller: tx
            .fetch_in(
                "SELECT caller, count(*) FROM identifications
                 WHERE outcome = 'mismatch' AND at >= $1 AND at <= $2 AND caller IN",
                &[window.into(), until.into()],
                callers.iter().map(|caller| caller.into()),
                "GROUP BY caller",
                read_by_caller,
            )
            .await?,
        by_lane: tx
            .fetch_all(
                "SELECT lane, count(*) FROM identifications WHERE outcome = 'mismatch' AND at >= $1 AND at <= $2
                 GROUP BY lane",
                vec![window.into(), until.into()],
                |row| Ok((lane(row, 0)?, row.int(1)?)),
            )
            .await?,
    })
}

fn read_by_id(row: &Row<'_>) -> Result<IdFailures, StoreError> {
    Ok(IdFailures {
        hersys_id: row.read(0, "identifications.hersys_id", |text| HersysId::parse(text).ok())?,
        lane: lane(row, 1)?,
        since_earlier: row.int(2)?,
        in_window: row.int(3)?,
        last_at: row.time(4, "identifications.at")?,
    })
}

fn read_by_caller(row: &Row<'_>) -> Result<(PhoneNumber, i64), StoreError> {
    Ok((row.read(0, "identifications.caller", |text| PhoneNumber::from_e164(text).ok())?, row.int(1)?))
}

fn lane(row: &Row<'_>, index: usize) -> Result<Lane, StoreError> {
    row.read(index, "identifications.lane", Lane::from_word)
}
