//! Calls: when they began, on which line, and their disposition.

use jiff::Timestamp;

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
    tx::Later,
};
use crate::domain::{CallId, CentreCode, Disposition, HersysId, Line, PhoneNumber};

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
    /// Only calls that began before this time.
    pub until: Option<Timestamp>,
    /// Only calls on this line.
    pub line: Option<Line>,
    /// Only calls that stand so.
    pub result: CallResult,
    /// Only calls that haven't ended.
    pub open_only: bool,
    /// Whose calls.
    pub of: CallsOf,
    /// Only calls listed after this one. It must exist.
    pub after: Option<CallId>,
    /// The maximum number of calls.
    pub limit: u32,
}

/// How calls stand that are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CallResult {
    /// However they stand.
    #[default]
    Any,
    /// They haven't ended.
    Open,
    /// Somebody answered, and they have ended.
    Answered,
    /// They ended so.
    Ended(Disposition),
}

impl CallResult {
    /// The code in statements and addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Ended(disposition) => disposition.code(),
        }
    }

    /// Reads [`CallResult::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "" => Some(Self::Any),
            "open" => Some(Self::Open),
            "answered" => Some(Self::Answered),
            ended => Disposition::from_code(ended).map(Self::Ended),
        }
    }

    /// Whether a call with this disposition is one of them.
    pub fn has(self, disposition: Option<Disposition>) -> bool {
        match self {
            Self::Any => true,
            Self::Open => disposition.is_none(),
            Self::Answered => {
                disposition.is_some_and(|how| !matches!(how, Disposition::NotAnswered | Disposition::Withdrawn))
            }
            Self::Ended(how) => disposition == Some(how),
        }
    }
}

/// Whose calls to list.
#[derive(Debug, Clone, Default)]
pub enum CallsOf {
    /// All calls.
    #[default]
    Anyone,
    /// Calls in which this ID was keyed in, proven or not, and calls to its patient.
    HersysId(HersysId),
    /// Calls with patients of this health centre, and calls to its staff.
    Centre(CentreCode),
    /// Calls to the staff of this health centre.
    StaffOf(CentreCode),
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
    tx.write_rows(
        "INSERT INTO calls (id, line, flow_set, started_at, ended_at, disposition) VALUES",
        rows.collect(),
        "",
    )
    .await
}

/// Ends calls. A call that has ended keeps its first end and disposition.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, ends: &[CallEnd]) -> Result<(), StoreError> {
    let rows = ends.iter().map(|end| [end.call.into(), end.ended_at.into(), end.disposition.code().into()]);
    tx.write_rows(
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
    tx.write(sql, vec![call.into()]).await
}

/// Calls, latest first.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx, filter: &CallFilter) -> Result<Vec<CallRow>, StoreError> {
    let (CallsOf::Centre(centre), None | Some(Line::StaffAlert)) = (&filter.of, filter.line) else {
        return listed(tx, filter).await;
    };
    // Calls to staff have no patient, by whom calls are found.
    let mut found = listed(tx, &CallFilter { of: CallsOf::StaffOf(centre.clone()), ..filter.clone() }).await?;
    if filter.line.is_none() {
        found.extend(listed(tx, filter).await?);
    }
    found.sort_by_key(|call| std::cmp::Reverse((call.started_at, call.id)));
    found.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
    Ok(found)
}

