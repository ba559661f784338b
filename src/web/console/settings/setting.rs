//! The settings of a health centre as the pages group, name and ask for them.

use crate::domain::Language;
use crate::translations::{Message, message};

/// A page of settings that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Hours,
    Pattern,
    Retries,
    Thresholds,
    Limits,
    Sms,
    Notices,
    Centre,
    Pause,
}

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    CallingHours,
    DaysOff,
    OfficeHours,
    CallPattern,
    ReportCovers,
    UnregisteredReports,
    Retry,
    TemperatureNote,
    TemperatureAmber,
    Spo2Amber,
    Spo2Red,
    AfterRed,
    ConcurrentCalls,
    CallsPerSecond,
    CallsPerDay,
    SpendPerDay,
    MissedCallSms,
    SmsPrice,
    ReportLinks,
    DailyNotice,
    NoticeHours,
    NoticeText(Language),
    Invitations,
    Leaflet,
    InvitationWords,
    Name,
    Reading,
    LatinName,
    Phone,
    Municipalities,
    TimeZone,
    Calls,
}

/// How a setting is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    /// A line of text.
    Line,
    /// A number, with what is behind it.
    Number(&'static str),
    /// Two times of a day.
    Span,
    /// Several lines.
    Text,
    /// One of these values.
    Choice(&'static [&'static str]),
    /// Weekdays, and dates.
    Days,
    /// Tries and minutes for each cause.
    Retries,
}

impl Group {
    /// All groups, in the order of the menu.
    pub(super) const ALL: [Self; 9] = [
        Self::Hours,
        Self::Pattern,
        Self::Retries,
        Self::Thresholds,
        Self::Limits,
        Self::Sms,
        Self::Notices,
        Self::Centre,
        Self::Pause,
    ];

    /// Its word in paths.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Pattern => "pattern",
            Self::Retries => "retries",
            Self::Thresholds => "thresholds",
            Self::Limits => "limits",
            Self::Sms => "sms",
            Self::Notices => "notices",
            Self::Centre => "centre",
            Self::Pause => "pause",
        }
    }

    /// Reads [`Group::code`].
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.code() == code)
    }

    /// Its settings.
    pub(super) const fn settings(self) -> &'static [Setting] {
        match self {
            Self::Hours => &[Setting::CallingHours, Setting::DaysOff, Setting::OfficeHours],
            Self::Pattern => &[Setting::CallPattern, Setting::ReportCovers, Setting::UnregisteredReports],
            Self::Retries => &[Setting::Retry],
            Self::Thresholds => &[
                Setting::TemperatureNote,
                Setting::TemperatureAmber,
                Setting::Spo2Amber,
                Setting::Spo2Red,
                Setting::AfterRed,
            ],
            Self::Limits => {
                &[Setting::ConcurrentCalls, Setting::CallsPerSecond, Setting::CallsPerDay, Setting::SpendPerDay]
            }
            Self::Sms => &[Setting::MissedCallSms, Setting::SmsPrice, Setting::ReportLinks],
            Self::Notices => &[
                Setting::DailyNotice,
                Setting::NoticeHours,
                Setting::NoticeText(Language::Japanese),
                Setting::NoticeText(Language::English),
                Setting::NoticeText(Language::ChineseSimplified),
                Setting::NoticeText(Language::ChineseTraditional),
                Setting::NoticeText(Language::Korean),
                Setting::NoticeText(Language::Spanish),
                Setting::NoticeText(Language::Portuguese),
                Setting::Invitations,
                Setting::Leaflet,
                Setting::InvitationWords,
            ],
            Self::Centre => &[
                Setting::Name,
                Setting::Reading,
                Setting::LatinName,
                Setting::Phone,
                Setting::Municipalities,
                Setting::TimeZone,
            ],
            Self::Pause => &[Setting::Calls],
        }
    }

    /// Its name.
    pub(super) fn name(self) -> Message {
        match self {
            Self::Hours => message!("console-group-hours"),
            Self::Pattern => message!("console-group-pattern"),
            Self::Retries => message!("console-group-retries"),
            Self::Thresholds => message!("console-group-thresholds"),
            Self::Limits => message!("console-group-limits"),
            Self::Sms => message!("console-group-sms"),
            Self::Notices => message!("notice-group"),
            Self::Centre => message!("console-group-centre"),
            Self::Pause => message!("console-group-pause"),
        }
    }

    /// When a change of it counts, in one sentence.
    pub(super) fn counts_from(self) -> Message {
        match self {
            Self::Hours | Self::Pattern => message!("console-counts-now"),
            Self::Retries => message!("console-counts-next-try"),
            Self::Thresholds => message!("console-counts-next-answer"),
            Self::Limits => message!("console-counts-next-call"),
            Self::Sms => message!("console-counts-next-sms"),
            Self::Notices => message!("notice-counts-next"),
            Self::Centre => message!("console-counts-next-conversation"),
            Self::Pause => message!("console-counts-pause"),
        }
    }

    /// Whether it changes when patients are called.
    pub(super) const fn moves_calls(self) -> bool {
        matches!(self, Self::Hours | Self::Pattern | Self::Centre)
    }
}

