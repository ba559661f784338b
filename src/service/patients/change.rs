//! Adds, changes, stops and releases single patients. The audit trail records each of these (D3). A change
//! takes effect immediately for the next call (A3, A4).

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::import::settle_import;
use super::registration::{changed_row, changes, existing, held_number, new_row};
use super::view::PatientView;
use crate::domain::{Actor, AlertKind, CallingHours, CentreCode, HersysId, PhoneNumber, Revision};
use crate::patient_import::{Change, Column, Doubt, compare, read_values};
use crate::policy::{Permission, Scope, scope};
use crate::service::centre_settings::{day_and_hours, known_centre, schedule_of, visible_centre, zone_of};
use crate::service::context::{Changes, Context, PatientKey, audit_entry};
use crate::service::error::{PatientError, ServiceError, StoredThing};
use crate::service::notices::plan_invitations;
use crate::service::slots::{next_slot_of, open_before_change, withdraw_unwanted};
use crate::store::audit::Subject;
use crate::store::centres::CentreRow;
use crate::store::patients::{self, Calling, PatientRow};
use crate::store::{Tx, alerts, audit, imports};

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
    let patient = registered_row(&row, values, now)?;
    number_is_free(&mut tx, None, &patient).await?;
    let others: Vec<HersysId> = patient.hersys_id.with_other_zeros().collect();
    let twin = !patients::registered(&mut tx, &others).await?.is_empty();
    patients::insert(&mut tx, std::slice::from_ref(&patient)).await?;
    plan_invitations(&mut tx, std::slice::from_ref(&patient), &row, now).await?;
    audit_change(&mut tx, actor, now, "patient.added", &patient, changes(None, &patient)).await?;
    tx.commit().await?;
    let doubt = twin.then_some(Doubt::RegisteredWithOtherZeros);
    Ok(Changed { patient: patient.into(), changed: true, zone: zone_of(&row)?, doubt })
}

/// A new patient's row, with the checks for a list of one row.
pub(super) fn registered_row(
    centre: &CentreRow,
    values: &[(Column, &str)],
    now: Timestamp,
) -> Result<PatientRow, ServiceError> {
    let (today, hours) = day_and_hours(centre, now)?;
    let entry = read_values(values, today, hours).map_err(PatientError::InvalidValues)?;
    let registration = match compare(&entry, None, &centre.code) {
        Ok(Change::New(registration) | Change::Differs { registration, .. }) => registration,
        Ok(Change::Same) => return Err(ServiceError::Unreadable(StoredThing::Registration)),
        Err(finding) => return Err(PatientError::value(finding.fault).into()),
    };
    let mut patient = new_row(centre.code.clone(), entry.hersys_id, registration, now);
    patient.calling.next_slot_at = next_slot_of(&patient, &schedule_of(centre)?, now)?;
    Ok(patient)
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
    id: impl Into<PatientKey>,
    seen: Option<Revision>,
    values: &[(Column, &str)],
) -> Result<Changed, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let id = id.into();
    context.looked_up(actor, &id, "patient.changed", change(context, actor, &scope, &id, seen, values).await).await
}

async fn change(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &PatientKey,
    seen: Option<Revision>,
    values: &[(Column, &str)],
) -> Result<Changed, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let changed = change_in(&mut tx, actor, scope, id, seen, values, context.clock.now()).await?;
    if changed.changed {
        tx.commit().await?;
    }
    Ok(changed)
}

