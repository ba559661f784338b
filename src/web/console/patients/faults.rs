//! What is wrong with a value of a form about a patient. The checks are those of a patient list; the sentences speak of
//! fields.

use crate::domain::era::DateError;
use crate::domain::{CallTimesError, HersysIdError};
use crate::service::{Column, Fault, Finding, Place};
use crate::translations::{Message, message};
use crate::web::console::form::Mistakes;

/// The mistakes of a form, each beside its field.
pub(super) fn mistakes_of(findings: &[Finding]) -> Mistakes {
    let mut mistakes = Mistakes::default();
    for finding in findings {
        let named = if let Place::Cell { column, .. } = finding.place { column } else { None };
        let column = named.unwrap_or_else(|| column_of(&finding.fault));
        if mistakes.of(column.code()).is_none() {
            mistakes.add(column.code(), sentence(&finding.fault, column));
        }
    }
    mistakes
}

/// The mistakes of one value, all beside this field.
pub(in crate::web::console) fn mistakes_at(findings: &[Finding], field: &'static str) -> Mistakes {
    let first = findings.first().map(|finding| Mistakes::one(field, sentence(&finding.fault, Column::CallTimes)));
    first.unwrap_or_default()
}

/// The field to which a fault of the whole record belongs.
const fn column_of(fault: &Fault) -> Column {
    match fault {
        Fault::NumberNeeded | Fault::NotCallable(_) | Fault::NumberInUse | Fault::DuplicateNumber(_) => {
            Column::PhoneNumber
        }
        Fault::BeforeBirth | Fault::Future | Fault::TooOld => Column::BirthDate,
        Fault::CallTimes(_) | Fault::OutsideCallingHours => Column::CallTimes,
        _ => Column::HersysId,
    }
}

fn sentence(fault: &Fault, column: Column) -> Message {
    match fault {
        Fault::Missing | Fault::NoPatient { .. } | Fault::MissingColumn(_) => missing(column),
        Fault::HersysId(HersysIdError::Length(_)) | Fault::LostZeros(_) => message!("patient-fault-id-length"),
        Fault::HersysId(HersysIdError::NotDigits) => message!("patient-fault-id-digits"),
        Fault::Date(DateError::NoSuchDay) => message!("patient-fault-no-such-day"),
        Fault::Date(DateError::NotInEra) => message!("patient-fault-not-in-era"),
        Fault::Date(DateError::Form | DateError::TimeOfDay | DateError::OldCalendar) => {
            message!("patient-fault-date")
        }
        Fault::Future => message!("patient-fault-future"),
        Fault::TooOld => message!("patient-fault-too-old"),
        Fault::BeforeBirth => message!("patient-fault-before-birth"),
        Fault::NameTooLong | Fault::ValueTooLong | Fault::CellTooLong => message!("patient-fault-too-long"),
        Fault::PhoneNumber => message!("patient-fault-number"),
        Fault::NotCallable(_) => message!("patient-fault-not-callable"),
        Fault::NumberNeeded => message!("patient-fault-number-needed"),
        Fault::NumberInUse | Fault::DuplicateNumber(_) => message!("patient-fault-number-in-use"),
        Fault::CallTimes(error) => times_sentence(*error),
        Fault::OutsideCallingHours => message!("patient-fault-outside-hours"),
        Fault::Hidden(hidden) => {
            message!("patient-fault-hidden", code = format!("U+{:04X}", u32::from(hidden.character)))
        }
        _ => message!("patient-fault-unreadable"),
    }
}

/// What is wrong with call times.
pub(in crate::web::console) fn times_sentence(error: CallTimesError) -> Message {
    match error {
        CallTimesError::Form => message!("patient-fault-times"),
        CallTimesError::NoSuchTime => message!("patient-fault-no-such-time"),
        CallTimesError::TooMany => message!("patient-fault-too-many-times"),
        CallTimesError::Twice => message!("patient-fault-time-twice"),
    }
}

fn missing(column: Column) -> Message {
    match column {
        Column::HersysId => message!("patient-missing-id"),
        Column::BirthDate => message!("patient-missing-birth-date"),
        Column::FamilyName => message!("patient-missing-family-name"),
        Column::GivenName => message!("patient-missing-given-name"),
        Column::PhoneNumber
        | Column::AutomatedCall
        | Column::CallTimes
        | Column::Language
        | Column::DiagnosisDate
        | Column::MonitoringStart
        | Column::Oximeter => message!("patient-missing"),
    }
}
