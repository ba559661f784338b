//! Executes a flow without a phone or a database, for `flows play` and `flows test`. Between all turns, the session
//! is converted to its stored form and back, as in a real call.

mod call_time;
mod fixtures;
mod transcript;
mod transcript_lines;

pub use call_time::{
    CallPath, CallTime, KEY_SECONDS, Occasion, Place, TIMED_FLOWS, TimedCall, TimedPrompt, TimedQuestion, TimedTurn,
    checked,
};
pub use fixtures::{FixturePatient, FixtureStatus, Fixtures, PATIENT_BIRTH_DATE, PATIENT_ID};
pub use transcript::{Caller, DEFAULT_NOW, Mismatch, Transcript, TranscriptError, TranscriptFault};
pub use transcript_lines::line_of;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::domain::Language;
use crate::engine::{AnsweredBy, Effect, Event, EventKind, Frame, Session, Start, Waiting, begin, step};
use crate::flow::{FlowName, FlowSet, names};

/// How long the caller takes for a turn, in seconds.
pub const USUAL_TURN_SECONDS: u64 = 2;
const USUAL_TURN: SignedDuration = SignedDuration::from_secs(2);
/// How often one turn may ask the database before the flow counts as faulty.
const MAX_LOOKUPS_PER_TURN: usize = 3;

/// One conversation.
#[derive(Debug, Clone)]
pub struct FlowTest {
    flow_set: Arc<FlowSet>,
    cast: Fixtures,
    at: Timestamp,
    language: Language,
    flow: FlowName,
    stored: String,
}

/// The result of a turn.
#[derive(Debug)]
pub struct Turn {
    /// The effects, in order.
    pub effects: Vec<Effect>,
    /// The language spoken after the turn.
    pub language: Language,
    /// Where the conversation stands. `None` if the line's flow is missing.
    pub at: Option<Frame>,
    /// Whether the conversation has ended.
    pub over: bool,
}

/// The session's stored form couldn't be written or read. This is a defect of the program.
#[derive(Debug, thiserror::Error)]
#[error("a session doesn't survive its stored form: {0}")]
pub struct NotStorable(#[from] serde_json::Error);

impl FlowTest {
    /// Prepares to execute `flow`.
    pub fn new(flow_set: Arc<FlowSet>, flow: FlowName, language: Language, cast: Fixtures, at: Timestamp) -> Self {
        Self { flow_set, cast, at, language, flow, stored: String::new() }
    }

    /// The executed documents.
    pub fn flow_set(&self) -> &FlowSet {
        &self.flow_set
    }

    /// Begins a call: the first one, or another one later on the same day.
    ///
    /// # Errors
    ///
    /// Returns an error if the session can't be stored and read.
    pub fn call(&mut self, answered_by: AnsweredBy) -> Result<Turn, NotStorable> {
        let line = match self.flow.as_str() {
            names::AUTOMATED_CALL | names::WITHDRAWN => crate::domain::Line::AutomatedCall,
            names::CALL_BACK => crate::domain::Line::CallBack,
            names::STAFF_ALERT => crate::domain::Line::StaffAlert,
            _ => crate::domain::Line::HealthCall,
        };
        // There is no person yet if the caller is identified first, if a machine answers, or after a withdrawal.
        let without = [names::HEALTH_CALL, names::CALL_BACK, names::STAFF_ALERT, names::MAINTENANCE, names::WITHDRAWN];
        let nobody = without.contains(&self.flow.as_str()) || answered_by == AnsweredBy::Machine;
        let start = Start {
            line,
            flow: self.flow.clone(),
            language: self.language,
            caller: self.cast.caller.clone(),
            call_back_number: Some(self.cast.centre.phone.clone()),
            health_call_number: self.cast.health_call_number.clone(),
            fallback_centre: Some(self.cast.centre.clone()),
            until: self.cast.maintenance_until,
            identify_by: None,
            person: if nobody { None } else { self.cast.first_person() },
            answered_by,
            open_alerts: (line == crate::domain::Line::StaffAlert).then_some(self.cast.open_alerts),
        };
        let (session, effects) = begin(&self.flow_set, start, self.at);
        self.settle(session, effects)
    }

    /// Lets time pass.
    pub fn wait(&mut self, seconds: u32) {
        self.at = self.at.checked_add(SignedDuration::from_secs(seconds.into())).unwrap_or(self.at);
    }

    /// Applies an event to the conversation, two seconds after the turn before.
    ///
    /// # Errors
    ///
    /// Returns an error if the session can't be stored and read.
    pub fn happens(&mut self, happening: EventKind) -> Result<Turn, NotStorable> {
        self.happens_after(USUAL_TURN, happening)
    }

    /// Applies an event to the conversation, so long after the turn before.
    ///
    /// # Errors
    ///
    /// Returns an error if the session can't be stored and read.
    pub fn happens_after(&mut self, time: SignedDuration, happening: EventKind) -> Result<Turn, NotStorable> {
        self.at = self.at.checked_add(time).unwrap_or(self.at);
        let session: Session = serde_json::from_str(&self.stored)?;
        let (session, effects) = step(&self.flow_set, session, &Event { at: self.at, happening });
        self.settle(session, effects)
    }

    /// Answers the engine's lookups from the fixtures until the turn has its reply.
    fn settle(&mut self, mut session: Session, mut effects: Vec<Effect>) -> Result<Turn, NotStorable> {
        for _ in 0..MAX_LOOKUPS_PER_TURN {
            let asked = effects.iter().rev().find_map(|effect| match effect {
                Effect::Query(ask) if session.waiting == Waiting::Lookup => Some(self.cast.answer(ask)),
                _ => None,
            });
            let Some(happening) = asked else { break };
            let event = Event { at: self.at, happening };
            let (next, more) = step(&self.flow_set, session, &event);
            session = next;
            effects.extend(more);
        }
        for effect in &effects {
            self.cast.keep(effect, session.language);
        }
        self.stored = serde_json::to_string(&session)?;
        let at = session.top().cloned();
        Ok(Turn { effects, language: session.language, at, over: session.waiting == Waiting::Over })
    }
}
