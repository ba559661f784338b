//! The rows written by one commit, for all its turns, table by table.

use std::sync::Arc;

use jiff::Timestamp;
use tracing::{info, warn};

use super::active_turn::{ActiveTurn, CommittedTurn};
use super::live_sessions::LiveSession;
use super::staff_call::conversed;
use super::{ConversationError, LegStatus};
use crate::domain::{
    Answer, AnswerOrigin, CallId, Channel, Item, KnownIn, LegId, Line, Oximeter, ReportOutcome, Withdrawal,
};
use crate::engine::{Diagnostic, Effect, Fact, Waiting};
use crate::service::context::{ServiceEvent, ServiceEventKind};
use crate::service::reports::{Recorder, ReportCheck};
use crate::service::rota::StaffCallWrites;
use crate::service::slots::{ANSWER_WITHIN, AttemptConclusion, settle};
use crate::store::call_people::{self, CallPerson};
use crate::store::calls::{self, CallEnd, CallRow};
use crate::store::identifications::{self, IdentificationRow};
use crate::store::legs::{self, LegEnd, LegRow};
use crate::store::patients::Spo2Given;
use crate::store::sessions::{self, SessionSave};
use crate::store::turns::{self, TurnRow};
use crate::store::{Document, Tx, attempts};

/// The rows to write.
#[derive(Default)]
pub(super) struct WriteSet {
    pub(super) calls: Vec<CallRow>,
    pub(super) legs: Vec<LegRow>,
    pub(super) identifications: Vec<IdentificationRow>,
    /// Patients identified in calls.
    pub(super) people: Vec<CallPerson>,
    /// Reports, answers and alerts.
    pub(super) recorder: Recorder,
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
    /// What this commit learned about calls to staff.
    pub(super) staff_calls: StaffCallWrites,
    /// Calls in whose transfer staff answered, and the turn whose reply started the transfer.
    pub(super) staff_answered: Vec<(CallId, i64)>,
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

    fn fact(&mut self, live: &ActiveTurn, fact: &Fact, at: Timestamp) {
        let Fact::CallEnded(disposition) = fact else {
            let origin = AnswerOrigin::Turn { call: live.call, turn: live.turn };
            // Other lines have no reports.
            let channel = live.session.line.channel().unwrap_or(Channel::HealthCall);
            let told = self.recorder.fact((&origin, channel), fact, at);
            if let Fact::ReportClosed { report, outcome: ReportOutcome::Reported, .. } = fact
                && let Some(channel) = live.session.line.channel()
            {
                self.recorder.completed(*report, KnownIn { channel, language: live.session.language });
            }
            if let Fact::Answered { report, item: Item::Spo2, answer, .. } = fact {
                let measured = *answer != Answer::Saturation(None);
                // Without the patient, what was known of the oximeter may be anything: then it is looked at.
                let before = live.session.person.as_ref().map(|person| person.oximeter);
                let before = before.unwrap_or(if measured { Oximeter::No } else { Oximeter::Unknown });
                self.recorder.spo2_given(Spo2Given { report: *report, measured, before, at });
            }
            return self.told.extend(told);
        };
        metrics::counter!("kenkocall_calls_ended_total", "disposition" => disposition.code()).increment(1);
        info!(call = %live.call, line = live.session.line.code(), disposition = disposition.code(), "call ended");
        match live.session.line {
            Line::AutomatedCall => self.ends.push((live.call, AttemptConclusion::Conversation(*disposition))),
            Line::StaffAlert => {
                self.staff_calls.ends.push((live.call, conversed(*disposition)));
                self.moment(at, live.call, ServiceEventKind::LineEnded(*disposition));
            }
            Line::HealthCall | Line::CallBack => {
                self.moment(at, live.call, ServiceEventKind::LineEnded(*disposition));
            }
        }
        self.ended.push(CallEnd { call: live.call, ended_at: at, disposition: *disposition });
    }

    fn live(&mut self, live: ActiveTurn, at: Timestamp) -> Result<CommittedTurn, ConversationError> {
        let mut reply = None;
        for effect in &live.effects {
            match effect {
                Effect::Reply(said) => reply = Some(Arc::new(said.clone())),
                Effect::Fact(fact) => self.fact(&live, fact, at),
                Effect::Job(job) => self.recorder.consequences.job(job.clone(), at),
                Effect::Query(_) => {}
                Effect::Diagnostic(Diagnostic::EventDoesNotFit) => {
                    info!(call = %live.call, "ignored an unexpected event")
                }
                Effect::Diagnostic(Diagnostic::NotIdentifiedInTime) => {
                    metrics::counter!("kenkocall_calls_not_identified_in_time_total").increment(1);
                    info!(call = %live.call, "caller not identified in time");
                }
                Effect::Diagnostic(note @ (Diagnostic::NotReportedInTime | Diagnostic::TooManySteps)) => {
                    metrics::counter!("kenkocall_calls_ended_by_limit_total").increment(1);
                    info!(call = %live.call, ?note, "call ended by a limit");
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
        let ActiveTurn { call, turn, revision, session, flow_set, .. } = live;
        let (line, goes_on) = (session.line, session.waiting == Waiting::Keys);
        let next = LiveSession { call, session, flow_set: Arc::clone(&flow_set), turn, revision };
        Ok(CommittedTurn { call, line, turn, reply, flow_set, live: goes_on.then_some(next) })
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
        self.recorder.hold_calls_back(tx, at).await?;
        let ended = settle(tx, &self.ends, at).await?;
        self.told.extend(ended);
        let cancelled = self.recorder.cancel_calls(tx, at).await?;
        self.told.extend(cancelled);
        // Last, so that a patient's row is locked for as short a time as possible.
        self.recorder.note_patients(tx, at).await?;
        Ok(())
    }

    /// Writes all rows, each table once. Rows that others refer to come first.
    pub(super) async fn write(
        mut self,
        tx: &mut Tx,
        active_turns: Vec<ActiveTurn>,
        reports: ReportCheck,
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
        self.recorder.write(tx, reports).await?;
        write!(&self.ended, calls::end);
        write!(&self.statuses, legs::note_statuses);
        write!(&self.leg_ends, legs::end);
        write!(&self.began, legs::began);
        self.staff_calls.write(tx, at).await?;
        self.move_attempts(tx, at).await?;
        Ok((kept, self.told))
    }
}
