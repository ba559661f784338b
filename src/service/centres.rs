//! Health centres: as conversations need them, and as staff change them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::attempts::{next_slot_of, withdraw_unwanted};
use super::centre_settings::{CentreSettings, settings_changes};
use super::clerk::{Changes, Clerk};
use super::dialer::open_before_change;
use super::error::ServiceError;
use crate::domain::{CallTimes, CallingHours, CentreCode, CentreName, PatientId, PhoneNumber};
use crate::engine::Centre;
use crate::policy::{
    CallPattern, CallingSchedule, DaysOff, MissedCallSms, OfficeHours, ReportCovers, RetryPolicy, UnregisteredReports,
    report_day,
};
use crate::store::centres::{self, CentreRow};
use crate::store::{StoreError, Tx, audit, patients};

/// A stored centre as a conversation needs it.
pub(super) fn centre_of(row: &CentreRow) -> Centre {
    let settings = CentreSettings::of(row);
    Centre {
        code: row.code.clone(),
        name: row.name.as_str().into(),
        phone: row.phone.clone(),
        zone: row.time_zone.as_str().into(),
        office_hours: settings.office_hours,
        thresholds: settings.thresholds,
    }
}

/// A change of a centre. `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct CentreChange {
    /// The name.
    pub name: Option<CentreName>,
    /// The number for callers.
    pub phone: Option<PhoneNumber>,
    /// The IANA name of the time zone.
    pub time_zone: Option<String>,
    /// When staff can be reached.
    pub office_hours: Option<OfficeHours>,
    /// When automated calls may begin.
    pub calling_hours: Option<CallingHours>,
    /// The lowest temperature graded note, in tenths of a degree Celsius.
    pub temperature_note: Option<u16>,
    /// The lowest temperature graded amber, in tenths of a degree Celsius.
    pub temperature_amber: Option<u16>,
    /// The highest SpO2 graded amber, in percent.
    pub spo2_amber: Option<u16>,
    /// The highest SpO2 graded red, in percent.
    pub spo2_red: Option<u16>,
    /// Days without automated calls.
    pub days_off: Option<DaysOff>,
    /// When patients without call times of their own are called.
    pub call_pattern: Option<CallPattern>,
    /// Which hang-up causes allow another try, and when.
    pub retry: Option<RetryPolicy>,
    /// What a finished report cancels.
    pub report_covers: Option<ReportCovers>,
    /// How a report from another number than the registered one affects automated calls.
    pub unregistered_reports: Option<UnregisteredReports>,
    /// The maximum number of automated calls in progress. `Some(None)` removes the centre's limit.
    pub concurrent_calls: Option<Option<u32>>,
    /// The maximum number of automated calls per second. `Some(None)` removes the centre's limit.
    pub calls_per_second: Option<Option<f64>>,
    /// The SMS after a missed call. `Some(None)` for no SMS.
    pub missed_call_sms: Option<Option<MissedCallSms>>,
    /// The maximum number of automated calls per day. `Some(None)` removes the centre's limit.
    pub calls_per_day: Option<Option<u32>>,
    /// The maximum cost of automated calls per day. `Some(None)` removes the centre's limit.
    pub spend_per_day: Option<Option<u32>>,
}

/// A centre after a change.
#[derive(Debug, Clone)]
pub struct CentreChanged {
    /// The centre in its new state.
    pub row: CentreRow,
    /// Whether anything differs from before.
    pub changed: bool,
    /// The number of patients with a call time of their own outside the new calling hours. Such a time is no longer a
    /// slot.
    pub patients_outside_hours: u64,
}

/// Adds a health centre. It has Tokyo's time zone and the usual hours unless `more` sets others.
///
/// # Errors
/// Returns an error if the code is in use or a value is invalid.
pub async fn add_centre(
    clerk: &Clerk,
    code: CentreCode,
    name: CentreName,
    phone: PhoneNumber,
    more: &CentreChange,
) -> Result<CentreRow, ServiceError> {
    let now = clerk.clock.now();
    let bare = CentreRow {
        code,
        name: name.into(),
        phone,
        time_zone: "Asia/Tokyo".to_owned(),
        settings: CentreSettings::default().written()?,
        created_at: now,
        updated_at: now,
    };
    if !bare.phone.kind().takes_callers_of_a_centre() {
        return Err(ServiceError::CentrePhone);
    }
    let row = changed(&bare, more, now)?;
    let mut tx = clerk.database.begin_write().await?;
    centres::insert(&mut tx, &row).await?;
    let added = Changes::default().field("name", None::<String>, row.name.as_str());
    let entry = clerk.entry(now, "centre.added", subject(&row.code), Some(row.code.clone()), added);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(row)
}

/// Lists all health centres by code.
///
/// # Errors
/// Database errors.
pub async fn list_centres(clerk: &Clerk) -> Result<Vec<CentreRow>, ServiceError> {
    Ok(centres::list(&mut clerk.database.begin_read().await?).await?)
}

/// Shows a health centre.
///
/// # Errors
/// [`ServiceError::NoSuchCentre`].
pub async fn show_centre(clerk: &Clerk, code: &CentreCode) -> Result<CentreRow, ServiceError> {
    known_centre(&mut clerk.database.begin_read().await?, code).await
}

