//! What can happen to a conversation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::session::{AnsweredBy, Centre, Person};
use crate::domain::{HangupCause, Keys, Language, Line, PhoneNumber};

/// Something that happened, and when.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it reached us.
    pub at: Timestamp,
    /// What it was.
    pub happening: EventKind,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum EventKind {
    /// The caller keyed something, or nothing at all within the patience.
    Keyed(Keys),
    /// The answer to [`super::Ask::Identify`].
    Identified(Identified),
    /// The answer to [`super::Ask::CallBack`].
    CallBack(CallBack),
    /// The person that the caller was handed over to hung up, or never answered.
    TransferEnded(TransferOutcome),
    /// The caller is gone. In a transfer of which nothing else is known, nobody of staff had answered.
    HungUp(HangupCause),
    /// The caller is gone, and what came of the transfer that was in progress is known.
    HungUpInTransfer(HangupCause, TransferOutcome),
    /// The call that we made is no longer wanted: a polite goodbye, nothing else.
    Withdrawn,
    /// The transfer is over, and the call was no longer wanted while it went on: a polite goodbye, no question.
    WithdrawnAfterTransfer(TransferOutcome),
}

/// With what a conversation begins.
#[derive(Debug, Clone)]
pub struct Start {
    /// The line.
    pub line: Line,
    /// The flow that the line begins with: its own, or `maintenance`.
    pub flow: crate::flow::FlowName,
    /// The language spoken until another is chosen.
    pub language: Language,
    /// The caller's number, when it is shown.
    pub caller: Option<PhoneNumber>,
    /// The number that automated calls come from, named on voicemail.
    pub call_back_number: Option<PhoneNumber>,
    /// Who takes callers that aren't identified yet and want a person.
    pub fallback_centre: Option<Centre>,
    /// The end of the maintenance, when it is one and its end is known: month, day, hour, minute where the line is run.
    pub until: Option<[u8; 4]>,
    /// Deadline for identification; `None` for no deadline.
    pub identify_by: Option<Timestamp>,
    /// The person, when the call is to someone known.
    pub person: Option<Box<Person>>,
    /// Who answered a call that we made.
    pub answered_by: AnsweredBy,
}

/// What became of HER-SYS ID and birth date.
#[derive(Debug, Clone)]
pub enum Identified {
    /// Both fit someone under observation; their report of today is open.
    Matched(Box<Person>),
    /// They don't fit, or observation hasn't begun, or the limits of guessing are reached: the caller can't tell which
    /// (H8).
    Mismatch,
    /// Both fit someone whose observation has ended.
    ObservationEnded(Box<Centre>),
}

/// What becomes of a request to be called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallBack {
    /// Staff are told.
    Taken,
    /// Staff know already.
    TakenBefore,
    /// It is too much: the caller is told to phone the health centre.
    Refused,
}

/// How a transfer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferOutcome {
    /// They talked.
    Talked,
    /// Busy, no answer or failed.
    NotReached,
}
