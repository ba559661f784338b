//! The effect block: what saving would do, before it is done.

use jiff::ZonedDateTime;

use super::fields::{Values, shown_value};
use super::person::shown_times;
use super::words;
use crate::domain::{SlotState, Withdrawal};
use crate::service::{AffectedSlot, ChangePreview, Column, PatientView, PhoneNow, SlotFate};
use crate::translations::{Message, message};
use crate::web::console::patients::imports::grouped;
use crate::web::console::times;

/// What saving would do.
pub(super) struct Effect {
    /// What differs.
    pub(super) changes: Vec<Difference>,
    /// What becomes of waiting and ringing calls, and when the next one is.
    pub(super) calls: Vec<Message>,
    /// What won't happen, and why.
    pub(super) obstacles: Vec<Message>,
}

/// A field before and after.
pub(super) struct Difference {
    pub(super) name: Message,
    pub(super) before: Message,
    pub(super) after: Message,
}

impl Effect {
    /// Of a change.
    pub(super) fn of(preview: &ChangePreview, now: &ZonedDateTime) -> Self {
        let (before, after) = (Values::of_record(&preview.before), Values::of_record(&preview.after));
        let difference = |column: Column| Difference {
            name: words::column_name(column),
            before: shown_value(column, before.get(column)),
            after: shown_value(column, after.get(column)),
        };
        let mut changes: Vec<Difference> = after.changed_from(&before).into_iter().map(difference).collect();
        let (was, is) = (words::state_name(&preview.before), words::state_name(&preview.after));
        if was != is {
            changes.push(Difference { name: message!("patient-state"), before: was, after: is });
        }
        Self { changes, calls: calls_of(preview, now), obstacles: obstacles_of(&preview.after) }
    }

    /// Of a registration.
    pub(super) fn of_new(after: &PatientView, now: &ZonedDateTime) -> Self {
        Self {
            changes: Vec::new(),
            calls: after.next_slot_at.map(|at| next_call(at, now)).into_iter().collect(),
            obstacles: obstacles_of(after),
        }
    }
}

/// Who was called today already, if anybody was.
pub(super) fn called_today(again: u64, not_again: u64) -> Option<Message> {
    let all = grouped(again.saturating_add(not_again));
    match (again, not_again) {
        (0, 0) => None,
        (0, _) => Some(message!("effect-called-not-again", count = all)),
        (_, 0) => Some(message!("effect-called-again", count = all)),
        _ => Some(message!("effect-called-some-again", count = all, again = grouped(again))),
    }
}

fn next_call(at: jiff::Timestamp, now: &ZonedDateTime) -> Message {
    message!("patient-effect-next", at = times::day_time(at, now))
}

fn calls_of(preview: &ChangePreview, now: &ZonedDateTime) -> Vec<Message> {
    let is_waiting = |affected: &&AffectedSlot| affected.slot.state == SlotState::Waiting;
    let (waiting, ringing): (Vec<_>, Vec<_>) = preview.slots.iter().partition(is_waiting);
    let number_changes = preview.before.phone_number != preview.after.phone_number;
    let mut calls = Vec::new();
    for affected in &waiting {
        // When it is called next: a slot may have been tried before.
        let time = times::clock_time(affected.slot.due_at, now);
        calls.push(match affected.fate {
            SlotFate::Withdrawn(why) => {
                message!("patient-effect-waiting-cancelled", time = time, why = words::withdrawal_name(why))
            }
            SlotFate::Stays | SlotFate::StaffGoOn | SlotFate::GoesOn if number_changes => {
                message!("patient-effect-waiting-new-number", time = time)
            }
            SlotFate::Stays | SlotFate::StaffGoOn | SlotFate::GoesOn => {
                message!("patient-effect-waiting-stays", time = time)
            }
        });
    }
    if waiting.is_empty() {
        calls.push(message!("patient-effect-none-waiting"));
    }
    for affected in &ringing {
        let time = shown_times(affected.slot.time.get(..5).unwrap_or(&affected.slot.time));
        calls.push(match affected.fate {
            SlotFate::Withdrawn(Withdrawal::NumberChanged) => {
                message!("patient-effect-ringing-moved", time = time)
            }
            SlotFate::Withdrawn(why) if affected.phone == PhoneNow::Talking => {
                message!("effect-talking-goodbye", time = time, why = words::withdrawal_name(why))
            }
            SlotFate::Withdrawn(why) => {
                message!("patient-effect-ringing-cut", time = time, why = words::withdrawal_name(why))
            }
            SlotFate::StaffGoOn => message!("patient-effect-ringing-staff", time = time),
            SlotFate::GoesOn => message!("effect-talking-goes-on", time = time),
            SlotFate::Stays if affected.phone == PhoneNow::Talking => message!("effect-talking-stays", time = time),
            SlotFate::Stays => message!("patient-effect-ringing-stays", time = time),
        });
    }
    if ringing.is_empty() {
        calls.push(message!("patient-effect-none-ringing"));
    }
    if preview.before.next_slot_at != preview.after.next_slot_at {
        calls.push(match preview.after.next_slot_at {
            Some(at) => next_call(at, now),
            None => message!("patient-effect-no-next"),
        });
    }
    calls
}

fn obstacles_of(after: &PatientView) -> Vec<Message> {
    let why = match after.not_called {
        None | Some(Withdrawal::Stopped | Withdrawal::Released) => None,
        Some(_) if !after.automated_call => None,
        Some(why) => Some(message!("patient-effect-not-called", why = words::withdrawal_name(why))),
    };
    why.into_iter().collect()
}
