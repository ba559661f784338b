//! The state shared by all nodes that dial, in one row.

use jiff::Timestamp;

use super::bind_value::Row;
use super::{StoreError, Tx};
use crate::domain::{CallId, LossEvidence};
use crate::policy::CLOCKS_AGREE;

/// The reason stored for a pause after data loss. Staff are told more.
const LOST: &str = "the database lacks its last entries";

/// Whether and why dialling is paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Why, in a few words. It is shown but never logged, because staff may have written it.
    pub reason: String,
    /// When it ends. `None` if staff must end it.
    pub until: Option<Timestamp>,
    /// When it began. `None` if staff began it.
    pub since: Option<Timestamp>,
    /// The evidence of data loss, if that is the reason. It outlasts every other reason.
    pub lost: Option<LossEvidence>,
}

impl Pause {
    /// Returns `true` if the pause hasn't ended by itself. An automatic pause that begins in the future was made while
    /// a clock was wrong, and doesn't count.
    pub fn lasts(&self, now: Timestamp) -> bool {
        let ahead = now.checked_add(CLOCKS_AGREE).unwrap_or(Timestamp::MAX);
        self.until.is_none_or(|until| until > now) && self.since.is_none_or(|since| since <= ahead)
    }
}

/// When the next work of each kind is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NextDue {
    /// A patient's next slot.
    pub slot_at: Option<Timestamp>,
    /// A waiting slot is due.
    pub due_at: Option<Timestamp>,
    /// The calling window of a waiting slot ends.
    pub window_end: Option<Timestamp>,
    /// A job is due.
    pub job_at: Option<Timestamp>,
}

/// When the next work of each kind is due.
///
/// # Errors
/// Database errors.
pub async fn next(tx: &mut Tx) -> Result<NextDue, StoreError> {
    // Four queries in one. The first three read the end of an index, however many patients and slots there are. The
    // outbox has few open jobs.
    let sql = "SELECT (SELECT min(next_slot_at) FROM patients WHERE next_slot_at IS NOT NULL
                AND import <> (SELECT hidden FROM imports)),
               (SELECT min(due_at) FROM slots WHERE state = 'waiting'),
               (SELECT min(window_end) FROM slots WHERE state = 'waiting'),
               (SELECT min(CASE WHEN claimed_until > due_at THEN claimed_until ELSE due_at END) FROM outbox
                WHERE done_at IS NULL AND failed_at IS NULL)";
    let found = tx
        .fetch_optional(sql, vec![], |row| {
            Ok(NextDue {
                slot_at: row.opt_time(0, "patients.next_slot_at")?,
                due_at: row.opt_time(1, "slots.due_at")?,
                window_end: row.opt_time(2, "slots.window_end")?,
                job_at: row.opt_time(3, "outbox.due_at")?,
            })
        })
        .await?;
    Ok(found.unwrap_or_default())
}

/// The epoch in which a node claims slots, and whether it may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// The number of epochs so far, this one included, over all nodes. It never decreases, unless the database was
    /// restored.
    pub taken: i64,
    /// Why dialling is paused.
    pub pause: Option<Pause>,
}

/// Raises the epoch. Nodes that claim at the same time do so one after the other.
///
/// # Errors
/// Database errors.
pub async fn next_epoch(tx: &mut Tx) -> Result<Epoch, StoreError> {
    tx.execute("UPDATE dialer SET turns = turns + 1 WHERE id = 1", vec![]).await?;
    // A separate statement, so that it sees the commits of the previous epoch.
    let found =
        tx.fetch_optional(STANDING, vec![], |row| Ok(Epoch { taken: row.int(3)?, pause: read_pause(row)? })).await?;
    Ok(found.unwrap_or(Epoch { taken: 0, pause: None }))
}

/// The pause, if dialling is paused.
///
/// # Errors
/// Database errors.
pub async fn pause(tx: &mut Tx) -> Result<Option<Pause>, StoreError> {
    Ok(tx.fetch_optional(STANDING, vec![], read_pause).await?.flatten())
}

