//! The rows written by one commit, for all its turns, table by table.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::active_turn::{ActiveTurn, CommittedTurn};
use super::{ConversationError, LegStatus};
use crate::domain::{
    AlertId, AlertKind, CallId, CallerNumber, CentreCode, Channel, Job, JobId, LegId, Line, PatientId, ReportId,
    ReportOutcome, Sensitive, Severity, Withdrawal,
};
use crate::engine::{Diagnostic, Effect, Fact, Waiting};
use crate::service::alerts::tell_all;
use crate::service::context::{ServiceEvent, ServiceEventKind, new_id};
use crate::service::slots::{ANSWER_WITHIN, AttemptConclusion, reported, settle};
use crate::store::alerts::{self, AlertRow, Repeats};
use crate::store::answers::{self, AnswerRow};
use crate::store::call_people::{self, CallPerson};
use crate::store::calls::{self, CallEnd, CallRow};
use crate::store::identifications::{self, IdentificationRow};
use crate::store::legs::{self, LegEnd, LegRow};
use crate::store::outbox::{self, NewJob};
use crate::store::patients::{self, PatientRow};
use crate::store::reports::{self, ReportClose, ReportRow};
use crate::store::sessions::{self, SessionSave};
use crate::store::turns::{self, TurnRow};
use crate::store::{Document, Tx, attempts};

/// Who closes the alert that an unconfirmed person asked for calls to stop.
const BY_CONFIRMED_REQUEST: &str = "a confirmed request";

/// How long after staff closed an alert they are told that its cause continues.
const REMIND_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// An alert that doesn't come from a flow. One alert stands for many.
pub(super) fn counted_alert(
    kind: AlertKind,
    centre: Option<CentreCode>,
    patient: Option<PatientId>,
    call: CallId,
    at: Timestamp,
) -> AlertRow {
    AlertRow { centre, patient, call: Some(call), ..AlertRow::of_all(AlertId(new_id()), kind, at) }
}

/// The rows to write.
#[derive(Default)]
pub(super) struct WriteSet {
    pub(super) calls: Vec<CallRow>,
    pub(super) legs: Vec<LegRow>,
    pub(super) identifications: Vec<IdentificationRow>,
    /// Patients identified in calls.
    pub(super) people: Vec<CallPerson>,
    reports: Vec<ReportRow>,
    closed: Vec<ReportClose>,
    answers: Vec<AnswerRow>,
    alerts: Vec<AlertRow>,
    /// Alerts that are merged with an open one of their kind at the centre.
    counted: Vec<AlertRow>,
    /// Alerts about continuing problems.
    reminders: Vec<AlertRow>,
    /// Reports continued in a call from another number.
    pub(super) report_callers: Vec<(ReportId, CallerNumber)>,
    jobs: Vec<NewJob>,
    ended: Vec<CallEnd>,
    statuses: Vec<legs::LegStatus>,
    leg_ends: Vec<LegEnd>,
    /// Legs whose phones are now known to ring or to be answered.
    pub(super) began: Vec<(LegId, Timestamp)>,
    /// Legs that may already be stored.
    pub(super) new_legs: Vec<LegRow>,
    /// Calls that the carrier has, according to this commit's events.
    pub(super) placed: Vec<CallId>,
    /// Calls that were answered.
    pub(super) answered: Vec<CallId>,
    /// Calls that this commit finds to be unwanted.
    pub(super) withdrawn: Vec<(CallId, Withdrawal)>,
    /// Outbound calls that have ended.
    pub(super) ends: Vec<(CallId, AttemptConclusion)>,
    /// Calls in whose transfer staff answered, and the turn whose reply started the transfer.
    pub(super) staff_answered: Vec<(CallId, i64)>,
    /// Call-back requests that are merged with another one from the same number.
    pub(super) joined_call_backs: Vec<AlertId>,
    stop_requests: Vec<PatientId>,
    told: Vec<ServiceEvent>,
    sessions: Vec<SessionSave>,
    turns: Vec<TurnRow>,
}

impl WriteSet {
    /// Adds a status report of a leg.
    pub(super) fn status(&mut self, leg: LegId, status: &LegStatus, at: Timestamp) {
        self.statuses.push(legs::LegStatus { leg, status: status.status.to_owned(), at });
        if let Some(cause) = status.ended {
            self.leg_ends.push(LegEnd { leg, ended_at: at, cause });
        }
    }

    /// Adds an event for observers.
    pub(super) fn moment(&mut self, at: Timestamp, call: CallId, what: ServiceEventKind) {
        self.told.push(ServiceEvent { at, call: Some(call), what });
    }

    /// Adds a report for an identified patient without an open report of the day.
    pub(super) fn open_report(
        &mut self,
        id: ReportId,
        patient: &PatientRow,
        date: Date,
        channel: Channel,
        caller_number: CallerNumber,
        at: Timestamp,
    ) {
        self.reports.push(ReportRow {
            id,
            patient: patient.id,
            centre: patient.centre.clone(),
            report_date: date,
            channel,
            outcome: ReportOutcome::Unanswered,
            started_at: at,
            ended_at: None,
            caller_number: Some(caller_number),
        });
    }

