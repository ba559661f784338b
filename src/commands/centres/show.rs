//! `kenkocall centres show`: the settings of one health centre, in plain words.

use super::degrees;
use crate::commands::arguments::table;
use crate::commands::language::text;
use crate::domain::AttemptOutcome;
use crate::service::{
    AfterRed, CentreCalls, CentreView, Invitations, ReportCovers, Retries, RetryPolicy, UnregisteredReports,
};

/// Formats one line for each setting, by its name in `centres set`.
pub(super) fn in_words(row: &CentreView) -> String {
    let settings = &row.settings;
    let limits = settings.thresholds;
    let days_off = settings.days_off.to_string();
    let no_limit = |limit: Option<String>| limit.unwrap_or_else(|| text!("centre-no-limit"));
    let sms = settings.missed_call_sms.clone().map(String::from);
    let reading = settings.reading.clone().map(String::from);
    let latin_name = settings.latin_name.clone().map(String::from);
    let covers = match settings.report_covers {
        ReportCovers::Day => text!("centre-report-covers-day"),
        ReportCovers::Slot => text!("centre-report-covers-slot"),
    };
    let unregistered = match settings.unregistered_reports {
        UnregisteredReports::Cancel => text!("centre-unregistered-cancel"),
        UnregisteredReports::Keep => text!("centre-unregistered-keep"),
    };
    let after_red = match settings.after_red {
        AfterRed::Ask => text!("centre-after-red-ask"),
        AfterRed::Continue => text!("centre-after-red-continue"),
    };
    let calls = match settings.calls {
        CentreCalls::Place => text!("centre-calls-place"),
        CentreCalls::Pause => text!("centre-calls-pause"),
    };
    let hours = text!("centre-office-hours", hours = settings.office_hours.to_string());
    let calling = text!("centre-calling-hours", hours = settings.calling_hours.to_string());
    let pattern = text!("centre-pattern", pattern = settings.call_pattern.to_string());
    let temperature =
        text!("centre-temperature", note = degrees(limits.temperature_note), amber = degrees(limits.temperature_amber));
    let saturation = text!("centre-spo2", amber = limits.spo2_amber.to_string(), red = limits.spo2_red.to_string());
    let mut rows = vec![
        vec![text!("head-code"), row.code.to_string()],
        vec![text!("head-name"), row.name.clone()],
        vec![text!("head-reading"), reading.unwrap_or_else(|| text!("centre-no-reading"))],
        vec![text!("head-latin-name"), latin_name.unwrap_or_else(|| text!("centre-no-latin-name"))],
        vec![text!("head-phone"), row.phone.national()],
        vec![text!("head-municipalities"), municipalities(row)],
        vec![text!("head-time-zone"), row.time_zone.clone()],
        vec![text!("head-office-hours"), hours],
        vec![text!("head-calling-hours"), calling],
        vec![text!("head-automated-calls"), calls],
        vec![text!("head-days-off"), if days_off.is_empty() { text!("centre-no-days-off") } else { days_off }],
        vec![text!("head-call-pattern"), pattern],
        vec![text!("head-report-covers"), covers],
        vec![text!("head-unregistered-reports"), unregistered],
        vec![text!("head-after-red"), after_red],
        vec![text!("head-body-temperature"), temperature],
        vec![text!("head-spo2"), saturation],
        vec![text!("head-calls-at-a-time"), no_limit(settings.concurrent_calls.map(|calls| calls.to_string()))],
        vec![text!("head-calls-a-second"), no_limit(settings.calls_per_second.map(|pace| pace.to_string()))],
        vec![text!("head-calls-a-day"), no_limit(settings.calls_per_day.map(|calls| calls.to_string()))],
        vec![text!("head-spend-a-day"), no_limit(settings.spend_per_day.map(|money| money.to_string()))],
        vec![
            text!("head-sms-price"),
            settings.sms_price.map_or_else(|| text!("centre-no-sms-price"), |price| price.to_string()),
        ],
        vec![text!("head-missed-call-sms"), sms.unwrap_or_else(|| text!("centre-no-sms"))],
    ];
    rows.extend(retries(&settings.retry));
    rows.extend(notices(row));
    table(&rows)
}

/// Formats one line for each outcome that allows another try.
fn retries(policy: &RetryPolicy) -> Vec<Vec<String>> {
    AttemptOutcome::ALL
        .iter()
        .filter_map(|cause| {
            Some(vec![text!("centre-after", cause = cause.code().replace('_', " ")), tries(policy.of(*cause)?)])
        })
        .collect()
}

/// Formats the settings of notices and invitations.
fn notices(row: &CentreView) -> Vec<Vec<String>> {
    let settings = &row.settings;
    let invitations = match settings.invitations {
        Invitations::ByHand => text!("centre-invitations-by-hand"),
        Invitations::AtRegistration => text!("centre-invitations-at-registration"),
    };
    let none = || text!("centre-no-notice");
    vec![
        vec![text!("head-daily-notice"), settings.daily_notice.map_or_else(none, |time| time.to_string())],
        vec![text!("head-notice-hours"), settings.notice_hours.to_string()],
        vec![text!("head-invitations"), invitations],
        vec![text!("head-leaflet"), settings.leaflet.as_ref().map_or_else(none, ToString::to_string)],
        vec![text!("head-invitation-words"), settings.invitation_words.as_ref().map_or_else(none, ToString::to_string)],
    ]
}

fn tries(retries: Retries) -> String {
    match (retries.tries(), retries.interval().as_secs() / 60) {
        (0 | 1, _) => text!("centre-no-other-try"),
        (tries, minutes) => text!("centre-tries", tries = tries.to_string(), minutes = minutes),
    }
}

fn municipalities(row: &CentreView) -> String {
    let own = &row.settings.municipalities;
    if own.is_empty() { text!("centre-no-municipalities") } else { own.to_string() }
}
