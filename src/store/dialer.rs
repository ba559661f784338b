//! What all nodes that dial agree on: one row.

use jiff::Timestamp;

use super::bind_value::Row;
use super::{StoreError, Tx};
use crate::domain::{CallId, LossEvidence};
use crate::policy::CLOCKS_AGREE;

/// What stands as the reason of a pause because last entries are lost; people are told more.
const LOST: &str = "the database lacks its last entries";

/// Whether and why nobody dials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Why, in a few words: they are shown, never logged, as a person may have written them.
    pub reason: String,
    /// Until when; until a person ends it, when it isn't known.
    pub until: Option<Timestamp>,
    /// When it began, where no person has made it.
    pub since: Option<Timestamp>,
    /// What shows that last entries are lost, when that is why: it outlasts every other reason.
    pub lost: Option<LossEvidence>,
}

impl Pause {
    /// Whether it hasn't ended by itself. One of no person that begins in the future was made by a clock that was
    /// wrong.
    pub fn lasts(&self, now: Timestamp) -> bool {
        let ahead = now.checked_add(CLOCKS_AGREE).unwrap_or(Timestamp::MAX);
        self.until.is_none_or(|until| until > now) && self.since.is_none_or(|since| since <= ahead)
    }
}

/// When something is next to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NextDue {
    /// A patient's slot comes.
    pub slot_at: Option<Timestamp>,
    /// A waiting slot is due.
    pub due_at: Option<Timestamp>,
    /// The window of a waiting slot ends.
    pub window_end: Option<Timestamp>,
    /// A job is due.
    pub job_at: Option<Timestamp>,
}

/// When something is next to be done.
///
/// # Errors
/// When the database fails.
pub async fn next(tx: &mut Tx) -> Result<NextDue, StoreError> {
    // Four questions in one: each is answered from the end of an index, however many patients and slots there are.
    let sql = "SELECT (SELECT min(next_slot_at) FROM patients WHERE next_slot_at IS NOT NULL),
               (SELECT min(due_at) FROM slots WHERE state = 'waiting'),
               (SELECT min(window_end) FROM slots WHERE state = 'waiting'),
               (SELECT min(due_at) FROM outbox WHERE done_at IS NULL)";
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

/// Whose turn it is to claim, and whether anybody may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// How many turns were taken, with this one, over all nodes: it never goes back, unless the database does.
    pub taken: i64,
    /// Why nobody dials.
    pub pause: Option<Pause>,
}

/// Takes the turn to claim: nodes that claim at the same time do so one after the other.
///
/// # Errors
/// When the database fails.
pub async fn next_epoch(tx: &mut Tx) -> Result<Epoch, StoreError> {
    tx.execute("UPDATE dialer SET turns = turns + 1 WHERE id = 1", vec![]).await?;
    // A statement of its own, so that the commits of the epoch before are visible.
    let found =
        tx.fetch_optional(STANDING, vec![], |row| Ok(Epoch { taken: row.int(3)?, pause: read_pause(row)? })).await?;
    Ok(found.unwrap_or(Epoch { taken: 0, pause: None }))
}

/// Whether dialling is paused.
///
/// # Errors
/// When the database fails.
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

/// Pauses dialling from now until a moment, unless it is paused for longer: what a person has paused, no answer of a
/// carrier lets go on.
///
/// # Errors
/// When the database fails.
pub async fn pause_until(tx: &mut Tx, reason: &str, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE dialer SET paused_reason = $1, paused_until = $2, paused_at = $3
         WHERE id = 1 AND (paused_reason IS NULL OR paused_until < $2 OR paused_at > $3)",
        vec![reason.into(), until.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Pauses dialling, or with none goes on with it.
///
/// # Errors
/// When the database fails.
pub async fn set_pause(tx: &mut Tx, pause: Option<&Pause>) -> Result<(), StoreError> {
    let reason = pause.map(|pause| pause.reason.as_str());
    let until = pause.and_then(|pause| pause.until);
    tx.execute(
        "UPDATE dialer SET paused_reason = $1, paused_until = $2, paused_at = $3 WHERE id = 1",
        vec![reason.into(), until.into(), pause.and_then(|pause| pause.since).into()],
    )
    .await?;
    Ok(())
}

/// What a node that has started waits for, for people to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Why it dials nothing yet.
    pub reason: String,
    /// Until when this holds; the node says it anew before then.
    pub until: Timestamp,
}

/// Notes what a node that has started waits for, or with `None` that it waits no longer.
///
/// # Errors
/// When the database fails.
pub async fn set_waiting(tx: &mut Tx, waiting: Option<&Waiting>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE dialer SET waiting_reason = $1, waiting_until = $2 WHERE id = 1",
        vec![waiting.map(|waiting| waiting.reason.as_str()).into(), waiting.map(|waiting| waiting.until).into()],
    )
    .await?;
    Ok(())
}

/// What a node that has started waits for.
///
/// # Errors
/// When the database fails.
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

/// The database server on which the database was last found to be up to date, as
/// [`Database::server`](super::Database::server) tells it.
///
/// # Errors
/// When the database fails.
pub async fn checked_server(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    let found = tx.fetch_optional("SELECT server FROM dialer WHERE id = 1", vec![], |row| {
        Ok(row.opt_text(0)?.map(str::to_owned))
    });
    Ok(found.await?.flatten())
}

/// Notes the database server on which the database was found to be up to date.
///
/// # Errors
/// When the database fails.
pub async fn set_checked_server(tx: &mut Tx, server: Option<&str>) -> Result<(), StoreError> {
    tx.execute("UPDATE dialer SET server = $1 WHERE id = 1", vec![server.into()]).await?;
    Ok(())
}

/// Records the last call that was committed to, by any node.
///
/// # Errors
/// When the database fails.
pub async fn set_last_call(tx: &mut Tx, call: CallId) -> Result<(), StoreError> {
    tx.execute("UPDATE dialer SET last_call = $1 WHERE id = 1", vec![call.into()]).await?;
    Ok(())
}
