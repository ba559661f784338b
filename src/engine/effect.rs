//! What a step asks of the world. The kind tells when it is done: facts in the transaction, the reply after its commit,
//! jobs later by the outbox, a question to the store at once, before the next step of the same turn.

use serde::{Deserialize, Serialize};

use crate::domain::{
    AlertKind, Answer, CallId, CentreCode, Disposition, HersysId, Item, Keys, Language, PatientId, PhoneNumber,
    ReportId, SlotId,
};
use crate::domain::{ReportOutcome, Severity};
use crate::flow::{PromptId, ReadAs};

/// One effect.
#[derive(Debug, Clone)]
pub enum Effect {
    /// What the caller hears next.
    Reply(Reply),
    /// Saved in the same transaction as the session.
    Fact(Fact),
    /// Done after the commit, through the outbox.
    Errand(Job),
    /// Answered from the store, as the next event of the same turn.
    Ask(Query),
    /// For the log alone.
    Note(Diagnostic),
}

/// What the caller hears, and what is waited for then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Spoken in this order.
    pub say: Vec<Utterance>,
    /// What is done after it.
    pub then: NextAction,
}

/// One prompt in one language with its gaps filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utterance {
    /// The prompt.
    pub prompt: PromptId,
    /// The language.
    pub language: Language,
    /// Whether a key cuts it short.
    pub barge_in: bool,
    /// What stands in its gaps.
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
    /// `{centre_phone}`
    CentrePhone(PhoneNumber),
    /// `{call_back_number}`
    CallBackNumber(PhoneNumber),
    /// `{until}`: month, day, hour, minute.
    Until([u8; 4]),
}

impl std::fmt::Debug for Fill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fill(personal)")
    }
}

/// What is done after the reply was spoken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAction {
    /// Wait for keys.
    Gather {
        /// The entry is complete after this number of keys.
        max_keys: u8,
        /// `#` ends the entry. Where it doesn't, `#` is a key like the others.
        ends_with_hash: bool,
        /// Silence before the first key, in seconds.
        first_key_seconds: u8,
        /// Silence between keys, in seconds.
        between_keys_seconds: u8,
    },
    /// Connect the caller to a person.
    Transfer {
        /// The person's number.
        number: PhoneNumber,
        /// How long it rings, in seconds.
        ring_seconds: u8,
    },
    /// End the call.
    HangUp,
}

/// Something that must not be lost.
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
        /// How worrying it is.
        severity: Severity,
    },
    /// An answer was taken back with key 7; the question is open again.
    Withdrawn {
        /// The report.
        report: ReportId,
        /// The item.
        item: Item,
    },
    /// A report was finished or left.
    ReportClosed {
        /// The report.
        report: ReportId,
        /// Finished, or left open.
        outcome: ReportOutcome,
    },
    /// Staff must know.
    Alert {
        /// Of what.
        kind: AlertKind,
        /// Whom; nobody when no centre is known.
        centre: Option<CentreCode>,
        /// The person, when identified.
        person: Option<(PatientId, ReportId)>,
        /// The item, for a red answer.
        item: Option<Item>,
    },
    /// The call is over.
    CallEnded(Disposition),
}

/// Something to be done after the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Take back a call that is no longer wanted: one that rings is cancelled, one that was answered ends with a
    /// goodbye.
    Withdraw {
        /// The call.
        call: CallId,
    },
    /// Tell a patient by SMS that we could not reach them, in the centre's own words (A8).
    MissedCallSms {
        /// The patient.
        patient: PatientId,
        /// The slot whose attempts are used up.
        slot: SlotId,
    },
    /// Tell the centre's staff at once that an alert is on their list. Carries no personal data.
    TellCentre {
        /// The centre.
        centre: CentreCode,
        /// What the alert is of.
        kind: AlertKind,
    },
}

/// A question to the store.
#[derive(Debug, Clone)]
pub enum Query {
    /// Who is this? The birth date is as keyed: it was a date of the past when it was keyed.
    Identify {
        /// The HER-SYS ID, if it can be one.
        hersys_id: Option<HersysId>,
        /// The birth date's eight keys.
        birth_date: Keys,
    },
    /// Can the caller be called back on the number that is shown? The limits on such requests say.
    CallBack,
}

/// Something that an operator may want to see in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diagnostic {
    /// The event doesn't fit what the session waits for; nothing changed.
    EventDoesNotFit,
    /// The named limit of steps was reached; the call was ended with an apology.
    TooManySteps,
    /// The caller wasn't identified in time; the call was ended with a goodbye.
    NotIdentifiedInTime,
    /// The flow document lacks something that was checked at start; the call was ended with an apology.
    BrokenFlow,
}
