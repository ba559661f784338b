//! The values of settings: as they are stored in one line of text, read from what was typed, and said to people.

use serde_json::Value;

use super::pattern;
pub(super) use super::pattern::{WEEKDAYS, weekday};
use super::setting::Setting;
use crate::domain::{AttemptOutcome, CallingHours, CentreName, HiddenCharacter, Language, PhoneNumber, era, width};
use crate::service::{
    AfterRed, CallPattern, CallPatternError, CentreCalls, CentreChange, CentreView, ChangedSetting, DaysOff,
    DaysOffError, Invitations, MissedCallSms, MissedCallSmsError, NoticeText, NoticeTextError, OfficeHours, OwnWords,
    OwnWordsError, ReportCovers, ReportLinks, RetryPolicy, UnregisteredReports,
};
use crate::translations::{Argument, Message, Separator, message};
use crate::web::console::calls::words as call_words;
use crate::web::console::times;

/// The causes that allow another try, in the order of the page.
pub(super) const CAUSES: [AttemptOutcome; 6] = [
    AttemptOutcome::NoAnswer,
    AttemptOutcome::Busy,
    AttemptOutcome::Voicemail,
    AttemptOutcome::NotNow,
    AttemptOutcome::Dropped,
    AttemptOutcome::Failed,
];

/// The value of a setting, as one text. Empty if there is none.
pub(super) fn current(setting: Setting, centre: &CentreView) -> String {
    let settings = &centre.settings;
    let limits = settings.thresholds;
    let optional = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    match setting {
        Setting::CallingHours => settings.calling_hours.to_string(),
        Setting::DaysOff => settings.days_off.to_string(),
        Setting::OfficeHours => settings.office_hours.to_string(),
        Setting::CallPattern => settings.call_pattern.to_string(),
        Setting::ReportCovers => settings.report_covers.to_string(),
        Setting::UnregisteredReports => settings.unregistered_reports.to_string(),
        Setting::Retry => settings.retry.to_string(),
        Setting::TemperatureNote => degrees(limits.temperature_note),
        Setting::TemperatureAmber => degrees(limits.temperature_amber),
        Setting::Spo2Amber => limits.spo2_amber.to_string(),
        Setting::Spo2Red => limits.spo2_red.to_string(),
        Setting::AfterRed => settings.after_red.to_string(),
        Setting::ConcurrentCalls => optional(settings.concurrent_calls),
        Setting::CallsPerSecond => settings.calls_per_second.map(|pace| pace.to_string()).unwrap_or_default(),
        Setting::CallsPerDay => optional(settings.calls_per_day),
        Setting::SpendPerDay => optional(settings.spend_per_day),
        Setting::MissedCallSms => settings.missed_call_sms.clone().map(String::from).unwrap_or_default(),
        Setting::SmsPrice => settings.sms_price.map(String::from).unwrap_or_default(),
        Setting::ReportLinks => settings.report_links.to_string(),
        Setting::DailyNotice => settings.daily_notice.map(String::from).unwrap_or_default(),
        Setting::NoticeHours => settings.notice_hours.to_string(),
        Setting::NoticeText(language) => {
            settings.notice_texts.get(&language).cloned().map(String::from).unwrap_or_default()
        }
        Setting::Invitations => settings.invitations.to_string(),
        Setting::Leaflet => settings.leaflet.clone().map(String::from).unwrap_or_default(),
        Setting::InvitationWords => settings.invitation_words.clone().map(String::from).unwrap_or_default(),
        Setting::Name => centre.name.clone(),
        Setting::Reading => settings.reading.clone().map(String::from).unwrap_or_default(),
        Setting::LatinName => settings.latin_name.clone().map(String::from).unwrap_or_default(),
        Setting::Phone => centre.phone.national(),
        Setting::Municipalities => settings.municipalities.to_string(),
        Setting::TimeZone => centre.time_zone.clone(),
        Setting::Calls => settings.calls.to_string(),
    }
}

