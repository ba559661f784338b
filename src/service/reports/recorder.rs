//! Records answers, reports and their consequences: alerts, jobs, requests to stop, cancelled calls. Reports by phone
//! and other reports are all written here.

use jiff::Timestamp;
use jiff::civil::Date;
use tracing::warn;

use crate::domain::{
    Actor, AlertKind, AnswerOrigin, CallerNumber, Channel, Item, KnownIn, PatientId, ReportId, ReportOutcome,
    Sensitive, Severity,
};
use crate::engine::Fact;
use crate::policy::REPORTS_WITHOUT_SPO2;
use crate::service::alerts::{About, Consequences, raise_amber};
use crate::service::context::{Changes, ServiceEvent, ServiceEventKind, audit_entry, new_id};
use crate::service::slots::reported;
use crate::store::answers::{self, AnswerRow};
use crate::store::audit::{AuditRow, Subject};
use crate::store::patients::{OximeterChange, PatientRow, Spo2Given};
use crate::store::reports::{self, HeldReport, ReportClose, ReportRow};
use crate::store::{StoreError, Tx, alerts, audit, patients};

/// Who closes the alert that an unconfirmed person asked for calls to stop.
const BY_CONFIRMED_REQUEST: &str = "a confirmed request";

/// When a commit looks whether the reports that it answers were finished meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::service) enum ReportCheck {
    /// Before it writes: answers to a finished report are stored as late.
    First,
    /// On SQLite, with the commit, which then fails: it is repeated with [`ReportCheck::First`].
    AtCommit,
}

/// A report that is opened.
pub(in crate::service) struct NewReport<'a> {
    /// Its ID.
    pub(in crate::service) id: ReportId,
    /// Whose report it is.
    pub(in crate::service) patient: &'a PatientRow,
    /// The date at the health centre.
    pub(in crate::service) date: Date,
    /// `HH:MM` of the slot that it is about. Empty if it is about the day.
    pub(in crate::service) slot_time: String,
    /// The channel.
    pub(in crate::service) channel: Channel,
    /// The kind of number from which it is given.
    pub(in crate::service) caller_number: Option<CallerNumber>,
}

/// What one commit records of reports.
#[derive(Default)]
pub(in crate::service) struct Recorder {
    opened: Vec<ReportRow>,
    /// Reports continued in a call from another number.
    callers: Vec<(ReportId, CallerNumber)>,
    closed: Vec<ReportClose>,
    answers: Vec<AnswerRow>,
    stop_requests: Vec<PatientId>,
    /// The reports whose callers heard a call to its end, and in which channel and language.
    completed: Vec<(ReportId, KnownIn)>,
    /// Answers to the question for SpO2, by phone.
    spo2: Vec<Spo2Given>,
    /// Stored reports that this commit has locked already.
    held: Vec<HeldReport>,
    /// Alerts and jobs.
    pub(in crate::service) consequences: Consequences,
}

impl Recorder {
    /// Adds a report for an identified patient without an open report of the day or slot.
    pub(in crate::service) fn open_report(&mut self, new: NewReport<'_>, at: Timestamp) {
        let NewReport { id, patient, date, slot_time, channel, caller_number } = new;
        self.opened.push(ReportRow {
            id,
            patient: patient.id,
            centre: patient.centre.clone(),
            report_date: date,
            slot_time,
            channel,
            outcome: ReportOutcome::Unanswered,
            stopped_after: None,
            started_at: at,
            ended_at: None,
            caller_number,
        });
    }

    /// Notes that a report is continued from this kind of number.
    pub(in crate::service) fn note_caller(&mut self, report: ReportId, number: CallerNumber) {
        self.callers.push((report, number));
    }

    /// Notes that a call was completed with this report.
    pub(in crate::service) fn completed(&mut self, report: ReportId, known_in: KnownIn) {
        self.completed.push((report, known_in));
    }

