//! The import of a list without its faulty rows: what becomes of each row, and what staff agree to. If anything of that
//! has changed when they agree, nothing is written, and they are shown what would happen now.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::super::cells::cell_of;
use super::plan::{Plan, Planned};
use super::staging::{Staged, Staging};
use crate::domain::{Actor, CentreCode, HersysId, PatientId, SlotState, UploadId};
use crate::patient_import::{Column, Entry, RefusedRow, Sifted, Warning};
use crate::policy::{CallingSchedule, report_day};
use crate::service::centre_settings::{known_centre, schedule_of, zone_of};
use crate::service::context::Context;
use crate::service::error::{PatientError, ServiceError};
use crate::service::slots::{CalledToday, PhoneNow, SlotFate, called_today, would_withdraw_of};
use crate::store::centres::CentreRow;
use crate::store::list_uploads::FateCounts;
use crate::store::patients::{self, Namesake, PatientRow};

/// How often rows are set aside because others were. Each round needs a row less, and few lists need more than two.
const MOST_ROUNDS: usize = 64;
/// Patients whose slots are looked up together.
const PART: usize = 1_024;

/// A list without its faulty rows, compared with the registered patients.
pub(in crate::service::patients) struct SiftedPlan {
    plan: Plan,
    sifted: Sifted,
    centre: CentreRow,
    schedule: CallingSchedule,
    now: Timestamp,
}