/// Changes a health centre. Calls in progress keep the settings that they began with. Patients' call times outside the
/// new calling hours are kept and counted, but no calls are placed for them.
///
/// # Errors
/// Returns an error if the centre doesn't exist or a value is invalid.
pub async fn change_centre(
    clerk: &Clerk,
    code: &CentreCode,
    change: &CentreChange,
) -> Result<CentreChanged, ServiceError> {
    let now = clerk.clock.now();
    let mut tx = clerk.database.begin_write().await?;
    let before = known_centre(&mut tx, code).await?;
    let after = changed(&before, change, now)?;
    let changes = Changes::default()
        .field("name", before.name.as_str(), after.name.as_str())
        .field("phone", before.phone.expose(), after.phone.expose())
        .field("time_zone", before.time_zone.as_str(), after.time_zone.as_str());
    let changes = settings_changes(changes, &before, &after);
    let patients_outside_hours = match change.calling_hours {
        Some(hours) => patients_outside(&mut tx, code, hours).await?,
        None => 0,
    };
    if changes.is_empty() {
        return Ok(CentreChanged { row: before, changed: false, patients_outside_hours });
    }
    open_all_before_change(&mut tx, code, now).await?;
    centres::update(&mut tx, &after).await?;
    replan(&mut tx, &after, now).await?;
    let entry = clerk.entry(now, "centre.changed", subject(code), Some(code.clone()), changes);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(CentreChanged { row: after, changed: true, patients_outside_hours })
}

/// Patients planned at a time.
const PLANNED: u32 = 1_000;

/// Opens the due slots of all of a centre's patients, using the settings before the change.
async fn open_all_before_change(tx: &mut Tx, code: &CentreCode, now: Timestamp) -> Result<(), ServiceError> {
    let mut last = None;
    loop {
        let part = patients::called_at(tx, code, last, PLANNED).await?;
        let ids: Vec<PatientId> = part.iter().map(|patient| patient.id).collect();
        let Some(id) = ids.last() else { return Ok(()) };
        last = Some(*id);
        patients::hold(tx, &ids).await?;
        let held = patients::by_ids(tx, &ids).await?;
        open_before_change(tx, &held, now).await?;
    }
}

/// Reschedules all of a centre's patients, as its hours, days, pattern or time zone may have changed. Calls that were
/// due only by the old settings are withdrawn (A3).
async fn replan(tx: &mut Tx, centre: &CentreRow, now: Timestamp) -> Result<(), ServiceError> {
    let schedule = schedule_of(centre)?;
    let mut last = None;
    loop {
        let part = patients::called_at(tx, &centre.code, last, PLANNED).await?;
        let ids: Vec<PatientId> = part.iter().map(|patient| patient.id).collect();
        let Some(id) = ids.last() else { return Ok(()) };
        last = Some(*id);
        patients::hold(tx, &ids).await?;
        let next = part.iter().map(|patient| Ok((patient.id, next_slot_of(patient, &schedule, now)?)));
        patients::set_next_slots(tx, &next.collect::<Result<Vec<_>, StoreError>>()?).await?;
        withdraw_unwanted(tx, &part, &schedule, now).await?;
    }
}

/// When a stored centre calls its patients.
///
/// # Errors
/// [`ServiceError::Unreadable`] or [`ServiceError::UnknownZone`]: no patient is called by guessed settings.
pub(super) fn schedule_of(row: &CentreRow) -> Result<CallingSchedule, ServiceError> {
    CentreSettings::read(row)?.calling_schedule(row)
}

/// The number of patients with automated calls who have a call time of their own outside these hours.
async fn patients_outside(tx: &mut Tx, code: &CentreCode, hours: CallingHours) -> Result<u64, ServiceError> {
    let mut outside = 0;
    for (times, patients) in patients::own_call_times(tx, code).await? {
        let times: Result<CallTimes, _> = times.parse();
        let times = times.map_err(|_| StoreError::Inconsistent { what: "patients.call_times" })?;
        if times.times().iter().any(|time| !hours.contain(*time)) {
            outside += patients;
        }
    }
    Ok(outside)
}

fn subject(code: &CentreCode) -> String {
    format!("centre:{code}")
}

fn changed(before: &CentreRow, change: &CentreChange, now: Timestamp) -> Result<CentreRow, ServiceError> {
    let name = change.name.clone().map_or_else(|| before.name.clone(), String::from);
    // A stored number doesn't block other changes, even if it wouldn't be accepted now.
    if change.phone.as_ref().is_some_and(|phone| !phone.kind().takes_callers_of_a_centre()) {
        return Err(ServiceError::CentrePhone);
    }
    let time_zone = change.time_zone.as_ref().unwrap_or(&before.time_zone).clone();
    let zone = TimeZone::get(&time_zone).map_err(|_| ServiceError::UnknownZone(time_zone.clone()))?;
    let settings = CentreSettings::of(before).changed(change, &zone, now)?;
    Ok(CentreRow {
        code: before.code.clone(),
        name,
        phone: change.phone.as_ref().unwrap_or(&before.phone).clone(),
        time_zone,
        settings: settings.written()?,
        created_at: before.created_at,
        updated_at: now,
    })
}

/// The centre with this code.
pub(super) async fn known_centre(tx: &mut Tx, code: &CentreCode) -> Result<CentreRow, ServiceError> {
    centres::get(tx, code).await?.ok_or_else(|| ServiceError::NoSuchCentre(code.clone()))
}

/// The time zone of a stored centre. It was checked when it was stored.
pub(super) fn zone_of(row: &CentreRow) -> Result<TimeZone, ServiceError> {
    TimeZone::get(&row.time_zone).map_err(|_| ServiceError::UnknownZone(row.time_zone.clone()))
}

/// The civil date at a centre and its calling hours. A patient's values are checked against them.
pub(super) fn day_and_hours(row: &CentreRow, now: Timestamp) -> Result<(Date, CallingHours), ServiceError> {
    Ok((report_day(now, &zone_of(row)?), CentreSettings::of(row).calling_hours))
}
