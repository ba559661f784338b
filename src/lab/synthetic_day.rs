//! An obviously made-up day of automated calls, for the demonstration and for measurements.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::synthetic_people::{FIRST_MADE_UP_ID, SYNTHETIC_CENTRE, SyntheticDataError};
use crate::domain::{
    BirthDate, CallTimes, CallingHours, CentreCode, HersysId, Language, Oximeter, PatientId, PhoneNumber, Sensitive,
    SlotId, SlotOrigin, SlotState,
};
use crate::service::{CentreSettings, new_id, next_slot_of, schedule_of};
use crate::store::Database;
use crate::store::centres::{self, CentreRow};
use crate::store::patients::{self, Calling, PatientRow};
use crate::store::slots::{self, SlotRow};

/// The number of the first made-up patient, +81 90 1000 0001. The others follow consecutively.
const FIRST_NUMBER: u64 = 819_010_000_001;
/// The maximum number of made-up patients with a number of their own.
const MOST: u32 = 9_000_000;

/// The number of a made-up patient, counted from 0.
pub fn synthetic_number(nth: u32) -> Option<PhoneNumber> {
    PhoneNumber::from_e164(&format!("+{}", FIRST_NUMBER + u64::from(nth))).ok()
}

/// The HER-SYS ID and birth date of a made-up patient, counted from 0.
pub fn synthetic_identity(nth: u32) -> Option<(HersysId, BirthDate)> {
    let hersys_id = HersysId::parse(&FIRST_MADE_UP_ID.checked_add(nth)?.to_string()).ok()?;
    Some((hersys_id, BirthDate::new(date(1980, 4, 1), date(2000, 1, 1)).ok()?))
}

/// A made-up health centre and its patients.
#[derive(Debug, Clone)]
pub struct SyntheticDay {
    /// When it calls its patients.
    pub hours: CallingHours,
    /// The call times, assigned to the patients in turn.
    pub times: Vec<CallTimes>,
    /// The number of patients.
    pub patients: u32,
    /// Calls are placed for slots after this time.
    pub after: Timestamp,
}

/// What made-up patients are called, and since when they are registered.
pub(super) struct NamedPeople<'a> {
    /// The given names, in turn.
    pub(super) given_names: &'a [&'a str],
    /// When all of them were registered.
    pub(super) since: Timestamp,
}

impl NamedPeople<'_> {
    fn given_name(&self, nth: u32) -> &str {
        let count = self.given_names.len().max(1);
        // Each round begins one name later, so that those who behave alike have different names.
        self.given_names.get((nth as usize + nth as usize / count) % count).unwrap_or(&"花子")
    }
}

/// Adds the made-up centre and its patients, all named 見本 花子, each with a number and call times.
///
/// # Errors
/// Returns an error if the database fails or `count` exceeds the available numbers.
pub async fn add_synthetic_day(database: &Database, day: &SyntheticDay) -> Result<(), SyntheticDataError> {
    add_named_day(database, day, &NamedPeople { given_names: &["花子"], since: day.after }).await
}

/// The same, with other names.
///
/// # Errors
/// Returns an error if the database fails or `count` exceeds the available numbers.
pub(super) async fn add_named_day(
    database: &Database,
    day: &SyntheticDay,
    people: &NamedPeople<'_>,
) -> Result<(), SyntheticDataError> {
    if day.patients > MOST {
        return Err(SyntheticDataError::TooMany);
    }
    let code = CentreCode::parse(SYNTHETIC_CENTRE).map_err(|_| SyntheticDataError::TooMany)?;
    let settings = CentreSettings { calling_hours: day.hours, ..CentreSettings::default() };
    let centre = CentreRow {
        code: code.clone(),
        name: "見本保健所".to_owned(),
        phone: PhoneNumber::from_e164("+81300000000").map_err(|_| SyntheticDataError::TooMany)?,
        time_zone: "Asia/Tokyo".to_owned(),
        settings: serde_json::to_string(&settings).unwrap_or_default(),
        created_at: day.after,
        updated_at: day.after,
    };
    let schedule = schedule_of(&centre).map_err(|_| SyntheticDataError::TooMany)?;
    let mut rows = Vec::with_capacity(day.patients as usize);
    for nth in 0..day.patients {
        let (hersys_id, birth_date) = synthetic_identity(nth).ok_or(SyntheticDataError::TooMany)?;
        let times = day.times.get(nth as usize % day.times.len().max(1)).cloned().unwrap_or_default();
        let mut row = PatientRow {
            id: PatientId(new_id()),
            centre: code.clone(),
            hersys_id,
            birth_date,
            family_name: Sensitive::new("見本"),
            given_name: Sensitive::new(people.given_name(nth)),
            phone_number: synthetic_number(nth),
            automated_call: true,
            call_times: times.to_string(),
            language: Language::Japanese,
            diagnosis_date: None,
            monitoring_start: None,
            stopped_at: None,
            released_at: None,
            created_at: people.since,
            updated_at: people.since,
            revision: 1,
            calling: Calling::default(),
            known_in: Vec::new(),
            oximeter: Oximeter::Unknown,
            spo2_asked_at: None,
        };
        row.calling.next_slot_at = next_slot_of(&row, &schedule, day.after)?;
        rows.push(row);
    }
    let mut tx = database.begin_write().await?;
    centres::insert(&mut tx, &centre).await?;
    patients::insert(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(())
}

/// Adds a slot to each of the first `count` patients of [`add_synthetic_day`]. The first is due at `first`, and each
/// other one `apart` after the one before. Each window lasts an hour. No day at a health centre is this even: it is
/// for measuring how late calls are placed.
///
/// # Errors
/// Returns an error if the database fails or `count` exceeds the available numbers.
pub async fn add_even_slots(
    database: &Database,
    count: u32,
    first: Timestamp,
    apart: SignedDuration,
) -> Result<(), SyntheticDataError> {
    let identities: Option<Vec<_>> = (0..count).map(synthetic_identity).collect();
    let ids: Vec<HersysId> = identities.ok_or(SyntheticDataError::TooMany)?.into_iter().map(|(id, _)| id).collect();
    let mut tx = database.begin_write().await?;
    let mut found = patients::by_hersys_ids(&mut tx, &ids).await?;
    found.sort_by(|one, other| one.hersys_id.cmp(&other.hersys_id));
    let mut due_at = first;
    let mut rows = Vec::with_capacity(found.len());
    for patient in found {
        let local = jiff::tz::TimeZone::UTC.to_datetime(due_at);
        rows.push(SlotRow {
            id: SlotId(new_id()),
            patient: patient.id,
            centre: patient.centre,
            date: local.date(),
            time: local.time().strftime("%H:%M:%S").to_string(),
            origin: SlotOrigin::Schedule,
            opened_at: first,
            due_at,
            window_end: due_at.checked_add(SignedDuration::from_hours(1)).unwrap_or(due_at),
            state: SlotState::Waiting,
            attempts: 0,
            tries: 0,
            ended_at: None,
        });
        due_at = due_at.checked_add(apart).map_err(|_| SyntheticDataError::TooMany)?;
    }
    slots::open(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(())
}
