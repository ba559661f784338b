//! Reports: one patient's answers for one day, or for one slot of it. A second call continues the open report. After a
//! complete report, it begins another version of it.

use std::collections::BTreeSet;

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::centres::code_list;
use super::{
    StoreError, Tx,
    answers::{self, AnswerRow, LatestAnswer, PlacedAnswer},
    bind_value::{Row, parsed},
    report_forms,
    seals::{Seal, SealKind, millis, new_salt, seal},
    tx::{Arrived, Later, Rows},
};
use crate::domain::{
    CallerNumber, CentreCode, Channel, HersysId, Item, PatientId, ReportId, ReportOutcome, ReportText, Severity,
};

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// The report.
    pub id: ReportId,
    /// The patient.
    pub patient: PatientId,
    /// The health centre at that time.
    pub centre: CentreCode,
    /// The date in the time zone of the health centre.
    pub report_date: Date,
    /// `HH:MM` of the slot that it is about. Empty if it is about the day.
    pub slot_time: String,
    /// The channel that finished it, or that began it while it is open.
    pub channel: Channel,
    /// Unanswered until every question is answered, or the caller stops after a red answer's advice.
    pub outcome: ReportOutcome,
    /// The question after which it stopped, although it counts as reported. `None` if every question was asked.
    pub stopped_after: Option<Item>,
    /// When it was opened.
    pub started_at: Timestamp,
    /// When the questionnaire was finished or abandoned.
    pub ended_at: Option<Timestamp>,
    /// The kind of number from which it was given. Of several calls, the one that proves least. `None` if it wasn't
    /// recorded.
    pub caller_number: Option<CallerNumber>,
}

/// An open report with its answers so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// The report.
    pub report: ReportRow,
    /// Every answer, oldest first, including corrections.
    pub answers: Vec<AnswerRow>,
}

/// The end of a questionnaire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportClose {
    /// The report.
    pub report: ReportId,
    /// Whether it is reported. If not, it stays open for the day.
    pub outcome: ReportOutcome,
    /// The question after which it stopped, although it counts as reported.
    pub stopped_after: Option<Item>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The channel that closed it.
    pub channel: Channel,
}

/// Which reports to export, one page at a time.
#[derive(Debug, Clone)]
pub struct ExportPage {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Only reports of these health centres.
    pub centres: Option<BTreeSet<CentreCode>>,
    /// [`ExportRow::place`] of the last row of the previous page.
    pub after: Option<ExportPlace>,
    /// The maximum number of rows per page.
    pub limit: u32,
}

/// A position in the order of the export.
pub type ExportPlace = (Date, Timestamp, ReportId);

/// One exported report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// The report.
    pub id: ReportId,
    /// The patient's HER-SYS ID.
    pub hersys_id: HersysId,
    /// The health centre at that time.
    pub centre: CentreCode,
    /// The date in the time zone of the health centre.
    pub report_date: Date,
    /// The channel through which it was given.
    pub channel: Channel,
    /// Whether it is reported.
    pub outcome: ReportOutcome,
    /// The question after which it stopped, although it counts as reported.
    pub stopped_after: Option<Item>,
    /// The highest severity among the answers that apply.
    pub severity: Severity,
    /// When it was opened.
    pub started_at: Timestamp,
    /// When the questionnaire was finished or abandoned.
    pub ended_at: Option<Timestamp>,
    /// The kind of number from which it was given. `None` if it wasn't recorded.
    pub caller_number: Option<CallerNumber>,
    /// The answers that apply, in the order of the questionnaire.
    pub answers: Vec<LatestAnswer>,
    /// What the patient wrote besides, in the order in which it was written.
    pub texts: Vec<ReportText>,
}

impl ExportRow {
    /// The position after which the next page begins.
    pub fn place(&self) -> ExportPlace {
        (self.report_date, self.started_at, self.id)
    }
}

/// Starts a query of whole reports by patient and day. It uses a join because SQLite scans the table for a list of
/// pairs after `IN`, and a cross join so that SQLite keeps this order.
const OF_DAYS: &str = "SELECT r.id, r.patient_id, r.centre_code, r.report_date, COALESCE(r.completed_in, r.channel), r.outcome, r.started_at, r.ended_at, r.caller_number, r.slot_time, r.stopped_after FROM (VALUES";

