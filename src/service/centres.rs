//! Health centres as conversations need them, and as their staff set them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tracing::error;

use super::clerk::{Changes, Clerk};
use super::refused::Refused;
use crate::call::{CallingHours, CentreCode, PhoneNumber};
use crate::engine::Centre;
use crate::follow_up::{OfficeHours, Thresholds, report_day};
use crate::store::centres::{self, CentreRow};
use crate::store::{Tx, audit};

/// What a centre sets for its own patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CentreSettings {
    /// When someone is there to talk to.
    pub office_hours: OfficeHours,
    /// When automated calls may begin (A7).
    pub calling_hours: CallingHours,
    /// From where on an answer worries.
    pub thresholds: Thresholds,
}

impl CentreSettings {
    /// The settings of a stored centre. Unreadable ones are reported and replaced by the defaults: a caller isn't
    /// turned away for them.
    pub fn of(row: &CentreRow) -> Self {
        serde_json::from_str(&row.settings).unwrap_or_else(|error| {
            error!(centre = %row.code, %error, "a centre's settings can't be read; the defaults are used");
            Self::default()
        })
    }
}

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
    pub name: Option<String>,
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
}

/// Adds a health centre, in Tokyo's time zone with the usual hours where `more` says nothing else.
///
/// # Errors
/// When the code is in use, or a value can't be used.
pub async fn add_centre(
    clerk: &Clerk,
    code: CentreCode,
    name: String,
    phone: PhoneNumber,
    more: &CentreChange,
) -> Result<CentreRow, Refused> {
    let now = clerk.clock.now();
    let bare = CentreRow {
        code,
        name,
        phone,
        time_zone: "Asia/Tokyo".to_owned(),
        settings: written(CentreSettings::default())?,
        created_at: now,
        updated_at: now,
    };
    let row = changed(&bare, more, now)?;
    let mut tx = clerk.database.begin().await?;
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
/// As the database fails.
pub async fn list_centres(clerk: &Clerk) -> Result<Vec<CentreRow>, Refused> {
    Ok(centres::list(&mut clerk.database.read().await?).await?)
}

/// Changes a health centre; says what it is now, and whether anything changed. Calls under way keep the centre as it
/// was when they began.
///
/// # Errors
/// When there is no such centre, or a value can't be used.
pub async fn change_centre(
    clerk: &Clerk,
    code: &CentreCode,
    change: &CentreChange,
) -> Result<(CentreRow, bool), Refused> {
    let now = clerk.clock.now();
    let mut tx = clerk.database.begin().await?;
    let before = known_centre(&mut tx, code).await?;
    let after = changed(&before, change, now)?;
    let changes = Changes::default()
        .field("name", before.name.as_str(), after.name.as_str())
        .field("phone", before.phone.expose(), after.phone.expose())
        .field("time_zone", before.time_zone.as_str(), after.time_zone.as_str())
        .field("settings", before.settings.as_str(), after.settings.as_str());
    if changes.is_empty() {
        return Ok((before, false));
    }
    centres::update(&mut tx, &after).await?;
    let entry = clerk.entry(now, "centre.changed", subject(code), Some(code.clone()), changes);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok((after, true))
}

fn subject(code: &CentreCode) -> String {
    format!("centre:{code}")
}

fn changed(before: &CentreRow, change: &CentreChange, now: Timestamp) -> Result<CentreRow, Refused> {
    let mut settings = CentreSettings::of(before);
    let old = settings.thresholds;
    settings.thresholds = Thresholds {
        temperature_note: change.temperature_note.unwrap_or(old.temperature_note),
        temperature_amber: change.temperature_amber.unwrap_or(old.temperature_amber),
        spo2_amber: change.spo2_amber.unwrap_or(old.spo2_amber),
        spo2_red: change.spo2_red.unwrap_or(old.spo2_red),
    }
    .checked()?;
    settings.office_hours = change.office_hours.unwrap_or(settings.office_hours);
    settings.calling_hours = change.calling_hours.unwrap_or(settings.calling_hours);
    let name = change.name.as_ref().unwrap_or(&before.name).trim().to_owned();
    if name.is_empty() {
        return Err(Refused::NoName);
    }
    let time_zone = change.time_zone.as_ref().unwrap_or(&before.time_zone).clone();
    TimeZone::get(&time_zone).map_err(|_| Refused::UnknownZone(time_zone.clone()))?;
    Ok(CentreRow {
        code: before.code.clone(),
        name,
        phone: change.phone.as_ref().unwrap_or(&before.phone).clone(),
        time_zone,
        settings: written(settings)?,
        created_at: before.created_at,
        updated_at: now,
    })
}

fn written(settings: CentreSettings) -> Result<String, Refused> {
    serde_json::to_string(&settings).map_err(|_| Refused::Unreadable("health centre's settings"))
}

/// The centre of a code that someone named.
pub(super) async fn known_centre(tx: &mut Tx, code: &CentreCode) -> Result<CentreRow, Refused> {
    centres::get(tx, code).await?.ok_or_else(|| Refused::NoSuchCentre(code.clone()))
}

/// The time zone of a stored centre; it was checked when it was stored.
pub(super) fn zone_of(row: &CentreRow) -> Result<TimeZone, Refused> {
    TimeZone::get(&row.time_zone).map_err(|_| Refused::UnknownZone(row.time_zone.clone()))
}

/// The civil day at a centre, and its calling hours: what a patient's values are judged by.
pub(super) fn day_and_hours(row: &CentreRow, now: Timestamp) -> Result<(Date, CallingHours), Refused> {
    Ok((report_day(now, &zone_of(row)?), CentreSettings::of(row).calling_hours))
}
