//! A flow walked without a phone and without a store: what `flows play` and `flows test` do. The session goes through
//! its stored form between all turns, as it does in a real call.

mod cast;
mod lines;
mod transcript;

pub use cast::{Cast, CastPatient, CastStanding};
pub use lines::line_of;
pub use transcript::{Caller, Mismatch, Transcript, TranscriptError};

use std::sync::Arc;

use jiff::Timestamp;

use crate::call::Language;
use crate::engine::{AnsweredBy, Effect, Event, Happening, Session, Start, Waiting, begin, step};
use crate::flow::{FlowName, Library};

/// How often one turn may ask the store before something is wrong with the flow.
const MAX_LOOKUPS_PER_TURN: usize = 3;

/// One conversation under rehearsal.
#[derive(Debug)]
pub struct Rehearsal {
    library: Arc<Library>,
    cast: Cast,
    at: Timestamp,
    language: Language,
    flow: FlowName,
    stored: String,
}

/// What a rehearsed turn led to.
#[derive(Debug)]
pub struct Turn {
    /// The effects, in their order.
    pub effects: Vec<Effect>,
    /// The language spoken after the turn.
    pub language: Language,
    /// Whether the conversation is over.
    pub over: bool,
}

/// The session's stored form couldn't be written or read: a defect of the program.
#[derive(Debug, thiserror::Error)]
#[error("a session doesn't survive its stored form: {0}")]
pub struct NotStorable(#[from] serde_json::Error);

impl Rehearsal {
    /// Makes ready to walk `flow`.
    pub fn new(library: Arc<Library>, flow: FlowName, language: Language, cast: Cast, at: Timestamp) -> Self {
        Self { library, cast, at, language, flow, stored: String::new() }
    }

    /// The documents it walks.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// A call begins, the first one or another one later the same day.
    ///
    /// # Errors
    /// When the session doesn't survive its stored form.
    pub fn call(&mut self, answered_by: AnsweredBy) -> Result<Turn, NotStorable> {
        let line = match self.flow.as_str() {
            "automated_call" | "withdrawn" => crate::call::Line::AutomatedCall,
            "call_back" => crate::call::Line::CallBack,
            _ => crate::call::Line::HealthCall,
        };
        // Nobody is reported for where someone is identified first, where a machine answers, or after a withdrawal.
        let nobody = matches!(self.flow.as_str(), "health_call" | "call_back" | "maintenance" | "withdrawn")
            || answered_by == AnsweredBy::Machine;
        let start = Start {
            line,
            flow: self.flow.clone(),
            language: self.language,
            caller: self.cast.caller.clone(),
            call_back_number: Some(self.cast.centre.phone.clone()),
            desk: Some(self.cast.centre.clone()),
            until: self.cast.maintenance_until,
            identify_by: None,
            person: if nobody { None } else { self.cast.first_person() },
            answered_by,
        };
        let (session, effects) = begin(&self.library, start, self.at);
        self.settle(session, effects)
    }

    /// Something happens to the conversation.
    ///
    /// # Errors
    /// When the session doesn't survive its stored form.
    pub fn happens(&mut self, happening: Happening) -> Result<Turn, NotStorable> {
        let session: Session = serde_json::from_str(&self.stored)?;
        let (session, effects) = step(&self.library, session, &Event { at: self.at, happening });
        self.settle(session, effects)
    }

    /// Answers the engine's questions from the cast until the turn has its reply.
    fn settle(&mut self, mut session: Session, mut effects: Vec<Effect>) -> Result<Turn, NotStorable> {
        for _ in 0..MAX_LOOKUPS_PER_TURN {
            let asked = effects.iter().rev().find_map(|effect| match effect {
                Effect::Ask(ask) if session.waiting == Waiting::Lookup => Some(self.cast.answer(ask)),
                _ => None,
            });
            let Some(happening) = asked else { break };
            let event = Event { at: self.at, happening };
            let (next, more) = step(&self.library, session, &event);
            session = next;
            effects.extend(more);
        }
        for effect in &effects {
            self.cast.keep(effect);
        }
        self.stored = serde_json::to_string(&session)?;
        Ok(Turn { effects, language: session.language, over: session.waiting == Waiting::Over })
    }
}
