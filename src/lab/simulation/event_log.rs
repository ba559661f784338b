//! The record of a simulated day, for the checks: what the network carried, what was committed and acknowledged in
//! which order, and the tables.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::carrier::simulator::{Asked, Placed};
use crate::domain::{CallId, CentreCode, PhoneNumber, TransferId, TransferState};
use crate::store::snapshot::Snapshot;

/// The complete record of a day.
#[derive(Debug, Clone)]
pub struct EventLog {
    /// The centre's time zone.
    pub zone: TimeZone,
    /// The day at the centre.
    pub date: Date,
    /// The centre that has the patients in the morning.
    pub centre: CentreCode,
    /// The centre's limit of calls per day.
    pub most_calls: Option<u32>,
    /// Requests to dial that the network received, in order.
    pub asked: Vec<Asked>,
    /// The legs that the network carried, in order.
    pub placed: Vec<Placed>,
    /// The events, in order.
    pub moments: Vec<LoggedEvent>,
    /// The tables at the end.
    pub tables: Snapshot,
    /// The log, if it was kept.
    pub log: Option<String>,
}

/// An event.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    /// The time on the network's clock, which is right.
    pub at: Timestamp,
    /// The time on the services' clock.
    pub shown: Timestamp,
    /// The number of requests to dial so far. Requests from this place on came later.
    pub asked: usize,
    /// What happened.
    pub what: LoggedEventKind,
}

/// The kind of an event. People are numbers, so that a record can be printed.
#[derive(Debug, Clone, PartialEq)]
pub enum LoggedEventKind {
    /// The services started.
    Started,
    /// The day is over, and everything that it began.
    Over,
    /// The services died, before or after a commit or while idle.
    Died {
        /// The commit, counted from 1 in the day, and whether it is durable.
        at_commit: Option<(u64, bool)>,
        /// How long they are down, in seconds.
        down: i64,
    },
    /// A commit was refused, or its answer was lost.
    CommitFailed {
        /// The commit, counted from 1.
        commit: u64,
        /// Whether it is durable nevertheless.
        durable: bool,
    },
    /// The services' clock was stepped by this many seconds, forward or back.
    ClockStepped(i64),
    /// A change of a patient by staff was committed, with the resulting state.
    Changed(u32, PatientState),
    /// A change of the centre by staff was committed, with the resulting rules.
    CentreChanged(Rules),
    /// Staff requested a call to a patient, and it was granted.
    CalledNow(u32),
    /// A transfer of a patient has this state now.
    Transferred(u32, TransferId, TransferState),
    /// A request of staff was refused.
    Refused(u32, String),
    /// Staff resolved a call with unknown outcome.
    Resolved(CallId, &'static str),
    /// The whole audit trail was verified.
    TrailWalked {
        /// Entries that verify.
        entries: u64,
        /// The first entry that doesn't, if any.
        chain_error: Option<String>,
    },
    /// A maintenance began or ended.
    Maintenance(bool),
    /// The network's faults changed.
    WeatherTurned,
    /// A patient called one of our lines.
    RangIn(u32, &'static str),
    /// The network reported an event, with its result.
    Heard {
        /// The leg.
        leg: String,
        /// The event.
        told: &'static str,
        /// The result.
        came: String,
    },
    /// The network reported an event while the services were down.
    Unheard {
        /// The leg.
        leg: String,
        /// The event.
        told: &'static str,
    },
    /// An answer was acknowledged: the next question, or the goodbye, was spoken.
    Promised {
        /// The call.
        call: CallId,
        /// The patient whose ID was keyed; `None` in a call that we placed.
        patient: Option<u32>,
        /// The item's code.
        item: String,
        /// The answer as it must be stored.
        entry: String,
    },
    /// An answer was taken back with key 7.
    TakenBack {
        /// The call.
        call: CallId,
        /// The patient whose ID was keyed; `None` in a call that we placed.
        patient: Option<u32>,
        /// The item's code.
        item: String,
    },
    /// A report was acknowledged: "received" was spoken.
    Received {
        /// The call.
        call: CallId,
        /// The patient whose ID was keyed; `None` in a call that we placed.
        patient: Option<u32>,
    },
    /// The person keyed that they are the patient, or answer for the patient.
    Confirmed(CallId),
    /// A request to stop calls was acknowledged.
    StopNoted(CallId),
    /// A person who didn't say who they are asked to stop calls. They were told that staff decide, or hung up.
    StopPassedOn(CallId),
    /// The number is someone else's: the apology was spoken.
    WrongNumberNoted(CallId),
    /// A repeated turn got another reply.
    Contradicted(CallId),
    /// Something failed without a simulated fault.
    Failed(String),
}

impl std::fmt::Display for LoggedEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ahead = self.shown.duration_since(self.at).as_secs();
        write!(f, "{} {ahead:+} s, {} asked: {:?}", self.at, self.asked, self.what)
    }
}

