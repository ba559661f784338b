//! State changes of attempts: withdrawn, placed, answered, unknown, ended, looked up. State changes go forward only,
//! except by [`revive`] and [`correct`].

use jiff::{SignedDuration, Timestamp};

use super::{AttemptEnd, LookupHistory};
use crate::domain::{AttemptOutcome, CallId, Withdrawal};
use crate::store::{StoreError, Tx, bind_value::parsed};

/// Withdraws open attempts. The first reason is kept, unless it was a new number: after a new number the slot would be
/// called again, so a later reason replaces it. A call with unknown outcome is looked up at once because its phone may
/// ring. One that is only intended is looked up `answer_within` after its last change. Returns the calls that weren't
/// withdrawn before.
///
/// # Errors
/// Database errors.
pub async fn withdraw(
    tx: &mut Tx,
    calls: &[(CallId, Withdrawal)],
    at: Timestamp,
    answer_within: SignedDuration,
) -> Result<Vec<CallId>, StoreError> {
    let answer_within = i64::try_from(answer_within.as_millis()).unwrap_or(i64::MAX);
    let rows = calls.iter().map(|(call, why)| [(*call).into(), why.code().into(), at.into(), answer_within.into()]);
    let new = tx
        .fetch_rows(
            "UPDATE attempts SET withdrawal = v.column2,
             look_at = CASE attempts.state WHEN 'unknown' THEN v.column3
                                           WHEN 'intended' THEN attempts.moved_at + v.column4
                                           ELSE attempts.look_at END FROM (VALUES",
            rows.collect(),
            ") AS v WHERE attempts.call_id = v.column1 AND attempts.ended_at IS NULL AND attempts.withdrawal IS NULL
             RETURNING attempts.call_id",
            |row| row.read(0, "attempts.call_id", parsed),
        )
        .await?;
    if new.len() < calls.len() {
        tx.execute_rows(
            "UPDATE attempts SET withdrawal = v.column2 FROM (VALUES",
            calls.iter().map(|(call, why)| [(*call).into(), why.code().into()]).collect(),
            ") AS v WHERE attempts.call_id = v.column1 AND attempts.ended_at IS NULL
             AND attempts.withdrawal = 'number_changed'",
        )
        .await?;
    }
    Ok(new)
}

/// Reopens an attempt that has ended, because the carrier has its call after all. The attempt is now placed, and
/// withdrawn if there is a reason. Returns `true` if it had ended.
///
/// # Errors
/// Database errors.
pub async fn revive(
    tx: &mut Tx,
    call: CallId,
    withdrawal: Option<Withdrawal>,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE attempts SET state = 'placed', outcome = NULL, ended_at = NULL, moved_at = $2, look_at = NULL,
               asked_at = NULL, withdrawal = $3, revived_at = $2 WHERE call_id = $1 AND ended_at IS NOT NULL";
    Ok(tx.execute(sql, vec![call.into(), at.into(), withdrawal.map(Withdrawal::code).into()]).await? == 1)
}

/// Changes the state of open attempts; `tail` names the states they may come from. Returns the attempts that changed.
async fn advance(
    tx: &mut Tx,
    calls: &[CallId],
    at: Timestamp,
    head: &'static str,
    tail: &'static str,
) -> Result<Vec<CallId>, StoreError> {
    tx.fetch_rows(head, calls.iter().map(|call| [(*call).into(), at.into()]).collect(), tail, |row| {
        row.read(0, "attempts.call_id", parsed)
    })
    .await
}

/// Records that the carrier has these calls. Returns those for which this was new.
///
/// # Errors
/// Database errors.
pub async fn placed(tx: &mut Tx, calls: &[CallId], at: Timestamp) -> Result<Vec<CallId>, StoreError> {
    let head = "UPDATE attempts SET state = 'placed', moved_at = v.column2, look_at = NULL FROM (VALUES";
    let tail = ") AS v WHERE attempts.call_id = v.column1 AND attempts.state IN ('intended', 'unknown')
                RETURNING attempts.call_id";
    advance(tx, calls, at, head, tail).await
}

/// Records that these calls were answered. Returns those for which this was new.
///
/// # Errors
/// Database errors.
pub async fn answered(tx: &mut Tx, calls: &[CallId], at: Timestamp) -> Result<Vec<CallId>, StoreError> {
    let head = "UPDATE attempts SET state = 'answered', moved_at = v.column2, look_at = NULL FROM (VALUES";
    let tail = ") AS v WHERE attempts.call_id = v.column1 AND attempts.state IN ('intended', 'placed', 'unknown')
                RETURNING attempts.call_id";
    advance(tx, calls, at, head, tail).await
}

/// Records that these calls have an unknown outcome. Each is looked up at its given time, or now if it was withdrawn.
/// Returns those that were only intended.
///
/// # Errors
/// Database errors.
pub async fn unknown(tx: &mut Tx, calls: &[(CallId, Timestamp)], at: Timestamp) -> Result<Vec<CallId>, StoreError> {
    tx.fetch_rows(
        "UPDATE attempts SET state = 'unknown', moved_at = v.column2,
         look_at = CASE WHEN attempts.withdrawal IS NULL THEN v.column3 ELSE v.column2 END FROM (VALUES",
        calls.iter().map(|(call, look_at)| [(*call).into(), at.into(), (*look_at).into()]).collect(),
        ") AS v WHERE attempts.call_id = v.column1 AND attempts.state = 'intended' RETURNING attempts.call_id",
        |row| row.read(0, "attempts.call_id", parsed),
    )
    .await
}

/// Locks an attempt until the transaction ends: other updates of it wait.
///
/// # Errors
/// Database errors.
pub async fn hold(tx: &mut Tx, call: CallId) -> Result<(), StoreError> {
    tx.write("UPDATE attempts SET moved_at = moved_at WHERE call_id = $1", vec![call.into()]).await
}

/// Ends open attempts. Returns those that were open, in no particular order. An attempt that the carrier has by now
/// can't end as "not placed", even if that was concluded earlier.
///
/// # Errors
/// Database errors.
pub async fn end(tx: &mut Tx, ends: &[AttemptEnd], at: Timestamp) -> Result<Vec<CallId>, StoreError> {
    tx.fetch_rows(
        "UPDATE attempts SET state = 'ended', outcome = v.column2, ended_at = v.column3, moved_at = v.column3,
         look_at = NULL FROM (VALUES",
        ends.iter().map(|end| [end.call.into(), end.outcome.code().into(), at.into()]).collect(),
        ") AS v WHERE attempts.call_id = v.column1 AND attempts.ended_at IS NULL
         AND (v.column2 <> 'not_placed' OR attempts.state IN ('intended', 'unknown'))
         RETURNING attempts.call_id",
        |row| row.read(0, "attempts.call_id", parsed),
    )
    .await
}

/// Corrects the outcome of an attempt that has ended, because more became known later.
///
/// # Errors
/// Database errors.
pub async fn correct(tx: &mut Tx, call: CallId, outcome: AttemptOutcome) -> Result<(), StoreError> {
    let sql = "UPDATE attempts SET outcome = $2 WHERE call_id = $1 AND ended_at IS NOT NULL";
    tx.write(sql, vec![call.into(), outcome.code().into()]).await
}

/// Records that the carrier was asked about a call that it has, and when to ask again.
///
/// # Errors
/// Database errors.
pub async fn ask_again(tx: &mut Tx, call: CallId, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE attempts SET look_at = $2 WHERE call_id = $1 AND state IN ('placed', 'answered')";
    tx.write(sql, vec![call.into(), at.into()]).await
}

/// Records a lookup in the carrier's list.
///
/// # Errors
/// Database errors.
pub async fn looked(tx: &mut Tx, call: CallId, looks: &LookupHistory) -> Result<(), StoreError> {
    tx.write(
        "UPDATE attempts SET looks_clear = $2, looks_vain = $3, clear_at = $4, looked_at = $5, asked_at = $6,
         look_at = $7 WHERE call_id = $1 AND state = 'unknown'",
        vec![
            call.into(),
            i64::from(looks.clear).into(),
            i64::from(looks.inconclusive).into(),
            looks.clear_at.into(),
            looks.looked_at.into(),
            looks.asked_at.into(),
            looks.next_at.into(),
        ],
    )
    .await
}