async fn listed(tx: &mut Tx, filter: &CallFilter) -> Result<Vec<CallRow>, StoreError> {
    // Without a last call, a start and an id that no call reaches.
    let (since, limit) = (filter.since.unwrap_or(Timestamp::UNIX_EPOCH), i64::from(filter.limit));
    let last = filter.after.map_or_else(|| "~".to_owned(), |call| call.to_string());
    let until = filter.until.map_or(i64::MAX, Timestamp::as_millisecond);
    let line = filter.line.map_or("", Line::code);
    let mut args =
        vec![since.into(), last.into(), limit.into(), until.into(), line.into(), filter.result.code().into()];
    macro_rules! page {
        ($from:literal, $start:literal, $id:literal, $where:literal) => {
            concat!(
                "SELECT DISTINCT c.id, c.line, c.flow_set, ",
                $start,
                ", c.ended_at, c.disposition FROM ",
                $from,
                " WHERE ",
                $start,
                " >= $1 AND (",
                $start,
                ", ",
                $id,
                ") < (COALESCE((SELECT started_at FROM calls
                  WHERE id = $2), 9223372036854775807), $2) AND ",
                $start,
                " < $4 AND ($5 = '' OR c.line = $5)
                 AND ($6 = '' OR c.disposition = $6 OR $6 = 'open' AND c.disposition IS NULL
                      OR $6 = 'answered' AND c.disposition NOT IN ('not_answered', 'withdrawn')) AND ",
                $where,
                " ORDER BY ",
                $start,
                " DESC, c.id DESC LIMIT $3"
            )
        };
    }
    let sql = match &filter.of {
        CallsOf::HersysId(hersys_id) => {
            args.extend([hersys_id.into(), filter.open_only.into()]);
            page!(
                "calls c",
                "c.started_at",
                "c.id",
                "c.id IN (SELECT call_id FROM identifications WHERE hersys_id = $7 UNION
                          SELECT a.call_id FROM patients p JOIN attempts a ON a.patient_id = p.id
                          WHERE p.hersys_id = $7)
                 AND (c.ended_at IS NULL OR NOT $8)"
            )
        }
        CallsOf::Centre(centre) => {
            args.extend([centre.into(), filter.open_only.into()]);
            page!(
                "call_people p JOIN calls c ON c.id = p.call_id",
                "p.started_at",
                "p.call_id",
                "p.centre_code = $7 AND (c.ended_at IS NULL OR NOT $8)"
            )
        }
        CallsOf::StaffOf(centre) => {
            args.extend([centre.into(), filter.open_only.into()]);
            page!(
                "escalations e JOIN escalation_steps s ON s.escalation_id = e.id JOIN calls c ON c.id = s.call_id",
                "c.started_at",
                "c.id",
                "e.centre_code = $7 AND (c.ended_at IS NULL OR NOT $8)"
            )
        }
        // A separate query, because the few open calls have an index of their own.
        CallsOf::Anyone if filter.open_only => page!("calls c", "c.started_at", "c.id", "c.ended_at IS NULL"),
        CallsOf::Anyone => page!("calls c", "c.started_at", "c.id", "1 = 1"),
    };
    tx.fetch_all(sql, args, read).await
}

/// The automated calls to a health centre's patients in these hours from `since` on: the hour, how they ended, and how
/// many did. `None` is those in progress.
///
/// # Errors
/// Database errors.
pub async fn by_hour(
    tx: &mut Tx,
    centre: &CentreCode,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<(i64, Option<Disposition>, u32)>, StoreError> {
    tx.fetch_all(
        "SELECT (p.started_at - $2) / 3600000, c.disposition, count(DISTINCT c.id)
         FROM call_people p JOIN calls c ON c.id = p.call_id
         WHERE p.centre_code = $1 AND p.started_at >= $2 AND p.started_at < $3 AND c.line = 'automated_call'
         GROUP BY (p.started_at - $2) / 3600000, c.disposition",
        vec![centre.into(), since.into(), until.into()],
        |row| {
            let disposition = row.opt_read(1, "calls.disposition", Disposition::from_code)?;
            Ok((row.int(0)?, disposition, u32::try_from(row.int(2)?).unwrap_or(u32::MAX)))
        },
    )
    .await
}

/// The number of calls with patients of a health centre, or to its staff, that haven't ended.
///
/// # Errors
/// Database errors.
pub async fn open_at(tx: &mut Tx, centre: &CentreCode) -> Result<u32, StoreError> {
    let sql = "SELECT (SELECT count(DISTINCT c.id) FROM calls c JOIN call_people p ON p.call_id = c.id
                       WHERE c.ended_at IS NULL AND p.centre_code = $1)
                    + (SELECT count(*) FROM calls c JOIN escalation_steps s ON s.call_id = c.id
                       JOIN escalations e ON e.id = s.escalation_id
                       WHERE c.ended_at IS NULL AND e.centre_code = $1)";
    let counted = tx.fetch_optional(sql, vec![centre.into()], |row| row.int(0)).await?;
    Ok(counted.and_then(|count| u32::try_from(count).ok()).unwrap_or(0))
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
    let later = later_unidentified_from(tx, callers).await?;
    later.read(&tx.arrive().await?)
}

pub(super) async fn later_unidentified_from(
    tx: &mut Tx,
    callers: &[Option<PhoneNumber>],
) -> Result<Later<(Option<PhoneNumber>, u32)>, StoreError> {
    const HIDDEN: &str = "";
    tx.later_in(
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
