//! Imports a patient list in one transaction: either all of it is written or nothing. Nothing is written if nothing
//! changes.

use std::collections::HashMap;

use jiff::Timestamp;

use super::registration::{changed_row, changes, existing, held_number, new_row};
use crate::domain::{Actor, CentreCode, HersysId, PatientId, PhoneNumber};
use crate::patient_import::{
    self, Change, Doubt, Entry, Fault, Finding, List, ListFile, Place, SheetRead, Warning, compare,
};
use crate::policy::{CallingSchedule, Permission, scope};
use crate::service::centre_settings::{day_and_hours, schedule_of, visible_centre};
use crate::service::context::{Context, audit_entry};
use crate::service::error::{PatientError, ServiceError};
use crate::service::slots::{next_slot_of, open_before_change, withdraw_unwanted};
use crate::store::audit::Subject;
use crate::store::patients::{self, PatientRow};
use crate::store::{Tx, audit};

/// Patients looked up or written between two progress reports.
const PART: usize = 2_048;

/// Whether an import writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// The import writes its changes.
    Write,
    /// The import only reports its changes.
    DryRun,
}

/// The result of an import, or of a dry run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Patients not registered before.
    pub new: usize,
    /// Patients that differ from the list.
    pub changed: usize,
    /// Patients that don't differ from the list.
    pub unchanged: usize,
    /// Patients with automated calls on the list whose calls were stopped or who were released. They stay so.
    pub not_called: usize,
    /// Non-empty rows above the column names. They weren't read.
    pub above: Vec<u32>,
    /// The sheet that was read, if the list is a workbook.
    pub sheet: Option<SheetRead>,
    /// Possible mistakes in the list, by row.
    pub warnings: Vec<Warning>,
}

/// What an import will write.
#[derive(Default)]
struct Plan {
    new: Vec<PatientRow>,
    /// Each with its state before and after.
    changed: Vec<(PatientRow, PatientRow)>,
    /// For each number, the row of the list and the patient that has it after the import.
    wanted: HashMap<PhoneNumber, (u32, PatientId)>,
    done: Imported,
}

/// Imports a patient list for a health centre. `progress` is called with the number of finished steps and of all
/// steps.
///
/// # Errors
/// [`PatientError::InvalidList`] with all findings in the list, or any other refusal. Then nothing was written.
pub async fn import_patients<'f>(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    list: impl Into<ListFile<'f>>,
    mode: ImportMode,
    progress: impl Fn(usize, usize),
) -> Result<Imported, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let now = context.clock.now();
    let mut reading = context.database.begin_read().await?;
    let row = visible_centre(&mut reading, &scope, centre).await?;
    drop(reading);
    let (today, hours) = day_and_hours(&row, now)?;
    let schedule = schedule_of(&row)?;
    let List { entries, above, sheet, warnings } =
        patient_import::read(list, today, hours).map_err(PatientError::InvalidList)?;
    let all = entries.len() * 2;
    let mut tx = match mode {
        ImportMode::Write => context.database.begin_write().await?,
        ImportMode::DryRun => context.database.begin_read().await?,
    };
    let mut plan = Plan { done: Imported { above, sheet, warnings, ..Imported::default() }, ..Plan::default() };
    let mut findings = Vec::new();
    for part in entries.chunks(PART) {
        plan.take(&mut tx, part, centre, &schedule, now, &mut findings).await?;
        progress(plan.steps(), all);
    }
    let giving_up = plan.check_numbers(&mut tx, &entries, &mut findings).await?;
    if !findings.is_empty() {
        findings.sort_by_key(Finding::row);
        return Err(PatientError::InvalidList(findings).into());
    }
    if mode == ImportMode::Write {
        patients::update(&mut tx, &giving_up).await?;
        plan.write(&mut tx, actor, &schedule, now, |written| progress(entries.len() + written, all)).await?;
        tx.commit().await?;
    }
    progress(all, all);
    plan.done.warnings.sort_by_key(|warning| (warning.row, warning.doubt));
    plan.done.warnings.dedup();
    Ok(plan.done)
}

impl Plan {
    /// Compares a part of the list with the registered patients.
    async fn take(
        &mut self,
        tx: &mut Tx,
        part: &[Entry],
        centre: &CentreCode,
        schedule: &CallingSchedule,
        now: Timestamp,
        findings: &mut Vec<Finding>,
    ) -> Result<(), ServiceError> {
        let ids: Vec<HersysId> = part.iter().map(|entry| entry.hersys_id.clone()).collect();
        let found = patients::by_hersys_ids(tx, &ids).await?;
        let mut known: HashMap<HersysId, PatientRow> =
            found.into_iter().map(|row| (row.hersys_id.clone(), row)).collect();
        self.doubt(tx, part, &known).await?;
        for entry in part {
            let before = known.remove(&entry.hersys_id);
            let registered = before.as_ref().map(existing).transpose()?;
            let change = match compare(entry, registered.as_ref(), centre) {
                Ok(change) => change,
                Err(finding) => {
                    findings.push(finding);
                    continue;
                }
            };
            let after = match (change, before) {
                (Change::Differs { registration, .. }, Some(before)) => {
                    let mut after = changed_row(&before, registration, now);
                    after.calling.next_slot_at = next_slot_of(&after, schedule, now)?;
                    self.changed.push((before, after));
                    self.done.changed += 1;
                    self.changed.last().map(|(_, after)| after)
                }
                (Change::New(registration) | Change::Differs { registration, .. }, _) => {
                    let mut row = new_row(centre.clone(), entry.hersys_id.clone(), registration, now);
                    row.calling.next_slot_at = next_slot_of(&row, schedule, now)?;
                    self.new.push(row);
                    self.done.new += 1;
                    self.new.last()
                }
                (Change::Same, Some(before)) => {
                    self.done.unchanged += 1;
                    self.done.not_called += usize::from(not_called(&before));
                    findings.extend(want(&mut self.wanted, entry.row, &before));
                    None
                }
                (Change::Same, None) => None,
            };
            if let Some(after) = after {
                self.done.not_called += usize::from(not_called(after));
                findings.extend(want(&mut self.wanted, entry.row, after));
            }
        }
        Ok(())
    }