/// Changes a patient in a transaction, which the caller commits.
pub(super) async fn change_in(
    tx: &mut Tx,
    actor: &Actor,
    scope: &Scope,
    id: &PatientKey,
    seen: Option<Revision>,
    values: &[(Column, &str)],
    now: Timestamp,
) -> Result<Changed, ServiceError> {
    let before = settled_patient(tx, scope, id, now).await?;
    if let Some(Revision(seen)) = seen.filter(|seen| seen.0 != before.revision) {
        let changed = patients::changed_since(tx, before.id, seen).await?;
        return Err(PatientError::Stale { changed, revision: Revision(before.revision) }.into());
    }
    let centre = known_centre(tx, &before.centre).await?;
    let zone = zone_of(&centre)?;
    let (today, hours) = day_and_hours(&centre, now)?;
    let decides = values.iter().any(|(given, _)| *given == Column::AutomatedCall);
    let NewState { mut after, resumed } = with_values(&before, values, today, hours, now)?;
    let differences = changes(Some(&before), &after);
    let answered = match decides {
        true => alerts::close_of(tx, &[before.id], &[AlertKind::StopUnconfirmed], now, actor.name()).await?,
        false => 0,
    };
    if differences.is_empty() && answered == 0 {
        return Ok(Changed { patient: before.into(), changed: false, zone, doubt: None });
    }
    let differences = match answered {
        0 => differences,
        _ => differences.field(STOP_UNCONFIRMED, "open", "decided"),
    };
    number_is_free(tx, Some(&before), &after).await?;
    open_before_change(tx, std::slice::from_ref(&before), now).await?;
    if resumed {
        patients::resume(tx, before.id, now).await?;
        alerts::close_of(tx, &[before.id], &DECIDED, now, actor.name()).await?;
    } else if before.phone_number != after.phone_number {
        alerts::close_of(tx, &[before.id], &[AlertKind::WrongNumber], now, actor.name()).await?;
    }
    let schedule = schedule_of(&centre)?;
    after.calling.next_slot_at = next_slot_of(&after, &schedule, now)?;
    patients::update(tx, std::slice::from_ref(&after)).await?;
    withdraw_unwanted(tx, std::slice::from_ref(&after), &schedule, now).await?;
    audit_change(tx, actor, now, "patient.changed", &after, differences).await?;
    let patient = known_patient(tx, scope, id).await?.into();
    Ok(Changed { patient, changed: true, zone, doubt: None })
}

/// A patient as a change makes it.
pub(super) struct NewState {
    pub(super) after: PatientRow,
    /// Whether a stop, a stop request or a wrong number ends by it.
    pub(super) resumed: bool,
}

/// A patient with some values changed, with the checks for a list of one row.
pub(super) fn with_values(
    before: &PatientRow,
    values: &[(Column, &str)],
    today: Date,
    hours: CallingHours,
    now: Timestamp,
) -> Result<NewState, ServiceError> {
    let registered = existing(before)?;
    let birth_date = before.birth_date.expose().to_string();
    let mut full = vec![(Column::HersysId, before.hersys_id.expose())];
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
        Change::Differs { registration, .. } | Change::New(registration) => changed_row(before, registration, now),
        Change::Same => before.clone(),
    };
    let decides = values.iter().any(|(given, _)| *given == Column::AutomatedCall);
    let switched_on = decides && after.automated_call;
    let resumed = switched_on && before.released_at.is_none() && is_held_back(before);
    if resumed {
        after.stopped_at = None;
        after.calling = Calling::default();
        after.updated_at = now;
    }
    Ok(NewState { after, resumed })
}

/// Stops automated calls immediately (A4). Idempotent.
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn stop_patient(
    context: &Context,
    actor: &Actor,
    id: impl Into<PatientKey>,
) -> Result<Changed, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let id = id.into();
    context.looked_up(actor, &id, "patient.stopped", end(context, actor, &scope, &id, Ending::Stop).await).await
}

/// Records that observation has ended. Automated calls stop immediately (A4). Idempotent.
///
/// # Errors
/// [`PatientError::NotFound`].
pub async fn release_patient(
    context: &Context,
    actor: &Actor,
    id: impl Into<PatientKey>,
) -> Result<Changed, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let id = id.into();
    context.looked_up(actor, &id, "patient.released", end(context, actor, &scope, &id, Ending::Release).await).await
}

/// How a patient's calls end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Stop,
    Release,
}

impl Ending {
    /// The patient after it.
    pub(super) fn of(self, before: &PatientRow, now: Timestamp) -> PatientRow {
        match self {
            Self::Stop => PatientRow { stopped_at: Some(now), updated_at: now, ..before.clone() },
            Self::Release => PatientRow { released_at: Some(now), updated_at: now, ..before.clone() },
        }
    }
}

async fn end(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: &PatientKey,
    ending: Ending,
) -> Result<Changed, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let (ended, writes) = end_in(&mut tx, actor, scope, id, ending, context.clock.now()).await?;
    if writes {
        tx.commit().await?;
    }
    Ok(ended)
}

