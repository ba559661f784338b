//! Compares a patient list with the registered patients, and finds out what an import of it will write. Nothing is
//! written here.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::super::registration::{changed_row, existing, held_number, new_row};
use super::{Imported, PART};
use crate::domain::{CentreCode, HersysId, PatientId, PhoneNumber};
use crate::patient_import::{Change, Column, Doubt, Entry, Fault, Finding, List, Place, Warning, compare};
use crate::policy::CallingSchedule;
use crate::service::error::{PatientError, ServiceError};
use crate::service::slots::next_slot_of;
use crate::store::Tx;
use crate::store::centres::CentreRow;
use crate::store::patients::{self, PatientRow};

/// What an import will write.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) new: Vec<PatientRow>,
    /// Each with its state before and after.
    pub(super) changed: Vec<(PatientRow, PatientRow)>,
    /// The patients of this list who give up their number to another patient on it.
    pub(super) givers: HashSet<PatientId>,
    /// The patients who get such a number. No number may be registered twice even for a moment.
    pub(super) takers: HashSet<PatientId>,
    /// For each number, the row of the list and the patient that has it after the import.
    wanted: HashMap<PhoneNumber, (u32, PatientId)>,
    /// What becomes of each row, in the order of the list.
    pub(super) rows: Vec<PlannedRow>,
    pub(super) done: Imported,
}

/// What becomes of a row of the list.
pub(super) struct PlannedRow {
    pub(super) row: u32,
    pub(super) planned: Planned,
}

/// What an import does with a row.
pub(super) enum Planned {
    /// It registers the patient at this place of [`Plan::new`].
    New(usize),
    /// It changes these fields of the patient at this place of [`Plan::changed`].
    Changed(usize, Vec<Column>),
    /// It changes nothing about this patient.
    Same(PatientId),
}

impl Plan {
    /// Compares the list with the patients who are registered in this transaction. `progress` is called with the number
    /// of compared rows.
    ///
    /// # Errors
    /// [`PatientError::InvalidList`] with all findings; otherwise database errors.
    pub(super) async fn of(
        tx: &mut Tx,
        list: List,
        centre: &CentreRow,
        schedule: &CallingSchedule,
        now: Timestamp,
        progress: impl Fn(usize),
    ) -> Result<Self, ServiceError> {
        let (plan, findings) = Self::compared(tx, &list, centre, schedule, now, progress).await?;
        if findings.is_empty() { Ok(plan) } else { Err(PatientError::InvalidList(findings).into()) }
    }

    /// The same, with what is wrong with rows. The plan may be carried out only if that is nothing.
    pub(super) async fn compared(
        tx: &mut Tx,
        list: &List,
        centre: &CentreRow,
        schedule: &CallingSchedule,
        now: Timestamp,
        progress: impl Fn(usize),
    ) -> Result<(Self, Vec<Finding>), ServiceError> {
        let List { entries, above, sheet, warnings } = list;
        let done =
            Imported { above: above.clone(), sheet: sheet.clone(), warnings: warnings.clone(), ..Imported::default() };
        let mut plan = Self { done, ..Self::default() };
        let mut findings = Vec::new();
        for part in entries.chunks(PART) {
            plan.take(tx, part, &centre.code, schedule, now, &mut findings).await?;
            progress(plan.steps());
        }
        plan.check_numbers(tx, entries, &mut findings).await?;
        findings.sort_by_key(Finding::row);
        plan.done.warnings.sort_by_key(|warning| (warning.row, warning.doubt));
        plan.done.warnings.dedup();
        Ok((plan, findings))
    }

    /// The number of records to write.
    pub(super) fn writes(&self) -> usize {
        self.new.len() + self.changed.len()
    }

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
                (Change::Differs { registration, fields }, Some(before)) => {
                    let planned = Planned::Changed(self.changed.len(), fields);
                    self.rows.push(PlannedRow { row: entry.row, planned });
                    let mut after = changed_row(&before, registration, now);
                    after.calling.next_slot_at = next_slot_of(&after, schedule, now)?;
                    self.changed.push((before, after));
                    self.done.changed += 1;
                    self.changed.last().map(|(_, after)| after)
                }
                (Change::New(registration) | Change::Differs { registration, .. }, _) => {
                    let mut row = new_row(centre.clone(), entry.hersys_id.clone(), registration, now);
                    row.calling.next_slot_at = next_slot_of(&row, schedule, now)?;
                    self.rows.push(PlannedRow { row: entry.row, planned: Planned::New(self.new.len()) });
                    self.new.push(row);
                    self.done.new += 1;
                    self.new.last()
                }
                (Change::Same, Some(before)) => {
                    self.rows.push(PlannedRow { row: entry.row, planned: Planned::Same(before.id) });
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

    /// Checks A2 against all registered patients. Notes who gives up a number to another patient of the list.
    async fn check_numbers(
        &mut self,
        tx: &mut Tx,
        entries: &[Entry],
        findings: &mut Vec<Finding>,
    ) -> Result<(), ServiceError> {
        let rows = self.new.iter().chain(self.changed.iter().map(|(_, after)| after));
        let numbers: Vec<PhoneNumber> = rows.filter_map(held_number).cloned().collect();
        let changed: HashSet<PatientId> = self.changed.iter().map(|(before, _)| before.id).collect();
        let listed: HashSet<&HersysId> = entries.iter().map(|entry| &entry.hersys_id).collect();
        for part in numbers.chunks(PART) {
            for holder in patients::automated_call_holders(tx, part).await? {
                let Some((row, taker)) = self.wanted.get(&holder.phone_number) else { continue };
                if *taker == holder.patient {
                    continue;
                }
                if changed.contains(&holder.patient) {
                    self.givers.insert(holder.patient);
                    self.takers.insert(*taker);
                } else if !listed.contains(&holder.hersys_id) {
                    findings.push(Finding { place: Place::Row(*row), fault: Fault::NumberInUse });
                }
                // If the list keeps the number for that patient, the duplicate was already found there.
            }
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
