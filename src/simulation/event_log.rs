//! What a simulated day leaves behind to be checked: what the network carried, what was committed and promised in which
//! order, and the tables.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::carrier::simulator::{Asked, Placed};
use crate::domain::{CallId, PhoneNumber};
use crate::store::snapshot::Snapshot;

/// Everything that is known of a day.
#[derive(Debug, Clone)]
pub struct EventLog {
    /// The centre's time zone.
    pub zone: TimeZone,
    /// The day there.
    pub date: Date,
    /// The most calls that the centre allows on a day.
    pub most_calls: Option<u32>,
    /// Requests to dial as the network got them, in order.
    pub asked: Vec<Asked>,
    /// The legs that it carried, in order.
    pub placed: Vec<Placed>,
    /// What happened, in order.
    pub moments: Vec<LoggedEvent>,
    /// The tables at the end.
    pub tables: Snapshot,
    /// What was logged, when it was listened to.
    pub log: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    /// When, by the network's clock, which is right.
    pub at: Timestamp,
    /// When, by the services' clock.
    pub shown: Timestamp,
    /// How many requests to dial the network had got by then: those from this place on came later.
    pub asked: usize,
    /// What.
    pub what: LoggedEventKind,
}

/// What happened. People are numbers: a record can be printed.
#[derive(Debug, Clone, PartialEq)]
pub enum LoggedEventKind {
    /// The services are up.
    Started,
    /// The day is over, and everything that it began.
    Over,
    /// They died: at this commit of the day, counted from 1, before or after it; or at rest.
    Died {
        /// Which commit, and whether it is durable.
        at_commit: Option<(u64, bool)>,
        /// For how long they are down, in seconds.
        down: i64,
    },
    /// A commit was refused, or its answer lost.
    CommitFailed {
        /// Which commit, counted from 1.
        commit: u64,
        /// Whether it is durable all the same.
        durable: bool,
    },
    /// The services' clock was put this many seconds forward, or back.
    ClockStepped(i64),
    /// What staff changed of a patient is committed; so it stands now.
    Changed(u32, PatientState),
    /// What staff changed of the centre is committed; so it stands now.
    CentreChanged(Rules),
    /// Staff asked for a call to a patient, and it was granted.
    CalledNow(u32),
    /// What staff wanted was refused.
    Refused(u32, String),
    /// Staff said what became of a call.
    Resolved(CallId, &'static str),
    /// The audit trail was walked from end to end.
    TrailWalked {
        /// Entries that verify.
        entries: u64,
        /// The first that doesn't, if any.
        misfit: Option<String>,
    },
    /// A maintenance began or ended.
    Maintenance(bool),
    /// The network's weather turned.
    WeatherTurned,
    /// A patient rings one of our lines.
    RangIn(u32, &'static str),
    /// The network told something, and so it was taken.
    Heard {
        /// The leg.
        leg: String,
        /// What it told.
        told: &'static str,
        /// What came of it.
        came: String,
    },
    /// The network told something while nobody was there.
    Unheard {
        /// The leg.
        leg: String,
        /// What it told.
        told: &'static str,
    },
    /// An answer was acknowledged: the next question, or the goodbye, was spoken.
    Promised {
        /// The call.
        call: CallId,
        /// The patient whose ID was keyed; nobody's in a call of ours.
        patient: Option<u32>,
        /// The item's word.
        item: String,
        /// The answer as it must be stored.
        entry: String,
    },
    /// An answer was taken back by key 7.
    TakenBack {
        /// The call.
        call: CallId,
        /// The patient whose ID was keyed; nobody's in a call of ours.
        patient: Option<u32>,
        /// The item's word.
        item: String,
    },
    /// A report was acknowledged: "received" was spoken.
    Received {
        /// The call.
        call: CallId,
        /// The patient whose ID was keyed; nobody's in a call of ours.
        patient: Option<u32>,
    },
    /// Someone keyed that they are the patient, or answer for the patient.
    Confirmed(CallId),
    /// A request that calls stop was acknowledged.
    StopNoted(CallId),
    /// Someone who didn't say who they are asked that calls stop: they were told that staff decide, or hung up.
    StopPassedOn(CallId),
    /// Someone else's number: the apology was spoken.
    WrongNumberNoted(CallId),
    /// A turn that was posted again got another reply.
    Contradicted(CallId),
    /// Something failed that nothing had been done to.
    Failed(String),
}

impl std::fmt::Display for LoggedEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ahead = self.shown.duration_since(self.at).as_secs();
        write!(f, "{} {ahead:+} s, {} asked: {:?}", self.at, self.asked, self.what)
    }
}

/// How a patient stands with automated calls, by what was committed and acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PatientState {
    /// Whether the patient is registered at all.
    pub registered: bool,
    /// Whether calls are switched on.
    pub automated: bool,
    /// The number to call.
    pub number: Option<PhoneNumber>,
    /// The patient's own times; `None` for the centre's.
    pub times: Vec<Time>,
    /// The first day of observation.
    pub observed_from: Option<Date>,
    /// Whether staff stopped the calls.
    pub stopped: bool,
    /// Whether observation has ended.
    pub released: bool,
    /// Whether the patient asked that calls stop, and staff haven't decided.
    pub stop_requested: bool,
    /// The number at which someone else answers.
    pub wrong_number: Option<PhoneNumber>,
}

impl PatientState {
    /// Whether the patient is to be called.
    pub fn wanted(&self) -> bool {
        let held_back = self.stopped || self.released || self.stop_requested;
        let wrong = self.number.is_some() && self.wrong_number == self.number;
        self.registered && self.automated && self.number.is_some() && !held_back && !wrong
    }
}

/// What the centre has set of its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Calls begin from here on.
    pub open: Time,
    /// And before this.
    pub close: Time,
    /// Whether today is a day off.
    pub day_off: bool,
    /// Whether a report cancels the day's other calls, or those of its slot alone.
    pub report_covers_day: bool,
    /// The tries in all and the minutes between them, by an outcome's word.
    pub retry: BTreeMap<&'static str, (u32, i64)>,
    /// The times of patients who have none of their own.
    pub pattern: Vec<Time>,
}

impl EventLog {
    /// How a patient stood before the request to dial at `place` was made.
    pub(super) fn standing_at(&self, nth: u32, place: usize) -> Option<&PatientState> {
        let earlier = self.moments.iter().take_while(|moment| moment.asked <= place);
        let stood = earlier.filter_map(|moment| match &moment.what {
            LoggedEventKind::Changed(of, standing) if *of == nth => Some(standing),
            _ => None,
        });
        stood.last()
    }

    /// What the centre had set before the request to dial at `place` was made.
    pub(super) fn rules_at(&self, place: usize) -> Option<&Rules> {
        let earlier = self.moments.iter().take_while(|moment| moment.asked <= place);
        let set = earlier.filter_map(|moment| match &moment.what {
            LoggedEventKind::CentreChanged(rules) => Some(rules),
            _ => None,
        });
        set.last()
    }

    /// What the services' clock showed when the request to dial at `place` was made.
    pub(super) fn shown_at(&self, place: usize) -> Option<Timestamp> {
        let asked = self.asked.get(place)?;
        let last = self.moments.iter().take_while(|moment| moment.asked <= place).last()?;
        asked.at.checked_add(last.shown.duration_since(last.at)).ok()
    }

    /// The people of the day by their records' ids.
    pub(super) fn person(&self, patient: crate::domain::PatientId) -> Option<u32> {
        self.tables.patients.iter().find(|one| one.id == patient).and_then(|one| super::people::nth_of(&one.hersys_id))
    }
}
