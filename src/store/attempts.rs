//! Attempts: calls placed, or intended to be placed, for a slot. State changes go forward only. Except by [`revive`]
//! and [`correct`], an attempt that has ended doesn't change.

mod in_progress;
mod transitions;

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;

pub use in_progress::{busy_numbers, latest, latest_at, open_by_state, recently_ended, without_leg};
pub use transitions::{answered, ask_again, correct, end, hold, looked, placed, revive, unknown, withdraw};
pub use unknown_outcomes::{ended_without_leg, left_behind, silent, to_look_for, unmoved};

use super::{
    StoreError, Tx,
    bind_value::{BindValue, Row, parsed},
    centres::code_list,
    slots::count,
    tx::Later,
};
use crate::domain::{
    AttemptOutcome, AttemptState, CallId, CentreCode, PatientId, PhoneNumber, ReportId, SlotId, Withdrawal,
};
use crate::policy::CLOCKS_AGREE;

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// The call. The carrier's URLs contain this ID.
    pub call: CallId,
    /// The slot that it was placed for.
    pub slot: SlotId,
    /// The patient.
    pub patient: PatientId,
    /// The health centre.
    pub centre: CentreCode,
    /// Its number among the slot's attempts, from 1.
    pub number: u32,
    /// The number called.
    pub phone_number: PhoneNumber,
    /// The carrier.
    pub carrier: String,
    /// Its state.
    pub state: AttemptState,
    /// When the intent was committed.
    pub intended_at: Timestamp,
    /// When its state last changed.
    pub moved_at: Timestamp,
    /// Why it was withdrawn.
    pub withdrawal: Option<Withdrawal>,
    /// How it ended.
    pub outcome: Option<AttemptOutcome>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it was reopened after it had ended, because the carrier showed that the call is in progress or that the
    /// phone rang.
    pub revived_at: Option<Timestamp>,
    /// The lookups so far, if the outcome is unknown.
    pub looks: LookupHistory,
}

/// The results of the lookups for a call with unknown outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LookupHistory {
    /// Lookups that found no call.
    pub clear: u32,
    /// Consecutive lookups that proved nothing.
    pub inconclusive: u32,
    /// The last lookup that found no call.
    pub clear_at: Option<Timestamp>,
    /// The last lookup.
    pub looked_at: Option<Timestamp>,
    /// When staff were asked.
    pub asked_at: Option<Timestamp>,
    /// The next lookup.
    pub next_at: Option<Timestamp>,
}

/// The end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptEnd {
    /// The call.
    pub call: CallId,
    /// How it ended.
    pub outcome: AttemptOutcome,
}

/// Starts a query that selects every column of an attempt.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.call_id, a.slot_id, a.patient_id, a.centre_code, a.number, a.phone_number, a.carrier, a.state,
             a.intended_at, a.moved_at, a.withdrawal, a.outcome, a.ended_at, a.looks_clear, a.looks_vain,
             a.clear_at, a.looked_at, a.asked_at, a.look_at, a.revived_at FROM attempts a ",
            $rest
        )
    };
}

// Declared after the macro because it uses it.
mod unknown_outcomes;

/// Adds attempts.
///
/// # Errors
/// [`StoreError::Taken`] with [`Unique::Attempt`](super::Unique::Attempt) if a slot already has an open attempt or one
/// with this number. The caller must not dial then.
pub async fn insert(tx: &mut Tx, attempts: &[AttemptRow]) -> Result<(), StoreError> {
    let rows = attempts.iter().map(|attempt| {
        [
            attempt.call.into(),
            attempt.slot.into(),
            attempt.patient.into(),
            (&attempt.centre).into(),
            i64::from(attempt.number).into(),
            (&attempt.phone_number).into(),
            attempt.carrier.as_str().into(),
            attempt.state.code().into(),
            attempt.intended_at.into(),
            attempt.moved_at.into(),
            attempt.withdrawal.map(Withdrawal::code).into(),
            attempt.outcome.map(AttemptOutcome::code).into(),
            attempt.ended_at.into(),
            i64::from(attempt.looks.clear).into(),
            i64::from(attempt.looks.inconclusive).into(),
            attempt.looks.clear_at.into(),
            attempt.looks.looked_at.into(),
            attempt.looks.asked_at.into(),
            attempt.looks.next_at.into(),
            attempt.revived_at.into(),
        ]
    });
    tx.write_rows(
        "INSERT INTO attempts (call_id, slot_id, patient_id, centre_code, number, phone_number, carrier, state,
         intended_at, moved_at, withdrawal, outcome, ended_at, looks_clear, looks_vain, clear_at,
         looked_at, asked_at, look_at, revived_at) VALUES",
        rows.collect(),
        "",
    )
    .await
}

/// The attempts of these calls, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn by_calls(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<AttemptRow>, StoreError> {
    let later = later_by_calls(tx, calls).await?;
    later.read(&tx.arrive().await?)
}

pub(super) async fn later_by_calls(tx: &mut Tx, calls: &[CallId]) -> Result<Later<AttemptRow>, StoreError> {
    tx.later_in(select!("WHERE a.call_id IN"), &[], keys(calls), "", read).await
}

