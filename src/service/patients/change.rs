//! Adds, changes, stops, releases and shows single patients. The audit trail records each of these (D3). A change
//! takes effect immediately for the next call (A3, A4).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::import::settle_import;
use super::registration::{changed_row, changes, existing, held_number, new_row};
use super::view::{PatientView, ReportView, UnconfirmedStop};
use crate::domain::{Actor, AlertKind, CentreCode, HersysId, ReportOutcome, Revision};
use crate::patient_import::{Change, Column, Doubt, compare, read_values};
use crate::policy::{Permission, Scope, report_day, scope};
use crate::service::calls::CallSummary;
use crate::service::centre_settings::{
    day_and_hours, known_centre, schedule_of, spo2_again_on, visible_centre, zone_of,
};
use crate::service::context::{Changes, Context, Details, Viewed, audit_entry, shown_of};
use crate::service::error::{PatientError, ServiceError, StoredThing};
use crate::service::slots::{ShownSlot, next_slot_of, open_before_change, withdraw_unwanted};
use crate::store::alerts;
use crate::store::answers::{self, LatestAnswer};
use crate::store::audit::Subject;
use crate::store::calls::{self, CallFilter, CallsOf};
use crate::store::imports;
use crate::store::patients::{self, Calling, PatientRow};
use crate::store::reports::{self, ReportRow};
use crate::store::slots;
use crate::store::{Tx, audit};

/// Days of reports shown, including today.
const DAYS_SHOWN: i64 = 14;
/// Calls shown.
const CALLS_SHOWN: u32 = 10;

/// A patient after a change.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The patient in its new state.
    pub patient: PatientView,
    /// Whether anything differs from before.
    pub changed: bool,
    /// The centre's time zone.
    pub zone: TimeZone,
    /// Why the HER-SYS ID of an added patient may be wrong.
    pub doubt: Option<Doubt>,
}

/// All data shown about a patient.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ShownPatient {
    /// The record.
    pub patient: PatientView,
    /// The health centre's name.
    pub centre_name: String,
    /// The centre's time zone.
    pub zone: TimeZone,
    /// The current date at the centre.
    pub today: Date,
    /// The first day on which SpO2 is asked again. `None` if every report asks for it.
    pub spo2_again_on: Option<Date>,
    /// The reports of recent days, latest first.
    pub reports: Vec<ReportView>,
    /// Today's slots by time, including calls requested by staff.
    pub slots: Vec<ShownSlot>,
    /// Open requests to stop automated calls by people who didn't confirm who they are, oldest first.
    pub stops_unconfirmed: Vec<UnconfirmedStop>,
    /// The last calls to the patient, and calls in which the ID was keyed by anyone.
    pub calls: Vec<CallSummary>,
}

/// Adds one patient, with the checks for a list of one row.
///
/// # Errors
/// [`PatientError::InvalidValues`] with all findings; an error if the HER-SYS ID or the number for automated calls is
/// taken (A2).
pub async fn add_patient(
    context: &Context,
    actor: &Actor,
    centre: &CentreCode,
    values: &[(Column, &str)],
) -> Result<Changed, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let row = visible_centre(&mut tx, &scope, centre).await?;
    let (today, hours) = day_and_hours(&row, now)?;
    let entry = read_values(values, today, hours).map_err(PatientError::InvalidValues)?;
    let registration = match compare(&entry, None, centre) {
        Ok(Change::New(registration) | Change::Differs { registration, .. }) => registration,
        Ok(Change::Same) => return Err(ServiceError::Unreadable(StoredThing::Registration)),
        Err(finding) => return Err(PatientError::value(finding.fault).into()),
    };
    let mut patient = new_row(centre.clone(), entry.hersys_id, registration, now);
    patient.calling.next_slot_at = next_slot_of(&patient, &schedule_of(&row)?, now)?;
    number_is_free(&mut tx, None, &patient).await?;
    let others: Vec<HersysId> = patient.hersys_id.with_other_zeros().collect();
    let twin = !patients::registered(&mut tx, &others).await?.is_empty();
    patients::insert(&mut tx, std::slice::from_ref(&patient)).await?;
    audit_change(&mut tx, actor, now, "patient.added", &patient, changes(None, &patient)).await?;
    tx.commit().await?;
    let doubt = twin.then_some(Doubt::RegisteredWithOtherZeros);
    Ok(Changed { patient: patient.into(), changed: true, zone: zone_of(&row)?, doubt })
}

