//! Patients as staff see them.

use jiff::Timestamp;
use jiff::civil::Date;

use super::correct::CorrectionView;
use crate::domain::{
    AlertId, Answer, BirthDate, CallId, CallerNumber, CentreCode, Channel, HersysId, Item, Language, Oximeter,
    PatientId, PhoneNumber, ReportId, ReportOutcome, Revision, Sensitive, Severity, Withdrawal,
};
use crate::service::reports::{ReportStanding, ReportVersion};
use crate::service::slots::unwanted;
use crate::store::alerts::AlertRow;
use crate::store::answers::LatestAnswer;
use crate::store::patients::PatientRow;
use crate::store::reports::ReportRow;

/// A patient's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientView {
    /// The record's id.
    pub id: PatientId,
    /// Its revision.
    pub revision: Revision,
    /// The health centre responsible for the patient.
    pub centre: CentreCode,
    /// The HER-SYS ID.
    pub hersys_id: HersysId,
    /// The birth date.
    pub birth_date: BirthDate,
    /// 姓
    pub family_name: Sensitive,
    /// 名
    pub given_name: Sensitive,
    /// The registered number.
    pub phone_number: Option<PhoneNumber>,
    /// Whether the patient gets automated calls.
    pub automated_call: bool,
    /// `HH:MM;HH:MM` in the centre's time zone. Empty if the centre's pattern applies.
    pub call_times: String,
    /// The language of the calls.
    pub language: Language,
    /// 診断年月日
    pub diagnosis_date: Option<Date>,
    /// 観察開始日
    pub monitoring_start: Option<Date>,
    /// Whether the patient has an oximeter.
    pub oximeter: Oximeter,
    /// When the patient's calls were stopped.
    pub stopped_at: Option<Timestamp>,
    /// When observation ended.
    pub released_at: Option<Timestamp>,
    /// When the record was created.
    pub created_at: Timestamp,
    /// When the next slot begins. `None` if there is none.
    pub next_slot_at: Option<Timestamp>,
    /// When the patient pressed key 8 to ask that calls stop. Set until the centre decides.
    pub stop_requested_at: Option<Timestamp>,
    /// Why the patient isn't called. `None` if calls are placed.
    pub not_called: Option<Withdrawal>,
}

impl From<PatientRow> for PatientView {
    fn from(row: PatientRow) -> Self {
        Self {
            not_called: unwanted(&row),
            id: row.id,
            revision: Revision(row.revision),
            centre: row.centre,
            hersys_id: row.hersys_id,
            birth_date: row.birth_date,
            family_name: row.family_name,
            given_name: row.given_name,
            phone_number: row.phone_number,
            automated_call: row.automated_call,
            call_times: row.call_times,
            language: row.language,
            diagnosis_date: row.diagnosis_date,
            monitoring_start: row.monitoring_start,
            oximeter: row.oximeter,
            stopped_at: row.stopped_at,
            released_at: row.released_at,
            created_at: row.created_at,
            next_slot_at: row.calling.next_slot_at,
            stop_requested_at: row.calling.stop_requested_at,
        }
    }
}

/// A report and the answers that apply.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ReportView {
    /// The report.
    pub id: ReportId,
    /// The date in the time zone of the health centre.
    pub report_date: Date,
    /// `HH:MM` of the slot that it is about. Empty if it is about the day.
    pub slot_time: String,
    /// The channel through which it was given.
    pub channel: Channel,
    /// Whether it counts among those of its day or slot and channel.
    pub standing: ReportStanding,
    /// Which of them it is.
    pub version: ReportVersion,
    /// Unanswered until every question is answered, or the caller stops after a red answer's advice.
    pub outcome: ReportOutcome,
    /// The question after which it stopped, although it counts as reported. `None` if every question was asked.
    pub stopped_after: Option<Item>,
    /// The kind of number from which it was given. Of several calls, the one that proves least. `None` if it wasn't
    /// recorded.
    pub caller_number: Option<CallerNumber>,
    /// When it was opened.
    pub started_at: Timestamp,
    /// When the questionnaire was finished or abandoned.
    pub ended_at: Option<Timestamp>,
    /// Its answers, without those that were taken back.
    pub answers: Vec<AnswerView>,
    /// Answers given in another call after the report was finished, in the order of the questionnaire. They aren't
    /// part of the report.
    pub late: Vec<AnswerView>,
    /// What staff corrected, oldest first.
    pub corrections: Vec<CorrectionView>,
}

/// An answer that applies.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct AnswerView {
    /// What was asked.
    pub item: Item,
    /// The answer. `None` if this program can't read the stored entry.
    pub answer: Option<Answer>,
    /// Its severity.
    pub severity: Severity,
}

impl AnswerView {
    fn of(row: LatestAnswer) -> Self {
        Self { item: row.item, answer: row.item.read(row.entry.expose()), severity: row.severity }
    }
}

impl ReportView {
    /// A report among all of its patient's of that day.
    pub(super) fn of(row: &ReportRow, all: &[ReportRow], answers: Vec<LatestAnswer>, late: Vec<LatestAnswer>) -> Self {
        let views = |answers: Vec<LatestAnswer>| answers.into_iter().map(AnswerView::of).collect();
        Self {
            id: row.id,
            corrections: Vec::new(),
            report_date: row.report_date,
            slot_time: row.slot_time.clone(),
            channel: row.channel,
            standing: ReportStanding::of(row, all),
            version: ReportVersion::of(row, all),
            outcome: row.outcome,
            stopped_after: row.stopped_after,
            caller_number: row.caller_number,
            started_at: row.started_at,
            ended_at: row.ended_at,
            answers: views(answers),
            late: views(late),
        }
    }
}

/// An open request to stop automated calls, by a person who didn't confirm who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnconfirmedStop {
    /// Its alert.
    pub alert: AlertId,
    /// The call in which it was made.
    pub call: Option<CallId>,
    /// When it was made.
    pub raised_at: Timestamp,
}

impl UnconfirmedStop {
    pub(super) fn of(alert: &AlertRow) -> Self {
        Self { alert: alert.id, call: alert.call, raised_at: alert.raised_at }
    }
}
