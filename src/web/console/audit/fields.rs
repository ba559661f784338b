//! What an entry says about fields and about what isn't a person, in words. Exports keep the codes.

use jiff::{Timestamp, ZonedDateTime};
use serde_json::Value;
use uuid::Uuid;

use super::{actions, rota};
use crate::domain::{
    ClosingReason, DiagnosisBasis, Language, NotificationReason, Oximeter, PatientStatus, PhoneNumber, Role,
};
use crate::service::{Column, ERASED};
use crate::translations::{Message, message};
use crate::web::console::layout::role_name;
use crate::web::console::patients::{basis_name, column_name, oximeter_name, reason_name, shown_times, status_name};
use crate::web::console::settings::setting_name;
use crate::web::console::today::words::reason_name as closing_name;
use crate::web::console::{names, times};

/// The names of health centres, by their codes.
pub(super) struct CentreNames(pub(super) Vec<(String, String)>);

impl CentreNames {
    /// The name, or else the code.
    pub(super) fn of(&self, code: &str) -> Message {
        let found = self.0.iter().find(|(of, _)| of == code);
        message!("verbatim", text = found.map_or(code, |(_, name)| name.as_str()))
    }
}

/// A field with its values. `None` if it says nothing to people, such as an id.
pub(super) fn field(name: &str, values: &Value, now: &ZonedDateTime, centres: &CentreNames) -> Option<Message> {
    let named = name_of(name);
    let (before, after) = match values.as_array().map(Vec::as_slice) {
        Some([before, after]) => (Some(before).filter(|before| !is_nothing(before)), after),
        _ => (None, values),
    };
    if is_id(after) || before.is_some_and(is_id) {
        return None;
    }
    if values.as_str() == Some(ERASED) {
        return Some(named);
    }
    let value = |value: &Value| value_of(name, value, now, centres);
    Some(match before {
        Some(before) => message!("plain-field-changed", name = named, before = value(before), after = value(after)),
        None => message!("plain-field", name = named, value = value(after)),
    })
}

/// Nothing before: there was no value, or something was shown that wasn't shown before.
fn is_nothing(before: &Value) -> bool {
    matches!(before, Value::Null | Value::Bool(false)) || before.as_str() == Some("")
}

fn is_id(value: &Value) -> bool {
    value.as_str().is_some_and(|text| Uuid::try_parse(text).is_ok())
}

fn name_of(name: &str) -> Message {
    if let Some(column) = Column::ALL.into_iter().find(|column| column.code() == name) {
        return column_name(column);
    }
    if let Some(setting) = setting_name(name) {
        return setting;
    }
    match name {
        "revealed" => message!("plain-field-revealed"),
        "asked" => message!("plain-field-asked"),
        "found" => message!("plain-field-found"),
        "status" | "state" => message!("plain-field-status"),
        "severity" => message!("plain-field-severity"),
        "today" => message!("plain-field-today"),
        "not_reported" => message!("plain-field-not-reported"),
        "role" => message!("plain-field-role"),
        "reason" => message!("plain-field-reason"),
        "report" => message!("plain-field-report"),
        "call" => message!("plain-field-call"),
        "outcome" => message!("plain-field-outcome"),
        "kind" => message!("plain-field-kind"),
        "until" => message!("plain-field-until"),
        "since" => message!("plain-field-since"),
        "from_centre" => message!("plain-field-from-centre"),
        "to_centre" => message!("plain-field-to-centre"),
        "taken_by" => message!("plain-field-taken-by"),
        "bytes" => message!("plain-field-bytes"),
        "number_ends" => message!("plain-field-number-ends"),
        other => name_of_change(other),
    }
}

fn name_of_change(name: &str) -> Message {
    match name {
        "stopped_at" => message!("plain-field-stopped-at"),
        "stop_requested_at" => message!("plain-field-stop-requested-at"),
        "released_at" => message!("plain-field-released-at"),
        "wrong_number" => message!("plain-field-wrong-number"),
        "again_at" => message!("plain-field-again-at"),
        "called_at" => message!("plain-field-called-at"),
        "closed_by" => message!("plain-field-closed-by"),
        "list_columns" => message!("plain-field-list-columns"),
        "red_sound" => message!("plain-field-red-sound"),
        "sharing" => message!("plain-field-sharing"),
        "actor" => message!("plain-field-actor"),
        "centre" => message!("plain-field-centre"),
        "passport_number" => message!("plain-field-passport-number"),
        "disease" => message!("words-field-disease"),
        "diagnosed_on" => message!("words-field-diagnosed-on"),
        "basis" => message!("words-field-basis"),
        "registered_name" => message!("words-field-registered-name"),
        "entered_on" => message!("words-field-entered-on"),
        "arrived_on" => message!("words-field-arrived-on"),
        "none" => message!("words-field-none"),
        "between_minutes" | "first_minutes" => message!("plain-field-rings"),
        other if other.starts_with("contact") => message!("plain-field-contact"),
        other if other.starts_with("shift") => message!("plain-field-shift"),
        other => message!("verbatim", text = other),
    }
}

