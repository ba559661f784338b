//! Patients who may be the same person under another ID.

use std::collections::HashMap;

use super::{PatientRow, folded_name, read, select};
use crate::domain::{HersysId, PatientId, PhoneNumber};
use crate::store::bind_value::parsed;
use crate::store::{StoreError, Tx};

/// Other patients of the same health centre who may be the same person: those with the same birth date and name, or
/// the same number.
///
/// # Errors
/// Database errors.
pub async fn likely_doubles(tx: &mut Tx, patient: &PatientRow) -> Result<Vec<PatientRow>, StoreError> {
    let number = patient.phone_number.as_ref().map_or("", PhoneNumber::expose).to_owned();
    tx.fetch_all(
        select!(
            "WHERE centre_code = $1 AND id <> $2 AND import <> (SELECT hidden FROM imports)
             AND id IN (SELECT id FROM patients WHERE birth_date = $3 AND folded_name = $4
                        UNION SELECT id FROM patients WHERE phone_number = $5) ORDER BY hersys_id LIMIT 10"
        ),
        vec![
            (&patient.centre).into(),
            patient.id.into(),
            patient.birth_date.expose().into(),
            folded_name(patient).expose().to_owned().into(),
            number.into(),
        ],
        read,
    )
    .await
}

/// A registered patient who may be the same person as somebody new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesake {
    /// The place of the new one among those who were asked for.
    pub of: usize,
    /// The record.
    pub patient: PatientId,
    /// Its HER-SYS ID.
    pub hersys_id: HersysId,
}

/// Patients under observation at the same health centre who have the birth date and the name of one of these, and
/// another ID. Numbers don't count: families share them.
///
/// # Errors
/// Database errors.
pub async fn namesakes(tx: &mut Tx, new: &[PatientRow]) -> Result<Vec<Namesake>, StoreError> {
    let key = |row: &PatientRow| (row.birth_date.expose().to_string(), folded_name(row).expose().to_owned());
    let mut wanted: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (place, patient) in new.iter().enumerate() {
        wanted.entry(key(patient)).or_default().push(place);
    }
    let mut asked: Vec<&(String, String)> = wanted.keys().collect();
    asked.sort_unstable();
    let Some(centre) = new.first().map(|patient| &patient.centre) else { return Ok(Vec::new()) };
    let known = tx
        .fetch_rows(
            "SELECT p.birth_date, p.folded_name, p.id, p.hersys_id FROM (VALUES",
            asked.into_iter().map(|(born, name)| [born.as_str().into(), name.as_str().into(), centre.into()]).collect(),
            ") AS v JOIN patients p ON p.birth_date = v.column1 AND p.folded_name = v.column2
             AND p.centre_code || '' = v.column3 AND p.released_at IS NULL
             AND p.import <> (SELECT hidden FROM imports)",
            |row| {
                let hersys_id = row.read(3, "patients.hersys_id", |text| HersysId::parse(text).ok())?;
                Ok(((row.owned(0)?, row.owned(1)?), row.read(2, "patients.id", parsed)?, hersys_id))
            },
        )
        .await?;
    let mut found = Vec::new();
    for (key, patient, hersys_id) in known {
        let others = wanted.get(&key).into_iter().flatten();
        let others = others.filter(|of| new.get(**of).is_some_and(|new| new.hersys_id != hersys_id));
        found.extend(others.map(|of| Namesake { of: *of, patient, hersys_id: hersys_id.clone() }));
    }
    found.sort_by_key(|namesake| namesake.of);
    Ok(found)
}
