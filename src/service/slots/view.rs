//! Slots as staff see them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{SlotOrigin, SlotState, Withdrawal};
use crate::store::slots::SlotRow;

/// A slot as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSlot {
    /// The date at the health centre.
    pub date: Date,
    /// The time there: `HH:MM`, with seconds if staff asked for the call.
    pub time: String,
    /// Its origin.
    pub origin: SlotOrigin,
    /// Its state.
    pub state: SlotState,
    /// The number of attempts, whatever their outcome.
    pub attempts: u32,
    /// The number of tries: attempts for which a phone may have rung.
    pub tries: u32,
    /// The earliest time of the next attempt.
    pub due_at: Timestamp,
    /// The end of the calling window. No attempt begins at or after it.
    pub window_end: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What a change does to a slot that hasn't ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AffectedSlot {
    /// The slot, as it is.
    pub slot: ShownSlot,
    /// Whether its phone rings, or somebody is talking.
    pub phone: PhoneNow,
    /// What becomes of it, or of its call.
    pub fate: SlotFate,
}

/// What becomes of a slot or its call by a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotFate {
    /// It stays.
    Stays,
    /// It is withdrawn.
    Withdrawn(Withdrawal),
    /// The patient talks with staff, and isn't cut off.
    StaffGoOn,
    /// The patient is answering, and isn't cut off. The slot isn't tried again.
    GoesOn,
}

/// Whether a patient is on the phone for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneNow {
    /// No call of it is in progress.
    Quiet,
    /// A call was requested or rings.
    Ringing,
    /// Somebody has answered.
    Talking,
}

impl From<SlotRow> for ShownSlot {
    fn from(row: SlotRow) -> Self {
        Self {
            date: row.date,
            time: row.time,
            origin: row.origin,
            state: row.state,
            attempts: row.attempts,
            tries: row.tries,
            due_at: row.due_at,
            window_end: row.window_end,
            ended_at: row.ended_at,
        }
    }
}