/// A patient's state with regard to automated calls, by what was committed and acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PatientState {
    /// Whether the patient is registered at all.
    pub registered: bool,
    /// Whether automated calls are switched on.
    pub automated: bool,
    /// The number to call.
    pub number: Option<PhoneNumber>,
    /// The patient's own call times; empty for the centre's.
    pub times: Vec<Time>,
    /// The first day of observation.
    pub observed_from: Option<Date>,
    /// Whether staff stopped the calls.
    pub stopped: bool,
    /// Whether observation has ended.
    pub released: bool,
    /// Whether the patient asked to stop calls, and staff haven't decided.
    pub stop_requested: bool,
    /// The number at which someone else answers.
    pub wrong_number: Option<PhoneNumber>,
}

impl PatientState {
    /// Returns `true` if the patient is to be called.
    pub fn wanted(&self) -> bool {
        let held_back = self.stopped || self.released || self.stop_requested;
        let wrong = self.number.is_some() && self.wrong_number == self.number;
        self.registered && self.automated && self.number.is_some() && !held_back && !wrong
    }
}

/// The centre's rules for automated calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Calls begin at this time or later.
    pub open: Time,
    /// Calls begin before this time.
    pub close: Time,
    /// Whether today is a day off.
    pub day_off: bool,
    /// Whether a report cancels the day's other calls, or only those of its slot.
    pub report_covers_day: bool,
    /// The tries in total and the minutes between them, by an outcome's code.
    pub retry: BTreeMap<&'static str, (u32, i64)>,
    /// The call times of patients without their own.
    pub pattern: Vec<Time>,
}

impl EventLog {
    /// Returns a patient's state before the request to dial at `place` was made.
    pub(super) fn standing_at(&self, nth: u32, place: usize) -> Option<&PatientState> {
        let earlier = self.moments.iter().take_while(|moment| moment.asked <= place);
        let stood = earlier.filter_map(|moment| match &moment.what {
            LoggedEventKind::Changed(of, standing) if *of == nth => Some(standing),
            _ => None,
        });
        stood.last()
    }

    /// Returns the centre's rules before the request to dial at `place` was made.
    pub(super) fn rules_at(&self, place: usize) -> Option<&Rules> {
        let earlier = self.moments.iter().take_while(|moment| moment.asked <= place);
        let set = earlier.filter_map(|moment| match &moment.what {
            LoggedEventKind::CentreChanged(rules) => Some(rules),
            _ => None,
        });
        set.last()
    }

    /// Returns the time on the services' clock when the request to dial at `place` was made.
    pub(super) fn shown_at(&self, place: usize) -> Option<Timestamp> {
        let asked = self.asked.get(place)?;
        let last = self.moments.iter().take_while(|moment| moment.asked <= place).last()?;
        asked.at.checked_add(last.shown.duration_since(last.at)).ok()
    }

    /// Returns the person with this patient id.
    pub(super) fn person(&self, patient: crate::domain::PatientId) -> Option<u32> {
        self.tables.patients.iter().find(|one| one.id == patient).and_then(|one| super::people::nth_of(&one.hersys_id))
    }
}
