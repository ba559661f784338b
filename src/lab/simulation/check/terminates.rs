//! I4: everything that began is over, and each slot ended as its attempts did.

use super::{Case, Invariant};
use crate::store::outbox::OpenJob;
use crate::store::snapshot::{Attempt, Slot};

/// Outcomes that aren't tries: no phone rang, or the call was withdrawn.
pub(super) const NO_TRY: [&str; 2] = ["not_placed", "withdrawn"];

pub(super) fn ended(case: &mut Case<'_>) {
    let tables = &case.record.tables;
    for slot in &tables.slots {
        if slot.ended_at.is_none() {
            case.complain(Invariant::Ended, format!("slot {} of {} is still {}", slot.id, slot.time, slot.state));
            continue;
        }
        let attempts: Vec<&Attempt> = tables.attempts.iter().filter(|one| one.slot == slot.id).collect();
        if let Some(why) = contradiction(slot, &attempts) {
            let what = format!("slot {} of {} ended as {} {:?}: {why}", slot.id, slot.time, slot.state, slot.reason);
            case.complain(Invariant::Ended, what);
        }
    }
    for attempt in tables.attempts.iter().filter(|attempt| attempt.ended_at.is_none() || attempt.outcome.is_none()) {
        case.complain(Invariant::Ended, format!("call {} is still {}", attempt.call, attempt.state));
    }
    for call in tables.calls.iter().filter(|call| call.ended_at.is_none() || call.disposition.is_none()) {
        case.complain(Invariant::Ended, format!("call {} of {} never ended", call.id, call.line));
    }
    for OpenJob { kind, due_at, claimed_until, failure, .. } in &tables.jobs_left {
        let state = format!("due at {due_at}, claimed until {claimed_until:?}, given up: {failure:?}");
        case.complain(Invariant::Ended, format!("a job {kind} was never done: {state}"));
    }
}

/// Returns why a slot can't have ended as it did, or `None` if it can.
fn contradiction(slot: &Slot, attempts: &[&Attempt]) -> Option<String> {
    let outcomes: Vec<&str> = attempts.iter().filter_map(|attempt| attempt.outcome.as_deref()).collect();
    let tries = outcomes.iter().filter(|outcome| !NO_TRY.contains(outcome)).count();
    if i64::try_from(attempts.len()).ok() != Some(slot.attempts) || i64::try_from(tries).ok() != Some(slot.tries) {
        return Some(format!("it counts {} attempts and {} tries, of {outcomes:?}", slot.attempts, slot.tries));
    }
    let last = outcomes.last().copied();
    let fits = match slot.state.as_str() {
        // An attempt that was found again may have made the report, while a later one was withdrawn because of it.
        "reported" => outcomes.contains(&"reported"),
        "unanswered" => tries > 0 && slot.reason.as_deref().is_some_and(|reason| outcomes.contains(&reason)),
        "missed" => tries == 0,
        "cancelled" => last != Some("reported"),
        _ => false,
    };
    (!fits).then(|| format!("its attempts ended as {outcomes:?}"))
}