/// Ends a patient's calls in a transaction, which the caller commits if this returns `true`.
pub(super) async fn end_in(
    tx: &mut Tx,
    actor: &Actor,
    scope: &Scope,
    id: &PatientKey,
    ending: Ending,
    now: Timestamp,
) -> Result<(Changed, bool), ServiceError> {
    let before = held_patient(tx, scope, id).await?;
    let centre = known_centre(tx, &before.centre).await?;
    let zone = zone_of(&centre)?;
    open_before_change(tx, std::slice::from_ref(&before), now).await?;
    let (new, action) = match ending {
        Ending::Stop => (patients::stop(tx, before.id, now).await?, "patient.stopped"),
        Ending::Release => (patients::release(tx, before.id, now).await?, "patient.released"),
    };
    if !new {
        // This also resolves a request made in a call that continued after the stop.
        let kinds = [AlertKind::StopUnconfirmed];
        let resolves = alerts::close_of(tx, &[before.id], &kinds, now, actor.name()).await? > 0;
        if resolves {
            let decided = Changes::default().field(STOP_UNCONFIRMED, "open", "decided");
            audit_change(tx, actor, now, action, &before, decided).await?;
        }
        let again = ending == Ending::Stop && patients::stop_again(tx, before.id).await?;
        return Ok((Changed { patient: before.into(), changed: false, zone, doubt: None }, resolves || again));
    }
    let after = ending.of(&before, now);
    withdraw_unwanted(tx, std::slice::from_ref(&after), &schedule_of(&centre)?, now).await?;
    alerts::close_of(tx, &[before.id], &DECIDED, now, actor.name()).await?;
    if ending == Ending::Release {
        // No notice goes out any more.
        alerts::close_of(tx, &[before.id], &[AlertKind::NoticeStop], now, actor.name()).await?;
    }
    audit_change(tx, actor, now, action, &after, changes(Some(&before), &after)).await?;
    let patient = known_patient(tx, scope, id).await?.into();
    Ok((Changed { patient, changed: true, zone, doubt: None }, true))
}

/// The kinds of alert that are resolved when a nurse switches automated calls on or off.
pub(super) const DECIDED: [AlertKind; 3] = [AlertKind::StopRequest, AlertKind::StopUnconfirmed, AlertKind::WrongNumber];

/// The audit field which says that such requests were resolved.
const STOP_UNCONFIRMED: &str = "stop_unconfirmed";

/// Returns `true` if calls are held back until the centre decides about them.
pub(super) fn is_held_back(patient: &PatientRow) -> bool {
    let calling = &patient.calling;
    patient.stopped_at.is_some() || calling.stop_requested_at.is_some() || calling.wrong_number.is_some()
}

/// A patient, locked until the transaction ends: calls, stops and changes come one after the other.
pub(in crate::service) async fn held_patient(
    tx: &mut Tx,
    scope: &Scope,
    id: &PatientKey,
) -> Result<PatientRow, ServiceError> {
    let patient = known_patient(tx, scope, id).await?;
    patients::hold(tx, &[patient.id]).await?;
    known_patient(tx, scope, id).await
}

/// The same, after what a decided import still holds back for the patient was applied. An import that isn't decided yet
/// compares its list again.
pub(super) async fn settled_patient(
    tx: &mut Tx,
    scope: &Scope,
    id: &PatientKey,
    now: Timestamp,
) -> Result<PatientRow, ServiceError> {
    let patient = held_patient(tx, scope, id).await?;
    settle_import(tx, patient.id, now).await?;
    known_patient(tx, scope, id).await
}

/// A patient whom the actor may see. A patient of another health centre is refused like an unknown ID.
pub(in crate::service) async fn known_patient(
    tx: &mut Tx,
    scope: &Scope,
    id: &PatientKey,
) -> Result<PatientRow, ServiceError> {
    let hersys_id = match id {
        PatientKey::HersysId(id) => Some(id.clone()),
        // Only then by the HER-SYS ID, which finds nobody whose import isn't decided.
        PatientKey::Record(id) => patients::by_ids(tx, &[*id]).await?.pop().map(|patient| patient.hersys_id),
    };
    let found = patients::by_hersys_ids(tx, hersys_id.as_slice()).await?.pop();
    found.filter(|patient| scope.covers(&patient.centre)).ok_or_else(|| PatientError::NotFound.into())
}

/// A2: checks that no other patient has the number for automated calls, or is promised it by a list in progress.
async fn number_is_free(tx: &mut Tx, before: Option<&PatientRow>, patient: &PatientRow) -> Result<(), ServiceError> {
    if newly_held(before, patient).is_none() {
        return Ok(());
    }
    patients::hold_numbers(tx).await?;
    number_seems_free(tx, before, patient).await
}

/// The number that a patient gets for automated calls by a change.
fn newly_held<'p>(before: Option<&PatientRow>, patient: &'p PatientRow) -> Option<&'p PhoneNumber> {
    // A list promises a number that a patient has only if it changes that patient too, and it was overtaken then.
    held_number(patient).filter(|number| before.and_then(held_number) != Some(number))
}

/// The same check without the lock: another transaction may give the number away meanwhile.
pub(super) async fn number_seems_free(
    tx: &mut Tx,
    before: Option<&PatientRow>,
    patient: &PatientRow,
) -> Result<(), ServiceError> {
    let Some(number) = newly_held(before, patient) else { return Ok(()) };
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