/// Reads what was typed into a change. Returns the value as [`current`] would, or what is wrong.
pub(super) fn read(setting: Setting, typed: &str, change: &mut CentreChange) -> Result<String, Message> {
    let folded = width::fold(typed);
    let text = folded.trim();
    match setting {
        Setting::CallingHours => set(&mut change.calling_hours, hours::<CallingHours>(typed)),
        Setting::OfficeHours => set(&mut change.office_hours, hours::<OfficeHours>(typed)),
        Setting::DaysOff => set(&mut change.days_off, days_off(typed)),
        Setting::CallPattern => {
            let cron = pattern::from_words(typed);
            let cron = cron.as_deref().unwrap_or(text);
            set(&mut change.call_pattern, cron.parse::<CallPattern>().map_err(pattern_mistake))
        }
        Setting::ReportCovers => set(&mut change.report_covers, text.parse::<ReportCovers>().map_err(|_| unchosen())),
        Setting::UnregisteredReports => {
            set(&mut change.unregistered_reports, text.parse::<UnregisteredReports>().map_err(|_| unchosen()))
        }
        Setting::ReportLinks => set(&mut change.report_links, text.parse::<ReportLinks>().map_err(|_| unchosen())),
        Setting::DailyNotice => optional(&mut change.daily_notice, text, || message!("notice-wrong-time")),
        Setting::NoticeHours => set(&mut change.notice_hours, hours::<CallingHours>(typed)),
        Setting::NoticeText(language) => notice_text(change, language, typed),
        Setting::Invitations => set(&mut change.invitations, text.parse::<Invitations>().map_err(|_| unchosen())),
        Setting::Leaflet => optional(&mut change.leaflet, text, || message!("notice-wrong-leaflet")),
        Setting::InvitationWords => own_words(change, typed),
        Setting::AfterRed => set(&mut change.after_red, text.parse::<AfterRed>().map_err(|_| unchosen())),
        Setting::Calls => set(&mut change.calls, text.parse::<CentreCalls>().map_err(|_| unchosen())),
        Setting::Retry => {
            set(&mut change.retry, text.parse::<RetryPolicy>().map_err(|_| message!("console-wrong-retry")))
        }
        Setting::TemperatureNote => temperature(&mut change.temperature_note, text),
        Setting::TemperatureAmber => temperature(&mut change.temperature_amber, text),
        Setting::Spo2Amber => set(&mut change.spo2_amber, text.parse().map_err(|_| message!("console-wrong-percent"))),
        Setting::Spo2Red => set(&mut change.spo2_red, text.parse().map_err(|_| message!("console-wrong-percent"))),
        Setting::ConcurrentCalls => optional(&mut change.concurrent_calls, text, || message!("console-wrong-count")),
        Setting::CallsPerSecond => optional(&mut change.calls_per_second, text, || message!("console-wrong-pace")),
        Setting::CallsPerDay => optional(&mut change.calls_per_day, text, || message!("console-wrong-count")),
        Setting::SpendPerDay => optional(&mut change.spend_per_day, text, || message!("console-wrong-money")),
        Setting::MissedCallSms => sms(change, typed),
        Setting::SmsPrice => optional(&mut change.sms_price, text, || message!("gate-wrong-sms-price")),
        Setting::Name => match CentreName::parse(typed) {
            Ok(name) => {
                let read = name.as_str().to_owned();
                change.name = Some(name);
                Ok(read)
            }
            Err(_) => Err(message!("console-wrong-name")),
        },
        Setting::Reading => name(&mut change.reading, typed, || message!("console-wrong-reading")),
        Setting::LatinName => name(&mut change.latin_name, typed, || message!("console-wrong-latin-name")),
        Setting::Phone => match PhoneNumber::parse(text) {
            Ok(phone) => {
                let read = phone.national();
                change.phone = Some(phone);
                Ok(read)
            }
            Err(_) => Err(message!("console-wrong-phone")),
        },
        Setting::Municipalities => {
            set(&mut change.municipalities, typed.parse().map_err(|_| message!("console-wrong-municipalities")))
        }
        Setting::TimeZone => {
            change.time_zone = Some(text.to_owned());
            Ok(text.to_owned())
        }
    }
}

fn set<T: ToString + Clone>(place: &mut Option<T>, read: Result<T, Message>) -> Result<String, Message> {
    let value = read?;
    let text = value.to_string();
    *place = Some(value);
    Ok(text)
}

/// A value that an empty text removes.
fn optional<T: std::str::FromStr + ToString>(
    place: &mut Option<Option<T>>,
    text: &str,
    wrong: impl FnOnce() -> Message,
) -> Result<String, Message> {
    let value: Option<T> = if text.is_empty() { None } else { Some(text.parse().map_err(|_| wrong())?) };
    let read = value.as_ref().map(T::to_string).unwrap_or_default();
    *place = Some(value);
    Ok(read)
}

