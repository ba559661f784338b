//! Checks that staff get an alert for everything they must know: missed slots, calls with unknown outcome, wrong
//! numbers, red answers, requests to stop.

use std::collections::HashMap;

use super::super::event_log::LoggedEventKind;
use super::{Case, Invariant};
use crate::domain::{CallId, PatientId};

pub(super) fn alerted(case: &mut Case<'_>) {
    let (record, tables) = (case.record, &case.record.tables);
    let of_call =
        |kind: &str, call: CallId| tables.alerts.iter().any(|alert| alert.kind == kind && alert.call == Some(call));
    let mut missing = Vec::new();
    for state in ["unanswered", "missed"] {
        let mut slots: HashMap<PatientId, usize> = HashMap::new();
        let missed = tables.slots.iter().filter(|slot| slot.state == state);
        for slot in missed.filter(|slot| slot.reason.as_deref() != Some("wrong_number")) {
            *slots.entry(slot.patient).or_default() += 1;
        }
        for (patient, count) in slots {
            let alerts = tables.alerts.iter().filter(|alert| alert.kind == state && alert.patient == Some(patient));
            let alerts = alerts.count();
            if alerts < count {
                missing.push(format!("patient {patient}: {count} slots ended as {state}, with {alerts} alerts"));
            }
        }
    }
    for attempt in &tables.attempts {
        let kind = match attempt.outcome.as_deref() {
            Some("wrong_number") => "wrong_number",
            _ if attempt.staff_asked || attempt.revived_at.is_some() => "unknown_call",
            _ => continue,
        };
        if !of_call(kind, attempt.call) {
            missing.push(format!("call {}: no alert says {kind}", attempt.call));
        }
    }
    for answer in tables.answers.iter().filter(|answer| answer.severity == "red") {
        let mut red = tables.alerts.iter().filter(|alert| alert.kind == "red_answer");
        if !red.any(|alert| alert.report == Some(answer.report) && alert.item.as_ref() == Some(&answer.item)) {
            missing.push(format!("report {}: no alert tells of the red answer to {}", answer.report, answer.item));
        }
    }
    for moment in &record.moments {
        let (kind, call) = match moment.what {
            LoggedEventKind::StopNoted(call) => ("stop_request", call),
            LoggedEventKind::StopPassedOn(call) => ("stop_unconfirmed", call),
            _ => continue,
        };
        // A caller who is identified later is covered by the alert of the request that holds back the calls.
        if !of_call(kind, call) && !of_call("stop_request", call) {
            missing.push(format!("call {call}: no alert of the kind {kind} tells of the request to stop"));
        }
    }
    for what in missing {
        case.complain(Invariant::Alerted, what);
    }
}
