//! The changes that an entry would make. The dry run shows them. The import writes nothing if nothing changes, so
//! that importing a file twice leaves no second trace.

use super::{
    column::Column,
    entry::{AutomatedCall, Entry},
    finding::{Fault, Finding, Place},
};
use crate::domain::{BirthDate, CallTimes, CallableNumber, CentreCode, Language, Oximeter, PhoneNumber, Sensitive};
use jiff::civil::Date;

/// A patient's registration without the HER-SYS ID: everything that an import may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// 生年月日
    pub birth_date: BirthDate,
    /// 姓
    pub family_name: Sensitive,
    /// 名
    pub given_name: Sensitive,
    /// 電話番号
    pub phone_number: Option<PhoneNumber>,
    /// 自動架電
    pub automated_call: bool,
    /// 架電時刻; if empty, the centre's pattern applies.
    pub call_times: CallTimes,
    /// 言語
    pub language: Language,
    /// 診断年月日
    pub diagnosis_date: Option<Date>,
    /// 観察開始日
    pub monitoring_start: Option<Date>,
    /// パルスオキシメーター
    pub oximeter: Oximeter,
}

/// The patient who is already registered with an entry's HER-SYS ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// The patient's health centre.
    pub centre: CentreCode,
    /// The current registration.
    pub registration: Registration,
}

/// The changes of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new patient.
    New(Registration),
    /// No changes.
    Same,
    /// Changes to a registered patient.
    Differs {
        /// The changed fields. [`Column::code`] is the name of a field.
        fields: Vec<Column>,
        /// The new registration.
        registration: Registration,
    },
}

/// Compares an entry of a list imported by `centre` with the registration of its HER-SYS ID.
///
/// # Errors
///
/// Returns an error if the patient belongs to another centre, or if automated calls would stay on without a number.
pub fn compare(entry: &Entry, existing: Option<&Existing>, centre: &CentreCode) -> Result<Change, Finding> {
    let refuse = |fault| Finding { place: Place::Row(entry.row), fault };
    if existing.is_some_and(|existing| existing.centre != *centre) {
        return Err(refuse(Fault::OtherCentre));
    }
    let before = existing.map(|existing| &existing.registration);
    let after = registration(entry, before);
    let Some(before) = before else { return Ok(Change::New(after)) };
    let fields = differences(before, &after);
    if fields.is_empty() {
        return Ok(Change::Same);
    }
    if after.automated_call {
        let number = after.phone_number.clone().ok_or(refuse(Fault::NumberNeeded))?;
        CallableNumber::new(number).map_err(|kind| refuse(Fault::NotCallable(kind)))?;
    }
    Ok(Change::Differs { fields, registration: after })
}

fn registration(entry: &Entry, before: Option<&Registration>) -> Registration {
    let automated_call = match entry.automated_call {
        AutomatedCall::On { .. } => true,
        AutomatedCall::Off { .. } => false,
        AutomatedCall::Unsaid { .. } => before.is_some_and(|before| before.automated_call),
    };
    let phone_number = before.and_then(|before| before.phone_number.clone());
    let call_times = before.map(|before| before.call_times.clone());
    let language = before.map(|before| before.language);
    Registration {
        birth_date: entry.birth_date,
        family_name: entry.family_name.clone(),
        given_name: entry.given_name.clone(),
        phone_number: entry.automated_call.phone_number().over(phone_number),
        automated_call,
        call_times: entry.call_times.over(call_times).unwrap_or_default(),
        language: entry.language.or(language).unwrap_or_default(),
        diagnosis_date: entry.diagnosis_date.over(before.and_then(|before| before.diagnosis_date)),
        monitoring_start: entry.monitoring_start.over(before.and_then(|before| before.monitoring_start)),
        oximeter: entry.oximeter.or(before.map(|before| before.oximeter)).unwrap_or_default(),
    }
}

fn differences(before: &Registration, after: &Registration) -> Vec<Column> {
    let differs = [
        (Column::BirthDate, before.birth_date != after.birth_date),
        (Column::FamilyName, before.family_name != after.family_name),
        (Column::GivenName, before.given_name != after.given_name),
        (Column::PhoneNumber, before.phone_number != after.phone_number),
        (Column::AutomatedCall, before.automated_call != after.automated_call),
        (Column::CallTimes, before.call_times != after.call_times),
        (Column::Language, before.language != after.language),
        (Column::DiagnosisDate, before.diagnosis_date != after.diagnosis_date),
        (Column::MonitoringStart, before.monitoring_start != after.monitoring_start),
        (Column::Oximeter, before.oximeter != after.oximeter),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column).collect()
}
