//! The people whom an entry of the audit trail names besides its subject: a view that shows many is one entry.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::subject::StoredEntry;
use super::{AuditPerson, AuditRow};
use crate::domain::{CentreCode, PatientId};
use crate::store::bind_value::{BindValue, Row, parsed};
use crate::store::chain::{Entry, NamedSubject};
use crate::store::{StoreError, Tx};

/// A patient who was shown.
pub(super) const PATIENT: &str = "patient";
/// A health centre of patients who were shown, if they are of several centres.
pub(super) const CENTRE: &str = "centre";

/// The rows of the people of entries.
pub(super) fn rows(entries: &[AuditRow]) -> Vec<[BindValue<'static>; 5]> {
    let mut rows = Vec::new();
    for entry in entries {
        let mut add = |kind: &'static str, subject: String, centre: Option<&CentreCode>| {
            let centre = centre.map_or(None::<&str>.into(), |code| code.as_str().to_owned().into());
            rows.push([entry.id.into(), kind.into(), subject.into(), centre, entry.at.into()]);
        };
        let elsewhere = |centre: &&CentreCode| entry.centre.as_ref() != Some(centre);
        let people: BTreeSet<&AuditPerson> = entry.people.iter().collect();
        for person in &people {
            add(PATIENT, person.patient.to_string(), Some(&person.centre).filter(elsewhere));
        }
        let centres: BTreeSet<&CentreCode> = people.iter().map(|person| &person.centre).filter(elsewhere).collect();
        for centre in centres {
            add(CENTRE, centre.as_str().to_owned(), None);
        }
    }
    rows
}

pub(super) async fn insert(tx: &mut Tx, rows: Vec<[BindValue<'static>; 5]>) -> Result<(), StoreError> {
    if !rows.is_empty() {
        let head = "INSERT INTO audit_subjects (audit_id, kind, subject, centre_code, at) VALUES";
        tx.execute_rows(head, rows, "").await?;
    }
    Ok(())
}

/// Reads the people of entries.
pub(super) async fn read_people(tx: &mut Tx, entries: &mut [StoredEntry]) -> Result<(), StoreError> {
    let found = tx
        .fetch_in(
            "SELECT audit_id, subject, centre_code FROM audit_subjects WHERE kind = 'patient' AND audit_id IN",
            &[],
            entries.iter().map(|entry| entry.row.id.into()),
            "",
            |row| {
                let centre = row.opt_read(2, "audit_subjects.centre_code", |text| CentreCode::parse(text).ok())?;
                let patient: PatientId = row.read(1, "audit_subjects.subject", parsed)?;
                Ok((row.read::<Uuid>(0, "audit_subjects.audit_id", parsed)?, patient, centre))
            },
        )
        .await?;
    let mut people: HashMap<Uuid, Vec<(PatientId, Option<CentreCode>)>> = HashMap::new();
    for (entry, patient, centre) in found {
        people.entry(entry).or_default().push((patient, centre));
    }
    for StoredEntry { row, .. } in entries {
        for (patient, centre) in people.remove(&row.id).unwrap_or_default() {
            let centre = centre.or_else(|| row.centre.clone());
            let centre = centre.ok_or(StoreError::Inconsistent { what: "audit_subjects.centre_code" })?;
            row.people.push(AuditPerson { patient, centre });
        }
        row.people.sort_unstable();
    }
    Ok(())
}

/// Reads what the hashes of entries cover besides their own columns, whether or not the values are valid.
pub(super) async fn read_subjects(tx: &mut Tx, entries: &mut [&mut Entry]) -> Result<(), StoreError> {
    let ids: Vec<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let found = tx
        .fetch_in(
            "SELECT audit_id, kind, subject, centre_code, at FROM audit_subjects WHERE audit_id IN",
            &[],
            ids.iter().map(|id| id.as_str().into()),
            "",
            |row| Ok((row.owned(0)?, named(row)?)),
        )
        .await?;
    let mut subjects: HashMap<String, Vec<NamedSubject>> = HashMap::new();
    for (entry, subject) in found {
        subjects.entry(entry).or_default().push(subject);
    }
    for entry in entries {
        entry.subjects = subjects.remove(&entry.id).unwrap_or_default();
        entry.subjects.sort_unstable();
    }
    Ok(())
}

fn named(row: &Row<'_>) -> Result<NamedSubject, StoreError> {
    Ok(NamedSubject {
        kind: row.owned(1)?,
        subject: row.owned(2)?,
        centre: row.opt_text(3)?.map(str::to_owned),
        at: row.int(4)?,
    })
}
