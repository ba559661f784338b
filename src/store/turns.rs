//! The event and the reply of each turn. Append-only: a repeated turn gets the same reply again.

use jiff::Timestamp;

use super::{
    Document, StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::CallId;

/// One turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRow {
    /// The call.
    pub call: CallId,
    /// The turn's number in the call.
    pub turn: i64,
    /// When it happened.
    pub at: Timestamp,
    /// The carrier's request.
    pub event: Document,
    /// The reply to the carrier.
    pub reply: Document,
}

/// The reply of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The call.
    pub call: CallId,
    /// The turn's number in the call.
    pub turn: i64,
    /// The reply to the carrier.
    pub reply: Document,
}

/// Adds turns.
///
/// # Errors
/// [`StoreError::Taken`] with [`Unique::Turn`](super::Unique::Turn) if a turn is stored already.
pub async fn append(tx: &mut Tx, turns: Vec<TurnRow>) -> Result<(), StoreError> {
    let rows = turns.into_iter().map(|t| [t.call.into(), t.turn.into(), t.at.into(), t.event.into(), t.reply.into()]);
    tx.write_rows("INSERT INTO turns (call_id, turn, at, event, reply) VALUES", rows.collect(), "").await
}

/// The replies of these turns, in no particular order. Turns that haven't happened are omitted. Pass each turn once.
///
/// # Errors
/// Database errors.
pub async fn replies(tx: &mut Tx, turns: &[(CallId, i64)]) -> Result<Vec<Reply>, StoreError> {
    // A join, because SQLite scans the table for a list of pairs after `IN`. A cross join, so that SQLite keeps this
    // order.
    tx.fetch_rows(
        "SELECT t.call_id, t.turn, t.reply FROM (VALUES",
        turns.iter().map(|(call, turn)| [(*call).into(), (*turn).into()]).collect(),
        ") AS v CROSS JOIN turns t WHERE t.call_id = v.column1 AND t.turn = v.column2",
        |row| Ok(Reply { call: row.read(0, "turns.call_id", parsed)?, turn: row.int(1)?, reply: row.document(2)? }),
    )
    .await
}

/// All turns of a call, in order.
///
/// # Errors
/// Database errors.
pub async fn of_call(tx: &mut Tx, call: CallId) -> Result<Vec<TurnRow>, StoreError> {
    tx.fetch_all(
        "SELECT call_id, turn, at, event, reply FROM turns WHERE call_id = $1 ORDER BY turn",
        vec![call.into()],
        read,
    )
    .await
}

/// The number of stored turns. It reads all of them, so it is only for measurements.
///
/// # Errors
/// Database errors.
pub async fn count(tx: &mut Tx) -> Result<u64, StoreError> {
    let counted = tx.fetch_optional("SELECT count(*) FROM turns", vec![], |row| row.int(0)).await?;
    Ok(u64::try_from(counted.unwrap_or_default()).unwrap_or(0))
}

fn read(row: &Row<'_>) -> Result<TurnRow, StoreError> {
    Ok(TurnRow {
        call: row.read(0, "turns.call_id", parsed)?,
        turn: row.int(1)?,
        at: row.time(2, "turns.at")?,
        event: row.document(3)?,
        reply: row.document(4)?,
    })
}