    /// Adds an alert that doesn't come from a flow. If an alert of this kind is open at the centre, it is counted
    /// there.
    pub(super) fn alert(&mut self, alert: AlertRow) {
        self.counted.push(alert);
    }

    /// Reminds staff of a continuing problem if they closed its alert more than a day ago.
    pub(super) fn remind(&mut self, alert: AlertRow) {
        self.reminders.push(alert);
    }

    fn tell(&mut self, kind: AlertKind, centre: Option<&CentreCode>, at: Timestamp) {
        metrics::counter!("kenkocall_alerts_total", "kind" => kind.code()).increment(1);
        if let Some(centre) = centre {
            self.job(Job::TellCentre { centre: centre.clone(), kind }, at);
        }
    }

    fn job(&mut self, job: Job, at: Timestamp) {
        self.jobs.push(NewJob { id: JobId(new_id()), job, due_at: at });
    }

    fn fact(&mut self, live: &ActiveTurn, fact: &Fact, at: Timestamp) {
        let answer = |report: &ReportId, item, entry, severity| AnswerRow {
            id: new_id(),
            report: *report,
            call: Some(live.call),
            turn: Some(live.turn),
            item,
            entry,
            severity,
            at,
            // The report is finished in this commit, by a call that was handled before this one.
            late: self.closed.iter().any(|close| close.report == *report && close.outcome == ReportOutcome::Reported),
        };
        match fact {
            Fact::Answered { report, item, answer: given, severity } => {
                let answer = answer(report, *item, Sensitive::new(given.entry()), *severity);
                self.answers.push(answer);
                self.moment(at, live.call, ServiceEventKind::Answer(*item, *severity));
            }
            Fact::Withdrawn { report, item } => {
                let answer = answer(report, *item, Sensitive::default(), Severity::None);
                self.answers.push(answer);
            }
            Fact::ReportClosed { report, outcome } => {
                metrics::counter!("kenkocall_reports_total", "outcome" => outcome.code()).increment(1);
                self.closed.push(ReportClose { report: *report, outcome: *outcome, ended_at: at });
            }
            // The centre is told once: raising the alert returns whether it is new.
            Fact::Alert { kind: kind @ AlertKind::CentrePhone, centre, .. } => {
                self.alert(counted_alert(*kind, centre.clone(), None, live.call, at));
            }
            Fact::Alert { kind, centre, person, item } => {
                metrics::counter!("kenkocall_alerts_total", "kind" => kind.code()).increment(1);
                if *kind == AlertKind::StopRequest {
                    self.stop_requests.extend(person.map(|(patient, _)| patient));
                }
                self.alerts.push(AlertRow {
                    id: AlertId(new_id()),
                    kind: *kind,
                    centre: centre.clone(),
                    patient: person.map(|(patient, _)| patient),
                    report: person.map(|(_, report)| report),
                    call: Some(live.call),
                    item: *item,
                    raised_at: at,
                    closed_at: None,
                    closed_by: None,
                    repeats: Repeats::default(),
                });
            }
            Fact::CallEnded(disposition) => {
                metrics::counter!("kenkocall_calls_ended_total", "disposition" => disposition.code()).increment(1);
                info!(call = %live.call, line = live.session.line.code(), disposition = disposition.code(), "call ended");
                if live.session.line == Line::AutomatedCall {
                    self.ends.push((live.call, AttemptConclusion::Conversation(*disposition)));
                } else {
                    self.moment(at, live.call, ServiceEventKind::LineEnded(*disposition));
                }
                self.ended.push(CallEnd { call: live.call, ended_at: at, disposition: *disposition });
            }
        }
    }

    fn live(&mut self, live: ActiveTurn, at: Timestamp) -> Result<CommittedTurn, ConversationError> {
        let mut reply = None;
        for effect in &live.effects {
            match effect {
                Effect::Reply(said) => reply = Some(Arc::new(said.clone())),
                Effect::Fact(fact) => self.fact(&live, fact, at),
                Effect::Job(job) => self.job(job.clone(), at),
                Effect::Query(_) => {}
                Effect::Diagnostic(Diagnostic::EventDoesNotFit) => {
                    info!(call = %live.call, "ignored an unexpected event")
                }
                Effect::Diagnostic(Diagnostic::NotIdentifiedInTime) => {
                    metrics::counter!("kenkocall_calls_not_identified_in_time_total").increment(1);
                    info!(call = %live.call, "caller not identified in time");
                }
                Effect::Diagnostic(note) => warn!(call = %live.call, ?note, "call ended with an apology"),
            }
        }
        let json = |written: Result<String, serde_json::Error>, what| {
            written.map(Document::from).map_err(|_| ConversationError::Unreadable(what))
        };
        self.turns.push(TurnRow {
            call: live.call,
            turn: live.turn,
            at,
            event: json(serde_json::to_string(&live.event), "turn")?,
            reply: json(serde_json::to_string(&reply), "turn")?,
        });
        self.sessions.push(SessionSave {
            call: live.call,
            revision: live.revision,
            turn: live.turn,
            session: json(serde_json::to_string(&live.session), "session")?,
            in_transfer: live.session.waiting == Waiting::Transfer,
            updated_at: at,
        });
        Ok(CommittedTurn { call: live.call, turn: live.turn, reply, flow_set: live.flow_set })
    }

