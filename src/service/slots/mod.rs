//! Slots and attempts after changes to calls, patients and reports. Each function runs in the transaction that records
//! the change, so that slots and calls never contradict each other.

mod called_today;
mod open;
mod revive;
mod settle;
mod statistics;
mod view;
mod withdraw;

pub use called_today::CalledToday;
pub(in crate::service) use called_today::called_today;
pub(in crate::service) use open::{
    ANSWER_WITHIN, CentreRules, Counting, cancel_reported, end_without_call, open_before_change, open_of, rules_of,
    slot_reported,
};
pub(in crate::service) use revive::revive;
pub(in crate::service) use settle::{AttemptConclusion, end_slots, settle};
pub use statistics::{CentreDay, DailyStats, DaySlot, SlotQuery, day_figures, day_slots};
pub use view::{AffectedSlot, PhoneNow, ShownSlot, SlotFate};
pub(crate) use withdraw::next_slot_of;
pub(in crate::service) use withdraw::{
    is_scheduled, reported, unwanted, withdraw_unwanted, would_withdraw, would_withdraw_of,
};
