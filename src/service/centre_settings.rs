//! What a health centre sets for its own patients: stored, read, checked, and compared for the audit trail.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::error;

use super::centres::CentreChange;
use super::clerk::Changes;
use super::error::ServiceError;
use crate::domain::CallingHours;
use crate::policy::{
    CallPattern, CallingSchedule, DayLimits, DaysOff, MissedCallSms, OfficeHours, ReportCovers, RetryPolicy,
    Thresholds, UnregisteredReports, report_day,
};
use crate::store::centres::CentreRow;

/// What a centre sets for its own patients. A setting that an older row lacks has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CentreSettings {
    /// When someone is there to talk to.
    pub office_hours: OfficeHours,
    /// When automated calls may begin (A7).
    pub calling_hours: CallingHours,
    /// From where on an answer worries.
    pub thresholds: Thresholds,
    /// When there are no automated calls.
    pub days_off: DaysOff,
    /// When patients are called who have no times of their own.
    pub call_pattern: CallPattern,
    /// Which causes allow another try, and when (A8).
    pub retry: RetryPolicy,
    /// What a finished report cancels (A9).
    pub report_covers: ReportCovers,
    /// What a report from another number than the patient's does to automated calls.
    pub unregistered_reports: UnregisteredReports,
    /// How many of its automated calls may be in progress at the same time; without it, the carrier's limit alone.
    pub concurrent_calls: Option<u32>,
    /// How many of its automated calls may be placed a second; without it, the carrier's pace alone.
    pub calls_per_second: Option<f64>,
    /// The SMS after a slot that nobody answered (A8); without it, none is sent.
    pub missed_call_sms: Option<MissedCallSms>,
    /// How many automated calls may be placed in a day; without it, the limit over all centres alone.
    pub calls_per_day: Option<u32>,
    /// What its automated calls may cost in a day, by `dialer.price_per_minute`; without it, as above.
    pub spend_per_day: Option<u32>,
}

impl CentreSettings {
    /// The most calls at a time that can be set.
    pub const MOST_CONCURRENT_CALLS: u32 = 10_000;
    /// The slowest pace that can be set, in calls a second: one call in 1000 s.
    pub const SLOWEST_PACE: f64 = 0.001;
    /// The fastest pace that can be set, in calls a second.
    pub const FASTEST_PACE: f64 = 1000.0;

    /// What a day of its calls may hold.
    pub const fn day_limits(&self) -> DayLimits {
        DayLimits { calls: self.calls_per_day, spend: self.spend_per_day }
    }

    /// The settings of a stored centre. Unreadable ones are reported and replaced by the defaults: a caller isn't
    /// turned away for them.
    pub fn of(row: &CentreRow) -> Self {
        serde_json::from_str(&row.settings).unwrap_or_else(|error| {
            error!(centre = %row.code, %error, "a centre's settings are unreadable; using the defaults");
            Self::default()
        })
    }

    /// The settings of a stored centre, for calls that we place: nobody is called by settings that are a guess.
    ///
    /// # Errors
    /// [`ServiceError::Unreadable`].
    pub fn read(row: &CentreRow) -> Result<Self, ServiceError> {
        serde_json::from_str(&row.settings).map_err(|_| ServiceError::Unreadable("health centre's settings"))
    }

    /// When the centre calls.
    ///
    /// # Errors
    /// [`ServiceError::UnknownZone`] of the row's time zone; it was checked when it was stored.
    pub fn calling_schedule(&self, row: &CentreRow) -> Result<CallingSchedule, ServiceError> {
        Ok(CallingSchedule {
            zone: TimeZone::get(&row.time_zone).map_err(|_| ServiceError::UnknownZone(row.time_zone.clone()))?,
            hours: self.calling_hours,
            days_off: self.days_off.clone(),
            pattern: self.call_pattern.clone(),
        })
    }

    /// These settings with a change, checked as a whole where the change touches them.
    pub(super) fn changed(self, change: &CentreChange, zone: &TimeZone, now: Timestamp) -> Result<Self, ServiceError> {
        let old = self.thresholds;
        let thresholds = Thresholds {
            temperature_note: change.temperature_note.unwrap_or(old.temperature_note),
            temperature_amber: change.temperature_amber.unwrap_or(old.temperature_amber),
            spo2_amber: change.spo2_amber.unwrap_or(old.spo2_amber),
            spo2_red: change.spo2_red.unwrap_or(old.spo2_red),
        };
        let after = Self {
            office_hours: change.office_hours.unwrap_or(self.office_hours),
            calling_hours: change.calling_hours.unwrap_or(self.calling_hours),
            thresholds: thresholds.checked()?,
            days_off: change.days_off.clone().unwrap_or(self.days_off),
            call_pattern: change.call_pattern.clone().unwrap_or(self.call_pattern),
            retry: change.retry.unwrap_or(self.retry),
            report_covers: change.report_covers.unwrap_or(self.report_covers),
            unregistered_reports: change.unregistered_reports.unwrap_or(self.unregistered_reports),
            concurrent_calls: change.concurrent_calls.unwrap_or(self.concurrent_calls),
            calls_per_second: change.calls_per_second.unwrap_or(self.calls_per_second),
            missed_call_sms: change.missed_call_sms.clone().unwrap_or(self.missed_call_sms),
            calls_per_day: change.calls_per_day.unwrap_or(self.calls_per_day),
            spend_per_day: change.spend_per_day.unwrap_or(self.spend_per_day),
        };
        if after.concurrent_calls.is_some_and(|calls| !(1..=Self::MOST_CONCURRENT_CALLS).contains(&calls)) {
            return Err(ServiceError::ConcurrentCalls);
        }
        if after.calls_per_second.is_some_and(|pace| !(Self::SLOWEST_PACE..=Self::FASTEST_PACE).contains(&pace)) {
            return Err(ServiceError::CallsPerSecond);
        }
        // A pattern that was good when it was set doesn't stand in the way of another change.
        if change.call_pattern.is_some() || change.calling_hours.is_some() || change.days_off.is_some() {
            let checked = after.call_pattern.checked(after.calling_hours, &after.days_off, report_day(now, zone));
            checked.map_err(|why| ServiceError::CallPattern(after.call_pattern.to_string(), why))?;
        }
        Ok(after)
    }

    pub(super) fn written(&self) -> Result<String, ServiceError> {
        serde_json::to_string(self).map_err(|_| ServiceError::Unreadable("health centre's settings"))
    }
}

/// Each setting that differs, for the audit trail; of settings that can't be read, the whole.
pub(super) fn settings_changes(changes: Changes, before: &CentreRow, after: &CentreRow) -> Changes {
    let read = |row: &CentreRow| serde_json::to_value(CentreSettings::read(row).ok()).unwrap_or_default();
    let (Value::Object(old), Value::Object(new)) = (read(before), read(after)) else {
        return changes.field("settings", before.settings.as_str(), after.settings.as_str());
    };
    new.into_iter().fold(changes, |changes, (name, value)| {
        let before = old.get(&name).cloned().unwrap_or_default();
        changes.field(&name, before, value)
    })
}
