//! The effects of a step. The kind determines when it is carried out. Facts are written in the transaction. The reply
//! follows the commit. Jobs run later through the outbox. A query is answered immediately, before the next step of the
//! same turn.

use serde::{Deserialize, Serialize};

use super::session::SaidAs;
use crate::domain::{
    AlertKind, Answer, CentreCode, Disposition, HersysId, Item, Job, Keys, Language, PatientId, PhoneNumber, ReportId,
    ReportOutcome, Severity,
};
use crate::flow::{PromptId, ReadAs};

/// One effect.
#[derive(Debug, Clone)]
pub enum Effect {
    /// What the caller hears next.
    Reply(Reply),
    /// Saved in the same transaction as the session.
    Fact(Fact),
    /// Done after the commit, through the outbox.
    Job(Job),
    /// Answered from the store, as the next event of the same turn.
    Query(Query),
    /// Only logged.
    Diagnostic(Diagnostic),
}

/// What the caller hears, and what happens next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Prompts in the order in which they are spoken.
    pub say: Vec<Utterance>,
    /// Repeated while a key is waited for, so that no silence is longer than
    /// [`super::LONGEST_SILENCE_SECONDS`]: between two of the [`super::silences`] of the wait for the first key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub while_waiting: Option<Utterance>,
    /// What happens afterwards.
    pub then: NextAction,
}

/// A prompt in one language with its gaps filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utterance {
    /// The prompt.
    pub prompt: PromptId,
    /// The language.
    pub language: Language,
    /// Whether a key interrupts it.
    pub barge_in: bool,
    /// The contents of its gaps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fill: Vec<Fill>,
}

/// The content of a gap in a prompt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// `{value}`: an entry read back.
    Value(ReadAs, Box<str>),
    /// `{centre}`
    Centre(Box<str>),
    /// `{centre}`, and how a voice says it where the name isn't enough.
    CentreSaidAs(Box<str>, SaidAs),
    /// `{centre_phone}`
    CentrePhone(PhoneNumber),
    /// `{call_back_number}`
    CallBackNumber(PhoneNumber),
    /// `{health_call_number}`: nothing if it isn't configured.
    HealthCallNumber(Option<PhoneNumber>),
    /// `{until}`: month, day, hour, minute.
    Until([u8; 4]),
    /// `{open_alerts}`: how many red alerts wait.
    OpenAlerts(u32),
}

impl std::fmt::Debug for Fill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fill(personal)")
    }
}

/// What happens after the reply was spoken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAction {
    /// Wait for keys.
    Gather {
        /// The entry is complete after this number of keys.
        max_keys: u8,
        /// Whether `#` ends the entry. If not, `#` is a key like the others.
        ends_with_hash: bool,
        /// The timeout for the first key, in seconds.
        first_key_seconds: u8,
        /// The timeout between keys, in seconds.
        between_keys_seconds: u8,
    },
    /// Connect the caller to a person.
    Transfer {
        /// The number to call.
        number: PhoneNumber,
        /// How long the phone rings, in seconds.
        ring_seconds: u8,
    },
    /// End the call.
    HangUp,
}

/// A fact that must be stored.
#[derive(Debug, Clone)]
pub enum Fact {
    /// An answer was given.
    Answered {
        /// The report.
        report: ReportId,
        /// The item.
        item: Item,
        /// The answer.
        answer: Answer,
        /// The severity of the answer.
        severity: Severity,
    },
    /// An answer was taken back with key 7. The question is open again.
    Withdrawn {
        /// The report.
        report: ReportId,
        /// The item.
        item: Item,
    },
    /// A report was finished or abandoned.
    ReportClosed {
        /// The report.
        report: ReportId,
        /// The outcome: finished or left open.
        outcome: ReportOutcome,
        /// The question after which a reported one stopped: the caller left after the advice on a red answer, and other
        /// questions weren't asked. `None` if all were asked, and if it is open.
        stopped_after: Option<Item>,
    },
    /// An alert for staff.
    Alert {
        /// The kind of alert.
        kind: AlertKind,
        /// The health centre to notify. `None` if no centre is known.
        centre: Option<CentreCode>,
        /// The patient and report. `None` before identification.
        person: Option<(PatientId, ReportId)>,
        /// The item, for a red answer.
        item: Option<Item>,
    },
    /// The call ended.
    CallEnded(Disposition),
}

/// A query to the store.
#[derive(Debug, Clone)]
pub enum Query {
    /// Identify the caller. The birth date is as keyed. It was a past date when it was keyed.
    Identify {
        /// The HER-SYS ID, if its form is valid.
        hersys_id: Option<HersysId>,
        /// The eight keys of the birth date.
        birth_date: Keys,
    },
    /// Whether the caller can be called back at the shown number. The limits on such requests decide.
    CallBack,
}

/// A message for the operator's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diagnostic {
    /// The event isn't what the session waits for. Nothing changed.
    EventDoesNotFit,
    /// The limit on steps was reached. The call was ended with a goodbye.
    TooManySteps,
    /// The caller wasn't identified in time. The call was ended with a goodbye.
    NotIdentifiedInTime,
    /// The report took too long. The call was ended with a goodbye.
    NotReportedInTime,
    /// The flow document lacks something that was checked at start. The call was ended with an apology.
    BrokenFlow,
}
