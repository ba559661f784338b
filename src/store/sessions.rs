//! The state of each conversation. The revision makes turns safe: the second of two saves fails because it read an
//! outdated revision.

use jiff::Timestamp;

use super::{
    Document, StoreError, Tx,
    bind_value::{Row, parsed},
    tx::Later,
};
use crate::domain::{CallId, HangupCause, Line, Withdrawal};
use crate::policy::CLOCKS_AGREE;

/// A session, with facts about its call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The call.
    pub call: CallId,
    /// How often the session has been saved.
    pub revision: i64,
    /// The turn whose reply is waiting for the caller.
    pub turn: i64,
    /// The engine's session.
    pub session: Document,
    /// The line of the call.
    pub line: Line,
    /// The digest of the flow set that the call began with.
    pub flow_set: String,
    /// Whether the call has ended.
    pub ended: bool,
    /// When the current transfer began. `None` outside a transfer. During a transfer the staff's phone rings, or the
    /// caller talks with staff.
    pub transfer_since: Option<Timestamp>,
    /// When staff answered in that transfer, if the carrier has reported it.
    pub staff_answered_at: Option<Timestamp>,
    /// Why the attempt was withdrawn, if this is an automated call.
    pub withdrawal: Option<Withdrawal>,
}

/// A session to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSave {
    /// The call.
    pub call: CallId,
    /// One more than the loaded revision; 1 for a new session.
    pub revision: i64,
    /// The turn whose reply is waiting for the caller.
    pub turn: i64,
    /// The engine's session.
    pub session: Document,
    /// Whether it is waiting for the end of a transfer.
    pub in_transfer: bool,
    /// When it is saved.
    pub updated_at: Timestamp,
}

/// The sessions of these calls, in no particular order. Calls without a session are omitted.
///
/// # Errors
/// Database errors.
pub async fn load(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<SessionRow>, StoreError> {
    let later = later_load(tx, calls).await?;
    later.read(&tx.arrive().await?)
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT s.call_id, s.revision, s.turn, s.session, c.line, c.flow_set, c.ended_at, a.withdrawal,
             s.transfer_since, s.staff_answered_at FROM sessions s JOIN calls c ON c.id = s.call_id
             LEFT JOIN attempts a ON a.call_id = s.call_id ",
            $where
        )
    };
}

pub(super) async fn later_load(tx: &mut Tx, calls: &[CallId]) -> Result<Later<SessionRow>, StoreError> {
    let keys = calls.iter().map(|call| (*call).into());
    tx.later_in(select!("WHERE s.call_id IN"), &[], keys, "", read).await
}

/// The sessions of the calls of these legs.
pub(super) async fn later_of_legs(tx: &mut Tx, carrier: &str, legs: &[&str]) -> Result<Later<SessionRow>, StoreError> {
    let keys = legs.iter().map(|leg| (*leg).into());
    let head = select!("WHERE s.call_id IN (SELECT call_id FROM legs WHERE carrier = $1 AND carrier_leg_id IN");
    tx.later_in(head, &[carrier.into()], keys, ")", read).await
}

fn read(row: &Row<'_>) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        call: row.read(0, "sessions.call_id", parsed)?,
        revision: row.int(1)?,
        turn: row.int(2)?,
        session: row.document(3)?,
        line: row.read(4, "calls.line", Line::from_code)?,
        flow_set: row.owned(5)?,
        ended: row.opt_int(6)?.is_some(),
        withdrawal: row.opt_read(7, "attempts.withdrawal", Withdrawal::from_code)?,
        transfer_since: row.opt_time(8, "sessions.transfer_since")?,
        staff_answered_at: row.opt_time(9, "sessions.staff_answered_at")?,
    })
}

/// Saves sessions. Each call may occur once in the batch.
///
/// # Errors
/// [`StoreError::Stale`] if a session's stored revision isn't the one before the given one; on SQLite from the next
/// query or the commit. Drop the transaction then.
pub async fn save(tx: &mut Tx, mut sessions: Vec<SessionSave>) -> Result<(), StoreError> {
    // Use the same order on all nodes, to prevent deadlocks between batches on PostgreSQL.
    sessions.sort_unstable_by_key(|session| session.call);
    let rows = sessions.into_iter();
    let rows = rows.map(|s| {
        let transfer_since = s.in_transfer.then_some(s.updated_at);
        let at = s.updated_at.into();
        [s.call.into(), s.revision.into(), s.turn.into(), s.session.into(), at, transfer_since.into()]
    });
    tx.write_each(
        "INSERT INTO sessions (call_id, revision, turn, session, updated_at, transfer_since) VALUES",
        rows.collect(),
        "ON CONFLICT (call_id) DO UPDATE SET revision = excluded.revision, turn = excluded.turn,
             session = excluded.session, updated_at = excluded.updated_at, transfer_since = excluded.transfer_since,
             staff_answered_at = NULL, look_at = NULL
             WHERE sessions.revision = excluded.revision - 1",
    )
    .await
}

