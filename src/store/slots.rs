//! Slots: each call time of a patient, until it has ended in exactly one way.

use jiff::{Timestamp, civil::Date};

use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
    tx::Later,
};
use crate::domain::{AttemptOutcome, CentreCode, PatientId, ReportId, SlotEnd, SlotId, SlotOrigin, SlotState};

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotRow {
    /// The slot.
    pub id: SlotId,
    /// The patient.
    pub patient: PatientId,
    /// The patient's health centre when the slot was opened.
    pub centre: CentreCode,
    /// The date in the time zone of the health centre.
    pub date: Date,
    /// The time there: `HH:MM`, with seconds if staff asked for the call.
    pub time: String,
    /// Its origin.
    pub origin: SlotOrigin,
    /// When the row was created.
    pub opened_at: Timestamp,
    /// The earliest time of the next attempt.
    pub due_at: Timestamp,
    /// The end of the calling window. No attempt begins at or after it.
    pub window_end: Timestamp,
    /// Its state.
    pub state: SlotState,
    /// The number of attempts, whatever their outcome.
    pub attempts: u32,
    /// The number of tries: attempts for which a phone may have rung.
    pub tries: u32,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// The next state of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotMove {
    /// The slot.
    pub slot: SlotId,
    /// Its state.
    pub state: SlotState,
    /// The earliest time of the next attempt.
    pub due_at: Timestamp,
    /// The number of tries.
    pub tries: u32,
    /// When it changes.
    pub at: Timestamp,
}

/// The due slots of one health centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreDue {
    /// The centre.
    pub centre: CentreCode,
    /// The number of slots that are due.
    pub due: u32,
    /// When the first of them became due.
    pub oldest: Timestamp,
}

/// Starts a query that selects every column of a slot.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.patient_id, s.centre_code, s.slot_date, s.slot_time, s.origin, s.opened_at, s.due_at,
             s.window_end, s.state, s.reason, s.attempts, s.tries, s.ended_at FROM slots s ",
            $rest
        )
    };
}

mod grouped;
mod replanned;

pub use grouped::{SlotGroup, under_way_at, waiting_at};
pub use replanned::{set_due, waiting_after};

/// Adds slots. A slot that exists already (same patient, day and time) doesn't change. Returns how many are new.
///
/// # Errors
/// Database errors.
pub async fn open(tx: &mut Tx, slots: &[SlotRow]) -> Result<u64, StoreError> {
    let rows = slots.iter().map(|slot| {
        [
            slot.id.into(),
            slot.patient.into(),
            (&slot.centre).into(),
            slot.date.into(),
            slot.time.as_str().into(),
            slot.origin.code().into(),
            slot.opened_at.into(),
            slot.due_at.into(),
            slot.window_end.into(),
            slot.state.code().into(),
            slot.state.reason().into(),
            i64::from(slot.attempts).into(),
            i64::from(slot.tries).into(),
            slot.ended_at.into(),
        ]
    });
    tx.execute_rows(
        "INSERT INTO slots (id, patient_id, centre_code, slot_date, slot_time, origin, opened_at, due_at, window_end,
         state, reason, attempts, tries, ended_at) VALUES",
        rows.collect(),
        "ON CONFLICT (patient_id, slot_date, slot_time) DO NOTHING",
    )
    .await
}

/// The slots that are due at `now`, counted by health centre.
///
/// # Errors
/// Database errors.
pub async fn due_by_centre(tx: &mut Tx, now: Timestamp) -> Result<Vec<CentreDue>, StoreError> {
    tx.fetch_all(
        "SELECT centre_code, count(*), min(due_at) FROM slots WHERE state = 'waiting' AND due_at <= $1
         GROUP BY centre_code ORDER BY centre_code",
        vec![now.into()],
        |row| {
            Ok(CentreDue {
                centre: row.read(0, "slots.centre_code", |text| CentreCode::parse(text).ok())?,
                due: count(row.int(1)?),
                oldest: row.time(2, "slots.due_at")?,
            })
        },
    )
    .await
}

