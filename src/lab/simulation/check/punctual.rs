//! A7: on a day without obstacles, a patient who is due is called soon.

use jiff::{SignedDuration, Timestamp};

use super::super::event_log::{EventLog, LoggedEventKind};
use super::only_wanted::time_of;
use super::{Case, Invariant};
use crate::policy::CLOCKS_AGREE;
use crate::store::snapshot::Slot;

/// How long a patient who is due may wait for a line on a day without faults. 30 calls of three minutes each, with
/// ringing and second attempts, take less time even on two lines.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(60);

pub(super) fn prompt(case: &mut Case<'_>) {
    let record = case.record;
    if record.most_calls.is_some() || !nothing_stood_in_the_way(record) {
        return;
    }
    for slot in record.tables.slots.iter().filter(|slot| !slot.by_staff && slot.state != "cancelled") {
        let of_slot = |call| case.attempts.get(&call).is_some_and(|attempt| attempt.slot == slot.id);
        let first = record.asked.iter().find(|asked| of_slot(asked.call)).map(|asked| asked.at);
        // A patient who is called for another slot isn't called for this one.
        let others = record.tables.attempts.iter().any(|one| one.patient == slot.patient && one.slot != slot.id);
        let waited = waited(record, slot, first);
        if !others && waited > LONGEST_WAIT {
            let minutes = waited.as_mins();
            let what =
                format!("slot {} of {} waited {minutes} minutes, and ended as {}", slot.id, slot.time, slot.state);
            case.complain(Invariant::Prompt, what);
        }
    }
}

/// Returns `true` if the carrier accepted most requests, the clock wasn't in doubt, and no call with unknown outcome
/// occupied a line for long.
fn nothing_stood_in_the_way(record: &EventLog) -> bool {
    let jumped = |what: &LoggedEventKind| match what {
        LoggedEventKind::ClockStepped(by) => by.abs() > CLOCKS_AGREE.as_secs(),
        _ => false,
    };
    let storm =
        record.moments.iter().any(|moment| moment.what == LoggedEventKind::WeatherTurned || jumped(&moment.what));
    let placed = record.placed.iter().filter(|placed| placed.call.is_some()).count();
    let refused = record.asked.len().saturating_sub(placed);
    !storm && refused <= record.asked.len() / 5 && !record.tables.attempts.iter().any(|attempt| attempt.staff_asked)
}

/// Returns how long the services were running and their clock showed that the slot was due, within its window, before
/// it was first dialled. Maintenance doesn't count, because nobody is called then.
fn waited(record: &EventLog, slot: &Slot, first: Option<Timestamp>) -> SignedDuration {
    let due = time_of(slot).and_then(|time| record.zone.to_timestamp(slot.date.to_datetime(time)).ok());
    let Some(due) = due else { return SignedDuration::ZERO };
    let mut waited = SignedDuration::ZERO;
    let (mut up, mut maintenance) = (false, false);
    for pair in record.moments.windows(2) {
        let [moment, next] = pair else { continue };
        match moment.what {
            LoggedEventKind::Started => up = true,
            LoggedEventKind::Died { .. } => up = false,
            LoggedEventKind::Maintenance(begins) => maintenance = begins,
            _ => {}
        }
        let ahead = moment.shown.duration_since(moment.at);
        let shown = |at: Timestamp| at.checked_add(ahead).unwrap_or(at);
        let until = first.map_or(next.at, |first| first.min(next.at));
        let within = shown(until).min(slot.window_end).duration_since(moment.shown.max(due));
        if up && !maintenance {
            waited += within.max(SignedDuration::ZERO);
        }
    }
    waited
}