    /// Marks answers to finished reports as late. Each report is locked, as another node may be finishing it.
    async fn mark_late_answers(&mut self, tx: &mut Tx) -> Result<(), ConversationError> {
        if self.answers.is_empty() {
            return Ok(());
        }
        let reports: Vec<ReportId> = self.answers.iter().map(|answer| answer.report).collect();
        let finished = reports::hold(tx, &reports).await?;
        for answer in self.answers.iter_mut().filter(|answer| finished.contains(&answer.report)) {
            answer.late = true;
        }
        for answer in self.answers.iter().filter(|answer| answer.late) {
            metrics::counter!("kenkocall_late_answers_total").increment(1);
            warn!(report = %answer.report, "answer received after its report was finished; stored as late");
        }
        Ok(())
    }

    /// Updates attempts and slots with what this commit learned about outbound calls.
    async fn move_attempts(&mut self, tx: &mut Tx, at: Timestamp) -> Result<(), ConversationError> {
        if !self.placed.is_empty() {
            attempts::placed(tx, &self.placed, at).await?;
        }
        if !self.answered.is_empty() {
            attempts::answered(tx, &self.answered, at).await?;
        }
        if !self.withdrawn.is_empty() {
            attempts::withdraw(tx, &self.withdrawn, at, ANSWER_WITHIN).await?;
        }
        if !self.stop_requests.is_empty() {
            patients::request_stop(tx, &self.stop_requests, at).await?;
            // Calls are now held back, so earlier requests by unconfirmed persons are granted.
            alerts::close_of(tx, &self.stop_requests, &[AlertKind::StopUnconfirmed], at, BY_CONFIRMED_REQUEST).await?;
        }
        let ended = settle(tx, &self.ends, at).await?;
        self.told.extend(ended);
        let finished = self.closed.iter().filter(|close| close.outcome == ReportOutcome::Reported);
        let finished: Vec<ReportId> = finished.map(|close| close.report).collect();
        let cancelled = reported(tx, &finished, at).await?;
        self.told.extend(cancelled);
        Ok(())
    }

    /// Raises merged alerts and tells the centres of new ones.
    async fn raise_counted(&mut self, tx: &mut Tx, at: Timestamp) -> Result<(), ConversationError> {
        for alert in std::mem::take(&mut self.joined_call_backs) {
            alerts::count_again(tx, alert, at).await?;
        }
        for alert in std::mem::take(&mut self.counted) {
            if alerts::raise_or_count(tx, &alert).await? {
                self.tell_of(&alert);
            }
        }
        for alert in std::mem::take(&mut self.reminders) {
            let since = at.checked_sub(REMIND_AFTER).unwrap_or(Timestamp::UNIX_EPOCH);
            if alerts::raise_unless_since(tx, &alert, since).await? {
                self.tell_of(&alert);
            }
        }
        Ok(())
    }

    fn tell_of(&mut self, alert: &AlertRow) {
        self.tell(alert.kind, alert.centre.as_ref(), alert.raised_at);
        if alert.centre.is_none() {
            tell_all(alert.kind);
        }
    }

    /// Writes all rows, each table once. Rows that others refer to come first.
    pub(super) async fn write(
        mut self,
        tx: &mut Tx,
        active_turns: Vec<ActiveTurn>,
        at: Timestamp,
    ) -> Result<(Vec<CommittedTurn>, Vec<ServiceEvent>), ConversationError> {
        metrics::counter!("kenkocall_turns_total").increment(active_turns.len() as u64);
        let kept =
            active_turns.into_iter().map(|live| self.live(live, at)).collect::<Result<Vec<CommittedTurn>, _>>()?;
        macro_rules! write {
            ($rows:expr, $write:path) => {
                let rows = $rows;
                if !rows.is_empty() {
                    $write(tx, rows).await?;
                }
            };
        }
        write!(&self.calls, calls::insert);
        write!(&self.legs, legs::insert);
        write!(&self.new_legs, legs::insert_unknown);
        if !self.staff_answered.is_empty() {
            sessions::staff_answered(tx, &self.staff_answered, at).await?;
        }
        write!(std::mem::take(&mut self.sessions), sessions::save);
        write!(std::mem::take(&mut self.turns), turns::append);
        write!(&self.identifications, identifications::append);
        write!(&self.people, call_people::insert);
        write!(&self.reports, reports::open);
        write!(&self.report_callers, reports::note_callers);
        self.mark_late_answers(tx).await?;
        write!(&self.answers, answers::append);
        write!(&self.closed, reports::close);
        write!(&self.alerts, alerts::raise);
        self.raise_counted(tx, at).await?;
        write!(std::mem::take(&mut self.jobs), outbox::put);
        write!(&self.ended, calls::end);
        write!(&self.statuses, legs::note_statuses);
        write!(&self.leg_ends, legs::end);
        write!(&self.began, legs::began);
        self.move_attempts(tx, at).await?;
        Ok((kept, self.told))
    }
}