    /// Notes an answer to the question for SpO2.
    pub(in crate::service) fn spo2_given(&mut self, given: Spo2Given) {
        // Of several in one turn, the last one counts.
        self.spo2.retain(|other| other.report != given.report);
        self.spo2.push(given);
    }

    /// Adds reports that this commit has locked.
    pub(in crate::service) fn held(&mut self, reports: Vec<HeldReport>) {
        self.held.extend(reports);
    }

    /// Adds what follows from a step of the questionnaire. Returns the event to tell after the commit. The end of a
    /// call isn't a matter of reports.
    pub(in crate::service) fn fact(
        &mut self,
        (origin, channel): (&AnswerOrigin, Channel),
        fact: &Fact,
        at: Timestamp,
    ) -> Option<ServiceEvent> {
        match fact {
            Fact::Answered { report, item, answer, severity } => {
                self.answer(origin, *report, *item, Sensitive::new(answer.entry()), *severity, at);
                let what = ServiceEventKind::Answer(*item, *severity);
                return Some(ServiceEvent { at, call: origin.call(), what });
            }
            Fact::Withdrawn { report, item } => {
                self.answer(origin, *report, *item, Sensitive::default(), Severity::None, at);
            }
            Fact::ReportClosed { report, outcome, stopped_after } => {
                metrics::counter!("kenkocall_reports_total", "outcome" => outcome.code()).increment(1);
                let (report, outcome, stopped_after) = (*report, *outcome, *stopped_after);
                self.closed.push(ReportClose { report, outcome, stopped_after, ended_at: at, channel });
            }
            // The centre is told once, when the alert is new.
            Fact::Alert { kind: kind @ AlertKind::CentrePhone, centre, .. } => {
                let about = About { centre: centre.clone(), call: origin.call(), ..About::default() };
                self.consequences.count(*kind, about, at);
            }
            Fact::Alert { kind, centre, person, item } => {
                let (patient, report) = person.unzip();
                if *kind == AlertKind::StopRequest {
                    self.stop_requests.extend(patient);
                }
                let about = About { centre: centre.clone(), patient, report, call: origin.call(), item: *item };
                self.consequences.raise(*kind, about, at);
            }
            Fact::CallEnded(_) => {}
        }
        None
    }

    fn answer(
        &mut self,
        origin: &AnswerOrigin,
        report: ReportId,
        item: Item,
        entry: Sensitive,
        severity: Severity,
        at: Timestamp,
    ) {
        // The report is finished in this commit, by a call that was handled before this one.
        let late = self.finished().any(|finished| finished == report);
        let origin = origin.clone();
        self.answers.push(AnswerRow { id: new_id(), report, origin, item, entry, severity, at, late });
    }

    /// The reports finished in this commit.
    fn finished(&self) -> impl Iterator<Item = ReportId> {
        let finished = self.closed.iter().filter(|close| close.outcome == ReportOutcome::Reported);
        finished.map(|close| close.report)
    }

    /// Writes all rows, each table once. Rows that others refer to come first.
    pub(in crate::service) async fn write(&mut self, tx: &mut Tx, check: ReportCheck) -> Result<(), StoreError> {
        // A report that is opened and closed at once is written so. A finished one never counts as the day's open one.
        for report in &mut self.opened {
            for end in self.closed.iter().filter(|close| close.report == report.id) {
                if report.ended_at.is_none() || report.outcome.or_better(end.outcome) != report.outcome {
                    (report.outcome, report.ended_at) = (end.outcome, Some(end.ended_at));
                    report.stopped_after = end.stopped_after;
                }
            }
        }
        if !self.opened.is_empty() {
            reports::open(tx, &self.opened).await?;
        }
        if !self.callers.is_empty() {
            reports::note_callers(tx, &self.callers).await?;
        }
        let held = self.hold(tx, check).await?;
        self.mark_late_answers(&held);
        if !self.answers.is_empty() {
            answers::append(tx, &self.answers).await?;
        }
        let is_stored = |report: ReportId| !self.opened.iter().any(|row| row.id == report);
        let closed: Vec<ReportClose> = self.closed.iter().filter(|close| is_stored(close.report)).copied().collect();
        if !closed.is_empty() {
            reports::close(tx, &held, &closed).await?;
        }
        std::mem::take(&mut self.consequences).write(tx).await
    }

