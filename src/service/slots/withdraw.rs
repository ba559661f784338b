//! Withdraws slots and calls after a change of the patient, the health centre or the day's report (A3, A4, A9). It
//! takes effect immediately, for waiting slots and ringing calls too.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::open::{ANSWER_WITHIN, time_label};
use super::settle::{end_slots, end_slots_with_staff, settings_of};
use super::view::{AffectedSlot, PhoneNow, SlotFate};
use crate::domain::{
    AlertKind, AttemptState, CallId, CallTimes, CentreCode, Job, PatientId, ReportId, SlotEnd, SlotId, SlotOrigin,
    SlotState, Withdrawal,
};
use crate::policy::{CallEligibility, CallFate, CallingSchedule, OpenCall, call_fates, last_window};
use crate::service::alerts::Consequences;
use crate::service::context::ServiceEvent;
use crate::store::attempts::AttemptRow;
use crate::store::patients::PatientRow;
use crate::store::reports::ReportRow;
use crate::store::slots::{self, SlotRow};
use crate::store::turn_reads::{self, FinishedReads};
use crate::store::{StoreError, Tx, alerts, attempts, sessions};

/// Who closes the alerts that a report resolves.
const BY_REPORT: &str = "the day's report";

/// Why a patient must not be called. `None` if calls are allowed.
pub(in crate::service) fn unwanted(patient: &PatientRow) -> Option<Withdrawal> {
    let number = patient.phone_number.as_ref();
    let standing = CallEligibility {
        automated_call: patient.automated_call,
        number: number.map(crate::domain::PhoneNumber::kind),
        released: patient.released_at.is_some(),
        stopped: patient.stopped_at.is_some(),
        stop_requested: patient.calling.stop_requested_at.is_some(),
        wrong_number: number.is_some() && patient.calling.wrong_number.as_ref() == number,
    };
    standing.may_be_called().err()
}

/// The time of the patient's next slot after `after`, if there is one.
pub(crate) fn next_slot_of(
    patient: &PatientRow,
    schedule: &CallingSchedule,
    after: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    if unwanted(patient).is_some() {
        return Ok(None);
    }
    let times = patient.times()?;
    Ok(schedule.next_slot(&times, patient.monitoring_start, after).map(|slot| slot.due_at))
}

/// Withdraws the unwanted slots and calls of these patients. `people` must be in their new state and locked by the
/// caller. All belong to the centre of `schedule`.
pub(in crate::service) async fn withdraw_unwanted(
    tx: &mut Tx,
    people: &[PatientRow],
    schedule: &CallingSchedule,
    at: Timestamp,
) -> Result<(), StoreError> {
    let ids: Vec<PatientId> = people.iter().map(|patient| patient.id).collect();
    let mut open = slots::open_of(tx, &ids).await?;
    if open.is_empty() {
        return Ok(());
    }
    let calls = OpenCalls::held(tx, &ids).await?;
    if !calls.attempts.is_empty() && !tx.writes_alone() {
        // A call may have ended before it was locked.
        open = slots::open_of(tx, &ids).await?;
    }
    let mut waiting: Vec<(SlotRow, SlotEnd)> = Vec::new();
    let mut under_way: Vec<(CallId, SlotId, Withdrawal)> = Vec::new();
    let mut last: Vec<(SlotId, Timestamp)> = Vec::new();
    for slot in open {
        let Some(patient) = people.iter().find(|patient| patient.id == slot.patient) else { continue };
        let why = slot_unwanted(&slot, patient, schedule)?;
        for (call, open, fate) in calls.of_slot(&slot, patient, why) {
            match fate {
                CallFate::Stays => {}
                CallFate::Withdrawn(why) | CallFate::StaffGoOn(why) => under_way.push((call, slot.id, why)),
                CallFate::GoesOn => last.push((slot.id, last_window(&open, at))),
            }
        }
        if let Some(why) = why.filter(|_| slot.state == SlotState::Waiting) {
            waiting.push((slot, SlotEnd::Cancelled(why)));
        }
    }
    withdraw_calls(tx, &under_way, at).await?;
    end_slots(tx, &waiting, at).await?;
    slots::shorten(tx, &last).await?;
    Ok(())
}

/// The open calls of patients.
struct OpenCalls {
    attempts: Vec<AttemptRow>,
    with_staff: Vec<CallId>,
}

impl OpenCalls {
    async fn read(tx: &mut Tx, patients: &[PatientId]) -> Result<Self, StoreError> {
        let attempts = attempts::open_of(tx, patients).await?;
        let calls: Vec<CallId> = attempts.iter().map(|attempt| attempt.call).collect();
        let with_staff = if calls.is_empty() { Vec::new() } else { sessions::in_transfer(tx, &calls).await? };
        Ok(Self { attempts, with_staff })
    }

