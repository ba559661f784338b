//! The values of a patient as they are written in a list.

use crate::patient_import::Column;
use crate::store::patients::PatientRow;

/// The cell of a patient in a column. Importing it changes nothing.
pub(super) fn cell_of(patient: &PatientRow, column: Column) -> String {
    let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
    match column {
        Column::HersysId => patient.hersys_id.expose().to_owned(),
        Column::BirthDate => patient.birth_date.expose().to_string(),
        Column::FamilyName => patient.family_name.expose().to_owned(),
        Column::GivenName => patient.given_name.expose().to_owned(),
        Column::PhoneNumber => patient.phone_number.as_ref().map(|number| number.as_written()).unwrap_or_default(),
        Column::AutomatedCall => if patient.automated_call { "yes" } else { "no" }.to_owned(),
        Column::CallTimes => patient.call_times.clone(),
        Column::Language => patient.language.tag().to_owned(),
        Column::DiagnosisDate => date(patient.diagnosis_date),
        Column::MonitoringStart => date(patient.monitoring_start),
        Column::Oximeter => patient.oximeter.code().to_owned(),
    }
}
