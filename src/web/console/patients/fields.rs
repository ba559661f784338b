//! The fields of a form about a patient: what was typed, what the form began with, and what is wrong.

use sha2::{Digest as _, Sha256};

use super::faults;
use super::words;
use crate::domain::{CallTimes, Language, Oximeter, PhoneNumber, era, width};
use crate::service::{Column, PastChange, PatientView};
use crate::translations::{Message, message};
use crate::web::console::form::{Fields, Mistakes};
use crate::web::console::times;

/// The prefix of the hidden fields with the values that the form began with.
const WAS: &str = "was_";
/// The hidden field with the digest of what was shown as the effect.
pub(super) const PREVIEWED: &str = "previewed";

/// The values of a form, by field.
#[derive(Clone, Default)]
pub(super) struct Values(Vec<(Column, String)>);

impl Values {
    /// The values of a record, as the form shows them.
    pub(super) fn of_record(patient: &PatientView) -> Self {
        let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
        let value = |column: Column| match column {
            Column::HersysId => patient.hersys_id.expose().to_owned(),
            Column::BirthDate => patient.birth_date.expose().to_string(),
            Column::FamilyName => patient.family_name.expose().to_owned(),
            Column::GivenName => patient.given_name.expose().to_owned(),
            Column::PhoneNumber => patient.phone_number.as_ref().map(|number| number.national()).unwrap_or_default(),
            Column::AutomatedCall => if patient.automated_call { "yes" } else { "no" }.to_owned(),
            Column::CallTimes => super::person::shown_times(&patient.call_times),
            Column::Language => patient.language.tag().to_owned(),
            Column::DiagnosisDate => date(patient.diagnosis_date),
            Column::MonitoringStart => date(patient.monitoring_start),
            Column::Oximeter => patient.oximeter.code().to_owned(),
        };
        Self(Column::ALL.into_iter().map(|column| (column, value(column))).collect())
    }

    /// What a form for a new patient begins with.
    pub(super) fn of_new() -> Self {
        let value = |column: Column| match column {
            Column::AutomatedCall => "yes".to_owned(),
            Column::Language => Language::default().tag().to_owned(),
            Column::Oximeter => Oximeter::default().code().to_owned(),
            _ => String::new(),
        };
        Self(Column::ALL.into_iter().map(|column| (column, value(column))).collect())
    }

    /// What was typed.
    pub(super) fn typed(fields: &Fields) -> Self {
        Self(Column::ALL.into_iter().map(|column| (column, fields.get(column.code()).to_owned())).collect())
    }

    /// What the form began with.
    pub(super) fn began_with(fields: &Fields) -> Self {
        let value = |column: Column| fields.get(&format!("{WAS}{}", column.code())).to_owned();
        Self(Column::ALL.into_iter().map(|column| (column, value(column))).collect())
    }

    /// One value.
    pub(super) fn get(&self, column: Column) -> &str {
        self.0.iter().find(|(of, _)| *of == column).map_or("", |(_, value)| value)
    }

    /// The fields whose values differ, however they are written.
    pub(super) fn changed_from(&self, before: &Self) -> Vec<Column> {
        let differs = |column: &Column| meant(*column, self.get(*column)) != meant(*column, before.get(*column));
        Column::ALL.into_iter().filter(differs).collect()
    }

    /// These values, but those of another form in these fields.
    pub(super) fn with(&self, other: &Self, columns: &[Column]) -> Self {
        let of = |column: Column| if columns.contains(&column) { other.get(column) } else { self.get(column) };
        Self(Column::ALL.into_iter().map(|column| (column, of(column).to_owned())).collect())
    }

    /// These values, with those before a change in the fields that still have the values after it.
    pub(super) fn undone(&self, change: &PastChange) -> Self {
        let value = |(column, value): &(Column, String)| {
            let field = change.fields.iter().find(|field| field.column == *column);
            let still = field.filter(|field| meant(*column, &typed_as(*column, &field.after)) == meant(*column, value));
            (*column, still.map_or_else(|| value.clone(), |field| typed_as(*column, &field.before)))
        };
        Self(self.0.iter().map(value).collect())
    }

