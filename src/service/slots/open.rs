//! Opens due slots and ends those whose window has ended without a call.

use std::collections::HashMap;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use tracing::error;

use super::settle::end_slots;
use super::withdraw::next_slot_of;
use crate::domain::{CentreCode, Missed, ReportOutcome, SlotEnd, SlotId, SlotOrigin, SlotState, Withdrawal};
use crate::policy::{CallingSchedule, ReportCovers, UnregisteredReports};
use crate::service::centre_settings::{CentreSettings, schedule_of};
use crate::service::context::{ServiceEvent, new_id};
use crate::store::centres::CentreRow;
use crate::store::patients::PatientRow;
use crate::store::slots::{self, SlotRow};
use crate::store::{StoreError, Tx, attempts, centres, patients, reports};

/// Slots of one patient opened at once after an outage: a month of four a day.
const MAX_OF_PATIENT: usize = 124;
/// The time after an intent within which the carrier's answer must arrive: the dialer's lease and the longest request.
pub(in crate::service) const ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(16);

/// The label of a slot's time: `09:00`.
pub(in crate::service) fn time_label(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// The time of the slot that a report is about which a patient begins now: `HH:MM`, or empty if it is about the day.
/// Who isn't called has no slots, nor has anyone if the centre's settings can't be read.
pub(in crate::service) fn slot_reported(patient: &PatientRow, centre: &CentreRow, date: Date, at: Timestamp) -> String {
    let settings = CentreSettings::of(centre);
    if settings.report_covers == ReportCovers::Day || !patient.automated_call {
        return String::new();
    }
    let (Ok(schedule), Ok(times)) = (settings.calling_schedule(centre), patient.times()) else { return String::new() };
    let slot = schedule.slot_reported(settings.report_covers, &times, date, at);
    slot.map(|slot| time_label(slot.time)).unwrap_or_default()
}

/// A health centre's rules for its calls.
pub(in crate::service) struct CentreRules {
    pub(in crate::service) settings: CentreSettings,
    pub(in crate::service) schedule: CallingSchedule,
}

/// The rules of these health centres. A centre with an unreadable time zone is reported and left out.
pub(in crate::service) async fn rules_of(
    tx: &mut Tx,
    codes: impl Iterator<Item = &CentreCode>,
) -> Result<HashMap<CentreCode, CentreRules>, StoreError> {
    let mut rules = HashMap::new();
    for code in codes {
        if rules.contains_key(code) {
            continue;
        }
        let Some(row) = centres::get(tx, code).await? else { continue };
        match schedule_of(&row) {
            Ok(schedule) => {
                rules.insert(code.clone(), CentreRules { settings: CentreSettings::of(&row), schedule });
            }
            Err(error) => error!(centre = %code, %error, "could not plan a centre's calls"),
        }
    }
    Ok(rules)
}

/// Ends slots for which no further call may begin: as unanswered if a phone has rung, otherwise as missed.
pub(in crate::service) async fn end_without_call(
    tx: &mut Tx,
    slots: Vec<SlotRow>,
    now: Timestamp,
) -> Result<Vec<ServiceEvent>, StoreError> {
    let ids: Vec<SlotId> = slots.iter().filter(|slot| slot.tries > 0).map(|slot| slot.id).collect();
    let last: HashMap<SlotId, _> = attempts::last_outcomes(tx, &ids).await?.into_iter().collect();
    let end = |slot: SlotRow| {
        let end = match last.get(&slot.id) {
            Some(outcome) => SlotEnd::Unanswered(*outcome),
            None if slot.attempts > 0 => SlotEnd::Missed(Missed::NotPlaced),
            None => SlotEnd::Missed(Missed::WindowPassed),
        };
        (slot, end)
    };
    let ends: Vec<(SlotRow, SlotEnd)> = slots.into_iter().map(end).collect();
    end_slots(tx, &ends, now).await
}

/// Opens the slots that were due before a change of these patients. `people` must be in their old state and locked by
/// the caller. Without this, a change made while nothing is dialled would make their slots vanish.
pub(in crate::service) async fn open_before_change(
    tx: &mut Tx,
    people: &[PatientRow],
    now: Timestamp,
) -> Result<(), StoreError> {
    let due = |patient: &&PatientRow| patient.calling.next_slot_at.is_some_and(|at| at <= now);
    let due: Vec<PatientRow> = people.iter().filter(due).cloned().collect();
    if !due.is_empty() {
        open_of(tx, &due, now).await?;
    }
    Ok(())
}

pub(in crate::service) async fn open_of(
    tx: &mut Tx,
    people: &[PatientRow],
    now: Timestamp,
) -> Result<(usize, Vec<ServiceEvent>), StoreError> {
    let rules = rules_of(tx, people.iter().map(|patient| &patient.centre)).await?;
    let mut rows = Vec::with_capacity(people.len());
    let mut count_from = Vec::with_capacity(people.len());
    let mut next = Vec::with_capacity(people.len());
    for patient in people {
        let Some(rules) = rules.get(&patient.centre) else {
            next.push((patient.id, None));
            continue;
        };
        next.push((patient.id, next_slot_of(patient, &rules.schedule, now)?));
        let Some(from) = patient.calling.next_slot_at else { continue };
        // Include the slot at exactly this time.
        let after = from.checked_sub(SignedDuration::from_millis(1)).unwrap_or(from);
        let times = patient.times()?;
        let planned = rules.schedule.slots_between(&times, patient.monitoring_start, after, now, MAX_OF_PATIENT);
        for slot in &planned {
            let since = rules.schedule.reports_count_from(rules.settings.report_covers, &times, slot);
            count_from.push(Counting { since, unregistered: rules.settings.unregistered_reports });
        }
        rows.extend(planned.into_iter().map(|slot| SlotRow {
            id: SlotId(new_id()),
            patient: patient.id,
            centre: patient.centre.clone(),
            date: slot.date,
            time: time_label(slot.time),
            origin: SlotOrigin::Schedule,
            opened_at: now,
            due_at: slot.due_at,
            window_end: slot.window_end,
            state: SlotState::Waiting,
            attempts: 0,
            tries: 0,
            ended_at: None,
        }));
    }
    let opened = slots::open(tx, &rows).await?;
    patients::set_next_slots(tx, &next).await?;
    let told = cancel_reported(tx, rows.into_iter().zip(count_from).collect(), now).await?;
    Ok((usize::try_from(opened).unwrap_or(usize::MAX), told))
}

/// Which reports of a slot's day count for it.
#[derive(Debug, Clone, Copy)]
pub(in crate::service) struct Counting {
    /// Reports finished since this time.
    pub(in crate::service) since: Timestamp,
    /// How reports from other numbers than the registered one count.
    pub(in crate::service) unregistered: UnregisteredReports,
}

/// Ends the slots whose day has a finished report that counts for them (A9).
pub(in crate::service) async fn cancel_reported(
    tx: &mut Tx,
    rows: Vec<(SlotRow, Counting)>,
    now: Timestamp,
) -> Result<Vec<ServiceEvent>, StoreError> {
    let mut days: Vec<_> = rows.iter().map(|(row, _)| (row.patient, row.date)).collect();
    days.sort_unstable();
    days.dedup();
    let reports = reports::of_days(tx, &days).await?;
    let finished = |(row, counting): &(SlotRow, Counting)| {
        let mut of_day =
            reports.iter().filter(|report| (report.patient, report.report_date) == (row.patient, row.date));
        of_day.any(|report| {
            report.outcome == ReportOutcome::Reported
                && report.ended_at.is_some_and(|ended| ended >= counting.since)
                && counting.unregistered.counts(report.caller_number)
        })
    };
    let reported = rows.into_iter().filter(finished);
    let ends: Vec<_> = reported.map(|(row, _)| (row, SlotEnd::Cancelled(Withdrawal::Reported))).collect();
    end_slots(tx, &ends, now).await
}
