//! A change of a health centre, field by field.

use std::collections::BTreeMap;

use super::settings::CentreSettings;
use crate::domain::{CallingHours, CentreName, Language, LatinName, Municipalities, NameReading, PhoneNumber};
use crate::policy::{
    AfterRed, CallPattern, CentreCalls, DaysOff, Invitations, LeafletUrl, MissedCallSms, NoticeText, NoticeTime,
    OfficeHours, OwnWords, ReportCovers, ReportLinks, RetryPolicy, SmsPrice, UnregisteredReports,
};

/// A change of a centre. `None` leaves a value as it is.
#[derive(Debug, Clone, Default)]
pub struct CentreChange {
    /// The name.
    pub name: Option<CentreName>,
    /// How a Japanese voice reads the name. `Some(None)`: as it is written.
    pub reading: Option<Option<NameReading>>,
    /// The name in Latin letters. `Some(None)` for none.
    pub latin_name: Option<Option<LatinName>>,
    /// The municipalities for which it is responsible.
    pub municipalities: Option<Municipalities>,
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
    /// Whether staff send patients links to today's form.
    pub report_links: Option<ReportLinks>,
    /// The time of the daily notice. `Some(None)` switches it off.
    pub daily_notice: Option<Option<NoticeTime>>,
    /// The hours in which notices go out.
    pub notice_hours: Option<CallingHours>,
    /// The text of the daily notice by language. `None` for the default.
    pub notice_texts: BTreeMap<Language, Option<NoticeText>>,
    /// Who gets an invitation to the portal.
    pub invitations: Option<Invitations>,
    /// The leaflet that invitations name. `Some(None)` for none.
    pub leaflet: Option<Option<LeafletUrl>>,
    /// The centre's own words in invitations. `Some(None)` for none.
    pub invitation_words: Option<Option<OwnWords>>,
    /// What follows the advice after a red answer.
    pub after_red: Option<AfterRed>,
    /// The maximum number of automated calls in progress. `Some(None)` removes the centre's limit.
    pub concurrent_calls: Option<Option<u32>>,
    /// The maximum number of automated calls per second. `Some(None)` removes the centre's limit.
    pub calls_per_second: Option<Option<f64>>,
    /// The SMS after a missed call. `Some(None)` for no SMS.
    pub missed_call_sms: Option<Option<MissedCallSms>>,
    /// The price of a part of an SMS. `Some(None)` if it isn't known.
    pub sms_price: Option<Option<SmsPrice>>,
    /// The maximum number of automated calls per day. `Some(None)` removes the centre's limit.
    pub calls_per_day: Option<Option<u32>>,
    /// The maximum cost of automated calls per day. `Some(None)` removes the centre's limit.
    pub spend_per_day: Option<Option<u32>>,
    /// Whether automated calls are placed.
    pub calls: Option<CentreCalls>,
}

impl CentreChange {
    /// The change that makes the settings `before` those of `after`. What is the same isn't changed, and so isn't
    /// checked again.
    pub(in crate::service) fn between(before: &CentreSettings, after: &CentreSettings) -> Self {
        fn new<T: PartialEq + Clone>(before: &T, after: &T) -> Option<T> {
            (before != after).then(|| after.clone())
        }
        let (old, limits) = (before.thresholds, after.thresholds);
        Self {
            name: None,
            phone: None,
            time_zone: None,
            reading: new(&before.reading, &after.reading),
            latin_name: new(&before.latin_name, &after.latin_name),
            municipalities: new(&before.municipalities, &after.municipalities),
            office_hours: new(&before.office_hours, &after.office_hours),
            calling_hours: new(&before.calling_hours, &after.calling_hours),
            temperature_note: new(&old.temperature_note, &limits.temperature_note),
            temperature_amber: new(&old.temperature_amber, &limits.temperature_amber),
            spo2_amber: new(&old.spo2_amber, &limits.spo2_amber),
            spo2_red: new(&old.spo2_red, &limits.spo2_red),
            days_off: new(&before.days_off, &after.days_off),
            call_pattern: new(&before.call_pattern, &after.call_pattern),
            retry: new(&before.retry, &after.retry),
            report_covers: new(&before.report_covers, &after.report_covers),
            unregistered_reports: new(&before.unregistered_reports, &after.unregistered_reports),
            report_links: new(&before.report_links, &after.report_links),
            daily_notice: new(&before.daily_notice, &after.daily_notice),
            notice_hours: new(&before.notice_hours, &after.notice_hours),
            notice_texts: texts_between(&before.notice_texts, &after.notice_texts),
            invitations: new(&before.invitations, &after.invitations),
            leaflet: new(&before.leaflet, &after.leaflet),
            invitation_words: new(&before.invitation_words, &after.invitation_words),
            after_red: new(&before.after_red, &after.after_red),
            concurrent_calls: new(&before.concurrent_calls, &after.concurrent_calls),
            calls_per_second: new(&before.calls_per_second, &after.calls_per_second),
            missed_call_sms: new(&before.missed_call_sms, &after.missed_call_sms),
            sms_price: new(&before.sms_price, &after.sms_price),
            calls_per_day: new(&before.calls_per_day, &after.calls_per_day),
            spend_per_day: new(&before.spend_per_day, &after.spend_per_day),
            calls: new(&before.calls, &after.calls),
        }
    }
}

/// The texts that differ.
fn texts_between(
    before: &BTreeMap<Language, NoticeText>,
    after: &BTreeMap<Language, NoticeText>,
) -> BTreeMap<Language, Option<NoticeText>> {
    let differs = |language: &Language| before.get(language) != after.get(language);
    let languages = Language::ALL.into_iter().filter(differs);
    languages.map(|language| (language, after.get(&language).cloned())).collect()
}