/// Changes the given values of a patient. An empty value clears an optional field. Switching automated calls on by
/// hand ends a stop: only the centre may do that (A1), and an import doesn't. With `seen`, the revision on which the
/// change is based, it is made only if the record hasn't changed since.
///
/// # Errors
/// [`PatientError::NotFound`], [`PatientError::Stale`] with the fields changed since `seen`,
/// [`PatientError::InvalidValues`] with all findings, or an error if a number is taken (A2).
pub async fn change_patient(
    context: &Context,
    actor: &Actor,
    id: &HersysId,
    seen: Option<Revision>,
    values: &[(Column, &str)],
) -> Result<Changed, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    context.looked_up(actor, id, "patient.changed", change(context, actor, &scope, id, seen, values).await).await
}

async fn change(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &HersysId,
    seen: Option<Revision>,
    values: &[(Column, &str)],
) -> Result<Changed, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let before = settled_patient(&mut tx, scope, id, now).await?;
    if let Some(Revision(seen)) = seen.filter(|seen| seen.0 != before.revision) {
        let changed = patients::changed_since(&mut tx, before.id, seen).await?;
        return Err(PatientError::Stale { changed, revision: Revision(before.revision) }.into());
    }
    let centre = known_centre(&mut tx, &before.centre).await?;
    let zone = zone_of(&centre)?;
    let (today, hours) = day_and_hours(&centre, now)?;
    let registered = existing(&before)?;
    let birth_date = before.birth_date.expose().to_string();
    let mut full = vec![(Column::HersysId, id.expose())];
    full.extend_from_slice(values);
    // Required columns, and the number that automated calls use, keep their values.
    let mut known = vec![
        (Column::BirthDate, birth_date.as_str()),
        (Column::FamilyName, before.family_name.expose()),
        (Column::GivenName, before.given_name.expose()),
    ];
    known.extend(before.phone_number.as_ref().map(|number| (Column::PhoneNumber, number.expose())));
    for (column, value) in known {
        if !values.iter().any(|(given, _)| *given == column) {
            full.push((column, value));
        }
    }
    let entry = read_values(&full, today, hours).map_err(PatientError::InvalidValues)?;
    let change = compare(&entry, Some(&registered), &before.centre);
    let mut after = match change.map_err(|finding| PatientError::value(finding.fault))? {
        Change::Differs { registration, .. } | Change::New(registration) => changed_row(&before, registration, now),
        Change::Same => before.clone(),
    };
    let decides = values.iter().any(|(given, _)| *given == Column::AutomatedCall);
    let switched_on = decides && after.automated_call;
    let resumed = switched_on && before.released_at.is_none() && is_held_back(&before);
    if resumed {
        after.stopped_at = None;
        after.calling = Calling::default();
        after.updated_at = now;
    }
    let differences = changes(Some(&before), &after);
    let answered = match decides {
        true => alerts::close_of(&mut tx, &[before.id], &[AlertKind::StopUnconfirmed], now, actor.name()).await?,
        false => 0,
    };
    if differences.is_empty() && answered == 0 {
        return Ok(Changed { patient: before.into(), changed: false, zone, doubt: None });
    }
    let differences = match answered {
        0 => differences,
        _ => differences.field(STOP_UNCONFIRMED, "open", "decided"),
    };
    number_is_free(&mut tx, Some(&before), &after).await?;
    open_before_change(&mut tx, std::slice::from_ref(&before), now).await?;
    if resumed {
        patients::resume(&mut tx, before.id, now).await?;
        alerts::close_of(&mut tx, &[before.id], &DECIDED, now, actor.name()).await?;
    } else if before.phone_number != after.phone_number {
        alerts::close_of(&mut tx, &[before.id], &[AlertKind::WrongNumber], now, actor.name()).await?;
    }
    let schedule = schedule_of(&centre)?;
    after.calling.next_slot_at = next_slot_of(&after, &schedule, now)?;
    patients::update(&mut tx, std::slice::from_ref(&after)).await?;
    withdraw_unwanted(&mut tx, std::slice::from_ref(&after), &schedule, now).await?;
    audit_change(&mut tx, actor, now, "patient.changed", &after, differences).await?;
    let patient = known_patient(&mut tx, scope, id).await?.into();
    tx.commit().await?;
    Ok(Changed { patient, changed: true, zone, doubt: None })
}

