//! The settings of a health centre: storage, parsing, checks, and differences for the audit trail.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::error;

use super::change::CentreChange;
use crate::domain::{CallingHours, Language, LatinName, Municipalities, NameReading};
use crate::policy::{
    AfterRed, CallPattern, CallingSchedule, CentreCalls, DayLimits, DaysOff, Invitations, LeafletUrl, MissedCallSms,
    NoticeSchedule, NoticeText, NoticeTime, OfficeHours, OwnWords, ReportCovers, ReportLinks, RetryPolicy, SmsPrice,
    Thresholds, UnregisteredReports, report_day,
};
use crate::service::context::Changes;
use crate::service::error::{CentreError, ServiceError, StoredThing};
use crate::store::centres::CentreRow;

/// The settings of a health centre. A setting missing in an older row has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CentreSettings {
    /// How a Japanese voice reads the name. `None`: as it is written.
    pub reading: Option<NameReading>,
    /// The name for the voices of other languages. `None`: a Japanese voice says it.
    pub latin_name: Option<LatinName>,
    /// The municipalities for which it is responsible (D1).
    pub municipalities: Municipalities,
    /// When staff can be reached.
    pub office_hours: OfficeHours,
    /// When automated calls may begin (A7).
    pub calling_hours: CallingHours,
    /// The thresholds of the severities.
    pub thresholds: Thresholds,
    /// Days without automated calls.
    pub days_off: DaysOff,
    /// When patients without call times of their own are called.
    pub call_pattern: CallPattern,
    /// Which hang-up causes allow another try, and when (A8).
    pub retry: RetryPolicy,
    /// What a finished report cancels (A9).
    pub report_covers: ReportCovers,
    /// How a report from another number than the registered one affects automated calls.
    pub unregistered_reports: UnregisteredReports,
    /// Whether staff send patients links to today's form.
    pub report_links: ReportLinks,
    /// The time of the daily notice (M13). `None` if there is none.
    pub daily_notice: Option<NoticeTime>,
    /// The hours in which notices go out.
    pub notice_hours: CallingHours,
    /// The centre's own texts of the daily notice, by language.
    pub notice_texts: BTreeMap<Language, NoticeText>,
    /// Who gets an invitation to the portal (M14).
    pub invitations: Invitations,
    /// The leaflet that invitations name.
    pub leaflet: Option<LeafletUrl>,
    /// The centre's own words in invitations (独自文言).
    pub invitation_words: Option<OwnWords>,
    /// What follows the advice after a red answer.
    pub after_red: AfterRed,
    /// The maximum number of its automated calls in progress. `None` for the carrier's limit only.
    pub concurrent_calls: Option<u32>,
    /// The maximum number of its automated calls placed per second. `None` for the carrier's limit only.
    pub calls_per_second: Option<f64>,
    /// The SMS after a slot that nobody answered (A8). `None` for no SMS.
    pub missed_call_sms: Option<MissedCallSms>,
    /// The price of a part of an SMS. `None` if it isn't known.
    pub sms_price: Option<SmsPrice>,
    /// The maximum number of automated calls per day. `None` for the limit over all centres only.
    pub calls_per_day: Option<u32>,
    /// The maximum cost of its automated calls per day, by `dialer.price_per_minute`. `None` for the limit over all
    /// centres only.
    pub spend_per_day: Option<u32>,
    /// Whether automated calls are placed.
    pub calls: CentreCalls,
}

impl CentreSettings {
    /// The highest limit on concurrent calls that can be set.
    pub const MOST_CONCURRENT_CALLS: u32 = 10_000;
    /// The slowest pace that can be set, in calls a second: one call in 1000 s.
    pub const SLOWEST_PACE: f64 = 0.001;
    /// The fastest pace that can be set, in calls a second.
    pub const FASTEST_PACE: f64 = 1000.0;

    /// The daily limits of its calls.
    pub const fn day_limits(&self) -> DayLimits {
        DayLimits { calls: self.calls_per_day, spend: self.spend_per_day }
    }

    /// The settings of a stored centre. Unreadable settings are reported and replaced by the defaults, so that callers
    /// are still served.
    pub fn of(row: &CentreRow) -> Self {
        serde_json::from_str(&row.settings).unwrap_or_else(|error| {
            error!(centre = %row.code, %error, "a centre's settings are unreadable; using the defaults");
            Self::default()
        })
    }

    /// The settings of a stored centre, for outbound calls. Unreadable settings are an error: no patient is called by
    /// guessed settings.
    ///
    /// # Errors
    /// [`ServiceError::Unreadable`].
    pub fn read(row: &CentreRow) -> Result<Self, ServiceError> {
        serde_json::from_str(&row.settings).map_err(|_| ServiceError::Unreadable(StoredThing::CentreSettings))
    }

    /// When the centre calls its patients.
    ///
    /// # Errors
    /// [`CentreError::UnknownTimeZone`] if the row's time zone is unknown. It was checked when it was stored.
    pub fn calling_schedule(&self, row: &CentreRow) -> Result<CallingSchedule, ServiceError> {
        Ok(CallingSchedule {
            zone: TimeZone::get(&row.time_zone).map_err(|_| CentreError::UnknownTimeZone(row.time_zone.clone()))?,
            hours: self.calling_hours,
            days_off: self.days_off.clone(),
            pattern: self.call_pattern.clone(),
        })
    }