/// The slots of a health centre that are due at `now`, longest due first.
///
/// # Errors
/// Database errors.
pub async fn due_of(tx: &mut Tx, centre: &CentreCode, now: Timestamp, limit: u32) -> Result<Vec<SlotRow>, StoreError> {
    tx.fetch_all(
        select!("WHERE s.centre_code = $1 AND s.state = 'waiting' AND s.due_at <= $2 ORDER BY s.due_at, s.id LIMIT $3"),
        vec![centre.into(), now.into(), i64::from(limit).into()],
        read,
    )
    .await
}

/// The waiting slots whose calling window has ended by `now`.
///
/// # Errors
/// Database errors.
pub async fn passed(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<SlotRow>, StoreError> {
    tx.fetch_all(
        select!("WHERE s.state = 'waiting' AND s.window_end <= $1 ORDER BY s.window_end, s.id LIMIT $2"),
        vec![now.into(), i64::from(limit).into()],
        read,
    )
    .await
}

/// Claims waiting slots for one attempt each. Returns those that were still waiting, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn claim(tx: &mut Tx, slots: &[SlotId]) -> Result<Vec<SlotId>, StoreError> {
    tx.fetch_rows(
        "UPDATE slots SET state = 'calling', attempts = attempts + 1 FROM (VALUES",
        slots.iter().map(|slot| [(*slot).into()]).collect(),
        ") AS v WHERE slots.id = v.column1 AND slots.state = 'waiting' RETURNING slots.id",
        |row| row.read(0, "slots.id", parsed),
    )
    .await
}

/// Sets a slot that hasn't ended back to calling, because one of its attempts is in progress after all. Its tries
/// decrease by `tries`.
///
/// # Errors
/// Database errors.
pub async fn take_back(tx: &mut Tx, slot: SlotId, tries: u32) -> Result<(), StoreError> {
    let sql = "UPDATE slots SET state = 'calling', tries = tries - $2 WHERE id = $1 AND ended_at IS NULL";
    tx.write(sql, vec![slot.into(), i64::from(tries).into()]).await
}

/// Counts a try that doesn't decide its slot, because the slot has ended or has another attempt. A slot that was missed
/// for lack of any try becomes unanswered. Returns `true` if it was missed.
///
/// # Errors
/// Database errors.
pub async fn late_try(tx: &mut Tx, slot: SlotId, outcome: AttemptOutcome) -> Result<bool, StoreError> {
    let sql = "UPDATE slots SET tries = tries + 1 WHERE id = $1";
    tx.execute(sql, vec![slot.into()]).await?;
    let sql = "UPDATE slots SET state = 'unanswered', reason = $2 WHERE id = $1 AND state = 'missed'";
    Ok(tx.execute(sql, vec![slot.into(), outcome.code().into()]).await? == 1)
}

/// Changes the state of slots. A slot that has ended doesn't change (I4). Returns how many changed.
///
/// # Errors
/// Database errors.
pub async fn advance(tx: &mut Tx, moves: &[SlotMove]) -> Result<u64, StoreError> {
    let rows = moves.iter().map(|to| {
        let ended_at = matches!(to.state, SlotState::Ended(_)).then_some(to.at);
        [
            to.slot.into(),
            to.state.code().into(),
            to.state.reason().into(),
            to.due_at.into(),
            i64::from(to.tries).into(),
            ended_at.into(),
        ]
    });
    tx.execute_rows(
        "UPDATE slots SET state = v.column2, reason = v.column3, due_at = v.column4, tries = v.column5,
         ended_at = v.column6 FROM (VALUES",
        rows.collect(),
        ") AS v WHERE slots.id = v.column1 AND slots.ended_at IS NULL",
    )
    .await
}

/// Ends slots that are still waiting. Returns those that were, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn end_waiting(tx: &mut Tx, ends: &[(SlotId, SlotEnd)], at: Timestamp) -> Result<Vec<SlotId>, StoreError> {
    end_where(tx, ends, at, ") AS v WHERE slots.id = v.column1 AND slots.state = 'waiting' RETURNING slots.id").await
}

