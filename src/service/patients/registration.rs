//! Converts between a stored patient and the registration that an import may change, and lists the differences for the
//! audit trail.

use jiff::Timestamp;

use crate::domain::{CentreCode, HersysId, PatientId, PhoneNumber};
use crate::patient_import::{Existing, Registration};
use crate::service::context::{Changes, new_id};
use crate::store::StoreError;
use crate::store::patients::{Calling, PatientRow};

/// The registration of a stored patient.
pub(super) fn existing(row: &PatientRow) -> Result<Existing, StoreError> {
    Ok(Existing {
        centre: row.centre.clone(),
        registration: Registration {
            birth_date: row.birth_date,
            family_name: row.family_name.clone(),
            given_name: row.given_name.clone(),
            phone_number: row.phone_number.clone(),
            automated_call: row.automated_call,
            call_times: row.times()?,
            language: row.language,
            diagnosis_date: row.diagnosis_date,
            monitoring_start: row.monitoring_start,
            oximeter: row.oximeter,
        },
    })
}

/// A new patient's row.
pub(super) fn new_row(centre: CentreCode, id: HersysId, registration: Registration, now: Timestamp) -> PatientRow {
    let bare = PatientRow {
        id: PatientId(new_id()),
        centre,
        hersys_id: id,
        birth_date: registration.birth_date,
        family_name: registration.family_name.clone(),
        given_name: registration.given_name.clone(),
        phone_number: None,
        automated_call: false,
        call_times: String::new(),
        language: registration.language,
        diagnosis_date: None,
        monitoring_start: None,
        stopped_at: None,
        released_at: None,
        created_at: now,
        updated_at: now,
        revision: 1,
        calling: Calling::default(),
        known_in: Vec::new(),
        oximeter: registration.oximeter,
        spo2_asked_at: None,
    };
    changed_row(&bare, registration, now)
}

/// A stored patient's row with a new registration.
pub(super) fn changed_row(before: &PatientRow, registration: Registration, now: Timestamp) -> PatientRow {
    PatientRow {
        id: before.id,
        centre: before.centre.clone(),
        hersys_id: before.hersys_id.clone(),
        birth_date: registration.birth_date,
        family_name: registration.family_name,
        given_name: registration.given_name,
        phone_number: registration.phone_number,
        automated_call: registration.automated_call,
        call_times: registration.call_times.to_string(),
        language: registration.language,
        diagnosis_date: registration.diagnosis_date,
        monitoring_start: registration.monitoring_start,
        stopped_at: before.stopped_at,
        released_at: before.released_at,
        created_at: before.created_at,
        updated_at: now,
        revision: before.revision,
        calling: before.calling.clone(),
        known_in: before.known_in.clone(),
        oximeter: registration.oximeter,
        spo2_asked_at: if registration.oximeter == before.oximeter { before.spo2_asked_at } else { Some(now) },
    }
}

/// The number used for automated calls while under observation. No other patient may have it (A2).
pub(super) fn held_number(row: &PatientRow) -> Option<&PhoneNumber> {
    row.phone_number.as_ref().filter(|_| row.automated_call && row.released_at.is_none())
}

/// Every field that differs, for the audit trail. For a new patient, every field with a value.
pub(super) fn changes(before: Option<&PatientRow>, after: &PatientRow) -> Changes {
    let date = |date: jiff::civil::Date| date.to_string();
    let time = |time: Timestamp| time.to_string();
    let number = |row: &PatientRow| row.phone_number.as_ref().map(|number| number.expose().to_owned());
    let stop_requested = |row: &PatientRow| row.calling.stop_requested_at.map(time);
    let wrong_number = |row: &PatientRow| row.calling.wrong_number.as_ref().map(|number| number.expose().to_owned());
    macro_rules! fields {
        ($($name:literal: $value:expr),+ $(,)?) => {
            Changes::default()$(.field($name, before.map($value), Some(after).map($value)))+
        };
    }
    fields!(
        "hersys_id": |row| row.hersys_id.expose().to_owned(),
        "birth_date": |row| row.birth_date.expose().to_string(),
        "family_name": |row| row.family_name.expose().to_owned(),
        "given_name": |row| row.given_name.expose().to_owned(),
        "automated_call": |row| row.automated_call,
        "call_times": |row| row.call_times.clone(),
        "language": |row| row.language.tag(),
        "oximeter": |row| row.oximeter.code(),
    )
    .field("phone_number", before.and_then(number), number(after))
    .field("diagnosis_date", before.and_then(|row| row.diagnosis_date).map(date), after.diagnosis_date.map(date))
    .field("monitoring_start", before.and_then(|row| row.monitoring_start).map(date), after.monitoring_start.map(date))
    .field("stopped_at", before.and_then(|row| row.stopped_at).map(time), after.stopped_at.map(time))
    .field("stop_requested_at", before.and_then(stop_requested), stop_requested(after))
    .field("wrong_number", before.and_then(wrong_number), wrong_number(after))
    .field("released_at", before.and_then(|row| row.released_at).map(time), after.released_at.map(time))
}
