//! A snapshot of all stored rows about calls, for checks against what happened outside. It reads the tables with
//! statements of its own, so that a check doesn't share a mistake with what it checks.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::answers::{self, LatestAnswer};
use super::outbox::{self, OpenJob};
use super::{
    StoreError, Tx,
    bind_value::{Row, parsed},
};
use crate::domain::{CallId, CentreCode, HersysId, PatientId, PhoneNumber, ReportId, Sensitive, SlotId, TransferId};

/// The tables about calls.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Patients, ordered by HER-SYS ID.
    pub patients: Vec<Patient>,
    /// Slots, ordered by patient, day and time.
    pub slots: Vec<Slot>,
    /// Attempts, ordered by slot and number.
    pub attempts: Vec<Attempt>,
    /// Calls, ordered by start.
    pub calls: Vec<Call>,
    /// Reports, ordered by start.
    pub reports: Vec<Report>,
    /// Answers in the order in which they were stored.
    pub answers: Vec<Answer>,
    /// The answers that apply, as the services read them.
    pub standing: BTreeMap<ReportId, Vec<LatestAnswer>>,
    /// Alerts, ordered by when they were raised.
    pub alerts: Vec<Alert>,
    /// Transfers, ordered by when they were offered.
    pub transfers: Vec<Transfer>,
    /// Jobs that aren't done, a thousand at most.
    pub jobs_left: Vec<OpenJob>,
}

/// A transfer.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// The transfer.
    pub id: TransferId,
    /// Its state, as stored.
    pub state: String,
}

/// A patient.
#[derive(Debug, Clone)]
pub struct Patient {
    /// The record's ID.
    pub id: PatientId,
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// The health centre that has the patient.
    pub centre: CentreCode,
    /// The registered number.
    pub phone_number: Option<PhoneNumber>,
    /// Whether the patient gets automated calls.
    pub automated_call: bool,
    /// Whether observation has ended.
    pub released: bool,
}

/// A slot. Codes are as stored.
#[derive(Debug, Clone)]
pub struct Slot {
    /// The slot.
    pub id: SlotId,
    /// The patient.
    pub patient: PatientId,
    /// The date in the time zone of the health centre.
    pub date: Date,
    /// The time there.
    pub time: String,
    /// Whether staff asked for it.
    pub by_staff: bool,
    /// The end of the calling window.
    pub window_end: Timestamp,
    /// Its state.
    pub state: String,
    /// The reason for its state.
    pub reason: Option<String>,
    /// The number of attempts.
    pub attempts: i64,
    /// The number of tries.
    pub tries: i64,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// An attempt. Codes are as stored.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The call.
    pub call: CallId,
    /// The slot.
    pub slot: SlotId,
    /// The patient.
    pub patient: PatientId,
    /// The number called.
    pub phone_number: PhoneNumber,
    /// Its number among the slot's attempts.
    pub number: i64,
    /// Its state.
    pub state: String,
    /// Why it was withdrawn.
    pub withdrawal: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// When the intent was committed.
    pub intended_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether staff were asked about its outcome.
    pub staff_asked: bool,
    /// When it was reopened because the carrier had its call after all.
    pub revived_at: Option<Timestamp>,
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The call.
    pub id: CallId,
    /// The line, as stored.
    pub line: String,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended, as stored.
    pub disposition: Option<String>,
}

/// A report.
#[derive(Debug, Clone)]
pub struct Report {
    /// The report.
    pub id: ReportId,
    /// The patient.
    pub patient: PatientId,
    /// The date in the time zone of the health centre.
    pub date: Date,
    /// Whether it was finished.
    pub reported: bool,
    /// When it was finished by hanging up after the advice for a red answer, by the services' clock.
    pub stopped_at: Option<Timestamp>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The report.
    pub report: ReportId,
    /// The call.
    pub call: Option<CallId>,
    /// The item, as stored.
    pub item: String,
    /// What was keyed in. Empty if the answer was taken back.
    pub entry: Sensitive,
    /// The severity, as stored.
    pub severity: String,
}

/// An alert.
#[derive(Debug, Clone)]
pub struct Alert {
    /// The kind, as stored.
    pub kind: String,
    /// The patient.
    pub patient: Option<PatientId>,
    /// The call.
    pub call: Option<CallId>,
    /// The item of a red answer, as stored.
    pub item: Option<String>,
    /// The report.
    pub report: Option<ReportId>,
    /// Who closed it.
    pub closed_by: Option<String>,
}

