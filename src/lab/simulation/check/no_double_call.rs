//! I2: one request to dial per attempt, one attempt per slot at a time, and no phone that rings twice at the same time.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::{Case, Invariant};
use crate::carrier::network::LegProgress;
use crate::carrier::simulator::Placed;
use crate::domain::{PhoneNumber, SlotId};

/// Returns when the call was requested and when it ended, or `None` if it hasn't ended.
pub(super) fn lasted(placed: &Placed) -> (Timestamp, Option<Timestamp>) {
    let begun = placed.listed.created_at.unwrap_or(Timestamp::MIN);
    let ended = placed.history.iter().find(|(_, progress)| matches!(progress, LegProgress::Ended(_)));
    (begun, ended.map(|(at, _)| *at))
}

pub(super) fn once(case: &mut Case<'_>) {
    one_request_an_attempt(case);
    one_call_at_a_time(case);
    nothing_is_called_not_placed_that_rang(case);
}

fn one_request_an_attempt(case: &mut Case<'_>) {
    let record = case.record;
    let mut seen = HashSet::new();
    for asked in &record.asked {
        if !seen.insert(asked.call) {
            let what = format!("{}: call {} was asked of the carrier twice", asked.at, asked.call);
            case.complain(Invariant::Once, what);
        }
        match case.attempts.get(&asked.call) {
            None => {
                let what = format!("{}: call {} was asked of the carrier and never intended", asked.at, asked.call);
                case.complain(Invariant::Once, what);
            }
            Some(attempt) if attempt.phone_number != asked.to => {
                let what = format!("{}: call {} went to another number than was intended", asked.at, asked.call);
                case.complain(Invariant::Once, what);
            }
            Some(_) => {}
        }
    }
}

/// Checks calls for the same slot, and calls to the same number, whichever patient's slot it is.
fn one_call_at_a_time(case: &mut Case<'_>) {
    let record = case.record;
    let mut of_slot: BTreeMap<SlotId, Vec<&Placed>> = BTreeMap::new();
    let mut of_number: BTreeMap<&PhoneNumber, Vec<&Placed>> = BTreeMap::new();
    for placed in &record.placed {
        let Some(call) = placed.call else { continue };
        if let Some(attempt) = case.attempts.get(&call) {
            of_slot.entry(attempt.slot).or_default().push(placed);
        }
        if let Some(to) = &placed.listed.to {
            of_number.entry(to).or_default().push(placed);
        }
    }
    let mut complaints = BTreeMap::new();
    for group in of_slot.values().chain(of_number.values()) {
        for pair in group.windows(2) {
            let [first, second] = pair else { continue };
            let begun = lasted(second).0;
            let over = lasted(first).1.is_some_and(|ended| ended <= begun);
            if !over {
                let calls = [first.call, second.call].into_iter().flatten();
                let calls: Vec<String> = calls.map(|call| call.to_string()).collect();
                let what = format!("{begun}: a phone was rung while a call to it went on: {}", calls.join(" and "));
                complaints.insert(second.call, what);
            }
        }
    }
    for what in complaints.into_values() {
        case.complain(Invariant::Once, what);
    }
}

fn nothing_is_called_not_placed_that_rang(case: &mut Case<'_>) {
    let record = case.record;
    for placed in &record.placed {
        let attempt = placed.call.and_then(|call| case.attempts.get(&call).copied());
        let Some(attempt) = attempt else { continue };
        let answered = placed.history.iter().any(|(_, progress)| *progress == LegProgress::Answered);
        match attempt.outcome.as_deref() {
            Some("not_placed") => {
                let what = format!("call {} rang and counts as not placed", attempt.call);
                case.complain(Invariant::Once, what);
            }
            Some(outcome @ ("busy" | "no_answer")) if answered => {
                let what = format!("call {} was answered and counts as {outcome}", attempt.call);
                case.complain(Invariant::Once, what);
            }
            _ => {}
        }
    }
}