    /// When the centre sends notices.
    ///
    /// # Errors
    /// [`CentreError::UnknownTimeZone`] if the row's time zone is unknown. It was checked when it was stored.
    pub fn notice_schedule(&self, row: &CentreRow) -> Result<NoticeSchedule, ServiceError> {
        Ok(NoticeSchedule {
            zone: TimeZone::get(&row.time_zone).map_err(|_| CentreError::UnknownTimeZone(row.time_zone.clone()))?,
            hours: self.notice_hours,
            daily: self.daily_notice,
        })
    }

    /// The texts of the daily notice after a change.
    fn changed_texts(
        mut texts: BTreeMap<Language, NoticeText>,
        change: &CentreChange,
    ) -> BTreeMap<Language, NoticeText> {
        for (language, text) in &change.notice_texts {
            match text {
                Some(text) => drop(texts.insert(*language, text.clone())),
                None => drop(texts.remove(language)),
            }
        }
        texts
    }

    /// Checks settings that depend on each other.
    fn check(&self, change: &CentreChange, zone: &TimeZone, now: Timestamp) -> Result<(), ServiceError> {
        if self.concurrent_calls.is_some_and(|calls| !(1..=Self::MOST_CONCURRENT_CALLS).contains(&calls)) {
            return Err(CentreError::ConcurrentCallsOutOfRange.into());
        }
        if self.calls_per_second.is_some_and(|pace| !(Self::SLOWEST_PACE..=Self::FASTEST_PACE).contains(&pace)) {
            return Err(CentreError::CallsPerSecondOutOfRange.into());
        }
        if self.daily_notice.is_some_and(|at| !self.notice_hours.contain(at.time())) {
            return Err(CentreError::NoticeInQuietHours.into());
        }
        // A stored pattern that was valid when it was set doesn't block other changes.
        if change.call_pattern.is_some() || change.calling_hours.is_some() || change.days_off.is_some() {
            let checked = self.call_pattern.checked(self.calling_hours, &self.days_off, report_day(now, zone));
            checked.map_err(|why| CentreError::CallPattern(self.call_pattern.to_string(), why))?;
        }
        Ok(())
    }

    /// Applies a change. Settings that the change affects are checked together.
    pub(in crate::service) fn changed(
        self,
        change: &CentreChange,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Self, ServiceError> {
        let old = self.thresholds;
        let thresholds = Thresholds {
            temperature_note: change.temperature_note.unwrap_or(old.temperature_note),
            temperature_amber: change.temperature_amber.unwrap_or(old.temperature_amber),
            spo2_amber: change.spo2_amber.unwrap_or(old.spo2_amber),
            spo2_red: change.spo2_red.unwrap_or(old.spo2_red),
        };
        let after = Self {
            reading: change.reading.clone().unwrap_or(self.reading),
            latin_name: change.latin_name.clone().unwrap_or(self.latin_name),
            municipalities: change.municipalities.clone().unwrap_or(self.municipalities),
            office_hours: change.office_hours.unwrap_or(self.office_hours),
            calling_hours: change.calling_hours.unwrap_or(self.calling_hours),
            thresholds: thresholds.checked().map_err(CentreError::from)?,
            days_off: change.days_off.clone().unwrap_or(self.days_off),
            call_pattern: change.call_pattern.clone().unwrap_or(self.call_pattern),
            retry: change.retry.unwrap_or(self.retry),
            report_covers: change.report_covers.unwrap_or(self.report_covers),
            unregistered_reports: change.unregistered_reports.unwrap_or(self.unregistered_reports),
            report_links: change.report_links.unwrap_or(self.report_links),
            daily_notice: change.daily_notice.unwrap_or(self.daily_notice),
            notice_hours: change.notice_hours.unwrap_or(self.notice_hours),
            notice_texts: Self::changed_texts(self.notice_texts, change),
            invitations: change.invitations.unwrap_or(self.invitations),
            leaflet: change.leaflet.clone().unwrap_or(self.leaflet),
            invitation_words: change.invitation_words.clone().unwrap_or(self.invitation_words),
            after_red: change.after_red.unwrap_or(self.after_red),
            concurrent_calls: change.concurrent_calls.unwrap_or(self.concurrent_calls),
            calls_per_second: change.calls_per_second.unwrap_or(self.calls_per_second),
            missed_call_sms: change.missed_call_sms.clone().unwrap_or(self.missed_call_sms),
            sms_price: change.sms_price.unwrap_or(self.sms_price),
            calls_per_day: change.calls_per_day.unwrap_or(self.calls_per_day),
            spend_per_day: change.spend_per_day.unwrap_or(self.spend_per_day),
            calls: change.calls.unwrap_or(self.calls),
        };
        after.check(change, zone, now)?;
        Ok(after)
    }

    pub(in crate::service) fn written(&self) -> Result<String, ServiceError> {
        serde_json::to_string(self).map_err(|_| ServiceError::Unreadable(StoredThing::CentreSettings))
    }
}

/// Adds each setting that differs to the audit entry. Unreadable settings are added as a whole.
pub(in crate::service) fn settings_changes(changes: Changes, before: &CentreRow, after: &CentreRow) -> Changes {
    let read = |row: &CentreRow| serde_json::to_value(CentreSettings::read(row).ok()).unwrap_or_default();
    let (Value::Object(old), Value::Object(new)) = (read(before), read(after)) else {
        return changes.field("settings", before.settings.as_str(), after.settings.as_str());
    };
    new.into_iter().fold(changes, |changes, (name, value)| {
        let before = old.get(&name).cloned().unwrap_or_default();
        changes.field(&name, before, value)
    })
}