    /// Locks them, so that none is answered or ends until the transaction ends.
    async fn held(tx: &mut Tx, patients: &[PatientId]) -> Result<Self, StoreError> {
        let open = Self::read(tx, patients).await?;
        if open.attempts.is_empty() || tx.writes_alone() {
            return Ok(open);
        }
        let mut calls: Vec<CallId> = open.attempts.iter().map(|attempt| attempt.call).collect();
        calls.sort_unstable();
        for call in calls {
            attempts::hold(tx, call).await?;
        }
        Self::read(tx, patients).await
    }

    /// Those of a slot, and what becomes of them. Usually one. Two if an ended attempt was reopened.
    fn of_slot(
        &self,
        slot: &SlotRow,
        patient: &PatientRow,
        why: Option<Withdrawal>,
    ) -> Vec<(CallId, OpenCall, CallFate)> {
        let of_slot: Vec<&AttemptRow> = self.attempts.iter().filter(|attempt| attempt.slot == slot.id).collect();
        let open = |attempt: &&AttemptRow| {
            let moved = patient.phone_number.as_ref() != Some(&attempt.phone_number);
            OpenCall {
                state: attempt.state,
                intended_at: attempt.intended_at,
                withdrawn: attempt.withdrawal.or(moved.then_some(Withdrawal::NumberChanged)),
                with_staff: self.with_staff.contains(&attempt.call),
            }
        };
        let calls: Vec<OpenCall> = of_slot.iter().map(open).collect();
        let fates = call_fates(why, &calls);
        let all = of_slot.iter().zip(calls).zip(fates);
        all.map(|((attempt, call), fate)| (attempt.call, call, fate)).collect()
    }
}

/// Why a slot of a patient isn't wanted any more.
fn slot_unwanted(
    slot: &SlotRow,
    patient: &PatientRow,
    schedule: &CallingSchedule,
) -> Result<Option<Withdrawal>, StoreError> {
    match unwanted(patient) {
        Some(why) => Ok(Some(why)),
        None if !still_scheduled(slot, patient, schedule)? => Ok(Some(Withdrawal::TimesChanged)),
        None => Ok(None),
    }
}

/// What a change does to the open slots of a patient, who is given in the new state: as [`withdraw_unwanted`] would.
pub(in crate::service) async fn would_withdraw(
    tx: &mut Tx,
    patient: &PatientRow,
    schedule: &CallingSchedule,
) -> Result<Vec<AffectedSlot>, StoreError> {
    let affected = would_withdraw_of(tx, std::slice::from_ref(patient), schedule).await?;
    Ok(affected.into_iter().map(|(_, affected)| affected).collect())
}

/// The same of many patients of one health centre.
pub(in crate::service) async fn would_withdraw_of(
    tx: &mut Tx,
    people: &[PatientRow],
    schedule: &CallingSchedule,
) -> Result<Vec<(PatientId, AffectedSlot)>, StoreError> {
    let of_id: HashMap<PatientId, &PatientRow> = people.iter().map(|patient| (patient.id, patient)).collect();
    let keys: Vec<PatientId> = people.iter().map(|patient| patient.id).collect();
    let calls = OpenCalls::read(tx, &keys).await?;
    let open = slots::open_of(tx, &keys).await?;
    let mut affected = Vec::new();
    for slot in open {
        let Some(patient) = of_id.get(&slot.patient) else { continue };
        let why = slot_unwanted(&slot, patient, schedule)?;
        let calls = calls.of_slot(&slot, patient, why);
        // The call in which somebody is talking decides the slot.
        let decides = calls.iter().find(|(_, call, _)| call.state == AttemptState::Answered).or(calls.first());
        let phone = match decides {
            Some((_, call, _)) if call.state == AttemptState::Answered => PhoneNow::Talking,
            Some(_) => PhoneNow::Ringing,
            None => PhoneNow::Quiet,
        };
        let fate = match (decides.map(|(.., fate)| *fate), why) {
            (Some(CallFate::GoesOn), _) => SlotFate::GoesOn,
            (Some(CallFate::StaffGoOn(_)), _) => SlotFate::StaffGoOn,
            (Some(CallFate::Withdrawn(why)), _) | (None, Some(why)) => SlotFate::Withdrawn(why),
            (Some(CallFate::Stays), _) | (None, None) => SlotFate::Stays,
        };
        affected.push((slot.patient, AffectedSlot { slot: slot.into(), phone, fate }));
    }
    affected.sort_by(|(_, one), (_, other)| one.slot.time.cmp(&other.slot.time));
    Ok(affected)
}

