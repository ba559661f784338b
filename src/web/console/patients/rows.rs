//! A row of the list of patients: who it is, how the calls stand, and how today stands.

use jiff::ZonedDateTime;

use super::person::{Facts, Phone, name_of};
use super::words;
use crate::domain::{Answer, ReportOutcome, Severity, SlotState};
use crate::service::ListedPatient;
use crate::translations::{Message, message};
use crate::web::console::times;
use crate::web::console::today::line::age_at;

/// A row.
pub(super) struct PersonRow {
    pub(super) id: String,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) age: Message,
    pub(super) facts: Facts,
    pub(super) phone: Option<Phone>,
    pub(super) today: Message,
    /// The class of today's state: `reported`, `partial`, `other`.
    pub(super) look: &'static str,
    pub(super) temperature: Option<Value>,
    pub(super) spo2: Option<Value>,
    pub(super) severity: Option<Severity>,
}

/// A measured value.
pub(super) struct Value {
    pub(super) words: Message,
    pub(super) severity: Severity,
}

impl PersonRow {
    pub(super) fn of(listed: &ListedPatient, at: &str, now: &ZonedDateTime) -> Self {
        let patient = &listed.patient;
        let (today, look) = today_of(listed, now);
        Self {
            id: patient.id.to_string(),
            path: format!("{at}/{}", patient.id),
            name: name_of(patient),
            age: age_at(patient.birth_date, patient.monitoring_start, listed.today),
            facts: Facts::of(patient, now),
            phone: Phone::of(patient),
            today,
            look,
            temperature: value_of(listed.temperature),
            spo2: value_of(listed.spo2),
            severity: listed.severity,
        }
    }
}

fn today_of(listed: &ListedPatient, now: &ZonedDateTime) -> (Message, &'static str) {
    let held_back = listed.patient.not_called.is_some();
    let slot =
        |slot: &crate::service::ShownSlot| words::slot_name(slot, held_back, times::clock_time(slot.due_at, now));
    let under_way = listed.slots.iter().find(|slot| !matches!(slot.state, SlotState::Ended(_)));
    match (listed.report, under_way, listed.slots.last()) {
        (Some(ReportOutcome::Reported), ..) => (words::report_name(ReportOutcome::Reported), "reported"),
        (Some(outcome), None, _) => (words::report_name(outcome), "partial"),
        (_, Some(waiting), _) => (slot(waiting), "other"),
        (None, None, Some(last)) => (slot(last), "other"),
        (None, None, None) => (message!("patient-today-nothing"), "other"),
    }
}

fn value_of(measured: Option<(Answer, Severity)>) -> Option<Value> {
    let (answer, severity) = measured?;
    let words = match answer.exported() {
        value if value.is_empty() => message!("patient-not-measured"),
        value => message!("patient-value", value = value),
    };
    Some(Value { words, severity })
}