/// A way to say the name that an empty text removes.
fn name<T: std::str::FromStr + Into<String> + Clone>(
    place: &mut Option<Option<T>>,
    typed: &str,
    wrong: impl FnOnce() -> Message,
) -> Result<String, Message> {
    let typed = typed.trim();
    let value: Option<T> = if typed.is_empty() { None } else { Some(typed.parse().map_err(|_| wrong())?) };
    let read = value.clone().map(T::into).unwrap_or_default();
    *place = Some(value);
    Ok(read)
}

fn unchosen() -> Message {
    message!("console-choose-one")
}

/// Hours as they are written, also `830-1800`.
fn hours<T: std::str::FromStr>(typed: &str) -> Result<T, Message> {
    let colon = |time: &str| {
        let folded = width::fold(time.trim()).into_owned();
        let is_digits = matches!(folded.len(), 3 | 4) && folded.bytes().all(|byte| byte.is_ascii_digit());
        match folded.split_at_checked(folded.len().saturating_sub(2)) {
            Some((hour, minute)) if is_digits => format!("{hour}:{minute}"),
            _ => folded,
        }
    };
    let text = match typed.split_once('-') {
        Some((open, close)) => format!("{}-{}", colon(open), colon(close)),
        None => typed.to_owned(),
    };
    text.parse().map_err(|_| message!("console-wrong-hours"))
}

/// Days off as they are stored, with dates as people write them.
fn days_off(typed: &str) -> Result<DaysOff, Message> {
    let parts = typed.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    let parts = parts.map(|part| match WEEKDAYS.contains(&part) {
        true => Ok(part.to_owned()),
        false => {
            let date = era::read(part).map_err(|_| message!("console-wrong-date", text = part))?;
            Ok(date.to_string())
        }
    });
    let parts = parts.collect::<Result<Vec<_>, Message>>()?;
    parts.join(";").parse().map_err(|error| match error {
        DaysOffError::Form => message!("console-wrong-date", text = typed),
        DaysOffError::TooMany => message!("console-too-many-dates"),
        DaysOffError::EveryDay => message!("console-every-day-off"),
    })
}

fn pattern_mistake(error: CallPatternError) -> Message {
    match error {
        CallPatternError::Form | CallPatternError::Seconds => message!("console-wrong-pattern"),
        CallPatternError::Field { .. } => message!("console-wrong-pattern-field"),
        CallPatternError::WeekdayNumber => message!("console-wrong-pattern-weekday"),
    }
}

fn temperature(place: &mut Option<u16>, text: &str) -> Result<String, Message> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok());
    match (digits(whole).flatten(), digits(tenth).flatten()) {
        (Some(whole), Some(tenth)) if whole < 100 && tenth < 10 && tenth.to_string() == tenth_of(text) => {
            let tenths = whole.saturating_mul(10).saturating_add(tenth);
            *place = Some(tenths);
            Ok(degrees(tenths))
        }
        _ => Err(message!("console-wrong-temperature")),
    }
}

/// The digits behind the point, of which there is at most one.
fn tenth_of(text: &str) -> &str {
    text.split_once('.').map_or("0", |(_, tenth)| tenth)
}

fn sms(change: &mut CentreChange, typed: &str) -> Result<String, Message> {
    // Browsers send line breaks as two characters.
    let typed = typed.replace("\r\n", "\n");
    let text = typed.trim();
    if text.is_empty() {
        change.missed_call_sms = Some(None);
        return Ok(String::new());
    }
    let sms: MissedCallSms = text.parse().map_err(|error| match error {
        MissedCallSmsError::Length => message!("console-wrong-sms-length", most = MissedCallSms::MOST_CHARACTERS),
        MissedCallSmsError::UnknownGap => message!("console-wrong-sms-gap"),
        MissedCallSmsError::Hidden(hidden) => {
            message!("console-note-hidden", code = format!("U+{:04X}", u32::from(hidden.character)))
        }
    })?;
    change.missed_call_sms = Some(Some(sms));
    Ok(text.to_owned())
}

fn hidden_mistake(hidden: HiddenCharacter) -> Message {
    message!("console-note-hidden", code = format!("U+{:04X}", u32::from(hidden.character)))
}

fn notice_text(change: &mut CentreChange, language: Language, typed: &str) -> Result<String, Message> {
    let typed = typed.replace("\r\n", "\n");
    let text = typed.trim();
    let read = match text.parse::<NoticeText>() {
        _ if text.is_empty() => None,
        Ok(text) => Some(text),
        Err(NoticeTextError::Length) => {
            return Err(message!("console-wrong-sms-length", most = NoticeText::MOST_CHARACTERS));
        }
        Err(NoticeTextError::UnknownGap) => return Err(message!("notice-wrong-gap")),
        Err(NoticeTextError::NoLink) => return Err(message!("notice-wrong-no-link")),
        Err(NoticeTextError::Hidden(hidden)) => return Err(hidden_mistake(hidden)),
    };
    change.notice_texts.insert(language, read);
    Ok(text.to_owned())
}

