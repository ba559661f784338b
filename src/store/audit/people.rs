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
/// A health centre of patients who were shown, if they are of several centres, or one that was asked for something.
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
        for centre in centres.into_iter().chain(entry.other_centre.as_ref().filter(|_| people.is_empty())) {
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

/// What an entry names besides its subject.
enum Named {
    /// A patient, and the patient's health centre if it isn't the entry's.
    Patient(PatientId, Option<CentreCode>),
    /// A health centre.
    Centre(CentreCode),
}

/// Reads the people of entries.
pub(super) async fn read_people(tx: &mut Tx, entries: &mut [StoredEntry]) -> Result<(), StoreError> {
    let found = tx
        .fetch_in(
            "SELECT audit_id, kind, subject, centre_code FROM audit_subjects WHERE audit_id IN",
            &[],
            entries.iter().map(|entry| entry.row.id.into()),
            "",
            |row| {
                let entry = row.read::<Uuid>(0, "audit_subjects.audit_id", parsed)?;
                let code = |text: &str| CentreCode::parse(text).ok();
                if row.text(1)? == CENTRE {
                    return Ok((entry, Named::Centre(row.read(2, "audit_subjects.subject", code)?)));
                }
                let centre = row.opt_read(3, "audit_subjects.centre_code", code)?;
                Ok((entry, Named::Patient(row.read(2, "audit_subjects.subject", parsed)?, centre)))
            },
        )
        .await?;
    let mut people: HashMap<Uuid, Vec<(PatientId, Option<CentreCode>)>> = HashMap::new();
    let mut others: HashMap<Uuid, CentreCode> = HashMap::new();
    for (entry, named) in found {
        match named {
            Named::Patient(patient, centre) => people.entry(entry).or_default().push((patient, centre)),
            Named::Centre(centre) => drop(others.insert(entry, centre)),
        }
    }
    for StoredEntry { row, .. } in entries {
        let of_nobody = |_: &CentreCode| !people.contains_key(&row.id);
        row.other_centre = others.remove(&row.id).filter(of_nobody);
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
