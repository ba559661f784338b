//! Whom patients phone: their health centre, with its hours.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{CentreSettings, zone_of};
use crate::domain::PhoneNumber;
use crate::policy::OfficeHours;
use crate::service::error::ServiceError;
use crate::store::centres::CentreRow;

/// A health centre as patients reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreContact {
    /// Its name.
    pub name: String,
    /// Its number for callers.
    pub phone: PhoneNumber,
    /// When staff can be reached.
    pub hours: OfficeHours,
    /// Whether they can be reached now.
    pub is_open: bool,
    /// Its time zone.
    pub zone: TimeZone,
}

impl CentreContact {
    pub(in crate::service) fn of(row: &CentreRow, now: Timestamp) -> Result<Self, ServiceError> {
        let (zone, hours) = (zone_of(row)?, CentreSettings::of(row).office_hours);
        let is_open = hours.contains(now, &zone);
        Ok(Self { name: row.name.clone(), phone: row.phone.clone(), hours, is_open, zone })
    }
}
