//! Changes one setting of many patients with a few statements for all of them: read together, written together. It does
//! what a change of each by hand does.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::super::change::with_values;
use super::super::registration::changes;
use crate::domain::{Actor, CentreCode, PatientId};
use crate::patient_import::Column;
use crate::service::centre_settings::{day_and_hours, known_centre, schedule_of};
use crate::service::context::audit_entry;
use crate::service::error::ServiceError;
use crate::service::slots::{next_slot_of, open_before_change, withdraw_unwanted};
use crate::store::audit::Subject;
use crate::store::patients::{self, PatientRow};
use crate::store::{Tx, audit, imports};

/// Patients as they are, locked until the transaction ends.
pub(super) struct Held {
    /// Without those whose import isn't decided.
    pub(super) people: HashMap<PatientId, PatientRow>,
    /// Those for whom an import holds back a change. They are changed one by one.
    pub(super) imported: HashSet<PatientId>,
}

pub(super) async fn hold(tx: &mut Tx, ids: &[PatientId]) -> Result<Held, ServiceError> {
    patients::hold(tx, ids).await?;
    let found = patients::by_ids(tx, ids).await?;
    let hersys_ids: Vec<_> = found.into_iter().map(|patient| patient.hersys_id).collect();
    let people = patients::by_hersys_ids(tx, &hersys_ids).await?;
    let held = imports::changes_of(tx, ids).await?;
    Ok(Held {
        people: people.into_iter().map(|patient| (patient.id, patient)).collect(),
        imported: held.into_iter().map(|change| change.after.id).collect(),
    })
}

/// A patient, and what the patient gets.
pub(super) struct Given<'a> {
    pub(super) before: &'a PatientRow,
    pub(super) value: &'a str,
}

/// A setting that is given to many together. The number and whether they are called take locks and checks of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    CallTimes,
    Language,
}

impl Setting {
    const fn column(self) -> Column {
        match self {
            Self::CallTimes => Column::CallTimes,
            Self::Language => Column::Language,
        }
    }
}

/// Gives each patient the value. Returns the revisions of those for whom something changed.
pub(super) async fn set(
    tx: &mut Tx,
    actor: &Actor,
    centre: &CentreCode,
    setting: Setting,
    given: &[Given<'_>],
    now: Timestamp,
) -> Result<HashMap<PatientId, i64>, ServiceError> {
    let centre = known_centre(tx, centre).await?;
    let (today, hours) = day_and_hours(&centre, now)?;
    let schedule = schedule_of(&centre)?;
    let (mut before, mut after, mut differ) = (Vec::new(), Vec::new(), Vec::new());
    for one in given {
        let mut row = with_values(one.before, &[(setting.column(), one.value)], today, hours, now)?.after;
        let differences = changes(Some(one.before), &row);
        if differences.is_empty() {
            continue;
        }
        row.calling.next_slot_at = next_slot_of(&row, &schedule, now)?;
        before.push(one.before.clone());
        differ.push((row.id, differences));
        after.push(row);
    }
    open_before_change(tx, &before, now).await?;
    match setting {
        Setting::CallTimes => patients::set_call_times(tx, &after).await?,
        Setting::Language => patients::set_languages(tx, &after).await?,
    }
    withdraw_unwanted(tx, &after, &schedule, now).await?;
    let fields = differ.iter().flat_map(|(id, differences)| differences.names().map(|field| (*id, field)));
    patients::note_changes(tx, fields.collect()).await?;
    let entries = differ.into_iter().map(|(id, differences)| {
        audit_entry(actor, now, "patient.changed", Subject::Patient(id), Some(centre.code.clone()), differences)
    });
    audit::append(tx, entries.collect()).await?;
    Ok(before.into_iter().map(|row| (row.id, row.revision + 1)).collect())
}
