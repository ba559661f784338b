//! The invariants of every simulated day. Each check compares what the network carried, what callers were told and what
//! staff changed with the tables. No check calls the services.

mod alerts;
mod confirmed;
mod expected;
mod no_double_call;
mod no_loss;
mod only_wanted;
mod punctual;
mod retried;
mod talked;
mod terminates;
mod transferred;

use std::collections::HashMap;

use super::event_log::{EventLog, LoggedEventKind};
use super::log::lines_with_somebody;
use crate::domain::{CallId, SlotId};
use crate::store::snapshot::{Attempt, Slot};

/// An invariant, by its name in the list of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// I1: no acknowledged answer and no acknowledged report is lost.
    Kept,
    /// I2: one request to dial per attempt, one attempt per slot at a time, and one call per phone at a time.
    Once,
    /// I3: only patients who are to be called are dialled: never after a stop, a release, a change of number or time,
    /// or a report, never outside of hours and windows, and never before their time.
    Wanted,
    /// I4: every slot that was due exists and ended in exactly one way, and everything that began is over.
    Ended,
    /// I5: the audit trail verifies and has every change by staff.
    Audited,
    /// I6: no personal data in the log.
    Private,
    /// A2: a number belongs to one patient.
    OneHolder,
    /// The calls of a day stay within the centre's limit.
    Limited,
    /// A7: a patient who is due is called soon if nothing prevents it.
    Prompt,
    /// A8: tries and the intervals between them follow the centre's policy.
    Retried,
    /// Everything that staff must know has an alert.
    Alerted,
    /// Key 8 holds back calls only if the caller has said that they are the patient, or answer for the patient.
    Confirmed,
    /// The program doesn't cut a call with staff, and places no call for the slot after one.
    Talked,
    /// D4: a transfer is decided once, and the patient is at one of the two health centres.
    Moved,
    /// A repeated turn gets the same reply (fault 28).
    Repeated,
    /// Nothing fails without a simulated fault.
    Sound,
}

impl Invariant {
    /// Returns the name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kept => "I1",
            Self::Once => "I2",
            Self::Wanted => "I3",
            Self::Ended => "I4",
            Self::Audited => "I5",
            Self::Private => "I6",
            Self::OneHolder => "A2",
            Self::Limited => "day limit",
            Self::Prompt => "A7",
            Self::Retried => "A8",
            Self::Alerted => "alerts",
            Self::Confirmed => "key 8",
            Self::Talked => "talks with staff",
            Self::Moved => "D4",
            Self::Repeated => "fault 28",
            Self::Sound => "soundness",
        }
    }
}

/// A broken invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant.
    pub invariant: Invariant,
    /// How it was broken.
    pub what: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.invariant.code(), self.what)
    }
}

/// The data that the checks read, and the violations they find.
struct Case<'a> {
    record: &'a EventLog,
    attempts: HashMap<CallId, &'a Attempt>,
    slots: HashMap<SlotId, &'a Slot>,
    broken: Vec<Violation>,
}

impl Case<'_> {
    fn complain(&mut self, invariant: Invariant, what: String) {
        self.broken.push(Violation { invariant, what });
    }

    /// Returns who answers: the person called, or the person whose ID was keyed.
    fn answering(&self, call: CallId, keyed: Option<u32>) -> Option<u32> {
        let called = self.attempts.get(&call).and_then(|attempt| self.record.person(attempt.patient));
        called.or(keyed)
    }
}

/// Returns the violations of a day.
pub fn check(record: &EventLog) -> Vec<Violation> {
    let tables = &record.tables;
    let mut case = Case {
        record,
        attempts: tables.attempts.iter().map(|attempt| (attempt.call, attempt)).collect(),
        slots: tables.slots.iter().map(|slot| (slot.id, slot)).collect(),
        broken: Vec::new(),
    };
    no_loss::kept(&mut case);
    no_double_call::once(&mut case);
    only_wanted::wanted(&mut case);
    only_wanted::one_holder(&mut case);
    terminates::ended(&mut case);
    expected::expected(&mut case);
    retried::retried(&mut case);
    punctual::prompt(&mut case);
    alerts::alerted(&mut case);
    confirmed::confirmed(&mut case);
    talked::talked(&mut case);
    transferred::transferred(&mut case);
    audited(&mut case);
    limited(&mut case);
    private(&mut case);
    sound(&mut case);
    case.broken
}

fn audited(case: &mut Case<'_>) {
    let moments = &case.record.moments;
    let walked = moments.iter().rev().find_map(|moment| match &moment.what {
        LoggedEventKind::TrailWalked { entries, chain_error } => Some((*entries, chain_error.clone())),
        _ => None,
    });
    let changes = moments
        .iter()
        .filter(|moment| matches!(moment.what, LoggedEventKind::Changed(..) | LoggedEventKind::CalledNow(_)));
    // The initial patients came in one list.
    let by_staff = changes.filter(|moment| moment.asked > 0).count();
    match walked {
        Some((_, Some(chain_error))) => case.complain(Invariant::Audited, chain_error),
        Some((entries, None)) if entries < u64::try_from(by_staff).unwrap_or(u64::MAX) => {
            let what = format!("staff changed {by_staff} things, and the trail has {entries} entries");
            case.complain(Invariant::Audited, what);
        }
        Some(_) => {}
        None => case.complain(Invariant::Audited, "the trail wasn't walked".to_owned()),
    }
}

fn limited(case: &mut Case<'_>) {
    let placed = case.record.tables.attempts.len();
    if case.record.most_calls.is_some_and(|most| placed > most as usize) {
        case.complain(Invariant::Limited, format!("{placed} calls were intended"));
    }
}

fn private(case: &mut Case<'_>) {
    let people = u32::try_from(case.record.tables.patients.len()).unwrap_or(u32::MAX).saturating_mul(2);
    let found = case.record.log.as_deref().map(|log| lines_with_somebody(log, people)).unwrap_or_default();
    for line in found {
        case.complain(Invariant::Private, format!("the log names somebody: {line}"));
    }
}

fn sound(case: &mut Case<'_>) {
    let record = case.record;
    for moment in &record.moments {
        match &moment.what {
            LoggedEventKind::Failed(why) => case.complain(Invariant::Sound, format!("{}: {why}", moment.at)),
            LoggedEventKind::Contradicted(call) => {
                let what = format!("call {call}: a turn that came again got another reply");
                case.complain(Invariant::Repeated, what);
            }
            _ => {}
        }
    }
}
