//! Calls: when they began, on which line, and their disposition.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{CallId, Disposition, HersysId, Line, PhoneNumber};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// The call.
    pub id: CallId,
    /// Its line.
    pub line: Line,
    /// The digest of the flow set that it began with.
    pub flow_set: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended. `None` while it is in progress.
    pub disposition: Option<Disposition>,
}

/// The end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallEnd {
    /// The call.
    pub call: CallId,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How it ended.
    pub disposition: Disposition,
}

/// Which calls to list.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// Only calls that began at or after this time.
    pub since: Option<Timestamp>,
    /// Only calls that haven't ended.
    pub open_only: bool,
    /// Only calls in which this ID was keyed in, proven or not, and calls to its patient.
    pub hersys_id: Option<HersysId>,
    /// The maximum number of calls.
    pub limit: u32,
}

/// Starts a query that selects every column of a call.
macro_rules! select {
    ($where:literal) => {
        concat!("SELECT id, line, flow_set, started_at, ended_at, disposition FROM calls WHERE ", $where)
    };
}

/// Adds calls.
///
/// # Errors
/// Database errors, including an unknown flow set.
pub async fn insert(tx: &mut Tx, calls: &[CallRow]) -> Result<(), StoreError> {
    let rows = calls.iter().map(|call| {
        [
            call.id.into(),
            call.line.code().into(),
            call.flow_set.as_str().into(),
            call.started_at.into(),
            call.ended_at.into(),
            call.disposition.map(Disposition::code).into(),
        ]
    });
    tx.execute_rows(
        "INSERT INTO calls (id, line, flow_set, started_at, ended_at, disposition) VALUES",
        rows.collect(),
        "",
    )
    .await?;
    Ok(())
}

/// Ends calls. A call that has ended keeps its first end and disposition. Returns how many were open.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, ends: &[CallEnd]) -> Result<u64, StoreError> {
    let rows = ends.iter().map(|end| [end.call.into(), end.ended_at.into(), end.disposition.code().into()]);
    tx.execute_rows(
        "UPDATE calls SET ended_at = v.column2, disposition = v.column3 FROM (VALUES",
        rows.collect(),
        ") AS v WHERE calls.id = v.column1 AND calls.ended_at IS NULL",
    )
    .await
}

/// Reopens a call that was recorded as ended but is still in progress.
///
/// # Errors
/// Database errors.
pub async fn reopen(tx: &mut Tx, call: CallId) -> Result<(), StoreError> {
    let sql = "UPDATE calls SET ended_at = NULL, disposition = NULL WHERE id = $1";
    tx.execute(sql, vec![call.into()]).await?;
    Ok(())
}

/// Calls, latest first.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx, filter: &CallFilter) -> Result<Vec<CallRow>, StoreError> {
    let (since, limit) = (filter.since.unwrap_or(Timestamp::UNIX_EPOCH), i64::from(filter.limit));
    match &filter.hersys_id {
        Some(hersys_id) => {
            tx.fetch_all(
                select!(
                    "id IN (SELECT call_id FROM identifications WHERE hersys_id = $1 UNION
                     SELECT a.call_id FROM patients p JOIN attempts a ON a.patient_id = p.id WHERE p.hersys_id = $1)
                     AND started_at >= $2
                     AND (ended_at IS NULL OR NOT $3) ORDER BY started_at DESC, id DESC LIMIT $4"
                ),
                vec![hersys_id.into(), since.into(), filter.open_only.into(), limit.into()],
                read,
            )
            .await
        }
        // A separate query, because the few open calls have an index of their own.
        None if filter.open_only => {
            tx.fetch_all(
                select!("started_at >= $1 AND ended_at IS NULL ORDER BY started_at DESC, id DESC LIMIT $2"),
                vec![since.into(), limit.into()],
                read,
            )
            .await
        }
        None => {
            tx.fetch_all(
                select!("started_at >= $1 ORDER BY started_at DESC, id DESC LIMIT $2"),
                vec![since.into(), limit.into()],
                read,
            )
            .await
        }
    }
}

/// One call.
///
/// # Errors
/// Database errors.
pub async fn show(tx: &mut Tx, call: CallId) -> Result<Option<CallRow>, StoreError> {
    tx.fetch_optional(select!("id = $1"), vec![call.into()], read).await
}

/// Counts the calls in progress per caller number in which no caller has been identified, among inbound calls from
/// these numbers. `None` is all withheld numbers together.
///
/// # Errors
/// Database errors.
pub async fn unidentified_from(
    tx: &mut Tx,
    callers: &[Option<PhoneNumber>],
) -> Result<Vec<(Option<PhoneNumber>, u32)>, StoreError> {
    const HIDDEN: &str = "";
    tx.fetch_in(
        "SELECT COALESCE(l.far_number, ''), count(*) FROM calls c JOIN legs l ON l.call_id = c.id
         WHERE c.ended_at IS NULL AND l.direction = 'inbound'
           AND NOT EXISTS (SELECT 1 FROM identifications i WHERE i.call_id = c.id AND i.outcome IN ('matched', 'ended'))
           AND COALESCE(l.far_number, '') IN",
        &[],
        callers.iter().map(|caller| caller.as_ref().map_or(HIDDEN, PhoneNumber::expose).into()),
        "GROUP BY COALESCE(l.far_number, '')",
        |row| {
            let caller = row.read(0, "legs.far_number", |text| match text {
                HIDDEN => Some(None),
                number => PhoneNumber::from_e164(number).ok().map(Some),
            })?;
            Ok((caller, u32::try_from(row.int(1)?).unwrap_or(u32::MAX)))
        },
    )
    .await
}

fn read(row: &Row<'_>) -> Result<CallRow, StoreError> {
    Ok(CallRow {
        id: row.read(0, "calls.id", parsed)?,
        line: row.read(1, "calls.line", Line::from_code)?,
        flow_set: row.owned(2)?,
        started_at: row.time(3, "calls.started_at")?,
        ended_at: row.opt_time(4, "calls.ended_at")?,
        disposition: row.opt_read(5, "calls.disposition", Disposition::from_code)?,
    })
}
