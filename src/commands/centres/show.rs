//! `kenkocall centres show`: the settings of one health centre, in plain words.

use super::degrees;
use crate::commands::arguments::table;
use crate::domain::AttemptOutcome;
use crate::policy::{ReportCovers, Retries, RetryPolicy, UnregisteredReports};
use crate::service::CentreView;

/// Formats one line for each setting, by its name in `centres set`.
pub(super) fn in_words(row: &CentreView) -> String {
    let settings = &row.settings;
    let limits = settings.thresholds;
    let days_off = settings.days_off.to_string();
    let no_limit = |limit: Option<String>| limit.unwrap_or_else(|| "no limit of its own".to_owned());
    let sms = settings.missed_call_sms.clone().map(String::from);
    let lines = [
        ("code", row.code.to_string()),
        ("name", row.name.clone()),
        ("phone", row.phone.national()),
        ("time zone", row.time_zone.clone()),
        ("office hours", format!("{}, Monday to Friday", settings.office_hours)),
        ("calling hours", format!("{}: when automated calls may begin", settings.calling_hours)),
        ("days off", if days_off.is_empty() { "none".to_owned() } else { days_off }),
        ("call pattern", format!("{}: for patients without times of their own", settings.call_pattern)),
        (
            "report covers",
            match settings.report_covers {
                ReportCovers::Day => "a report cancels the rest of the day's calls",
                ReportCovers::Slot => "a report cancels the call at the time in which it came; later ones are placed",
            }
            .to_owned(),
        ),
        (
            "unregistered reports",
            match settings.unregistered_reports {
                UnregisteredReports::Cancel => "a report from another number than the patient's cancels calls, too",
                UnregisteredReports::Keep => {
                    "a report from another number than the patient's doesn't cancel calls: the patient is called all the same"
                }
            }
            .to_owned(),
        ),
        ("body temperature", thresholds("note", limits.temperature_note, limits.temperature_amber)),
        ("SpO2", format!("amber at {} % and below, red at {} % and below", limits.spo2_amber, limits.spo2_red)),
        ("calls at a time", no_limit(settings.concurrent_calls.map(|calls| calls.to_string()))),
        ("calls a second", no_limit(settings.calls_per_second.map(|pace| pace.to_string()))),
        ("calls a day", no_limit(settings.calls_per_day.map(|calls| calls.to_string()))),
        ("spend a day", no_limit(settings.spend_per_day.map(|money| money.to_string()))),
        ("missed-call SMS", sms.unwrap_or_else(|| "none is sent".to_owned())),
    ];
    let mut rows: Vec<Vec<String>> = lines.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    rows.extend(retries(&settings.retry));
    table(&rows)
}

fn thresholds(lower: &str, from: u16, amber: u16) -> String {
    format!("{lower} from {} °C, amber from {} °C", degrees(from), degrees(amber))
}

/// Formats one line for each outcome that allows another try.
fn retries(policy: &RetryPolicy) -> Vec<Vec<String>> {
    AttemptOutcome::ALL
        .iter()
        .filter_map(|cause| Some(vec![format!("after {}", cause.code().replace('_', " ")), tries(policy.of(*cause)?)]))
        .collect()
}

fn tries(retries: Retries) -> String {
    match (retries.tries(), retries.interval().as_secs() / 60) {
        (0 | 1, _) => "no other try".to_owned(),
        (tries, 1) => format!("{tries} tries in all, a minute apart"),
        (tries, minutes) => format!("{tries} tries in all, {minutes} minutes apart"),
    }
}
