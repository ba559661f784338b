//! What an entry would change. The dry run shows it, and the import writes nothing where nothing changes, so that a
//! file imported twice leaves no second trace.

use super::{
    column::Column,
    entry::{AutomatedCall, Entry},
    finding::{Fault, Finding, Place},
};
use crate::domain::{BirthDate, CallTimes, CallableNumber, CentreCode, Language, PhoneNumber, Sensitive};
use jiff::civil::Date;

/// What is registered of a patient beside the HER-SYS ID: all that an import may change.
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
    /// 架電時刻; empty: the centre's pattern.
    pub call_times: CallTimes,
    /// 言語
    pub language: Language,
    /// 診断年月日
    pub diagnosis_date: Option<Date>,
    /// 観察開始日
    pub monitoring_start: Option<Date>,
}

/// The patient already registered under an entry's HER-SYS ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// The health centre that the patient belongs to.
    pub centre: CentreCode,
    /// What is registered.
    pub registration: Registration,
}

/// What an entry changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A patient not yet registered.
    New(Registration),
    /// Nothing.
    Same,
    /// Some fields of a registered patient.
    Differs {
        /// Which fields; [`Column::word`] is a field's name.
        fields: Vec<Column>,
        /// The registration as it will be.
        registration: Registration,
    },
}

/// Compares an entry of a list imported by `centre` with what is registered under its HER-SYS ID.
///
/// # Errors
/// When the patient belongs to another centre, or automated calls that stay on would have no number to go to.
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
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column).collect()
}
