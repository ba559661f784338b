//! Reads a stored health centre as other services need it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::settings::CentreSettings;
use crate::domain::{CallingHours, CentreCode};
use crate::engine::Centre;
use crate::policy::{CallingSchedule, Scope, report_day};
use crate::service::error::{CentreError, ServiceError};
use crate::store::Tx;
use crate::store::centres::{self, CentreRow};

/// A stored centre as a conversation needs it.
pub(in crate::service) fn centre_of(row: &CentreRow) -> Centre {
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

/// The civil date at a centre and its calling hours. A patient's values are checked against them.
pub(in crate::service) fn day_and_hours(row: &CentreRow, now: Timestamp) -> Result<(Date, CallingHours), ServiceError> {
    Ok((report_day(now, &zone_of(row)?), CentreSettings::of(row).calling_hours))
}