const STANDING: &str = "SELECT paused_reason, paused_until,
    (SELECT sign FROM losses WHERE closed_at IS NULL ORDER BY found_at, id LIMIT 1), turns, paused_at FROM dialer WHERE id = 1";

fn read_pause(row: &Row<'_>) -> Result<Option<Pause>, StoreError> {
    if let Some(sign) = row.opt_read(2, "losses.sign", LossEvidence::from_code)? {
        return Ok(Some(Pause { reason: LOST.to_owned(), until: None, since: None, lost: Some(sign) }));
    }
    let until = row.opt_time(1, "dialer.paused_until")?;
    let since = row.opt_time(4, "dialer.paused_at")?;
    Ok(row.opt_text(0)?.map(|reason| Pause { reason: reason.to_owned(), until, since, lost: None }))
}

/// Pauses dialling from `now` until a moment, unless it is already paused for longer. A carrier's answer never ends a
/// pause that staff began.
///
/// # Errors
/// Database errors.
pub async fn pause_until(tx: &mut Tx, reason: &str, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
    tx.write(
        "UPDATE dialer SET paused_reason = $1, paused_until = $2, paused_at = $3
         WHERE id = 1 AND (paused_reason IS NULL OR paused_until < $2 OR paused_at > $3)",
        vec![reason.into(), until.into(), now.into()],
    )
    .await
}

/// Pauses dialling. `None` resumes it.
///
/// # Errors
/// Database errors.
pub async fn set_pause(tx: &mut Tx, pause: Option<&Pause>) -> Result<(), StoreError> {
    let reason = pause.map(|pause| pause.reason.as_str());
    let until = pause.and_then(|pause| pause.until);
    tx.write(
        "UPDATE dialer SET paused_reason = $1, paused_until = $2, paused_at = $3 WHERE id = 1",
        vec![reason.into(), until.into(), pause.and_then(|pause| pause.since).into()],
    )
    .await
}

/// What a started node waits for, to show to staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Why it doesn't dial yet.
    pub reason: String,
    /// How long this is valid. The node renews it before then.
    pub until: Timestamp,
}

/// Records what a started node waits for. `None` if it no longer waits.
///
/// # Errors
/// Database errors.
pub async fn set_waiting(tx: &mut Tx, waiting: Option<&Waiting>) -> Result<(), StoreError> {
    tx.write(
        "UPDATE dialer SET waiting_reason = $1, waiting_until = $2 WHERE id = 1",
        vec![waiting.map(|waiting| waiting.reason.as_str()).into(), waiting.map(|waiting| waiting.until).into()],
    )
    .await
}

/// What a started node waits for.
///
/// # Errors
/// Database errors.
pub async fn waiting(tx: &mut Tx) -> Result<Option<Waiting>, StoreError> {
    let sql = "SELECT waiting_reason, waiting_until FROM dialer WHERE id = 1";
    let found = tx.fetch_optional(sql, vec![], |row| {
        Ok((row.opt_text(0)?.map(str::to_owned), row.opt_time(1, "dialer.waiting_until")?))
    });
    Ok(match found.await? {
        Some((Some(reason), Some(until))) => Some(Waiting { reason, until }),
        _ => None,
    })
}

/// The database server on which the database was last found to be up to date, as returned by
/// [`Database::server`](super::Database::server).
///
/// # Errors
/// Database errors.
pub async fn checked_server(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    let found = tx.fetch_optional("SELECT server FROM dialer WHERE id = 1", vec![], |row| {
        Ok(row.opt_text(0)?.map(str::to_owned))
    });
    Ok(found.await?.flatten())
}

/// Records the database server on which the database was found to be up to date.
///
/// # Errors
/// Database errors.
pub async fn set_checked_server(tx: &mut Tx, server: Option<&str>) -> Result<(), StoreError> {
    tx.write("UPDATE dialer SET server = $1 WHERE id = 1", vec![server.into()]).await
}

/// Records the call of the last committed intent, of any node.
///
/// # Errors
/// Database errors.
pub async fn set_last_call(tx: &mut Tx, call: CallId) -> Result<(), StoreError> {
    tx.write("UPDATE dialer SET last_call = $1 WHERE id = 1", vec![call.into()]).await
}
