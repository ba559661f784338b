//! Calls with staff: none is cut, whatever changes meanwhile, and no call is placed for the slot after one.

use super::no_double_call::lasted;
use super::{Case, Invariant};

pub(super) fn talked(case: &mut Case<'_>) {
    let record = case.record;
    for placed in &record.placed {
        let Some((begun, until)) = placed.talk else { continue };
        if let Some(ended) = lasted(placed).1.filter(|ended| *ended < until) {
            let what = format!("a talk with staff since {begun} was cut at {ended}, before {until}");
            case.complain(Invariant::Talked, what);
        }
        let Some(talked) = placed.call.and_then(|call| case.attempts.get(&call)) else { continue };
        let of_slot = record.tables.attempts.iter().filter(|other| other.slot == talked.slot);
        let later: Vec<String> =
            of_slot.filter(|other| other.number > talked.number).map(|other| other.call.to_string()).collect();
        for call in later {
            let what = format!("call {call} was placed for a slot whose patient had talked with staff since {begun}");
            case.complain(Invariant::Talked, what);
        }
    }
}