fn own_words(change: &mut CentreChange, typed: &str) -> Result<String, Message> {
    let typed = typed.replace("\r\n", "\n");
    let text = typed.trim();
    let read = match text.parse::<OwnWords>() {
        _ if text.is_empty() => None,
        Ok(words) => Some(words),
        Err(OwnWordsError::Length) => {
            return Err(message!("console-wrong-sms-length", most = OwnWords::MOST_CHARACTERS));
        }
        Err(OwnWordsError::Hidden(hidden)) => return Err(hidden_mistake(hidden)),
    };
    change.invitation_words = Some(read);
    Ok(text.to_owned())
}

fn degrees(tenths: u16) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// What a value says to people.
pub(super) fn said(setting: Setting, value: &str) -> Message {
    match setting {
        Setting::ReportCovers if value == "slot" => message!("console-covers-slot"),
        Setting::ReportCovers => message!("console-covers-day"),
        Setting::UnregisteredReports if value == "keep" => message!("console-unregistered-keep"),
        Setting::UnregisteredReports => message!("console-unregistered-cancel"),
        Setting::ReportLinks if value == "off" => message!("report-link-off"),
        Setting::ReportLinks => message!("report-link-send"),
        Setting::Invitations if value == "at_registration" => message!("notice-invite-at-registration"),
        Setting::Invitations => message!("notice-invite-by-hand"),
        Setting::DailyNotice if value.is_empty() => message!("notice-none"),
        Setting::NoticeText(_) if value.is_empty() => message!("notice-default-text"),
        Setting::Leaflet | Setting::InvitationWords if value.is_empty() => message!("notice-nothing"),
        Setting::AfterRed if value == "continue" => message!("console-after-red-continue"),
        Setting::AfterRed => message!("console-after-red-ask"),
        Setting::Calls if value == "pause" => message!("console-calls-pause"),
        Setting::Calls => message!("console-calls-place"),
        Setting::CallPattern => pattern::in_words(value),
        Setting::CallingHours | Setting::OfficeHours | Setting::NoticeHours => times::span(value),
        Setting::TimeZone if value == "Asia/Tokyo" => message!("console-zone-japan"),
        Setting::DaysOff if value.is_empty() => message!("console-no-days-off"),
        Setting::DaysOff => {
            message!(
                "console-list",
                items = Argument::Joined(Separator::Words, value.split(';').map(weekday).collect())
            )
        }
        Setting::Retry => {
            let rows = CAUSES.into_iter().map(|cause| retries(cause, value));
            message!("console-list", items = Argument::Joined(Separator::Words, rows.collect()))
        }
        Setting::TemperatureNote | Setting::TemperatureAmber => message!("console-degrees", value = value),
        Setting::Spo2Amber | Setting::Spo2Red => message!("console-percent", value = value),
        Setting::ConcurrentCalls | Setting::CallsPerSecond | Setting::CallsPerDay | Setting::SpendPerDay
            if value.is_empty() =>
        {
            message!("console-no-limit")
        }
        Setting::SmsPrice if value.is_empty() => message!("gate-sms-price-unknown"),
        Setting::MissedCallSms if value.is_empty() => message!("console-no-sms"),
        Setting::Reading if value.is_empty() => message!("console-as-written"),
        Setting::LatinName if value.is_empty() => message!("console-in-japanese"),
        _ => message!("verbatim", text = value),
    }
}

fn retries(cause: AttemptOutcome, policy: &str) -> Message {
    let (tries, minutes) = retries_of(cause, policy);
    message!("console-retries", cause = call_words::outcome_name(cause), tries = tries, minutes = minutes)
}

/// The tries and minutes of a cause in a policy, as they are written there.
pub(super) fn retries_of(cause: AttemptOutcome, policy: &str) -> (String, String) {
    let named = policy.split(';').find_map(|part| part.split_once('=').filter(|(name, _)| *name == cause.code()));
    let (tries, minutes) = named.and_then(|(_, retries)| retries.split_once('x')).unwrap_or_default();
    (tries.to_owned(), minutes.to_owned())
}

