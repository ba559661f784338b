//! The events of a conversation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::session::{AnsweredBy, Centre, Person};
use crate::domain::{HangupCause, Keyed, Language, Line, PhoneNumber};

/// An event and its time.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it arrived.
    pub at: Timestamp,
    /// What happened.
    pub happening: EventKind,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum EventKind {
    /// The caller pressed keys, or none before the timeout.
    Keyed(Keyed),
    /// The answer to [`super::Query::Identify`].
    Identified(Identified),
    /// The answer to [`super::Query::CallBack`].
    CallBack(CallBack),
    /// The transfer ended: the other party hung up or never answered.
    TransferEnded(TransferOutcome),
    /// The caller is gone. If a transfer without further reports was in progress, staff hadn't answered.
    HungUp(HangupCause),
    /// The caller is gone, and the outcome of the transfer in progress is known.
    HungUpInTransfer(HangupCause, TransferOutcome),
    /// The outbound call was withdrawn: a polite goodbye, nothing else.
    Withdrawn,
    /// The transfer ended, and the call was withdrawn during it: a polite goodbye, no question.
    WithdrawnAfterTransfer(TransferOutcome),
}

/// The initial values of a conversation.
#[derive(Debug, Clone)]
pub struct Start {
    /// The line.
    pub line: Line,
    /// The flow that the line begins with: its own or `maintenance`.
    pub flow: crate::flow::FlowName,
    /// The initial language.
    pub language: Language,
    /// The caller's number. `None` if it is hidden.
    pub caller: Option<PhoneNumber>,
    /// The number that automated calls come from, spoken on voicemail.
    pub call_back_number: Option<PhoneNumber>,
    /// The number of the health call line. `None` if it isn't configured.
    pub health_call_number: Option<PhoneNumber>,
    /// The centre for callers who aren't identified yet and want to talk to a person.
    pub fallback_centre: Option<Centre>,
    /// The end of a maintenance: month, day, hour, minute in the line's time zone. `None` without maintenance or if
    /// the end is unknown.
    pub until: Option<[u8; 4]>,
    /// The deadline for identification. `None` for no deadline.
    pub identify_by: Option<Timestamp>,
    /// The patient, if the call is to a known one.
    pub person: Option<Box<Person>>,
    /// Who answered an outbound call.
    pub answered_by: AnsweredBy,
    /// How many red alerts wait, in a call to staff.
    pub open_alerts: Option<u32>,
}

/// The result of an identification.
#[derive(Debug, Clone)]
pub enum Identified {
    /// HER-SYS ID and birth date match a patient under observation. Today's report is open.
    Matched(Box<Person>),
    /// They don't match, observation hasn't begun, or a limit on guessing was reached. The caller can't tell which
    /// (H8).
    Mismatch,
    /// They match a patient whose observation has ended.
    ObservationEnded(Box<Centre>),
}

/// The result of a request to be called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallBack {
    /// Staff are told.
    Taken,
    /// Staff were told before.
    TakenBefore,
    /// A limit was reached. The caller is asked to phone the health centre.
    Refused,
}

/// How a transfer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferOutcome {
    /// Staff and caller talked.
    Talked,
    /// Busy, no answer or failed.
    NotReached,
}
