//! Calls as staff see them.

use jiff::Timestamp;

use crate::domain::{
    AttemptOutcome, AttemptState, CallId, Direction, Disposition, HangupCause, Line, PhoneNumber, Withdrawal,
};
use crate::store::attempts::AttemptRow;
use crate::store::calls::CallRow;
use crate::store::legs::{self, LegRow};

/// A call in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallSummary {
    /// The call.
    pub id: CallId,
    /// Its line.
    pub line: Line,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended. `None` while it is in progress.
    pub disposition: Option<Disposition>,
}

impl From<&CallRow> for CallSummary {
    fn from(row: &CallRow) -> Self {
        Self {
            id: row.id,
            line: row.line,
            started_at: row.started_at,
            ended_at: row.ended_at,
            disposition: row.disposition,
        }
    }
}

/// A leg of a call, with the carrier's reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownLeg {
    /// Who called whom.
    pub direction: Direction,
    /// The carrier, as named in the settings.
    pub carrier: String,
    /// The carrier's ID for the leg.
    pub carrier_leg_id: String,
    /// The number at the far end. `None` if it was withheld.
    pub far_number: Option<PhoneNumber>,
    /// Our number.
    pub near_number: Option<PhoneNumber>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub hangup_cause: Option<HangupCause>,
    /// Each status in the carrier's word, and when it was first received.
    pub statuses: Vec<(String, Timestamp)>,
}

impl ShownLeg {
    pub(super) fn of(row: LegRow, statuses: Vec<legs::LegStatus>) -> Self {
        Self {
            direction: row.direction,
            carrier: row.carrier,
            carrier_leg_id: row.carrier_leg_id,
            far_number: row.far_number,
            near_number: row.near_number,
            started_at: row.started_at,
            ended_at: row.ended_at,
            hangup_cause: row.hangup_cause,
            statuses: statuses.into_iter().map(|status| (status.status, status.at)).collect(),
        }
    }
}

/// An automated call as an attempt of its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptSummary {
    /// The call.
    pub call: CallId,
    /// Its number among the slot's attempts, from 1.
    pub number: u32,
    /// The number called.
    pub phone_number: PhoneNumber,
    /// The carrier.
    pub carrier: String,
    /// Its state.
    pub state: AttemptState,
    /// When the intent was committed.
    pub intended_at: Timestamp,
    /// When its state last changed.
    pub moved_at: Timestamp,
    /// Why it was withdrawn.
    pub withdrawal: Option<Withdrawal>,
    /// How it ended.
    pub outcome: Option<AttemptOutcome>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The lookups so far, while the outcome is unknown.
    pub lookups: Lookups,
}

/// The results of the lookups at the carrier for a call of unknown outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookups {
    /// Lookups that found no call.
    pub found_nothing: u32,
    /// Consecutive lookups that proved nothing.
    pub inconclusive: u32,
    /// The last lookup.
    pub last_at: Option<Timestamp>,
    /// The next lookup.
    pub next_at: Option<Timestamp>,
    /// When staff were asked.
    pub staff_asked_at: Option<Timestamp>,
}

impl From<AttemptRow> for AttemptSummary {
    fn from(row: AttemptRow) -> Self {
        let lookups = Lookups {
            found_nothing: row.looks.clear,
            inconclusive: row.looks.inconclusive,
            last_at: row.looks.looked_at,
            next_at: row.looks.next_at,
            staff_asked_at: row.looks.asked_at,
        };
        Self {
            call: row.call,
            number: row.number,
            phone_number: row.phone_number,
            carrier: row.carrier,
            state: row.state,
            intended_at: row.intended_at,
            moved_at: row.moved_at,
            withdrawal: row.withdrawal,
            outcome: row.outcome,
            ended_at: row.ended_at,
            lookups,
        }
    }
}
