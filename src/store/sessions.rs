//! Where each conversation stands. The revision makes a turn safe: who saves second learns that it read too early.

use jiff::Timestamp;

use super::{
    Document, StoreError, Tx,
    arg::{Row, parsed},
};
use crate::call::{CallId, Line, Withdrawal};

/// A session together with what its call says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The call.
    pub call: CallId,
    /// How often the session was saved.
    pub revision: i64,
    /// The turn whose reply waits for the caller.
    pub turn: i64,
    /// The engine's session.
    pub session: Document,
    /// The line of the call.
    pub line: Line,
    /// The digest of the flow set that the call began with.
    pub flow_set: String,
    /// Whether the call has ended.
    pub ended: bool,
    /// Why the call, one that we made, isn't wanted any more.
    pub withdrawal: Option<Withdrawal>,
}

/// A session to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSave {
    /// The call.
    pub call: CallId,
    /// One more than the revision that was loaded; 1 for a new session.
    pub revision: i64,
    /// The turn whose reply waits for the caller.
    pub turn: i64,
    /// The engine's session.
    pub session: Document,
    /// When.
    pub updated_at: Timestamp,
}

/// The sessions of these calls, in no order; a call without one is left out.
///
/// # Errors
/// As the database fails.
pub async fn load(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<SessionRow>, StoreError> {
    tx.fetch_in(
        "SELECT s.call_id, s.revision, s.turn, s.session, c.line, c.flow_set, c.ended_at, a.withdrawal
         FROM sessions s JOIN calls c ON c.id = s.call_id LEFT JOIN attempts a ON a.call_id = s.call_id WHERE s.call_id IN",
        &[],
        calls.iter().map(|call| (*call).into()),
        "",
        read,
    )
    .await
}

fn read(row: &Row<'_>) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        call: row.read(0, "sessions.call_id", parsed)?,
        revision: row.int(1)?,
        turn: row.int(2)?,
        session: row.document(3)?,
        line: row.read(4, "calls.line", Line::from_word)?,
        flow_set: row.owned(5)?,
        ended: row.opt_int(6)?.is_some(),
        withdrawal: row.opt_read(7, "attempts.withdrawal", Withdrawal::from_word)?,
    })
}

/// Saves sessions, each call once in the batch.
///
/// # Errors
/// [`StoreError::Stale`] when any session isn't at the revision before the one given: then drop the transaction.
pub async fn save(tx: &mut Tx, mut sessions: Vec<SessionSave>) -> Result<(), StoreError> {
    let given = sessions.len() as u64;
    // One order in all nodes, or PostgreSQL meets deadlocks between batches.
    sessions.sort_unstable_by_key(|session| session.call);
    let rows = sessions.into_iter();
    let rows = rows.map(|s| [s.call.into(), s.revision.into(), s.turn.into(), s.session.into(), s.updated_at.into()]);
    let saved = tx
        .execute_rows(
            "INSERT INTO sessions (call_id, revision, turn, session, updated_at) VALUES",
            rows.collect(),
            "ON CONFLICT (call_id) DO UPDATE SET revision = excluded.revision, turn = excluded.turn,
             session = excluded.session, updated_at = excluded.updated_at
             WHERE sessions.revision = excluded.revision - 1",
        )
        .await?;
    if saved == given { Ok(()) } else { Err(StoreError::Stale) }
}