/// Stops automated calls immediately (A4). Idempotent.
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn stop_patient(context: &Context, actor: &Actor, id: &HersysId) -> Result<Changed, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    context.looked_up(actor, id, "patient.stopped", end(context, actor, &scope, id, Ending::Stop).await).await
}

/// Records that observation has ended. Automated calls stop immediately (A4). Idempotent.
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn release_patient(context: &Context, actor: &Actor, id: &HersysId) -> Result<Changed, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    context.looked_up(actor, id, "patient.released", end(context, actor, &scope, id, Ending::Release).await).await
}

#[derive(Clone, Copy)]
enum Ending {
    Stop,
    Release,
}

async fn end(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &HersysId,
    ending: Ending,
) -> Result<Changed, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_write().await?;
    let before = held_patient(&mut tx, scope, id).await?;
    let centre = known_centre(&mut tx, &before.centre).await?;
    let zone = zone_of(&centre)?;
    open_before_change(&mut tx, std::slice::from_ref(&before), now).await?;
    let (new, action) = match ending {
        Ending::Stop => (patients::stop(&mut tx, before.id, now).await?, "patient.stopped"),
        Ending::Release => (patients::release(&mut tx, before.id, now).await?, "patient.released"),
    };
    if !new {
        // This also resolves a request made in a call that continued after the stop.
        if alerts::close_of(&mut tx, &[before.id], &[AlertKind::StopUnconfirmed], now, actor.name()).await? > 0 {
            let decided = Changes::default().field(STOP_UNCONFIRMED, "open", "decided");
            audit_change(&mut tx, actor, now, action, &before, decided).await?;
            tx.commit().await?;
        }
        return Ok(Changed { patient: before.into(), changed: false, zone, doubt: None });
    }
    let after = match ending {
        Ending::Stop => PatientRow { stopped_at: Some(now), updated_at: now, ..before.clone() },
        Ending::Release => PatientRow { released_at: Some(now), updated_at: now, ..before.clone() },
    };
    withdraw_unwanted(&mut tx, std::slice::from_ref(&after), &schedule_of(&centre)?, now).await?;
    alerts::close_of(&mut tx, &[before.id], &DECIDED, now, actor.name()).await?;
    audit_change(&mut tx, actor, now, action, &after, changes(Some(&before), &after)).await?;
    let patient = known_patient(&mut tx, scope, id).await?.into();
    tx.commit().await?;
    Ok(Changed { patient, changed: true, zone, doubt: None })
}

/// Shows a patient. The audit trail records the view (D3).
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn show_patient(
    context: &Context,
    actor: &Actor,
    id: &HersysId,
    details: Details,
) -> Result<Viewed<ShownPatient>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    context.looked_up(actor, id, "patient.shown", show(context, actor, &scope, id, details).await).await
}

async fn show(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &HersysId,
    details: Details,
) -> Result<Viewed<ShownPatient>, ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_read().await?;
    let patient = known_patient(&mut tx, scope, id).await?;
    let centre = known_centre(&mut tx, &patient.centre).await?;
    let zone = zone_of(&centre)?;
    let today = report_day(now, &zone);
    let days: Vec<_> = (0..DAYS_SHOWN).map(|back| (patient.id, today.saturating_sub(back.days()))).collect();
    let mut found = reports::of_days(&mut tx, &days).await?;
    // Nobody who picked up said who they are: that is a call, and no report of the patient.
    found.retain(|report| report.outcome != ReportOutcome::NotBegun);
    found.sort_by_key(|report| std::cmp::Reverse((report.report_date, report.started_at, report.id)));
    let ids: Vec<_> = found.iter().map(|report| report.id).collect();
    let mut latest = answers::latest(&mut tx, &ids).await?;
    let mut late = answers::late(&mut tx, &ids).await?;
    let mut standing = |report: &ReportRow| -> Vec<LatestAnswer> {
        let answers = latest.remove(&report.id).unwrap_or_default();
        answers.into_iter().filter(|answer| !answer.entry.expose().is_empty()).collect()
    };
    let reports = found.iter().map(|report| {
        let late = late.remove(&report.id).unwrap_or_default();
        ReportView::of(report, &found, standing(report), late)
    });
    let reports = reports.collect();
    let filter = CallFilter { of: CallsOf::HersysId(id.clone()), limit: CALLS_SHOWN, ..CallFilter::default() };
    let calls = calls::list(&mut tx, &filter).await?.iter().map(CallSummary::from).collect();
    let mut slots = slots::of_patient(&mut tx, patient.id, today).await?;
    slots.retain(|slot| slot.date == today);
    let slots = slots.into_iter().rev().map(ShownSlot::from).collect();
    let unconfirmed = alerts::open_about(&mut tx, patient.id, AlertKind::StopUnconfirmed).await?;
    let stops_unconfirmed = unconfirmed.iter().map(UnconfirmedStop::of).collect();
    drop(tx);
    let noted = shown_of(context, actor, std::slice::from_ref(&patient), "patient.shown", details.changes()).await?;
    let spo2_again_on = spo2_again_on(&patient, &zone);
    let (centre_name, patient) = (centre.name, patient.into());
    let found =
        ShownPatient { patient, centre_name, zone, today, spo2_again_on, reports, slots, stops_unconfirmed, calls };
    Ok(Viewed { found, noted })
}