/// What becomes of a row.
pub(in crate::service::patients) enum Fated<'a> {
    /// Somebody is registered.
    New(&'a PatientRow),
    /// A patient changes: before, after, and in which columns.
    Changed(&'a PatientRow, &'a PatientRow, &'a [Column]),
    /// A patient stays as registered.
    Same(&'a Entry, PatientId),
    /// The row is faulty.
    Refused(&'a RefusedRow),
}

/// What an import does to calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::service::patients) struct Touched {
    /// New patients who are called today.
    pub(in crate::service::patients) from_today: u64,
    /// New patients who are called from a later day.
    pub(in crate::service::patients) from_later: u64,
    /// New patients who aren't called.
    pub(in crate::service::patients) not_called: u64,
    /// Waiting calls of changed patients that are cancelled.
    pub(in crate::service::patients) cancelled: u64,
    /// Calls of changed patients that are placed or ring, and are ended.
    pub(in crate::service::patients) ended: u64,
    /// Changed patients on the phone now, whose call goes on.
    pub(in crate::service::patients) talking: u64,
    /// Changed patients on the phone now, who hear a goodbye.
    pub(in crate::service::patients) said_goodbye: u64,
    /// Who of those with new call times was called today already.
    pub(in crate::service::patients) called_today: CalledToday,
}

/// A row of somebody new who may be registered already.
pub(in crate::service::patients) struct Alike {
    /// The row.
    pub(in crate::service::patients) row: u32,
    /// The name in the list.
    pub(in crate::service::patients) name: String,
    /// The registered patient.
    pub(in crate::service::patients) patient: PatientId,
    /// That patient's ID.
    pub(in crate::service::patients) hersys_id: HersysId,
}

impl SiftedPlan {
    /// Compares a list with the registered patients. Rows that can't be imported join the faulty ones.
    pub(in crate::service::patients) async fn of(
        context: &Context,
        centre: &CentreCode,
        mut sifted: Sifted,
        progress: impl Fn(usize),
    ) -> Result<Self, ServiceError> {
        let now = context.clock.now();
        let mut tx = context.database.begin_read().await?;
        let centre = known_centre(&mut tx, centre).await?;
        let schedule = schedule_of(&centre)?;
        for _ in 0..MOST_ROUNDS {
            let (plan, findings) = Plan::compared(&mut tx, &sifted.list, &centre, &schedule, now, &progress).await?;
            if findings.is_empty() {
                tx.rollback().await?;
                return Ok(Self { plan, sifted, centre, schedule, now });
            }
            sifted.refuse(findings);
        }
        let findings = sifted.refused.into_iter().flat_map(|refused| refused.findings).collect();
        Err(PatientError::InvalidList(findings).into())
    }

    /// The numbers of rows by their fate.
    pub(in crate::service::patients) fn counts(&self) -> FateCounts {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let done = &self.plan.done;
        FateCounts {
            new: count(done.new),
            changed: count(done.changed),
            same: count(done.unchanged),
            refused: count(self.sifted.refused.len()),
        }
    }

    /// What may be wrong with rows that are right.
    pub(in crate::service::patients) fn warnings(&self) -> &[Warning] {
        &self.plan.done.warnings
    }

    /// The list as it was read.
    pub(in crate::service::patients) const fn sifted(&self) -> &Sifted {
        &self.sifted
    }

    /// What becomes of each row, with its number: first those of the plan, then the faulty ones.
    pub(in crate::service::patients) fn rows(&self) -> impl Iterator<Item = (u32, Fated<'_>)> {
        let entries: HashMap<u32, &Entry> = self.sifted.list.entries.iter().map(|entry| (entry.row, entry)).collect();
        let planned = self.plan.rows.iter().filter_map(move |row| {
            let fated = match &row.planned {
                Planned::New(nth) => Fated::New(self.plan.new.get(*nth)?),
                Planned::Changed(nth, fields) => {
                    let (before, after) = self.plan.changed.get(*nth)?;
                    Fated::Changed(before, after, fields)
                }
                Planned::Same(patient) => Fated::Same(entries.get(&row.row)?, *patient),
            };
            Some((row.row, fated))
        });
        planned.chain(self.sifted.refused.iter().map(|refused| (refused.row, Fated::Refused(refused))))
    }

    /// The digest of what the import would do, as staff are shown it.
    pub(in crate::service::patients) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for (row, fated) in self.rows() {
            let mut line = match fated {
                Fated::New(_) => format!("{row} new"),
                Fated::Same(..) => format!("{row} same"),
                Fated::Refused(_) => format!("{row} refused"),
                Fated::Changed(..) => format!("{row} changed"),
            };
            if let Fated::Changed(before, after, fields) = fated {
                for field in fields {
                    // Writing to a string can't fail.
                    let _ =
                        write!(line, " {}:{:?}>{:?}", field.code(), cell_of(before, *field), cell_of(after, *field));
                }
            }
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What the import does to calls.
    pub(in crate::service::patients) async fn touched(&self, context: &Context) -> Result<Touched, ServiceError> {
        let zone = zone_of(&self.centre)?;
        let today = report_day(self.now, &zone);
        let mut touched = Touched::default();
        for patient in &self.plan.new {
            match patient.calling.next_slot_at {
                None => touched.not_called += 1,
                Some(at) if report_day(at, &zone) == today => touched.from_today += 1,
                Some(_) => touched.from_later += 1,
            }
        }
        let after: Vec<PatientRow> = self.plan.changed.iter().map(|(_, after)| after.clone()).collect();
        let mut tx = context.database.begin_read().await?;
        for part in after.chunks(PART) {
            for (_, affected) in would_withdraw_of(&mut tx, part, &self.schedule).await? {
                match (affected.slot.state, affected.fate, affected.phone) {
                    (SlotState::Waiting, SlotFate::Withdrawn(_), _) => touched.cancelled += 1,
                    (SlotState::Calling, SlotFate::Withdrawn(_), PhoneNow::Talking) => touched.said_goodbye += 1,
                    (SlotState::Calling, SlotFate::Withdrawn(_), _) => touched.ended += 1,
                    (SlotState::Calling, _, PhoneNow::Talking) => touched.talking += 1,
                    _ => {}
                }
            }
        }
        let other_times = self.plan.changed.iter().filter(|(before, after)| before.call_times != after.call_times);
        let other_times: Vec<PatientRow> = other_times.map(|(_, after)| after.clone()).collect();
        for part in other_times.chunks(PART) {
            touched.called_today.add(called_today(&mut tx, part, &self.centre, self.now).await?);
        }
        Ok(touched)
    }

    /// The rows of new patients who have the name and the birth date of somebody under observation with another ID: one
    /// of the IDs may be a mistake, and then one person would be called twice.
    pub(in crate::service::patients) async fn alike(&self, context: &Context) -> Result<Vec<Alike>, ServiceError> {
        let mut tx = context.database.begin_read().await?;
        let namesakes = patients::namesakes(&mut tx, &self.plan.new).await?;
        let new = self.plan.rows.iter().filter_map(|row| match row.planned {
            Planned::New(nth) => Some((nth, row.row)),
            Planned::Changed(..) | Planned::Same(_) => None,
        });
        let rows: HashMap<usize, u32> = new.collect();
        let alike = namesakes.into_iter().filter_map(|Namesake { of, patient, hersys_id }| {
            let new = self.plan.new.get(of)?;
            let name = format!("{} {}", new.family_name.expose(), new.given_name.expose());
            Some(Alike { row: *rows.get(&of)?, name, patient, hersys_id })
        });
        Ok(alike.collect())
    }

    /// Imports the list, and ends the work on its upload. Returns `false` if others changed the same patients
    /// meanwhile. Nothing is written then.
    pub(in crate::service::patients) async fn carry_out(
        &self,
        context: &Context,
        actor: &Actor,
        upload: (UploadId, Uuid),
        written: &(impl Fn(usize) + Sync),
    ) -> Result<bool, ServiceError> {
        let staging = Staging {
            context,
            actor,
            centre: &self.centre,
            now: context.clock.now(),
            plan: &self.plan,
            upload: Some(upload),
        };
        Ok(staging.carry_out(written).await? == Staged::Yes)
    }

    /// The number of records that the import writes.
    pub(in crate::service::patients) fn writes(&self) -> usize {
        self.plan.writes()
    }
}
