//! Who took part in a call: the patient it was placed to, and the patients identified in it.

use super::attempts::AttemptRow;
use super::{StoreError, Tx, bind_value::Row, bind_value::parsed};
use crate::domain::{CallId, CallRole, CentreCode, PatientId};

/// A patient's part in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPerson {
    /// The call.
    pub call: CallId,
    /// The patient.
    pub patient: PatientId,
    /// The health centre responsible for the patient at that time.
    pub centre: CentreCode,
    /// The patient's role in the call.
    pub role: CallRole,
}

impl CallPerson {
    /// The patient whom an attempt called.
    pub fn called(attempt: &AttemptRow) -> Self {
        Self { call: attempt.call, patient: attempt.patient, centre: attempt.centre.clone(), role: CallRole::Called }
    }
}

/// Adds people to calls. The calls must be stored. A person who is part of the call already keeps the first role.
///
/// # Errors
/// Database errors.
pub async fn insert(tx: &mut Tx, people: &[CallPerson]) -> Result<(), StoreError> {
    let rows = people
        .iter()
        .map(|person| [person.call.into(), person.patient.into(), (&person.centre).into(), person.role.code().into()]);
    tx.write_rows(
        "INSERT INTO call_people (call_id, patient_id, centre_code, role, started_at)
         SELECT v.column1, v.column2, v.column3, v.column4, c.started_at FROM (VALUES",
        rows.collect(),
        ") AS v JOIN calls c ON c.id = v.column1 WHERE true ON CONFLICT (call_id, patient_id) DO NOTHING",
    )
    .await
}

/// The people of these calls.
///
/// # Errors
/// Database errors.
pub async fn of_calls(tx: &mut Tx, calls: &[CallId]) -> Result<Vec<CallPerson>, StoreError> {
    tx.fetch_in(
        "SELECT call_id, patient_id, centre_code, role FROM call_people WHERE call_id IN",
        &[],
        calls.iter().map(|call| (*call).into()),
        "ORDER BY call_id, patient_id",
        read,
    )
    .await
}

fn read(row: &Row<'_>) -> Result<CallPerson, StoreError> {
    Ok(CallPerson {
        call: row.read(0, "call_people.call_id", parsed)?,
        patient: row.read(1, "call_people.patient_id", parsed)?,
        centre: row.read(2, "call_people.centre_code", |text| CentreCode::parse(text).ok())?,
        role: row.read(3, "call_people.role", CallRole::from_code)?,
    })
}
