//! Checks that key 8 holds back a patient's calls only if the caller has said in the same call that they are the
//! patient, or answer for the patient. For any other request staff decide, and calls continue: I4 expects the slots.

use std::collections::HashSet;

use super::super::event_log::LoggedEventKind;
use super::{Case, Invariant};
use crate::domain::CallId;

pub(super) fn confirmed(case: &mut Case<'_>) {
    let mut confirmed: HashSet<CallId> = HashSet::new();
    let mut held = Vec::new();
    for moment in &case.record.moments {
        match moment.what {
            LoggedEventKind::Confirmed(call) => {
                confirmed.insert(call);
            }
            LoggedEventKind::StopNoted(call) if !confirmed.contains(&call) => held.push((moment.at, call)),
            _ => {}
        }
    }
    for (at, call) in held {
        let what = format!("{at}: call {call} held the calls for somebody who hadn't said who they are");
        case.complain(Invariant::Confirmed, what);
    }
}