    /// Locks the stored reports that are answered or closed, as another node may be finishing them.
    async fn hold(&mut self, tx: &mut Tx, check: ReportCheck) -> Result<Vec<HeldReport>, StoreError> {
        let is_new = |report: &ReportId| self.opened.iter().any(|row| row.id == *report);
        let answered = self.answers.iter().map(|answer| answer.report);
        let reports = answered.chain(self.closed.iter().map(|close| close.report));
        let reports: Vec<ReportId> = reports.filter(|report| !is_new(report)).collect();
        if reports.is_empty() {
            return Ok(Vec::new());
        }
        // PostgreSQL needs the lock, and the end of a report its salt.
        if check == ReportCheck::AtCommit && self.closed.is_empty() && tx.writes_alone() {
            reports::refuse_finished(tx, &reports).await?;
            return Ok(Vec::new());
        }
        let held = std::mem::take(&mut self.held);
        if reports.iter().all(|report| held.iter().any(|held| held.id == *report)) {
            return Ok(held);
        }
        reports::hold(tx, &reports).await
    }

    /// Marks answers to finished reports as late.
    fn mark_late_answers(&mut self, held: &[HeldReport]) {
        let finished =
            |report: ReportId| held.iter().any(|held| held.id == report && held.outcome == ReportOutcome::Reported);
        for answer in self.answers.iter_mut().filter(|answer| finished(answer.report)) {
            answer.late = true;
        }
        for answer in self.answers.iter().filter(|answer| answer.late) {
            metrics::counter!("kenkocall_late_answers_total").increment(1);
            warn!(report = %answer.report, "answer received after its report was finished; stored as late");
        }
    }

    /// Holds back the calls to patients who asked for that. Earlier requests by unconfirmed persons are granted by it.
    pub(in crate::service) async fn hold_calls_back(&self, tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
        if !self.stop_requests.is_empty() {
            patients::request_stop(tx, &self.stop_requests, at).await?;
            alerts::close_of(tx, &self.stop_requests, &[AlertKind::StopUnconfirmed], at, BY_CONFIRMED_REQUEST).await?;
        }
        Ok(())
    }

    /// Records what calls tell of their patients: in which languages they have completed one, and whether they have an
    /// oximeter. A change of the latter has an entry in the audit trail, as by staff.
    pub(in crate::service) async fn note_patients(&self, tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
        if !self.completed.is_empty() {
            patients::completed(tx, &self.completed).await?;
        }
        if !self.spo2.is_empty() {
            let changes = patients::spo2_given(tx, &self.spo2, REPORTS_WITHOUT_SPO2).await?;
            if !changes.is_empty() {
                audit::append(tx, changes.into_iter().map(|change| oximeter_changed(change, at)).collect()).await?;
            }
        }
        Ok(())
    }

    /// Tells staff of amber answers, and cancels the day's calls to the patients whose reports were finished (A9).
    /// Returns the events to tell after the commit.
    pub(in crate::service) async fn cancel_calls(
        &self,
        tx: &mut Tx,
        at: Timestamp,
    ) -> Result<Vec<ServiceEvent>, StoreError> {
        let mut closed: Vec<ReportId> = self.closed.iter().map(|close| close.report).collect();
        closed.sort_unstable();
        closed.dedup();
        raise_amber(tx, &closed, at).await?;
        let finished: Vec<ReportId> = self.finished().collect();
        reported(tx, &finished, at).await
    }
}

fn oximeter_changed(change: OximeterChange, at: Timestamp) -> AuditRow {
    let OximeterChange { patient, centre, before, after } = change;
    let differs = Changes::default().field("oximeter", before.code(), after.code());
    audit_entry(&Actor::System, at, "patient.changed", Subject::Patient(patient), Some(centre), differs)
}