/// Returns `true` if the slot is still in the patient's schedule. A call that staff requested always is.
fn still_scheduled(slot: &SlotRow, patient: &PatientRow, schedule: &CallingSchedule) -> Result<bool, StoreError> {
    Ok(slot.origin == SlotOrigin::Staff || is_scheduled(&patient.times()?, slot.date, &slot.time, schedule))
}

/// Returns `true` if a time of a day is a call time by this schedule.
pub(in crate::service) fn is_scheduled(times: &CallTimes, date: Date, time: &str, schedule: &CallingSchedule) -> bool {
    schedule.slots_on(times, date).iter().any(|planned| time_label(planned.time) == time)
}

/// Marks calls as withdrawn. The outbox then tells the carrier. A call to a patient who is talking with staff isn't
/// cut off: the slot ends and the call continues. There are two exceptions. Whether to call a new number is decided
/// after the transfer, since staff may not have answered. A superseded call leaves the slot to the other call.
pub(super) async fn withdraw_calls(
    tx: &mut Tx,
    calls: &[(CallId, SlotId, Withdrawal)],
    at: Timestamp,
) -> Result<Vec<ServiceEvent>, StoreError> {
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let why: Vec<(CallId, Withdrawal)> = calls.iter().map(|(call, _, why)| (*call, *why)).collect();
    let new = attempts::withdraw(tx, &why, at, ANSWER_WITHIN).await?;
    let ids: Vec<CallId> = why.iter().map(|(call, _)| *call).collect();
    let with_staff = sessions::in_transfer(tx, &ids).await?;
    let mut consequences = Consequences::default();
    for call in new.into_iter().filter(|call| !with_staff.contains(call)) {
        consequences.job(Job::Withdraw { call }, at);
    }
    consequences.write(tx).await?;
    let ends = |why: Withdrawal| !matches!(why, Withdrawal::NumberChanged | Withdrawal::Superseded);
    let ends = calls.iter().filter(|(call, _, why)| with_staff.contains(call) && ends(*why));
    let ends: Vec<(SlotId, SlotEnd)> = ends.map(|(_, slot, why)| (*slot, SlotEnd::Cancelled(*why))).collect();
    end_slots_with_staff(tx, &ends, at).await
}

/// The reports among these that count for automated calls by their health centres' settings.
async fn counting(tx: &mut Tx, mut finished: Vec<ReportRow>) -> Result<Vec<ReportRow>, StoreError> {
    let other_numbers =
        finished.iter().filter(|report| report.caller_number.is_some_and(|number| !number.is_registered()));
    let centres: Vec<CentreCode> = other_numbers.map(|report| report.centre.clone()).collect();
    let settings = settings_of(tx, centres.iter()).await?;
    finished.retain(|report| {
        settings.get(&report.centre).is_none_or(|settings| settings.unregistered_reports.counts(report.caller_number))
    });
    Ok(finished)
}

/// Handles finished reports. The day's remaining calls to these patients are cancelled, whichever channel the report
/// came by (A9). Alerts about the missing report are closed.
pub(in crate::service) async fn reported(
    tx: &mut Tx,
    finished: &[ReportId],
    at: Timestamp,
) -> Result<Vec<ServiceEvent>, StoreError> {
    if finished.is_empty() {
        return Ok(Vec::new());
    }
    let FinishedReads { reports, slots, attempts, alerts } = turn_reads::of_finished(tx, finished).await?;
    let finished = counting(tx, reports).await?;
    let days: Vec<(PatientId, Date)> = finished.iter().map(|report| (report.patient, report.report_date)).collect();
    let missing = [AlertKind::Unanswered, AlertKind::Missed];
    let told_of = |patient: &PatientId| alerts.iter().any(|(about, kind)| about == patient && missing.contains(kind));
    let ids: Vec<PatientId> = days.iter().map(|(patient, _)| *patient).filter(told_of).collect();
    if !ids.is_empty() {
        alerts::close_of(tx, &ids, &missing, at, BY_REPORT).await?;
    }
    let of_day = |slot: &SlotRow| slot.origin == SlotOrigin::Schedule && days.contains(&(slot.patient, slot.date));
    let open: Vec<SlotRow> = slots.into_iter().filter(of_day).collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let calls = attempts.iter().filter(|attempt| open.iter().any(|slot| slot.id == attempt.slot));
    let calls: Vec<_> = calls.map(|attempt| (attempt.call, attempt.slot, Withdrawal::Reported)).collect();
    let waiting = open.into_iter().filter(|slot| slot.state == SlotState::Waiting);
    let waiting: Vec<_> = waiting.map(|slot| (slot, SlotEnd::Cancelled(Withdrawal::Reported))).collect();
    let mut told = end_slots(tx, &waiting, at).await?;
    told.extend(withdraw_calls(tx, &calls, at).await?);
    Ok(told)
}