/// The condition that a report `r` is the current one of its day or slot and channel: the newest complete one, or the
/// open one if none is complete.
macro_rules! is_current {
    () => {
        "NOT EXISTS (SELECT 1 FROM reports n WHERE n.patient_id = r.patient_id AND n.report_date = r.report_date
         AND n.slot_time = r.slot_time AND n.outcome = 'reported'
         AND COALESCE(n.completed_in, n.channel) = COALESCE(r.completed_in, r.channel)
         AND (r.outcome <> 'reported' OR (n.started_at, n.id) > (r.started_at, r.id)))"
    };
}

/// Opens reports, or adds finished ones.
///
/// # Errors
/// [`StoreError::Taken`] with [`Unique::OpenReport`](super::Unique::OpenReport) if the patient has an open report that
/// day.
pub async fn open(tx: &mut Tx, reports: &[ReportRow]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(reports.len());
    for report in reports {
        let salt = new_salt()?;
        tx.seals(report_seal(report, &salt));
        if !report.outcome.is_open() || report.ended_at.is_some() {
            let (outcome, stopped_after, ended_at) = (report.outcome, report.stopped_after, report.ended_at);
            let end = End { outcome, stopped_after, ended_at, completed_in: None };
            tx.seals(end_seal(report.id, end, report.started_at, &salt));
        }
        rows.push([
            report.id.into(),
            report.patient.into(),
            (&report.centre).into(),
            report.report_date.into(),
            report.channel.code().into(),
            report.outcome.code().into(),
            report.started_at.into(),
            report.ended_at.into(),
            report.caller_number.map(CallerNumber::code).into(),
            report.slot_time.as_str().into(),
            report.stopped_after.map(Item::code).into(),
            salt.into(),
        ]);
    }
    tx.write_rows(
        "INSERT INTO reports (id, patient_id, centre_code, report_date, channel, outcome, started_at, ended_at,
         caller_number, slot_time, stopped_after, salt) VALUES",
        rows,
        "",
    )
    .await
}

fn report_seal(report: &ReportRow, salt: &str) -> Seal {
    let (id, patient, started) = (report.id.to_string(), report.patient.to_string(), millis(report.started_at));
    let date = report.report_date.to_string();
    let (centre, channel) = (report.centre.as_str(), report.channel.code());
    let mut fields = [salt, &id, &patient, centre, &date, channel, &started].map(Some).to_vec();
    // The seals of reports about a day are those of earlier versions.
    fields.extend(Some(&*report.slot_time).filter(|time| !time.is_empty()).map(Some));
    seal(SealKind::Report, Uuid::nil(), report.id.0, report.started_at, &fields)
}

/// How a report ended.
struct End {
    outcome: ReportOutcome,
    stopped_after: Option<Item>,
    ended_at: Option<Timestamp>,
    completed_in: Option<Channel>,
}

fn end_seal(id: ReportId, end: End, at: Timestamp, salt: &str) -> Seal {
    let End { outcome, stopped_after, ended_at: ended, completed_in } = end;
    let (text, ended_at) = (id.to_string(), ended.map(millis));
    let mut fields = vec![Some(salt), Some(&*text), Some(outcome.code()), ended_at.as_deref()];
    // The seals of reports whose questions were all asked are those of earlier versions.
    fields.extend(stopped_after.map(|item| Some(item.code())));
    // No item has the code of a channel.
    fields.extend(completed_in.map(|channel| Some(channel.code())));
    seal(SealKind::ReportEnd, Uuid::nil(), id.0, ended.unwrap_or(at), &fields)
}

/// The open reports of these patients and days with their answers, in no particular order. Pass each pair once.
///
/// # Errors
/// Database errors.
pub async fn open_of(tx: &mut Tx, days: &[(PatientId, Date)]) -> Result<Vec<OpenReport>, StoreError> {
    let found = tx
        .fetch_rows(
            OF_DAYS,
            keys(days),
            ") AS v CROSS JOIN reports r
             WHERE r.outcome <> 'reported' AND r.patient_id = v.column1 AND r.report_date = v.column2",
            read,
        )
        .await?;
    let ids: Vec<_> = found.iter().map(|report| report.id).collect();
    let answers = answers::of_reports(tx, &ids).await?;
    Ok(with_answers(found, answers))
}

fn with_answers(reports: Vec<ReportRow>, answers: Vec<AnswerRow>) -> Vec<OpenReport> {
    let mut by_report: HashMap<ReportId, Vec<AnswerRow>> = HashMap::new();
    for answer in answers {
        by_report.entry(answer.report).or_default().push(answer);
    }
    let open = |report: ReportRow| OpenReport { answers: by_report.remove(&report.id).unwrap_or_default(), report };
    reports.into_iter().map(open).collect()
}