    /// The values of these fields as the service reads them, or what is wrong with the call times.
    pub(super) fn to_send(&self, columns: &[Column]) -> Result<Vec<(Column, String)>, Mistakes> {
        let mut values = Vec::new();
        for column in columns {
            let typed = self.get(*column);
            let value = match column {
                Column::CallTimes => CallTimes::read_typed(typed)
                    .map_err(|error| Mistakes::one(Column::CallTimes.code(), faults::times_sentence(error)))?
                    .to_string(),
                _ => typed.to_owned(),
            };
            values.push((*column, value));
        }
        Ok(values)
    }

    /// Names these values without telling them: what is saved must be what was shown.
    pub(super) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (column, value) in &self.0 {
            hash.update(column.code());
            hash.update([0]);
            hash.update(value.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A stored value as people type it.
pub(super) fn typed_as(column: Column, stored: &str) -> String {
    match column {
        Column::PhoneNumber => {
            PhoneNumber::from_e164(stored).map_or_else(|_| stored.to_owned(), |number| number.national())
        }
        Column::CallTimes => super::person::shown_times(stored),
        _ => stored.to_owned(),
    }
}

/// A value in one form, if it can be read: `930` and `9:30` are the same time.
fn meant(column: Column, text: &str) -> String {
    let read = match column {
        Column::CallTimes => CallTimes::read_typed(text).ok().map(|times| times.to_string()),
        Column::PhoneNumber => {
            let number: String = width::fold(text).chars().map(width::hyphen).collect();
            PhoneNumber::parse(&number).ok().map(|number| number.expose().to_owned())
        }
        Column::BirthDate | Column::DiagnosisDate | Column::MonitoringStart => {
            era::read(text).ok().map(|date| date.to_string())
        }
        Column::HersysId => Some(width::fold(text).replace(' ', "")),
        Column::FamilyName | Column::GivenName | Column::AutomatedCall | Column::Language | Column::Oximeter => None,
    };
    read.unwrap_or_else(|| width::trim(text).to_owned())
}

/// The values as the service takes them.
pub(super) fn borrowed(values: &[(Column, String)]) -> Vec<(Column, &str)> {
    values.iter().map(|(column, value)| (*column, value.as_str())).collect()
}

/// How a field is filled in.
pub(super) enum Control {
    /// By typing. The value of `inputmode`.
    Text(&'static str),
    /// By choosing one of few.
    Choice(Vec<Choice>),
    /// By choosing from a list.
    Select(Vec<Choice>),
}

/// Something to choose.
pub(super) struct Choice {
    pub(super) value: &'static str,
    /// The language of the name, if it isn't the page's.
    pub(super) tag: Option<&'static str>,
    pub(super) name: Message,
    pub(super) is_chosen: bool,
}

/// A field of the form.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: Message,
    pub(super) hint: Option<Message>,
    pub(super) value: String,
    /// What the form began with.
    pub(super) was: String,
    pub(super) control: Control,
    pub(super) error: Option<Message>,
    /// What somebody else has changed it to meanwhile.
    pub(super) meanwhile: Option<Message>,
}

impl Field {
    pub(super) fn error_id(&self) -> String {
        format!("{}-error", self.name)
    }

    /// The ids of what describes the control.
    pub(super) fn described_by(&self) -> Option<String> {
        let ids = [
            self.hint.as_ref().map(|_| format!("{}-hint", self.name)),
            self.meanwhile.as_ref().map(|_| format!("{}-meanwhile", self.name)),
            self.error.as_ref().map(|_| self.error_id()),
        ];
        let ids: Vec<String> = ids.into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.error.is_some() || self.meanwhile.is_some()
    }
}

/// The fields of a form.
pub(super) fn fields_of(
    columns: &[Column],
    typed: &Values,
    began: &Values,
    mistakes: &Mistakes,
    meanwhile: &[(Column, String)],
) -> Vec<Field> {
    let field = |column: &Column| Field {
        name: column.code(),
        label: words::column_name(*column),
        hint: hint_of(*column),
        value: typed.get(*column).to_owned(),
        was: began.get(*column).to_owned(),
        control: control_of(*column, typed.get(*column)),
        error: mistakes.of(column.code()).cloned(),
        meanwhile: meanwhile
            .iter()
            .find(|(of, _)| of == column)
            .map(|(column, value)| message!("patient-meanwhile", value = shown_value(*column, value))),
    };
    columns.iter().map(field).collect()
}

fn hint_of(column: Column) -> Option<Message> {
    match column {
        Column::HersysId => Some(message!("patient-hint-id")),
        Column::BirthDate => Some(message!("patient-hint-date")),
        Column::PhoneNumber => Some(message!("patient-hint-number")),
        Column::CallTimes => Some(message!("patient-hint-times")),
        Column::Oximeter => Some(message!("patient-hint-oximeter")),
        Column::FamilyName
        | Column::GivenName
        | Column::AutomatedCall
        | Column::Language
        | Column::DiagnosisDate
        | Column::MonitoringStart => None,
    }
}

fn control_of(column: Column, typed: &str) -> Control {
    let choice = |value: &'static str, name: Message| Choice { value, tag: None, name, is_chosen: value == typed };
    match column {
        Column::HersysId => Control::Text("numeric"),
        Column::PhoneNumber => Control::Text("tel"),
        Column::AutomatedCall => Control::Choice(vec![
            choice("yes", message!("patient-automated-yes")),
            choice("no", message!("patient-automated-no")),
        ]),
        Column::Oximeter => {
            let each = [Oximeter::Yes, Oximeter::No, Oximeter::Unknown].into_iter();
            Control::Choice(each.map(|oximeter| choice(oximeter.code(), words::oximeter_name(oximeter))).collect())
        }
        Column::Language => {
            let each = Language::ALL.into_iter().map(|language| Choice {
                value: language.tag(),
                tag: Some(language.tag()),
                name: message!("patient-value", value = language.own_name()),
                is_chosen: language.tag() == typed,
            });
            Control::Select(each.collect())
        }
        Column::BirthDate
        | Column::FamilyName
        | Column::GivenName
        | Column::CallTimes
        | Column::DiagnosisDate
        | Column::MonitoringStart => Control::Text("text"),
    }
}

/// A value of a form as people read it.
pub(super) fn shown_value(column: Column, value: &str) -> Message {
    if value.trim().is_empty() {
        return match column {
            Column::CallTimes => message!("patient-centre-times"),
            _ => message!("patient-empty"),
        };
    }
    match column {
        Column::AutomatedCall if value == "yes" => message!("patient-automated-yes"),
        Column::AutomatedCall if value == "no" => message!("patient-automated-no"),
        Column::Oximeter => match Oximeter::from_code(value) {
            Some(oximeter) => words::oximeter_name(oximeter),
            None => message!("patient-value", value = value),
        },
        Column::Language => match value.parse::<Language>() {
            Ok(language) => message!("patient-value", value = language.own_name()),
            Err(_) => message!("patient-value", value = value),
        },
        Column::CallTimes => message!("patient-value", value = super::person::shown_times(value)),
        Column::DiagnosisDate | Column::MonitoringStart => match value.parse() {
            Ok(date) => times::day(date),
            Err(_) => message!("patient-value", value = value),
        },
        _ => message!("patient-value", value = value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::PastField;

    fn values(times: &str, name: &str) -> Values {
        Values(vec![(Column::CallTimes, times.to_owned()), (Column::FamilyName, name.to_owned())])
    }

    #[test]
    fn a_change_is_undone_only_where_its_values_still_are() {
        let field =
            |column, before: &str, after: &str| PastField { column, before: before.into(), after: after.into() };
        let fields = vec![field(Column::CallTimes, "09:00;13:00", "09:30"), field(Column::FamilyName, "見本", "架空")];
        let (at, by) = (jiff::Timestamp::UNIX_EPOCH, String::new());
        let change = PastChange { id: uuid::Uuid::nil(), at, by, fields };
        let now = values("9:30", "別名");
        let undone = now.undone(&change);
        assert_eq!((undone.get(Column::CallTimes), undone.get(Column::FamilyName)), ("9:00 13:00", "別名"));
        assert_eq!(undone.changed_from(&now), [Column::CallTimes]);
    }

    #[test]
    fn only_what_differs_is_changed() {
        let before = values("9:00 13:00", "見本");
        assert_eq!(values("０９００、1300", " 見本 ").changed_from(&before), []);
        assert_eq!(values("930", "見本").changed_from(&before), [Column::CallTimes]);
        assert_eq!(values("朝", "架空").changed_from(&before), [Column::FamilyName, Column::CallTimes]);
        assert!(values("朝", "架空").to_send(&[Column::CallTimes]).is_err());
        assert_ne!(values("930", "見本").digest(), values("930", "見木").digest());
    }
}