/// The kinds of alert that are resolved when a nurse switches automated calls on or off.
const DECIDED: [AlertKind; 3] = [AlertKind::StopRequest, AlertKind::StopUnconfirmed, AlertKind::WrongNumber];

/// The audit field which says that such requests were resolved.
const STOP_UNCONFIRMED: &str = "stop_unconfirmed";

/// Returns `true` if calls are held back until the centre decides about them.
fn is_held_back(patient: &PatientRow) -> bool {
    let calling = &patient.calling;
    patient.stopped_at.is_some() || calling.stop_requested_at.is_some() || calling.wrong_number.is_some()
}

/// A patient, locked until the transaction ends: calls, stops and changes come one after the other.
pub(super) async fn held_patient(tx: &mut Tx, scope: &Scope, id: &HersysId) -> Result<PatientRow, ServiceError> {
    let patient = known_patient(tx, scope, id).await?;
    patients::hold(tx, &[patient.id]).await?;
    known_patient(tx, scope, id).await
}

/// The same, after what a decided import still holds back for the patient was applied. An import that isn't decided yet
/// compares its list again.
pub(super) async fn settled_patient(
    tx: &mut Tx,
    scope: &Scope,
    id: &HersysId,
    now: Timestamp,
) -> Result<PatientRow, ServiceError> {
    let patient = held_patient(tx, scope, id).await?;
    settle_import(tx, patient.id, now).await?;
    known_patient(tx, scope, id).await
}

/// A patient whom the actor may see. A patient of another health centre is refused like an unknown ID.
async fn known_patient(tx: &mut Tx, scope: &Scope, id: &HersysId) -> Result<PatientRow, ServiceError> {
    let found = patients::by_hersys_ids(tx, std::slice::from_ref(id)).await?.pop();
    found.filter(|patient| scope.covers(&patient.centre)).ok_or_else(|| PatientError::NotFound.into())
}

/// A2: checks that no other patient has the number for automated calls, or is promised it by a list in progress.
async fn number_is_free(tx: &mut Tx, before: Option<&PatientRow>, patient: &PatientRow) -> Result<(), ServiceError> {
    let Some(number) = held_number(patient) else { return Ok(()) };
    // A list promises a number that a patient has only if it changes that patient too, and it was overtaken then.
    if before.and_then(held_number) == Some(number) {
        return Ok(());
    }
    patients::hold_numbers(tx).await?;
    let mut holders = patients::automated_call_holders(tx, std::slice::from_ref(number)).await?;
    holders.extend(imports::promised_numbers(tx, std::slice::from_ref(number)).await?);
    match holders.into_iter().find(|holder| holder.patient != patient.id) {
        Some(holder) => Err(PatientError::NumberInUse(holder.patient).into()),
        None => Ok(()),
    }
}

async fn audit_change(
    tx: &mut Tx,
    actor: &Actor,
    at: Timestamp,
    action: &str,
    patient: &PatientRow,
    differences: Changes,
) -> Result<(), ServiceError> {
    patients::note_changes(tx, differences.names().map(|field| (patient.id, field)).collect()).await?;
    let subject = Subject::Patient(patient.id);
    let entry = audit_entry(actor, at, action, subject, Some(patient.centre.clone()), differences);
    Ok(audit::append(tx, vec![entry]).await?)
}