/// Ends slots whose call continues as a conversation with staff. Returns those that hadn't ended, in no particular
/// order.
///
/// # Errors
/// Database errors.
pub async fn end_calling(tx: &mut Tx, ends: &[(SlotId, SlotEnd)], at: Timestamp) -> Result<Vec<SlotId>, StoreError> {
    end_where(tx, ends, at, ") AS v WHERE slots.id = v.column1 AND slots.state = 'calling' RETURNING slots.id").await
}

async fn end_where(
    tx: &mut Tx,
    ends: &[(SlotId, SlotEnd)],
    at: Timestamp,
    tail: &'static str,
) -> Result<Vec<SlotId>, StoreError> {
    let rows = ends.iter().map(|(slot, end)| {
        let state = SlotState::Ended(*end);
        [(*slot).into(), state.code().into(), state.reason().into(), at.into()]
    });
    tx.fetch_rows(
        "UPDATE slots SET state = v.column2, reason = v.column3, ended_at = v.column4 FROM (VALUES",
        rows.collect(),
        tail,
        |row| row.read(0, "slots.id", parsed),
    )
    .await
}

/// Moves waiting slots to the health centres that have their patients now.
///
/// # Errors
/// Database errors.
pub async fn move_to(tx: &mut Tx, slots: &[(SlotId, CentreCode)]) -> Result<(), StoreError> {
    let rows = slots.iter().map(|(slot, centre)| [(*slot).into(), centre.into()]);
    let head = "UPDATE slots SET centre_code = v.column2 FROM (VALUES";
    tx.write_rows(head, rows.collect(), ") AS v WHERE slots.id = v.column1 AND slots.state = 'waiting'").await
}

/// Lets the windows of slots that haven't ended end at these times, if that is earlier.
///
/// # Errors
/// Database errors.
pub async fn shorten(tx: &mut Tx, windows: &[(SlotId, Timestamp)]) -> Result<(), StoreError> {
    tx.write_rows(
        "UPDATE slots SET window_end = v.column2 FROM (VALUES",
        windows.iter().map(|(slot, end)| [(*slot).into(), (*end).into()]).collect(),
        ") AS v WHERE slots.id = v.column1 AND slots.ended_at IS NULL AND slots.window_end > v.column2",
    )
    .await
}

/// Sets the tries of slots whose last call continued after they had ended.
///
/// # Errors
/// Database errors.
pub async fn count_tries(tx: &mut Tx, tries: &[(SlotId, u32)]) -> Result<(), StoreError> {
    let rows = tries.iter().map(|(slot, tries)| [(*slot).into(), i64::from(*tries).into()]);
    let head = "UPDATE slots SET tries = v.column2 FROM (VALUES";
    tx.write_rows(head, rows.collect(), ") AS v WHERE slots.id = v.column1 AND slots.ended_at IS NOT NULL").await
}

/// The slots with these IDs, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn by_ids(tx: &mut Tx, slots: &[SlotId]) -> Result<Vec<SlotRow>, StoreError> {
    tx.fetch_in(select!("WHERE s.id IN"), &[], slots.iter().map(|slot| (*slot).into()), "", read).await
}

/// The slots of these patients that haven't ended, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn open_of(tx: &mut Tx, patients: &[PatientId]) -> Result<Vec<SlotRow>, StoreError> {
    let keys = patients.iter().map(|patient| (*patient).into());
    tx.fetch_in(select!("WHERE s.ended_at IS NULL AND s.patient_id IN"), &[], keys, "", read).await
}

/// The slots of the patients of these reports that haven't ended.
pub(super) async fn later_open_of_reports(tx: &mut Tx, reports: &[ReportId]) -> Result<Later<SlotRow>, StoreError> {
    let keys = reports.iter().map(|report| (*report).into());
    let head = select!("WHERE s.ended_at IS NULL AND s.patient_id IN (SELECT patient_id FROM reports WHERE id IN");
    tx.later_in(head, &[], keys, ")", read).await
}

/// The slots of a patient on or after a day, latest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId, from: Date) -> Result<Vec<SlotRow>, StoreError> {
    tx.fetch_all(
        select!("WHERE s.patient_id = $1 AND s.slot_date >= $2 ORDER BY s.slot_date DESC, s.slot_time DESC"),
        vec![patient.into(), from.into()],
        read,
    )
    .await
}