/// Open reports that arrive with other rows.
pub(super) struct LaterReports {
    reports: Later<ReportRow>,
    answers: Later<PlacedAnswer>,
}

impl LaterReports {
    pub(super) fn read(self, arrived: &Arrived) -> Result<Vec<OpenReport>, StoreError> {
        let answers = answers::in_order(self.answers.read(arrived)?);
        Ok(with_answers(self.reports.read(arrived)?, answers))
    }
}

/// The open reports since a day of the patients with these HER-SYS IDs.
pub(super) async fn later_open_by_hersys_ids(
    tx: &mut Tx,
    ids: &[HersysId],
    from: Date,
) -> Result<LaterReports, StoreError> {
    let keys = || ids.iter().map(|id| id.into());
    let fixed = [from.into()];
    Ok(LaterReports {
        reports: tx
            .later_in(
                "SELECT id, patient_id, centre_code, report_date, COALESCE(completed_in, channel), outcome, started_at, ended_at, caller_number,
                 slot_time, stopped_after FROM reports WHERE outcome <> 'reported' AND report_date >= $1
                 AND patient_id IN (SELECT id FROM patients WHERE hersys_id IN",
                &fixed,
                keys(),
                ")",
                read,
            )
            .await?,
        answers: tx
            .later_in(
                answers::select!(
                    "WHERE report_id IN (SELECT id FROM reports WHERE outcome <> 'reported' AND report_date >= $1
                     AND patient_id IN (SELECT id FROM patients WHERE hersys_id IN"
                ),
                &fixed,
                keys(),
                ")) ORDER BY report_id, id",
                answers::read,
            )
            .await?,
    })
}

/// The reports with these IDs, in no particular order.
///
/// # Errors
/// Database errors.
pub async fn by_ids(tx: &mut Tx, reports: &[ReportId]) -> Result<Vec<ReportRow>, StoreError> {
    let later = later_by_ids(tx, reports).await?;
    later.read(&tx.arrive().await?)
}

/// All reports of a patient, oldest first.
///
/// # Errors
/// Database errors.
pub async fn of_patient(tx: &mut Tx, patient: PatientId) -> Result<Vec<ReportRow>, StoreError> {
    let sql = "SELECT id, patient_id, centre_code, report_date, COALESCE(completed_in, channel), outcome, started_at, ended_at, caller_number,
               slot_time, stopped_after FROM reports WHERE patient_id = $1 ORDER BY report_date, started_at, id";
    tx.fetch_all(sql, vec![patient.into()], read).await
}

pub(super) async fn later_by_ids(tx: &mut Tx, reports: &[ReportId]) -> Result<Later<ReportRow>, StoreError> {
    tx.later_in(
        "SELECT id, patient_id, centre_code, report_date, COALESCE(completed_in, channel), outcome, started_at, ended_at, caller_number,
         slot_time, stopped_after FROM reports WHERE id IN",
        &[],
        reports.iter().map(|report| (*report).into()),
        "",
        read,
    )
    .await
}

/// All reports of these patients and days, open or not, in no particular order. Pass each pair once.
///
/// # Errors
/// Database errors.
pub async fn of_days(tx: &mut Tx, days: &[(PatientId, Date)]) -> Result<Vec<ReportRow>, StoreError> {
    let tail = ") AS v CROSS JOIN reports r WHERE r.patient_id = v.column1 AND r.report_date = v.column2";
    tx.fetch_rows(OF_DAYS, keys(days), tail, read).await
}

/// A stored report that a transaction answers or finishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldReport {
    /// The report.
    pub id: ReportId,
    /// Its outcome.
    pub outcome: ReportOutcome,
    /// The channel that began it.
    channel: Channel,
    /// When a call with it ended.
    ended_at: Option<Timestamp>,
    /// Its salt. A row of an older version has none; it is sealed when the sealer finds it.
    salt: Option<String>,
}

/// Locks these reports and returns them, in no particular order. Nobody else finishes them until the transaction ends.
///
/// # Errors
/// Database errors.
pub async fn hold(tx: &mut Tx, reports: &[ReportId]) -> Result<Vec<HeldReport>, StoreError> {
    let later = later_hold(tx, reports).await?;
    later.read(&tx.arrive().await?)
}

pub(super) async fn later_hold(tx: &mut Tx, reports: &[ReportId]) -> Result<Later<HeldReport>, StoreError> {
    // Lock in the same order on all nodes, to prevent deadlocks. A transaction that is the only writer needs no locks.
    let tail = if tx.writes_alone() { "" } else { "ORDER BY id FOR NO KEY UPDATE" };
    let mut ids = reports.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let keys = ids.into_iter().map(Into::into);
    tx.later_in("SELECT id, outcome, salt, ended_at, channel FROM reports WHERE id IN", &[], keys, tail, |row| {
        Ok(HeldReport {
            id: row.read(0, "reports.id", parsed)?,
            outcome: row.read(1, "reports.outcome", ReportOutcome::from_code)?,
            salt: row.opt_text(2)?.map(str::to_owned),
            ended_at: row.opt_time(3, "reports.ended_at")?,
            channel: row.read(4, "reports.channel", Channel::from_code)?,
        })
    })
    .await
}

/// Records that reports were also given in calls from another kind of number. The one that proves least is kept.
///
/// # Errors
/// Database errors.
pub async fn note_callers(tx: &mut Tx, callers: &[(ReportId, CallerNumber)]) -> Result<(), StoreError> {
    // The registered number proves most, so it changes nothing.
    let rows = callers.iter().filter(|(_, number)| !number.is_registered());
    tx.write_rows(
        "UPDATE reports SET caller_number = v.column2 FROM (VALUES",
        rows.map(|(report, number)| [(*report).into(), number.code().into()]).collect(),
        ") AS v WHERE reports.id = v.column1
         AND (reports.caller_number IS NULL OR reports.caller_number = 'registered' OR v.column2 = 'hidden')",
    )
    .await
}

/// The number of finished reports of a day that were given from other than the registered number, by health centre.
///
/// # Errors
/// Database errors.
pub async fn from_other_numbers(tx: &mut Tx, date: Date) -> Result<Vec<(CentreCode, u32)>, StoreError> {
    tx.fetch_all(
        "SELECT centre_code, count(*) FROM reports
         WHERE report_date = $1 AND outcome = 'reported' AND caller_number IN ('unregistered', 'hidden')
         GROUP BY centre_code",
        vec![date.into()],
        |row| {
            let centre = row.read(0, "reports.centre_code", |text| CentreCode::parse(text).ok())?;
            Ok((centre, u32::try_from(row.int(1)?).unwrap_or(u32::MAX)))
        },
    )
    .await
}

fn keys(days: &[(PatientId, Date)]) -> Rows<'static, 2> {
    days.iter().map(|(patient, date)| [(*patient).into(), (*date).into()]).collect()
}