fn value_of(name: &str, value: &Value, now: &ZonedDateTime, centres: &CentreNames) -> Message {
    match value {
        Value::Null => message!("verbatim", text = "–"),
        Value::Bool(true) => message!("console-yes"),
        Value::Bool(false) => message!("console-no"),
        Value::String(text) if name == "asked" => actions::sentence(text),
        Value::String(text) if matches!(name, "centre" | "from_centre" | "to_centre") => centres.of(text),
        Value::String(text) => match rota::value(name, text).or_else(|| code_of(name, text)) {
            Some(words) => words,
            None => text_of(text, now),
        },
        Value::Object(_) | Value::Array(_) if name == "thresholds" => message!("plain-value-hidden"),
        other => message!("verbatim", text = other.to_string()),
    }
}

/// The words of a code, by its field.
fn code_of(name: &str, text: &str) -> Option<Message> {
    Some(match name {
        "oximeter" => oximeter_name(Oximeter::from_code(text)?),
        "status" => status_name(PatientStatus::from_code(text)?),
        "phone_number" => message!("verbatim", text = PhoneNumber::from_e164(text).ok()?.national()),
        "call_times" => message!("verbatim", text = shown_times(text)),
        "none" => none_name(text),
        "role" => role_name(Some(Role::from_code(text)?)),
        "basis" => basis_name(DiagnosisBasis::from_code(text)?),
        "closed_by" | "taken_by" | "actor" => names::actor(text),
        "language" => message!("verbatim", text = text.parse::<Language>().ok()?.own_name()),
        "reason" if text == "not_opened" => message!("words-not-opened"),
        "reason" => match (ClosingReason::from_code(text), NotificationReason::from_code(text)) {
            (Some(reason), _) => closing_name(reason),
            (None, Some(reason)) => reason_name(reason),
            (None, None) => return None,
        },
        _ => return None,
    })
}

/// Why there was no certificate, in a few words.
fn none_name(code: &str) -> Message {
    match code {
        "no_diagnosis" => message!("words-none-no-diagnosis"),
        "presumed" => message!("words-none-presumed"),
        "birth_date" => message!("words-none-birth-date"),
        "passport" => message!("words-none-passport"),
        "withdrawn" => message!("words-none-withdrawn"),
        _ => message!("words-none-not-notified"),
    }
}

fn text_of(text: &str, now: &ZonedDateTime) -> Message {
    if let Ok(at) = text.parse::<Timestamp>() {
        return message!("verbatim", text = times::clock_time(at, now));
    }
    // Other numbers of eight digits aren't dates.
    let date = Some(text).filter(|text| text.len() == 10 && text.contains('-')).and_then(|text| text.parse().ok());
    if let Some(date) = date {
        return times::day(date);
    }
    match text {
        "red" => message!("console-red"),
        "amber" => message!("console-amber"),
        "note" => message!("console-note"),
        "yes" => message!("console-yes"),
        "no" => message!("console-no"),
        "on" => message!("plain-value-on"),
        "off" => message!("plain-value-off"),
        "open" => message!("plain-value-open"),
        "decided" => message!("plain-value-decided"),
        "passed on" | "passed_on" => message!("plain-value-passed-on"),
        other => message!("verbatim", text = other),
    }
}

/// What an entry is about that isn't a person, without ids.
pub(super) fn subject(subject: &str) -> Option<Message> {
    let (kind, of) = subject.split_once([':', '/']).unwrap_or((subject, ""));
    Some(match kind {
        "" => return None,
        "account" => message!("plain-subject-account"),
        "alert" => message!("words-subject-alert"),
        "centre" => message!("plain-subject-centre"),
        "list" => message!("plain-subject-list"),
        "portal_account" => message!("plain-subject-portal-account"),
        "rows" => message!("plain-field", name = message!("plain-subject-rows"), value = of),
        "trail" => message!("plain-subject-trail"),
        "record" => message!("plain-subject-record"),
        other => message!("verbatim", text = other),
    })
}