/// The slots of these patients on a day, by time.
///
/// # Errors
/// Database errors.
pub async fn of_patients_on(tx: &mut Tx, patients: &[PatientId], date: Date) -> Result<Vec<SlotRow>, StoreError> {
    let keys = patients.iter().map(|patient| (*patient).into());
    let head = select!("WHERE s.slot_date = $1 AND s.patient_id IN");
    let mut slots = tx.fetch_in(head, &[date.into()], keys, "", read).await?;
    slots.sort_by(|one, other| (&one.time, one.id).cmp(&(&other.time, other.id)));
    Ok(slots)
}

/// Which slots of a day to list.
#[derive(Debug, Clone, Copy)]
pub struct DayPage<'a> {
    /// The day.
    pub date: Date,
    /// Only slots of this health centre.
    pub centre: Option<&'a CentreCode>,
    /// Only slots after this one in the order of the list, for the next page.
    pub after: Option<&'a SlotRow>,
    /// The maximum number of slots.
    pub limit: u32,
}

/// One page of the slots of a day, ordered by health centre and then by time.
///
/// # Errors
/// Database errors.
pub async fn of_day(tx: &mut Tx, page: &DayPage<'_>) -> Result<Vec<SlotRow>, StoreError> {
    // Every code, time and id comes after an empty text.
    let (time, id) = page.after.map_or(("", String::new()), |slot| (&slot.time, slot.id.to_string()));
    let mut args = vec![page.date.into(), time.into(), id.into(), i64::from(page.limit).into()];
    let sql = match page.centre {
        None => {
            args.push(page.after.map_or("", |slot| slot.centre.as_str()).into());
            select!(
                "WHERE s.slot_date = $1 AND (s.centre_code, s.slot_time, s.id) > ($5, $2, $3)
                 ORDER BY s.centre_code, s.slot_time, s.id LIMIT $4"
            )
        }
        Some(centre) => {
            args.push(centre.into());
            select!(
                "WHERE s.slot_date = $1 AND s.centre_code = $5 AND (s.slot_time, s.id) > ($2, $3)
                 ORDER BY s.slot_time, s.id LIMIT $4"
            )
        }
    };
    tx.fetch_all(sql, args, read).await
}

/// The number of a day's slots in one state, at one health centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// The centre.
    pub centre: CentreCode,
    /// Their state.
    pub state: SlotState,
    /// The number of slots.
    pub count: u32,
}

/// The slots of a day, counted by health centre and state.
///
/// # Errors
/// Database errors.
pub async fn day(tx: &mut Tx, date: Date) -> Result<Vec<DayCount>, StoreError> {
    tx.fetch_all(
        "SELECT centre_code, state, reason, count(*) FROM slots WHERE slot_date = $1
         GROUP BY centre_code, state, reason ORDER BY centre_code, state, reason",
        vec![date.into()],
        |row| {
            Ok(DayCount {
                centre: row.read(0, "slots.centre_code", |text| CentreCode::parse(text).ok())?,
                state: state(row, 1)?,
                count: count(row.int(3)?),
            })
        },
    )
    .await
}

pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX })
}

fn state(row: &Row<'_>, index: usize) -> Result<SlotState, StoreError> {
    let reason = row.opt_text(index + 1)?;
    row.read(index, "slots.state", |word| SlotState::from_words(word, reason))
}

fn read(row: &Row<'_>) -> Result<SlotRow, StoreError> {
    Ok(SlotRow {
        id: row.read(0, "slots.id", parsed)?,
        patient: row.read(1, "slots.patient_id", parsed)?,
        centre: row.read(2, "slots.centre_code", |text| CentreCode::parse(text).ok())?,
        date: row.read(3, "slots.slot_date", parsed)?,
        time: row.owned(4)?,
        origin: row.read(5, "slots.origin", SlotOrigin::from_code)?,
        opened_at: row.time(6, "slots.opened_at")?,
        due_at: row.time(7, "slots.due_at")?,
        window_end: row.time(8, "slots.window_end")?,
        state: state(row, 9)?,
        attempts: count(row.int(11)?),
        tries: count(row.int(12)?),
        ended_at: row.opt_time(13, "slots.ended_at")?,
    })
}