/// A change in the history: its settings with the values before and after.
pub(super) fn of_entry(changed: &ChangedSetting) -> Vec<(Setting, String, String)> {
    let both = |setting: Setting, name: &str| {
        let value = |value: &Value| value.get(name).map(|value| one(setting, value)).unwrap_or_default();
        Some((setting, value(&changed.before), value(&changed.after))).filter(|(_, before, after)| before != after)
    };
    match changed.name.as_str() {
        "thresholds" => {
            let all = [Setting::TemperatureNote, Setting::TemperatureAmber, Setting::Spo2Amber, Setting::Spo2Red];
            all.into_iter().filter_map(|setting| both(setting, setting.code())).collect()
        }
        "notice_texts" => {
            let of = |language: Language| both(Setting::NoticeText(language), language.tag());
            Language::ALL.into_iter().filter_map(of).collect()
        }
        name => {
            let setting = Setting::all().find(|setting| setting.code() == name);
            let shown = |setting| (setting, one(setting, &changed.before), one(setting, &changed.after));
            setting.map(shown).into_iter().collect()
        }
    }
}

/// A stored value as [`current`] would give it.
fn one(setting: Setting, value: &Value) -> String {
    match (setting, value) {
        (_, Value::Null) => String::new(),
        (Setting::TemperatureNote | Setting::TemperatureAmber, Value::Number(tenths)) => {
            tenths.as_u64().and_then(|tenths| u16::try_from(tenths).ok()).map(degrees).unwrap_or_default()
        }
        (Setting::Retry, Value::Object(causes)) => {
            let part =
                |(cause, retries): (&String, &Value)| format!("{cause}={}", retries.as_str().unwrap_or_default());
            causes.iter().map(part).collect::<Vec<_>>().join(";")
        }
        (Setting::Phone, Value::String(number)) => {
            PhoneNumber::from_e164(number).map_or_else(|_| number.clone(), |number| number.national())
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(setting: Setting, typed: &str) -> Result<String, &'static str> {
        read(setting, typed, &mut CentreChange::default()).map_err(|message| message.id())
    }

    #[test]
    fn values_are_read_as_people_type_them() {
        for (setting, typed, expected) in [
            (Setting::CallingHours, "830-1800", Ok("08:30-18:00")),
            (Setting::CallingHours, "８：３０-１８：００", Ok("08:30-18:00")),
            (Setting::CallingHours, "8時半-24:00", Ok("08:30-24:00")),
            (Setting::CallingHours, "18:00-8:30", Err("console-wrong-hours")),
            (Setting::CallingHours, "8:30", Err("console-wrong-hours")),
            (Setting::DaysOff, "sun;2027/1/1\n令和9年1月2日", Ok("sun;2027-01-01;2027-01-02")),
            (Setting::DaysOff, "", Ok("")),
            (Setting::DaysOff, "sun;gestern", Err("console-wrong-date")),
            (Setting::DaysOff, "mon;tue;wed;thu;fri;sat;sun", Err("console-every-day-off")),
            (Setting::TemperatureNote, "３７．５", Ok("37.5")),
            (Setting::TemperatureNote, "37", Ok("37.0")),
            (Setting::TemperatureNote, "37.55", Err("console-wrong-temperature")),
            (Setting::TemperatureNote, "warm", Err("console-wrong-temperature")),
            (Setting::Spo2Red, "93", Ok("93")),
            (Setting::Spo2Red, "", Err("console-wrong-percent")),
            (Setting::ConcurrentCalls, "", Ok("")),
            (Setting::ConcurrentCalls, "２０", Ok("20")),
            (Setting::ConcurrentCalls, "-1", Err("console-wrong-count")),
            (Setting::CallPattern, "0 10 * * 1", Err("console-wrong-pattern-weekday")),
            (Setting::CallPattern, "0 9,18 * * mon-fri", Ok("0 9,18 * * mon-fri")),
            (Setting::CallPattern, "平日 9:00 18:00", Ok("0 9,18 * * mon-fri")),
            (Setting::CallPattern, "いつでも", Err("console-wrong-pattern")),
            (Setting::Retry, "busy=6x30", Err("console-wrong-retry")),
            (Setting::MissedCallSms, "{centre}\r\nより", Ok("{centre}\nより")),
            (Setting::MissedCallSms, "{name}様", Err("console-wrong-sms-gap")),
            (Setting::Phone, "０３-５２１１-３６４１", Ok("03-5211-3641")),
            (Setting::Phone, "12", Err("console-wrong-phone")),
            (Setting::Name, "見本\u{202e}保健所", Err("console-wrong-name")),
            (Setting::Calls, "", Err("console-choose-one")),
        ] {
            assert_eq!(reads(setting, typed), expected.map(str::to_owned), "{typed}");
        }
    }
}