/// The open attempts of these patients, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn open_of(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<AttemptRow>, StoreError> {
    let keys = patients.iter().map(|patient| (*patient).into());
    tx.fetch_in(select!("WHERE a.ended_at IS NULL AND a.patient_id IN"), &[], keys, "", read).await
}

/// The open attempts of the patients of these reports.
pub(super) async fn later_open_of_reports(tx: &mut Tx, reports: &[ReportId]) -> Result<Later<AttemptRow>, StoreError> {
    let keys = reports.iter().map(|report| (*report).into());
    let head = select!("WHERE a.ended_at IS NULL AND a.patient_id IN (SELECT patient_id FROM reports WHERE id IN");
    tx.later_in(head, &[], keys, ")", read).await
}

/// The attempts of a slot, in order.
///
/// # Errors
/// Database errors.
pub async fn of_slot(tx: &mut Tx, slot: SlotId) -> Result<Vec<AttemptRow>, StoreError> {
    tx.fetch_all(select!("WHERE a.slot_id = $1 ORDER BY a.number"), vec![slot.into()], read).await
}

/// The attempts of a patient since `since`, latest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(
    tx: &mut Tx,
    patient: PatientId,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<AttemptRow>, StoreError> {
    tx.fetch_all(
        select!(
            "WHERE a.patient_id = $1 AND a.intended_at >= $2
             ORDER BY a.intended_at DESC, a.call_id DESC LIMIT $3"
        ),
        vec![patient.into(), since.into(), i64::from(limit).into()],
        read,
    )
    .await
}

/// For each slot, the outcome of the last attempt for which a phone may have rung.
///
/// # Errors
/// Database errors.
pub async fn last_outcomes(tx: &mut Tx, slots: &[SlotId]) -> Result<Vec<(SlotId, AttemptOutcome)>, StoreError> {
    tx.fetch_in(
        "SELECT slot_id, outcome FROM attempts WHERE outcome NOT IN ('withdrawn', 'not_placed') AND slot_id IN",
        &[],
        slots.iter().map(|slot| (*slot).into()),
        "ORDER BY number",
        |row| {
            let outcome = row.read(1, "attempts.outcome", AttemptOutcome::from_code)?;
            Ok((row.read(0, "attempts.slot_id", parsed)?, outcome))
        },
    )
    .await
}

/// For each slot, the outcome of its last attempt that has ended, whatever that outcome is.
///
/// # Errors
/// Database errors.
pub async fn latest_outcomes(tx: &mut Tx, slots: &[SlotId]) -> Result<HashMap<SlotId, AttemptOutcome>, StoreError> {
    let ended = tx
        .fetch_in(
            "SELECT slot_id, outcome FROM attempts WHERE outcome IS NOT NULL AND slot_id IN",
            &[],
            slots.iter().map(|slot| (*slot).into()),
            "ORDER BY number",
            |row| {
                let outcome = row.read(1, "attempts.outcome", AttemptOutcome::from_code)?;
                Ok((row.read(0, "attempts.slot_id", parsed)?, outcome))
            },
        )
        .await?;
    Ok(ended.into_iter().collect())
}

/// Which attempts to list.
#[derive(Debug, Clone, Default)]
pub struct AttemptFilter {
    /// Only attempts in this state.
    pub state: Option<AttemptState>,
    /// Only attempts with this outcome.
    pub outcome: Option<AttemptOutcome>,
    /// Only attempts committed at or after this time.
    pub since: Option<Timestamp>,
    /// Only attempts of these health centres. `None` for all.
    pub centres: Option<BTreeSet<CentreCode>>,
    /// Only attempts listed after this call. It must exist.
    pub after: Option<CallId>,
    /// The maximum number of attempts.
    pub limit: u32,
}

/// Attempts, latest first.
///
/// # Errors
/// Database errors.
pub async fn list(tx: &mut Tx, filter: &AttemptFilter) -> Result<Vec<AttemptRow>, StoreError> {
    let state = filter.state.map_or("", AttemptState::code);
    let outcome = filter.outcome.map_or("", AttemptOutcome::code);
    let since = filter.since.unwrap_or(Timestamp::UNIX_EPOCH);
    // Without a last call, a time and an id that no attempt reaches.
    let last = filter.after.map_or_else(|| "~".to_owned(), |call| call.to_string());
    tx.fetch_all(
        select!(
            "WHERE a.intended_at >= $1 AND ($2 = '' OR a.state = $2) AND ($3 = '' OR a.outcome = $3)
               AND ($4 = '' OR $4 LIKE '%,' || a.centre_code || ',%')
               AND (a.intended_at, a.call_id)
                 < (COALESCE((SELECT intended_at FROM attempts WHERE call_id = $5), 9223372036854775807), $5)
             ORDER BY a.intended_at DESC, a.call_id DESC LIMIT $6"
        ),
        vec![
            since.into(),
            state.into(),
            outcome.into(),
            code_list(filter.centres.as_ref()).into(),
            last.into(),
            i64::from(filter.limit).into(),
        ],
        read,
    )
    .await
}