/// Reads everything.
///
/// # Errors
/// Database errors.
pub async fn read(tx: &mut Tx) -> Result<Snapshot, StoreError> {
    let reports: Vec<Report> = tx
        .fetch_all(
            "SELECT id, patient_id, report_date, outcome, stopped_after, ended_at FROM reports ORDER BY started_at, id",
            vec![],
            report,
        )
        .await?;
    let ids: Vec<ReportId> = reports.iter().map(|report| report.id).collect();
    let standing = answers::latest(tx, &ids).await?.into_iter().collect();
    Ok(Snapshot {
        patients: tx
            .fetch_all(
                "SELECT id, hersys_id, phone_number, automated_call, released_at, centre_code FROM patients
                 ORDER BY hersys_id",
                vec![],
                patient,
            )
            .await?,
        slots: tx
            .fetch_all(
                "SELECT id, patient_id, slot_date, slot_time, origin, window_end, state, reason, attempts, tries, ended_at
                 FROM slots ORDER BY patient_id, slot_date, slot_time",
                vec![],
                slot,
            )
            .await?,
        attempts: tx
            .fetch_all(
                "SELECT call_id, slot_id, patient_id, phone_number, number, state, withdrawal, outcome, intended_at,
                 ended_at, asked_at, revived_at FROM attempts ORDER BY slot_id, number",
                vec![],
                attempt,
            )
            .await?,
        calls: tx
            .fetch_all("SELECT id, line, ended_at, disposition FROM calls ORDER BY started_at, id", vec![], call)
            .await?,
        standing,
        reports,
        answers: tx
            .fetch_all(
                "SELECT report_id, call_id, item, entry, severity FROM answers ORDER BY id",
                vec![],
                answer,
            )
            .await?,
        alerts: tx
            .fetch_all(
                "SELECT kind, patient_id, call_id, item, report_id, closed_by FROM alerts ORDER BY raised_at, id",
                vec![],
                alert,
            )
            .await?,
        transfers: tx
            .fetch_all("SELECT id, state FROM transfers ORDER BY offered_at, id", vec![], |row| {
                Ok(Transfer { id: row.read(0, "transfers.id", parsed)?, state: row.owned(1)? })
            })
            .await?,
        jobs_left: outbox::open(tx, 1_000).await?,
    })
}

/// The last turn of each inbound call, by carrier leg ID. Turns count from 0.
///
/// # Errors
/// Database errors.
pub async fn last_turns(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "SELECT l.carrier_leg_id, max(t.turn) FROM legs l JOIN turns t ON t.call_id = l.call_id
               GROUP BY l.carrier_leg_id";
    tx.fetch_all(sql, vec![], |row| Ok((row.owned(0)?, row.int(1)?))).await
}

fn number(text: &str) -> Option<PhoneNumber> {
    PhoneNumber::from_e164(text).ok()
}

fn opt_owned(row: &Row<'_>, index: usize) -> Result<Option<String>, StoreError> {
    Ok(row.opt_text(index)?.map(str::to_owned))
}

fn patient(row: &Row<'_>) -> Result<Patient, StoreError> {
    Ok(Patient {
        id: row.read(0, "patients.id", parsed)?,
        hersys_id: row.read(1, "patients.hersys_id", |text| HersysId::parse(text).ok())?,
        phone_number: row.opt_read(2, "patients.phone_number", number)?,
        automated_call: row.flag(3)?,
        released: row.opt_int(4)?.is_some(),
        centre: row.read(5, "patients.centre_code", |text| CentreCode::parse(text).ok())?,
    })
}

fn slot(row: &Row<'_>) -> Result<Slot, StoreError> {
    Ok(Slot {
        id: row.read(0, "slots.id", parsed)?,
        patient: row.read(1, "slots.patient_id", parsed)?,
        date: row.read(2, "slots.slot_date", parsed)?,
        time: row.owned(3)?,
        by_staff: row.text(4)? == "staff",
        window_end: row.time(5, "slots.window_end")?,
        state: row.owned(6)?,
        reason: opt_owned(row, 7)?,
        attempts: row.int(8)?,
        tries: row.int(9)?,
        ended_at: row.opt_time(10, "slots.ended_at")?,
    })
}

fn attempt(row: &Row<'_>) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        call: row.read(0, "attempts.call_id", parsed)?,
        slot: row.read(1, "attempts.slot_id", parsed)?,
        patient: row.read(2, "attempts.patient_id", parsed)?,
        phone_number: row.read(3, "attempts.phone_number", number)?,
        number: row.int(4)?,
        state: row.owned(5)?,
        withdrawal: opt_owned(row, 6)?,
        outcome: opt_owned(row, 7)?,
        intended_at: row.time(8, "attempts.intended_at")?,
        ended_at: row.opt_time(9, "attempts.ended_at")?,
        staff_asked: row.opt_int(10)?.is_some(),
        revived_at: row.opt_time(11, "attempts.revived_at")?,
    })
}

fn call(row: &Row<'_>) -> Result<Call, StoreError> {
    Ok(Call {
        id: row.read(0, "calls.id", parsed)?,
        line: row.owned(1)?,
        ended_at: row.opt_time(2, "calls.ended_at")?,
        disposition: opt_owned(row, 3)?,
    })
}

fn report(row: &Row<'_>) -> Result<Report, StoreError> {
    Ok(Report {
        id: row.read(0, "reports.id", parsed)?,
        patient: row.read(1, "reports.patient_id", parsed)?,
        date: row.read(2, "reports.report_date", parsed)?,
        reported: row.text(3)? == "reported",
        stopped_at: row.opt_text(4)?.map(|_| row.opt_time(5, "reports.ended_at")).transpose()?.flatten(),
    })
}

fn answer(row: &Row<'_>) -> Result<Answer, StoreError> {
    Ok(Answer {
        report: row.read(0, "answers.report_id", parsed)?,
        call: row.opt_read(1, "answers.call_id", parsed)?,
        item: row.owned(2)?,
        entry: row.sensitive(3)?,
        severity: row.owned(4)?,
    })
}

fn alert(row: &Row<'_>) -> Result<Alert, StoreError> {
    Ok(Alert {
        kind: row.owned(0)?,
        patient: row.opt_read(1, "alerts.patient_id", parsed)?,
        call: row.opt_read(2, "alerts.call_id", parsed)?,
        item: opt_owned(row, 3)?,
        report: row.opt_read(4, "alerts.report_id", parsed)?,
        closed_by: opt_owned(row, 5)?,
    })
}
