//! What was changed in a patient's record, from the audit trail, so that a change can be undone by another one.

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::PatientId;
use crate::patient_import::Column;
use crate::store::audit::{self, AuditRow};
use crate::store::{StoreError, Tx};

/// Entries about a patient that are read: views are among them.
const ENTRIES_READ: u32 = 200;
/// Changes shown.
const SHOWN: usize = 5;
/// The action of a change.
const CHANGED: &str = "patient.changed";

/// A change of a record.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct PastChange {
    /// The entry of the audit trail.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What differs.
    pub fields: Vec<PastField>,
}

/// A field before and after a change, as a form of the record takes it. Empty: it had no value.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct PastField {
    /// The field.
    pub column: Column,
    /// The value before.
    pub before: String,
    /// The value after.
    pub after: String,
}

/// The last changes of a patient's record by people, latest first.
pub(super) async fn past_changes(tx: &mut Tx, patient: PatientId) -> Result<Vec<PastChange>, StoreError> {
    let rows = audit::by_subject(tx, &format!("patient:{patient}"), ENTRIES_READ).await?;
    let changes = rows.iter().filter(|row| row.action == CHANGED).map(change_of);
    Ok(changes.filter(|change| !change.fields.is_empty()).take(SHOWN).collect())
}

fn change_of(row: &AuditRow) -> PastChange {
    let details: Map<String, Value> = serde_json::from_str(row.details.as_str()).unwrap_or_default();
    let field = |column: Column| {
        let values = details.get(column.code())?;
        Some(PastField { column, before: text(values.get(0)?), after: text(values.get(1)?) })
    };
    let fields = Column::ALL.into_iter().filter_map(field).collect();
    PastChange { id: row.id, at: row.at, by: row.actor.clone(), fields }
}

fn text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_as_a_form_takes_them() {
        let given = [Value::Bool(true), Value::Bool(false), Value::from("09:00"), Value::Null];
        assert_eq!(given.map(|value| text(&value)), ["yes", "no", "09:00", ""]);
    }
}