    /// Warns about new patients whose ID differs from a registered one only in leading zeros. Spreadsheets drop them,
    /// and one patient would be called as two.
    async fn doubt(
        &mut self,
        tx: &mut Tx,
        part: &[Entry],
        known: &HashMap<HersysId, PatientRow>,
    ) -> Result<(), ServiceError> {
        let new = part.iter().filter(|entry| !known.contains_key(&entry.hersys_id));
        let others: HashMap<HersysId, u32> =
            new.flat_map(|entry| entry.hersys_id.with_other_zeros().map(|other| (other, entry.row))).collect();
        let asked: Vec<HersysId> = others.keys().cloned().collect();
        for ids in asked.chunks(PART) {
            let registered = patients::registered(tx, ids).await?;
            let rows = registered.iter().filter_map(|id| others.get(id));
            self.done.warnings.extend(rows.map(|row| Warning { row: *row, doubt: Doubt::RegisteredWithOtherZeros }));
        }
        Ok(())
    }

    fn steps(&self) -> usize {
        self.done.new + self.done.changed + self.done.unchanged
    }

    /// Checks A2 against all registered patients. Returns the patients of this list who give up their number to
    /// another patient on it, without automated calls. They are written first, as no number may be registered twice
    /// even for a moment.
    async fn check_numbers(
        &self,
        tx: &mut Tx,
        entries: &[Entry],
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<PatientRow>, ServiceError> {
        let rows = self.new.iter().chain(self.changed.iter().map(|(_, after)| after));
        let numbers: Vec<PhoneNumber> = rows.filter_map(held_number).cloned().collect();
        let changed: HashMap<PatientId, &PatientRow> =
            self.changed.iter().map(|(before, _)| (before.id, before)).collect();
        let listed: std::collections::HashSet<&HersysId> = entries.iter().map(|entry| &entry.hersys_id).collect();
        let mut giving_up = Vec::new();
        for part in numbers.chunks(PART) {
            for holder in patients::automated_call_holders(tx, part).await? {
                let Some((row, taker)) = self.wanted.get(&holder.phone_number) else { continue };
                if *taker == holder.patient {
                    continue;
                }
                match changed.get(&holder.patient) {
                    Some(before) => giving_up.push(PatientRow { automated_call: false, ..(*before).clone() }),
                    // If the list keeps the number for that patient, the duplicate was already found there.
                    None if listed.contains(&holder.hersys_id) => {}
                    None => findings.push(Finding { place: Place::Row(*row), fault: Fault::NumberInUse }),
                }
            }
        }
        Ok(giving_up)
    }

    async fn write(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        schedule: &CallingSchedule,
        now: Timestamp,
        written: impl Fn(usize),
    ) -> Result<(), ServiceError> {
        let entry = |action: &str, before: Option<&PatientRow>, after: &PatientRow| {
            let subject = Subject::Patient(after.id);
            audit_entry(actor, now, action, subject, Some(after.centre.clone()), changes(before, after))
        };
        let mut count = 0;
        for part in self.changed.chunks(PART) {
            let rows: Vec<PatientRow> = part.iter().map(|(_, after)| after.clone()).collect();
            patients::hold(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
            let before: Vec<PatientRow> = part.iter().map(|(before, _)| before.clone()).collect();
            open_before_change(tx, &before, now).await?;
            patients::update(tx, &rows).await?;
            withdraw_unwanted(tx, &rows, schedule, now).await?;
            let changed = part.iter().flat_map(|(before, after)| {
                let names: Vec<String> = changes(Some(before), after).names().map(str::to_owned).collect();
                names.into_iter().map(|name| (after.id, name))
            });
            let changed: Vec<(PatientId, String)> = changed.collect();
            patients::note_changes(tx, changed.iter().map(|(id, name)| (*id, name.as_str())).collect()).await?;
            let entries = part.iter().map(|(before, after)| entry("patient.changed", Some(before), after));
            audit::append(tx, entries.collect()).await?;
            count += part.len();
            written(count);
        }
        for part in self.new.chunks(PART) {
            patients::insert(tx, part).await?;
            audit::append(tx, part.iter().map(|row| entry("patient.added", None, row)).collect()).await?;
            count += part.len();
            written(count);
        }
        Ok(())
    }
}

/// Returns `true` if automated calls are registered but not placed.
fn not_called(row: &PatientRow) -> bool {
    row.automated_call && (row.released_at.is_some() || row.stopped_at.is_some())
}

/// Records who will have a number. Returns a finding if an earlier row of the list has it (A2).
fn want(wanted: &mut HashMap<PhoneNumber, (u32, PatientId)>, row: u32, patient: &PatientRow) -> Option<Finding> {
    let number = held_number(patient)?;
    match wanted.get(number) {
        Some((first, _)) => Some(Finding { place: Place::Row(row), fault: Fault::DuplicateNumber(*first) }),
        None => {
            wanted.insert(number.clone(), (row, patient.id));
            None
        }
    }
}
