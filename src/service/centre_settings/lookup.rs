//! Reads a stored health centre as other services need it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::settings::CentreSettings;
use crate::domain::{CallingHours, CentreCode, Spo2Question};
use crate::engine::{Centre, SaidAs};
use crate::policy::{CallingSchedule, Scope, report_day, spo2_asked_again_on, spo2_question};
use crate::service::error::{CentreError, ServiceError};
use crate::store::Tx;
use crate::store::centres::{self, CentreRow};
use crate::store::patients::PatientRow;

/// A stored centre as a conversation needs it.
pub(in crate::service) fn centre_of(row: &CentreRow) -> Centre {
    let settings = CentreSettings::of(row);
    Centre {
        code: row.code.clone(),
        name: row.name.as_str().into(),
        said_as: SaidAs {
            reading: settings.reading.as_ref().map(|reading| reading.as_str().into()),
            latin_name: settings.latin_name.as_ref().map(|name| name.as_str().into()),
        },
        phone: row.phone.clone(),
        zone: row.time_zone.as_str().into(),
        office_hours: settings.office_hours,
        thresholds: settings.thresholds,
        after_red: settings.after_red,
    }
}

/// When a stored centre calls its patients.
///
/// # Errors
/// [`ServiceError::Unreadable`] or [`CentreError::UnknownTimeZone`]: no patient is called by guessed settings.
pub(crate) fn schedule_of(row: &CentreRow) -> Result<CallingSchedule, ServiceError> {
    CentreSettings::read(row)?.calling_schedule(row)
}

/// The centre with this code.
pub(in crate::service) async fn known_centre(tx: &mut Tx, code: &CentreCode) -> Result<CentreRow, ServiceError> {
    centres::get(tx, code).await?.ok_or_else(|| CentreError::NotFound(code.clone()).into())
}

/// The centre with this code, if the actor may see it. Any other code is refused like an unknown one.
pub(in crate::service) async fn visible_centre(
    tx: &mut Tx,
    scope: &Scope,
    code: &CentreCode,
) -> Result<CentreRow, ServiceError> {
    if !scope.covers(code) {
        return Err(CentreError::NotFound(code.clone()).into());
    }
    known_centre(tx, code).await
}

/// The data that an actor may use, limited to one centre if a filter names it.
pub(in crate::service) async fn narrowed(
    tx: &mut Tx,
    scope: Scope,
    centre: Option<&CentreCode>,
) -> Result<Scope, ServiceError> {
    let Some(code) = centre else { return Ok(scope) };
    visible_centre(tx, &scope, code).await?;
    Ok(Scope::Centres(BTreeSet::from([code.clone()])))
}

/// The time zone of a stored centre. It was checked when it was stored.
pub(in crate::service) fn zone_of(row: &CentreRow) -> Result<TimeZone, ServiceError> {
    TimeZone::get(&row.time_zone).map_err(|_| CentreError::UnknownTimeZone(row.time_zone.clone()).into())
}

/// Whether a call of this day asks a patient for SpO2.
pub(in crate::service) fn spo2_question_of(patient: &PatientRow, zone: &TimeZone, today: Date) -> Spo2Question {
    spo2_question(patient.oximeter, spo2_day(patient, zone), today)
}

/// The first day on which a patient without an oximeter is asked for SpO2 again.
pub(in crate::service) fn spo2_again_on(patient: &PatientRow, zone: &TimeZone) -> Option<Date> {
    spo2_asked_again_on(patient.oximeter, spo2_day(patient, zone))
}

/// The day on which a patient last answered the question for SpO2, or on which it was set whether they have an
/// oximeter.
fn spo2_day(patient: &PatientRow, zone: &TimeZone) -> Date {
    zone.to_datetime(patient.spo2_asked_at.unwrap_or(patient.created_at)).date()
}

/// The civil date at a centre and its calling hours. A patient's values are checked against them.
pub(in crate::service) fn day_and_hours(row: &CentreRow, now: Timestamp) -> Result<(Date, CallingHours), ServiceError> {
    Ok((report_day(now, &zone_of(row)?), CentreSettings::of(row).calling_hours))
}
