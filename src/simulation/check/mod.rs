//! What must hold after every day. Each rule is looked up in what the network carried, what was promised and what staff
//! changed, and compared with the tables; none of it asks the services.

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

use std::collections::HashMap;

use super::event_log::{EventLog, LoggedEventKind};
use super::log::lines_with_somebody;
use crate::domain::{CallId, SlotId};
use crate::store::snapshot::{Attempt, Slot};

/// A rule, by its name in the list of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// I1: no answer and no report is lost that was acknowledged.
    Kept,
    /// I2: one dial for each attempt, one attempt at a time, one phone rung once at a time.
    Once,
    /// I3: nobody is dialled who wasn't to be: after a stop, a release, a change of number or time, a report, outside
    /// of hours and windows, before their time.
    Wanted,
    /// I4: every slot that was due is there and ended in one way, and everything that began is over.
    Ended,
    /// I5: the audit trail verifies, and every change of staff's is in it.
    Audited,
    /// I6: nothing personal in the log.
    Private,
    /// A2: one number, one patient.
    OneHolder,
    /// No more calls on a day than the centre allows.
    Limited,
    /// A7: who is due is called soon when nothing stands in the way.
    Prompt,
    /// A8: tries and their distances are the centre's.
    Retried,
    /// What staff must know of is on their list.
    Alerted,
    /// Calls are held by key 8 only if someone has said that they are the patient, or answer for the patient.
    Confirmed,
    /// No talk with staff is cut by us, and nobody is called for a slot after one.
    Talked,
    /// A turn that comes again gets the same reply (fault 28).
    Repeated,
    /// Nothing fails to which nothing was done.
    Sound,
}

impl Invariant {
    /// Its name.
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
            Self::Repeated => "fault 28",
            Self::Sound => "soundness",
        }
    }
}

/// A rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// How.
    pub what: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.invariant.code(), self.what)
    }
}

/// Where rules find things, and where they complain.
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
}

/// The rules that a day has broken.
pub fn check(record: &EventLog) -> Vec<Violation> {
    let tables = &record.tables;
    let mut case = Case {
        record,
        attempts: tables.attempts.iter().map(|attempt| (attempt.call, attempt)).collect(),
        slots: tables.slots.iter().map(|slot| (slot.id, slot)).collect(),
        broken: Vec::new(),
    };
    case.kept();
    case.once();
    case.wanted();
    case.one_holder();
    case.ended();
    case.expected();
    case.retried();
    case.prompt();
    case.alerted();
    case.confirmed();
    case.talked();
    case.audited();
    case.limited();
    case.private();
    case.sound();
    case.broken
}

impl Case<'_> {
    fn audited(&mut self) {
        let moments = &self.record.moments;
        let walked = moments.iter().rev().find_map(|moment| match &moment.what {
            LoggedEventKind::TrailWalked { entries, misfit } => Some((*entries, misfit.clone())),
            _ => None,
        });
        let changes = moments
            .iter()
            .filter(|moment| matches!(moment.what, LoggedEventKind::Changed(..) | LoggedEventKind::CalledNow(_)));
        // Those who were there at the beginning came in one list.
        let by_staff = changes.filter(|moment| moment.asked > 0).count();
        match walked {
            Some((_, Some(misfit))) => self.complain(Invariant::Audited, misfit),
            Some((entries, None)) if entries < u64::try_from(by_staff).unwrap_or(u64::MAX) => {
                let what = format!("staff changed {by_staff} things, and the trail has {entries} entries");
                self.complain(Invariant::Audited, what);
            }
            Some(_) => {}
            None => self.complain(Invariant::Audited, "the trail wasn't walked".to_owned()),
        }
    }

    fn limited(&mut self) {
        let placed = self.record.tables.attempts.len();
        if self.record.most_calls.is_some_and(|most| placed > most as usize) {
            self.complain(Invariant::Limited, format!("{placed} calls were intended"));
        }
    }

    fn private(&mut self) {
        let people = u32::try_from(self.record.tables.patients.len()).unwrap_or(u32::MAX).saturating_mul(2);
        let found = self.record.log.as_deref().map(|log| lines_with_somebody(log, people)).unwrap_or_default();
        for line in found {
            self.complain(Invariant::Private, format!("the log names somebody: {line}"));
        }
    }

    fn sound(&mut self) {
        let record = self.record;
        for moment in &record.moments {
            match &moment.what {
                LoggedEventKind::Failed(why) => self.complain(Invariant::Sound, format!("{}: {why}", moment.at)),
                LoggedEventKind::Contradicted(call) => {
                    let what = format!("call {call}: a turn that came again got another reply");
                    self.complain(Invariant::Repeated, what);
                }
                _ => {}
            }
        }
    }
}