/// Fails if one of these reports was finished.
///
/// # Errors
/// [`StoreError::Stale`] if one was; on SQLite from the next query or the commit.
pub async fn refuse_finished(tx: &mut Tx, reports: &[ReportId]) -> Result<(), StoreError> {
    let keys = reports.iter().map(|report| (*report).into());
    tx.refuse_any("SELECT id FROM reports WHERE outcome = 'reported' AND id IN", keys).await
}

/// Closes these held reports. A report that was finished keeps its end, and one in which questions were asked stays
/// unanswered, whatever happens in another call.
///
/// # Errors
/// Database errors.
pub async fn close(tx: &mut Tx, held: &[HeldReport], closes: &[ReportClose]) -> Result<(), StoreError> {
    // Several calls may concern one report. With several rows for one report, the database would use any of them.
    let mut last: HashMap<ReportId, &ReportClose> = HashMap::new();
    for close in closes {
        let standing = last.entry(close.report).or_insert(close);
        // Once it is reported, a later end changes nothing.
        if standing.outcome.is_open() && standing.outcome.or_better(close.outcome) == close.outcome {
            *standing = close;
        }
    }
    let mut rows = Vec::with_capacity(last.len());
    for report in held.iter().filter(|report| report.outcome.is_open()) {
        let Some(close) = last.get(&report.id) else { continue };
        let asked = report.outcome == ReportOutcome::Unanswered && report.ended_at.is_some();
        if asked && close.outcome == ReportOutcome::NotBegun {
            continue;
        }
        let stopped_after = close.stopped_after.map(Item::code);
        let gives_way = !close.outcome.is_open() && report.channel.gives_way_to(close.channel);
        let completed_in = gives_way.then_some(close.channel);
        rows.push([
            close.report.into(),
            close.outcome.code().into(),
            close.ended_at.into(),
            stopped_after.into(),
            completed_in.map(Channel::code).into(),
        ]);
        if let Some(salt) = &report.salt {
            let (outcome, stopped_after, ended_at) = (close.outcome, close.stopped_after, Some(close.ended_at));
            let end = End { outcome, stopped_after, ended_at, completed_in };
            tx.seals(end_seal(report.id, end, close.ended_at, salt));
        }
    }
    tx.write_rows(
        "UPDATE reports SET outcome = v.column2, ended_at = v.column3, stopped_after = v.column4, completed_in = v.column5
         FROM (VALUES",
        rows,
        ") AS v WHERE reports.id = v.column1 AND reports.outcome <> 'reported'",
    )
    .await
}

/// One page of the export, ordered by day and then by start: of each day or slot and channel the current report. A call
/// in which nobody said who they are makes none.
///
/// # Errors
/// Database errors.
pub async fn export(tx: &mut Tx, page: &ExportPage) -> Result<Vec<ExportRow>, StoreError> {
    let (date, time, id) = match page.after {
        Some((date, time, id)) => (date.to_string(), time, id.to_string()),
        None => (String::new(), Timestamp::UNIX_EPOCH, String::new()),
    };
    let mut rows = tx
        .fetch_all(
            concat!(
                "SELECT r.id, p.hersys_id, r.report_date, COALESCE(r.completed_in, r.channel), r.outcome, r.started_at, r.ended_at, r.centre_code,
                 r.caller_number, r.stopped_after FROM reports r JOIN patients p ON p.id = r.patient_id
                 WHERE r.report_date >= $1 AND r.report_date <= $2
                 AND (r.report_date, r.started_at, r.id) > ($3, $4, $5)
                 AND ($6 = '' OR $6 LIKE '%,' || p.centre_code || ',%') AND r.outcome <> 'not_begun' AND ",
                is_current!(),
                " ORDER BY r.report_date, r.started_at, r.id LIMIT $7"
            ),
            vec![
                page.from.into(),
                page.to.into(),
                date.into(),
                time.into(),
                id.into(),
                code_list(page.centres.as_ref()).into(),
                i64::from(page.limit).into(),
            ],
            read_export,
        )
        .await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut latest = answers::latest(tx, &ids).await?;
    let mut texts = report_forms::texts_of_reports(tx, &ids).await?;
    for row in &mut rows {
        row.texts = texts.remove(&row.id).unwrap_or_default();
        row.answers = latest.remove(&row.id).unwrap_or_default();
        row.severity = row.answers.iter().map(|answer| answer.severity).max().unwrap_or_default();
    }
    Ok(rows)
}

fn read(row: &Row<'_>) -> Result<ReportRow, StoreError> {
    Ok(ReportRow {
        id: row.read(0, "reports.id", parsed)?,
        patient: row.read(1, "reports.patient_id", parsed)?,
        centre: row.read(2, "reports.centre_code", |text| CentreCode::parse(text).ok())?,
        report_date: row.read(3, "reports.report_date", parsed)?,
        channel: row.read(4, "reports.channel", Channel::from_code)?,
        outcome: row.read(5, "reports.outcome", ReportOutcome::from_code)?,
        started_at: row.time(6, "reports.started_at")?,
        ended_at: row.opt_time(7, "reports.ended_at")?,
        caller_number: row.opt_read(8, "reports.caller_number", CallerNumber::from_code)?,
        slot_time: row.owned(9)?,
        stopped_after: row.opt_read(10, "reports.stopped_after", Item::from_code)?,
    })
}

fn read_export(row: &Row<'_>) -> Result<ExportRow, StoreError> {
    Ok(ExportRow {
        id: row.read(0, "reports.id", parsed)?,
        hersys_id: row.read(1, "patients.hersys_id", |text| HersysId::parse(text).ok())?,
        report_date: row.read(2, "reports.report_date", parsed)?,
        channel: row.read(3, "reports.channel", Channel::from_code)?,
        outcome: row.read(4, "reports.outcome", ReportOutcome::from_code)?,
        centre: row.read(7, "reports.centre_code", |text| CentreCode::parse(text).ok())?,
        severity: Severity::None,
        started_at: row.time(5, "reports.started_at")?,
        ended_at: row.opt_time(6, "reports.ended_at")?,
        caller_number: row.opt_read(8, "reports.caller_number", CallerNumber::from_code)?,
        stopped_after: row.opt_read(9, "reports.stopped_after", Item::from_code)?,
        answers: Vec::new(),
        texts: Vec::new(),
    })
}
