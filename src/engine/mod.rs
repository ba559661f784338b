//! One step of one conversation: a pure, total function from a session and an event to the next session and its
//! effects.
//!
//! It reads no clock and makes no ids: both come with the event. An event that the session doesn't wait for leaves it
//! unchanged and yields a [`Diagnostic`].

mod ask;
mod branch;
mod effect;
mod entry;
mod event;
pub mod form;
mod go_back;
mod hang_up;
mod identify;
mod interpreter;
mod patience;
mod record;
mod repeat;
mod session;
mod step;
mod stopped;
mod walk;
mod wording;

pub use effect::{Diagnostic, Effect, Fact, Fill, NextAction, Query, Reply, Utterance};
pub use event::{CallBack, Event, EventKind, Identified, Start, TransferOutcome};
pub use hang_up::after_failure;
pub use patience::{LONGEST_SILENCE_SECONDS, silences};
pub use session::{
    AnsweredBy, Asked, Centre, Entry, Frame, Listener, Opened, Person, SaidAs, Session, StopAsked, Waiting,
};
pub use step::{begin, step};
pub use wording::{TimeWords, WordsFor, speech_seconds, spoken, time_words, words};