/// Fails if one of these calls has ended or was withdrawn.
///
/// # Errors
/// [`StoreError::Stale`] if one has; on SQLite from the next query or the commit.
pub async fn refuse_ended(tx: &mut Tx, calls: &[CallId]) -> Result<(), StoreError> {
    tx.refuse_any(
        "SELECT c.id FROM calls c LEFT JOIN attempts a ON a.call_id = c.id
         WHERE (c.ended_at IS NOT NULL OR a.withdrawal IS NOT NULL) AND c.id IN",
        calls.iter().map(|call| (*call).into()),
    )
    .await
}

/// Records that staff answered in the transfer that this turn replied with. Calls that have moved to another turn are
/// ignored.
///
/// # Errors
/// Database errors.
pub async fn staff_answered(tx: &mut Tx, talks: &[(CallId, i64)], at: Timestamp) -> Result<(), StoreError> {
    let rows = talks.iter().map(|(call, turn)| [(*call).into(), (*turn).into(), at.into()]);
    tx.write_rows(
        "UPDATE sessions SET staff_answered_at = v.column3 FROM (VALUES",
        rows.collect(),
        ") AS v WHERE sessions.call_id = v.column1 AND sessions.turn = v.column2
         AND sessions.transfer_since IS NOT NULL AND sessions.staff_answered_at IS NULL",
    )
    .await
}

/// Filters these calls for those that are in a transfer.
///
/// # Errors
/// Database errors.
pub async fn in_transfer(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<CallId>, StoreError> {
    tx.fetch_in(
        "SELECT s.call_id FROM sessions s JOIN calls c ON c.id = s.call_id
         WHERE s.transfer_since IS NOT NULL AND c.ended_at IS NULL AND s.call_id IN",
        &[],
        calls.iter().map(|call| (*call).into()),
        "",
        |row| row.read(0, "sessions.call_id", parsed),
    )
    .await
}

/// An open call in which nothing has happened for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    /// The call.
    pub call: CallId,
    /// When something last happened.
    pub since: Timestamp,
    /// Whether the call is in a transfer: the staff's phone rings, or the caller talks with staff.
    pub in_transfer: bool,
    /// Whether we placed the call.
    pub placed: bool,
    /// The carrier of its leg, and the carrier leg ID.
    pub leg: Option<(String, String)>,
    /// Why its leg ended, if the carrier has reported it.
    pub leg_ended: Option<HangupCause>,
}

/// Open calls in which nothing has happened since `before`, and calls whose caller hung up by `gone_before` during a
/// transfer about which nothing else is known. Calls with a lookup later than `now` are excluded. Longest silence
/// first. Times further in the future than possible were written while a clock was wrong, and count as past.
///
/// # Errors
/// Database errors.
pub async fn quiet(
    tx: &mut Tx,
    before: Timestamp,
    gone_before: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Quiet>, StoreError> {
    let ahead = now.checked_add(CLOCKS_AGREE).unwrap_or(Timestamp::MAX);
    let latest_look = ahead.checked_add(now.duration_since(before)).unwrap_or(Timestamp::MAX);
    tx.fetch_all(
        "SELECT s.call_id, s.updated_at, s.transfer_since, a.call_id, l.carrier, l.carrier_leg_id, l.hangup_cause
         FROM calls c JOIN sessions s ON s.call_id = c.id LEFT JOIN attempts a ON a.call_id = c.id
         LEFT JOIN legs l ON l.call_id = c.id
         WHERE c.ended_at IS NULL AND (s.look_at IS NULL OR s.look_at <= $1 OR s.look_at > $6)
           AND (s.updated_at < $2 OR s.updated_at > $5 OR (s.transfer_since IS NOT NULL AND l.ended_at < $3))
         ORDER BY s.updated_at LIMIT $4",
        vec![now.into(), before.into(), gone_before.into(), i64::from(limit).into(), ahead.into(), latest_look.into()],
        |row| {
            let carrier = row.opt_text(4)?.map(str::to_owned);
            Ok(Quiet {
                call: row.read(0, "sessions.call_id", parsed)?,
                since: row.time(1, "sessions.updated_at")?,
                in_transfer: row.opt_int(2)?.is_some(),
                placed: row.opt_text(3)?.is_some(),
                leg: carrier.zip(row.opt_text(5)?.map(str::to_owned)),
                leg_ended: row.opt_read(6, "legs.hangup_cause", HangupCause::from_code)?,
            })
        },
    )
    .await
}

/// Records when to ask the carrier about these calls again.
///
/// # Errors
/// Database errors.
pub async fn ask_again(tx: &mut Tx, calls: &[CallId], at: Timestamp) -> Result<(), StoreError> {
    let rows = calls.iter().map(|call| [(*call).into(), at.into()]);
    let head = "UPDATE sessions SET look_at = v.column2 FROM (VALUES";
    tx.write_rows(head, rows.collect(), ") AS v WHERE sessions.call_id = v.column1").await
}
