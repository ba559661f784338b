//! Health centres as conversations need them, and as their staff set them.

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

/// What is to be different at a centre; what isn't given stays.
#[derive(Debug, Clone, Default)]
pub struct CentreChange {
    /// The name, as the centre signs.
    pub name: Option<CentreName>,
    /// The number for callers.
    pub phone: Option<PhoneNumber>,
    /// The IANA name of the time zone.
    pub time_zone: Option<String>,
    /// When someone is there to talk to.
    pub office_hours: Option<OfficeHours>,
    /// When automated calls may begin.
    pub calling_hours: Option<CallingHours>,
    /// From this temperature on, a note. Tenths of a degree Celsius.
    pub temperature_note: Option<u16>,
    /// From this temperature on, amber. Tenths of a degree Celsius.
    pub temperature_amber: Option<u16>,
    /// At this saturation and below, amber. Percent.
    pub spo2_amber: Option<u16>,
    /// At this saturation and below, red. Percent.
    pub spo2_red: Option<u16>,
    /// When there are no automated calls.
    pub days_off: Option<DaysOff>,
    /// When patients are called who have no times of their own.
    pub call_pattern: Option<CallPattern>,
    /// Which causes allow another try, and when.
    pub retry: Option<RetryPolicy>,
    /// What a finished report cancels.
    pub report_covers: Option<ReportCovers>,
    /// What a report from another number than the patient's does to automated calls.
    pub unregistered_reports: Option<UnregisteredReports>,
    /// How many automated calls at the same time; `Some(None)` for no limit of its own.
    pub concurrent_calls: Option<Option<u32>>,
    /// How many automated calls a second; `Some(None)` for no pace of its own.
    pub calls_per_second: Option<Option<f64>>,
    /// The SMS after a missed call; `Some(None)` for none.
    pub missed_call_sms: Option<Option<MissedCallSms>>,
    /// How many automated calls a day; `Some(None)` for no limit of its own.
    pub calls_per_day: Option<Option<u32>>,
    /// What its automated calls may cost a day; `Some(None)` for no limit of its own.
    pub spend_per_day: Option<Option<u32>>,
}

/// A centre after a change.
#[derive(Debug, Clone)]
pub struct CentreChanged {
    /// The centre as it is now.
    pub row: CentreRow,
    /// Whether anything is different from before.
    pub changed: bool,
    /// How many patients have a time of their own outside the new calling hours: a time that no longer is a slot.
    pub patients_outside_hours: u64,
}

/// Adds a health centre, in Tokyo's time zone with the usual hours where `more` says nothing else.
///
/// # Errors
/// When the code is in use, or a value can't be used.
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

/// All health centres by code.
///
/// # Errors
/// When the database fails.
pub async fn list_centres(clerk: &Clerk) -> Result<Vec<CentreRow>, ServiceError> {
    Ok(centres::list(&mut clerk.database.begin_read().await?).await?)
}

/// One health centre.
///
/// # Errors
/// [`ServiceError::NoSuchCentre`].
pub async fn show_centre(clerk: &Clerk, code: &CentreCode) -> Result<CentreRow, ServiceError> {
    known_centre(&mut clerk.database.begin_read().await?, code).await
}

/// Changes a health centre. Calls in progress keep the centre as it was when they began; patients' times outside new
/// calling hours are kept and counted, and no calls come of them.
///
/// # Errors
/// When there is no such centre, or a value can't be used.
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

/// Patients planned in one go.
const PLANNED: u32 = 1_000;

/// Opens what is due of all of a centre's patients, by what is still set.
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

/// Plans the calls of all of a centre's patients anew: its hours, days, pattern or zone may be others, and what was due
/// by the old ones is no longer called (A3).
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

/// When a stored centre calls.
///
/// # Errors
/// [`ServiceError::Unreadable`] or [`ServiceError::UnknownZone`]: nobody is called by settings that are a guess.
pub(super) fn schedule_of(row: &CentreRow) -> Result<CallingSchedule, ServiceError> {
    CentreSettings::read(row)?.calling_schedule(row)
}

/// How many patients who are called have a time of their own outside these hours.
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
    // A number that was stored before isn't in the way of another change.
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

/// The centre of a code that someone named.
pub(super) async fn known_centre(tx: &mut Tx, code: &CentreCode) -> Result<CentreRow, ServiceError> {
    centres::get(tx, code).await?.ok_or_else(|| ServiceError::NoSuchCentre(code.clone()))
}

/// The time zone of a stored centre; it was checked when it was stored.
pub(super) fn zone_of(row: &CentreRow) -> Result<TimeZone, ServiceError> {
    TimeZone::get(&row.time_zone).map_err(|_| ServiceError::UnknownZone(row.time_zone.clone()))
}

/// The civil day at a centre, and its calling hours: what a patient's values are judged by.
pub(super) fn day_and_hours(row: &CentreRow, now: Timestamp) -> Result<(Date, CallingHours), ServiceError> {
    Ok((report_day(now, &zone_of(row)?), CentreSettings::of(row).calling_hours))
}