impl Setting {
    /// All settings.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Group::ALL.into_iter().flat_map(|group| group.settings().iter().copied())
    }

    /// The name of its field, which is also its name in the stored settings.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::CallingHours => "calling_hours",
            Self::DaysOff => "days_off",
            Self::OfficeHours => "office_hours",
            Self::CallPattern => "call_pattern",
            Self::ReportCovers => "report_covers",
            Self::UnregisteredReports => "unregistered_reports",
            Self::Retry => "retry",
            Self::TemperatureNote => "temperature_note",
            Self::TemperatureAmber => "temperature_amber",
            Self::Spo2Amber => "spo2_amber",
            Self::Spo2Red => "spo2_red",
            Self::AfterRed => "after_red",
            Self::ConcurrentCalls => "concurrent_calls",
            Self::CallsPerSecond => "calls_per_second",
            Self::CallsPerDay => "calls_per_day",
            Self::SpendPerDay => "spend_per_day",
            Self::MissedCallSms => "missed_call_sms",
            Self::SmsPrice => "sms_price",
            Self::ReportLinks => "report_links",
            Self::DailyNotice => "daily_notice",
            Self::NoticeHours => "notice_hours",
            Self::NoticeText(language) => match language {
                Language::Japanese => "notice_text_ja",
                Language::English => "notice_text_en",
                Language::ChineseSimplified => "notice_text_zh_hans",
                Language::ChineseTraditional => "notice_text_zh_hant",
                Language::Korean => "notice_text_ko",
                Language::Spanish => "notice_text_es",
                Language::Portuguese => "notice_text_pt",
            },
            Self::Invitations => "invitations",
            Self::Leaflet => "leaflet",
            Self::InvitationWords => "invitation_words",
            Self::Name => "name",
            Self::Reading => "reading",
            Self::LatinName => "latin_name",
            Self::Phone => "phone",
            Self::Municipalities => "municipalities",
            Self::TimeZone => "time_zone",
            Self::Calls => "calls",
        }
    }

    /// How it is asked for.
    pub(super) const fn control(self) -> Control {
        match self {
            Self::CallingHours | Self::OfficeHours | Self::NoticeHours => Control::Span,
            Self::DaysOff => Control::Days,
            Self::ReportCovers => Control::Choice(&["day", "slot"]),
            Self::UnregisteredReports => Control::Choice(&["cancel", "keep"]),
            Self::Retry => Control::Retries,
            Self::TemperatureNote | Self::TemperatureAmber => Control::Number("℃"),
            Self::Spo2Amber | Self::Spo2Red => Control::Number("%"),
            Self::AfterRed => Control::Choice(&["ask", "continue"]),
            Self::ConcurrentCalls | Self::CallsPerSecond | Self::CallsPerDay | Self::SpendPerDay | Self::SmsPrice => {
                Control::Number("")
            }
            Self::MissedCallSms | Self::NoticeText(_) | Self::InvitationWords => Control::Text,
            Self::Calls => Control::Choice(&["place", "pause"]),
            Self::ReportLinks => Control::Choice(&["send", "off"]),
            Self::Invitations => Control::Choice(&["by_hand", "at_registration"]),
            Self::CallPattern
            | Self::DailyNotice
            | Self::Leaflet
            | Self::Name
            | Self::Reading
            | Self::LatinName
            | Self::Phone
            | Self::Municipalities
            | Self::TimeZone => Control::Line,
        }
    }

    /// Its name.
    pub(super) fn name(self) -> Message {
        match self {
            Self::CallingHours => message!("console-set-calling-hours"),
            Self::DaysOff => message!("console-set-days-off"),
            Self::OfficeHours => message!("console-set-office-hours"),
            Self::CallPattern => message!("console-set-call-pattern"),
            Self::ReportCovers => message!("console-set-report-covers"),
            Self::UnregisteredReports => message!("console-set-unregistered-reports"),
            Self::Retry => message!("console-set-retry"),
            Self::TemperatureNote => message!("console-set-temperature-note"),
            Self::TemperatureAmber => message!("console-set-temperature-amber"),
            Self::Spo2Amber => message!("console-set-spo2-amber"),
            Self::Spo2Red => message!("console-set-spo2-red"),
            Self::AfterRed => message!("console-set-after-red"),
            Self::ConcurrentCalls => message!("console-set-concurrent-calls"),
            Self::CallsPerSecond => message!("console-set-calls-per-second"),
            Self::CallsPerDay => message!("console-set-calls-per-day"),
            Self::SpendPerDay => message!("console-set-spend-per-day"),
            Self::MissedCallSms => message!("console-set-missed-call-sms"),
            Self::SmsPrice => message!("gate-set-sms-price"),
            Self::ReportLinks => message!("report-link-set"),
            Self::DailyNotice => message!("notice-set-daily"),
            Self::NoticeHours => message!("notice-set-hours"),
            Self::NoticeText(language) => message!("notice-set-text", language = language.own_name()),
            Self::Invitations => message!("notice-set-invitations"),
            Self::Leaflet => message!("notice-set-leaflet"),
            Self::InvitationWords => message!("notice-set-words"),
            Self::Name => message!("console-set-name"),
            Self::Reading => message!("console-set-reading"),
            Self::LatinName => message!("console-set-latin-name"),
            Self::Phone => message!("console-set-phone"),
            Self::Municipalities => message!("console-set-municipalities"),
            Self::TimeZone => message!("console-set-time-zone"),
            Self::Calls => message!("console-set-calls"),
        }
    }

    /// How to write it, or what it does.
    pub(super) fn hint(self) -> Message {
        match self {
            Self::CallingHours => message!("console-hint-calling-hours"),
            Self::DaysOff => message!("console-hint-days-off"),
            Self::OfficeHours => message!("console-hint-office-hours"),
            Self::CallPattern => message!("console-hint-call-pattern"),
            Self::ReportCovers => message!("console-hint-report-covers"),
            Self::UnregisteredReports => message!("console-hint-unregistered-reports"),
            Self::Retry => message!("console-hint-retry"),
            Self::TemperatureNote | Self::TemperatureAmber => message!("console-hint-temperature"),
            Self::Spo2Amber | Self::Spo2Red => message!("console-hint-spo2"),
            Self::AfterRed => message!("console-hint-after-red"),
            Self::ConcurrentCalls | Self::CallsPerDay => message!("console-hint-calls"),
            Self::CallsPerSecond => message!("console-hint-calls-per-second"),
            Self::SpendPerDay => message!("console-hint-spend"),
            Self::MissedCallSms => message!("console-hint-missed-call-sms"),
            Self::SmsPrice => message!("gate-hint-sms-price"),
            Self::ReportLinks => message!("report-link-set-hint"),
            Self::DailyNotice => message!("notice-hint-daily"),
            Self::NoticeHours => message!("notice-hint-hours"),
            Self::NoticeText(_) => message!("notice-hint-text"),
            Self::Invitations => message!("notice-hint-invitations"),
            Self::Leaflet => message!("notice-hint-leaflet"),
            Self::InvitationWords => message!("notice-hint-words"),
            Self::Name => message!("console-hint-name"),
            Self::Reading => message!("console-hint-reading"),
            Self::LatinName => message!("console-hint-latin-name"),
            Self::Phone => message!("console-hint-phone"),
            Self::Municipalities => message!("console-hint-municipalities"),
            Self::TimeZone => message!("console-hint-time-zone"),
            Self::Calls => message!("console-hint-own-calls"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_is_on_one_page_and_has_a_name_of_its_own() {
        let mut codes: Vec<&str> = Setting::all().map(Setting::code).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!((codes.len(), count), (38, 38));
        for group in Group::ALL {
            assert_eq!(Group::from_code(group.code()), Some(group));
        }
    }
}
