//! Who was called today already, before call times change: a new time may call them once more.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::withdraw::unwanted;
use crate::domain::{PatientId, ReportOutcome};
use crate::policy::{CallingSchedule, report_day};
use crate::service::centre_settings::{CentreSettings, schedule_of};
use crate::service::error::ServiceError;
use crate::store::centres::CentreRow;
use crate::store::patients::PatientRow;
use crate::store::reports::ReportRow;
use crate::store::slots::{self, SlotRow};
use crate::store::{Tx, reports};

/// The most slots of a day that are looked at.
const SLOTS_OF_DAY: usize = 8;

/// The patients whose phone has rung today for their times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CalledToday {
    /// Those who will be called again today at a new time.
    pub again: u64,
    /// Those who won't be.
    pub not_again: u64,
}

impl CalledToday {
    /// Adds others.
    pub const fn add(&mut self, other: Self) {
        self.again += other.again;
        self.not_again += other.not_again;
    }
}

/// Counts who of these patients was called today already. They are given with their new times, and belong to the
/// health centre.
pub(in crate::service) async fn called_today(
    tx: &mut Tx,
    people: &[PatientRow],
    centre: &CentreRow,
    now: Timestamp,
) -> Result<CalledToday, ServiceError> {
    let (schedule, settings) = (schedule_of(centre)?, CentreSettings::of(centre));
    let today = report_day(now, &schedule.zone);
    let ids: Vec<PatientId> = people.iter().map(|patient| patient.id).collect();
    let mut called: HashMap<PatientId, Vec<SlotRow>> = HashMap::new();
    for slot in slots::of_patients_on(tx, &ids, today).await?.into_iter().filter(|slot| slot.tries > 0) {
        called.entry(slot.patient).or_default().push(slot);
    }
    let days: Vec<_> = called.keys().map(|patient| (*patient, today)).collect();
    let of_today = reports::of_days(tx, &days).await?;
    let mut counted = CalledToday::default();
    for patient in people.iter().filter(|patient| called.contains_key(&patient.id)) {
        let reports: Vec<&ReportRow> = of_today.iter().filter(|report| report.patient == patient.id).collect();
        if is_called_again(patient, &reports, &schedule, &settings, now)? {
            counted.again += 1;
        } else {
            counted.not_again += 1;
        }
    }
    Ok(counted)
}

/// Whether a slot of today is still to come that no report covers.
fn is_called_again(
    patient: &PatientRow,
    of_today: &[&ReportRow],
    schedule: &CallingSchedule,
    settings: &CentreSettings,
    now: Timestamp,
) -> Result<bool, ServiceError> {
    if unwanted(patient).is_some() {
        return Ok(false);
    }
    let times = patient.times()?;
    let today = report_day(now, &schedule.zone);
    let tomorrow = today.tomorrow().ok().and_then(|date| schedule.day_begins(date));
    let until = tomorrow.and_then(|begins| begins.checked_sub(SignedDuration::from_millis(1)).ok()).unwrap_or(now);
    let planned = schedule.slots_between(&times, patient.monitoring_start, now, until, SLOTS_OF_DAY);
    Ok(planned.iter().any(|slot| {
        let since = schedule.reports_count_from(settings.report_covers, &times, slot);
        !of_today.iter().any(|report| {
            report.outcome == ReportOutcome::Reported
                && report.ended_at.is_some_and(|ended| ended >= since)
                && settings.unregistered_reports.counts(report.caller_number)
        })
    }))
}