/// The number of attempts committed from `since` to `now`. An attempt further in the future was committed while a clock
/// was wrong, and doesn't count.
///
/// # Errors
/// Database errors.
pub async fn made_since(tx: &mut Tx, since: Timestamp, now: Timestamp) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM attempts WHERE intended_at >= $1 AND intended_at <= $2";
    let counted = tx.fetch_optional(sql, vec![since.into(), ahead(now).into()], |row| row.int(0)).await?;
    Ok(count(counted.unwrap_or_default()))
}

/// The number of attempts of a health centre committed from `since` to `now`, counted as by [`made_since`].
///
/// # Errors
/// Database errors.
pub async fn made_at(tx: &mut Tx, centre: &CentreCode, since: Timestamp, now: Timestamp) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM attempts WHERE centre_code = $1 AND intended_at >= $2 AND intended_at <= $3";
    let counted =
        tx.fetch_optional(sql, vec![centre.into(), since.into(), ahead(now).into()], |row| row.int(0)).await?;
    Ok(count(counted.unwrap_or_default()))
}

/// The number of open attempts of each health centre.
///
/// # Errors
/// Database errors.
pub async fn open_by_centre(tx: &mut Tx) -> Result<Vec<(CentreCode, u32)>, StoreError> {
    let sql = "SELECT centre_code, count(*) FROM attempts WHERE ended_at IS NULL GROUP BY centre_code";
    tx.fetch_all(sql, vec![], |row| {
        let centre = row.read(0, "attempts.centre_code", |text| CentreCode::parse(text).ok())?;
        Ok((centre, count(row.int(1)?)))
    })
    .await
}

/// Filters these calls for those that may be dialled: still intended and not withdrawn. In no particular order.
///
/// # Errors
/// Database errors.
pub async fn still_wanted(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<CallId>, StoreError> {
    tx.fetch_in(
        "SELECT call_id FROM attempts WHERE state = 'intended' AND withdrawal IS NULL AND call_id IN",
        &[],
        keys(calls),
        "",
        |row| row.read(0, "attempts.call_id", parsed),
    )
    .await
}

/// The outcomes of the attempts for a day's slots, counted by health centre. An outcome of `None` counts attempts in
/// progress.
///
/// # Errors
/// Database errors.
pub async fn day(tx: &mut Tx, date: Date) -> Result<Vec<(CentreCode, Option<AttemptOutcome>, u32)>, StoreError> {
    tx.fetch_all(
        "SELECT a.centre_code, a.outcome, count(*) FROM slots s JOIN attempts a ON a.slot_id = s.id
         WHERE s.slot_date = $1 GROUP BY a.centre_code, a.outcome ORDER BY a.centre_code, a.outcome",
        vec![date.into()],
        |row| {
            let centre = row.read(0, "attempts.centre_code", |text| CentreCode::parse(text).ok())?;
            let outcome = row.opt_read(1, "attempts.outcome", AttemptOutcome::from_code)?;
            Ok((centre, outcome, count(row.int(2)?)))
        },
    )
    .await
}

/// The latest plausible time. Anything later was written while a clock was wrong.
fn ahead(now: Timestamp) -> Timestamp {
    now.checked_add(CLOCKS_AGREE).unwrap_or(Timestamp::MAX)
}

fn keys<'a>(calls: &[CallId]) -> impl ExactSizeIterator<Item = BindValue<'a>> + Send {
    calls.iter().map(|call| (*call).into())
}

fn read(row: &Row<'_>) -> Result<AttemptRow, StoreError> {
    Ok(AttemptRow {
        call: row.read(0, "attempts.call_id", parsed)?,
        slot: row.read(1, "attempts.slot_id", parsed)?,
        patient: row.read(2, "attempts.patient_id", parsed)?,
        centre: row.read(3, "attempts.centre_code", |text| CentreCode::parse(text).ok())?,
        number: count(row.int(4)?),
        phone_number: row.read(5, "attempts.phone_number", |text| PhoneNumber::from_e164(text).ok())?,
        carrier: row.owned(6)?,
        state: row.read(7, "attempts.state", AttemptState::from_code)?,
        intended_at: row.time(8, "attempts.intended_at")?,
        moved_at: row.time(9, "attempts.moved_at")?,
        withdrawal: row.opt_read(10, "attempts.withdrawal", Withdrawal::from_code)?,
        outcome: row.opt_read(11, "attempts.outcome", AttemptOutcome::from_code)?,
        ended_at: row.opt_time(12, "attempts.ended_at")?,
        revived_at: row.opt_time(19, "attempts.revived_at")?,
        looks: LookupHistory {
            clear: count(row.int(13)?),
            inconclusive: count(row.int(14)?),
            clear_at: row.opt_time(15, "attempts.clear_at")?,
            looked_at: row.opt_time(16, "attempts.looked_at")?,
            asked_at: row.opt_time(17, "attempts.asked_at")?,
            next_at: row.opt_time(18, "attempts.look_at")?,
        },
    })
}
