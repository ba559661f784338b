//! `kenkocall centres`: adds, changes and lists health centres.

mod show;

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::arguments::{Form, centre_code, table};
use super::exit::usage;
use super::language::{self, text};
use super::messages::ToMessage as _;
use crate::domain::{CallingHours, CentreName, LatinName, Municipalities, NameReading, PhoneNumber, width};
use crate::service::{
    AfterRed, CallPattern, CentreCalls, CentreChange, CentreSettings, CentreView, Client, DaysOff, Invitations,
    LeafletUrl, MissedCallSms, NoticeTime, OfficeHours, OwnWords, ReportCovers, Retries, RetryPolicy, SmsPrice,
    UnregisteredReports, add_centre, change_centre, list_centres, show_centre,
};
use crate::translations::{Said, message};

#[derive(Debug, Subcommand)]
pub(super) enum Centres {
    /// Add a health centre.
    Add {
        /// Its code: 13101.
        #[arg(long)]
        code: String,
        /// Its name in full: 千代田保健所. At most 40 characters, because every call speaks it.
        #[arg(long)]
        name: String,
        /// Its number for callers.
        #[arg(long)]
        phone: String,
        #[command(flatten)]
        more: More,
        #[command(flatten)]
        form: Form,
    },
    /// List the health centres.
    List {
        #[command(flatten)]
        form: Form,
    },
    /// Show the settings of a health centre in plain words.
    Show {
        /// Its code.
        code: String,
        #[command(flatten)]
        form: Form,
    },
    /// Change a health centre. Settings that aren't given stay as they are.
    Set {
        /// Its code.
        code: String,
        /// Its name in full; at most 40 characters.
        #[arg(long)]
        name: Option<String>,
        /// Its number for callers.
        #[arg(long)]
        phone: Option<String>,
        #[command(flatten)]
        more: More,
        #[command(flatten)]
        form: Form,
    },
}

/// Settings that have a default.
#[derive(Debug, Args)]
pub(super) struct More {
    /// How a Japanese voice reads its name, in kana: ソウサホケンジョ. Default, and with an empty value: as it is written.
    #[arg(long, value_name = "KANA", value_parser = reading)]
    reading: Option<OrNone<NameReading>>,
    /// Its name in Latin letters, which the voices of the six other languages read: Sosa Public Health Center. Default,
    /// and with an empty value: a Japanese voice says the name.
    #[arg(long, value_name = "NAME", value_parser = latin_name)]
    latin_name: Option<OrNone<LatinName>>,
    /// The municipalities for which it is responsible, separated by commas: 匝瑳市、旭市. The help desk tells callers by
    /// them where to turn. Default, and with an empty value: none.
    #[arg(long, value_name = "NAMES", value_parser = municipalities)]
    municipalities: Option<Municipalities>,
    /// Its time zone. Default: Asia/Tokyo.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// When staff can take calls, Monday to Friday. Full-width digits, 〜 and 時 are accepted too, and 24:00 is midnight
    /// at the end of the day. Default: 08:30-17:15.
    #[arg(long, value_name = "HH:MM-HH:MM")]
    office_hours: Option<OfficeHours>,
    /// When automated calls may begin, every day; written like --office-hours. Default: 08:00-20:00.
    #[arg(long, value_name = "HH:MM-HH:MM")]
    calling_hours: Option<CallingHours>,
    /// The lowest body temperature that is a note. Default: 37.5.
    #[arg(long, value_name = "CELSIUS", value_parser = tenths)]
    temperature_note: Option<u16>,
    /// The lowest body temperature that is amber. Default: 38.5.
    #[arg(long, value_name = "CELSIUS", value_parser = tenths)]
    temperature_amber: Option<u16>,
    /// The highest oxygen saturation that is amber. Default: 95.
    #[arg(long, value_name = "PERCENT")]
    spo2_amber: Option<u16>,
    /// The highest oxygen saturation that is red. Default: 93.
    #[arg(long, value_name = "PERCENT")]
    spo2_red: Option<u16>,
    /// Days without automated calls: sat;sun;2027-01-01. An empty value for none.
    #[arg(long, value_name = "DAYS")]
    days_off: Option<DaysOff>,
    /// When patients without call times of their own are called: cron expressions (minute, hour, day of month, month,
    /// weekday by name), separated by ";". If both a day of the month and a weekday are given, both must match.
    /// Default, and with an empty value: 0 10 * * *.
    #[arg(long, value_name = "CRON", value_parser = or_default::<CallPattern>)]
    call_pattern: Option<CallPattern>,
    /// Tries in total and minutes between them, by how a call ended (busy, no_answer, dropped, not_now, voicemail,
    /// failed): busy=3x10;no_answer=3x30. Default for those not named, and with an empty value for all: 3x30.
    #[arg(long, value_name = "POLICY")]
    retry: Option<RetryPolicy>,
    /// What a report cancels: the rest of the "day", or the "slot" in which it was made. Default, and with an empty
    /// value: day.
    #[arg(long, value_name = "day|slot", value_parser = or_default::<ReportCovers>)]
    report_covers: Option<ReportCovers>,
    /// How a report from another number than the registered number (unregistered or hidden) affects automated calls:
    /// "cancel" them as any report does, or "keep" them. Default, and with an empty value: cancel.
    #[arg(long, value_name = "cancel|keep", value_parser = or_default::<UnregisteredReports>)]
    unregistered_reports: Option<UnregisteredReports>,
    /// Whether callers are asked after a red answer if they want to continue: "ask", or "continue" with the next
    /// question at once. Default, and with an empty value: ask.
    #[arg(long, value_name = "ask|continue", value_parser = or_default::<AfterRed>)]
    after_red: Option<AfterRed>,
    /// The maximum number of its automated calls at the same time. Default, and with an empty value: only the carrier's
    /// limit.
    #[arg(long, value_name = "CALLS", value_parser = calls)]
    concurrent_calls: Option<OrNone<u32>>,
    /// The maximum number of its automated calls placed per second. Default, and with an empty value: only the
    /// carrier's limit.
    #[arg(long, value_name = "CALLS", value_parser = pace)]
    calls_per_second: Option<OrNone<f64>>,
    /// The SMS after an unanswered call, with the placeholders {centre} and {call_back_number}. It must not mention
    /// health. Default, and with an empty value: no SMS is sent.
    #[arg(long, value_name = "TEXT", value_parser = or_none::<MissedCallSms>)]
    missed_call_sms: Option<OrNone<MissedCallSms>>,
    /// The price of a part of an SMS, such as 3.3: the console says what an SMS costs. Default, and with an empty
    /// value: not known.
    #[arg(long, value_name = "MONEY", value_parser = or_none::<SmsPrice>)]
    sms_price: Option<OrNone<SmsPrice>>,
    /// The maximum number of its automated calls per day. Default, and with an empty value: no limit of its own.
    #[arg(long, value_name = "CALLS", value_parser = calls)]
    calls_per_day: Option<OrNone<u32>>,
    /// The maximum cost of its automated calls per day, by dialer.price_per_minute. Default, and with an empty value:
    /// no limit of its own.
    #[arg(long, value_name = "MONEY", value_parser = money)]
    spend_per_day: Option<OrNone<u32>>,
    /// When its patients get the daily notice with the link to report: 08:30. It must lie in --notice-hours. Default,
    /// and with an empty value: none is sent.
    #[arg(long, value_name = "HH:MM", value_parser = or_none::<NoticeTime>)]
    daily_notice: Option<OrNone<NoticeTime>>,
    /// When notices and invitations may be sent, every day; written like --office-hours. Default: 08:00-20:00.
    #[arg(long, value_name = "HH:MM-HH:MM")]
    notice_hours: Option<CallingHours>,
    /// Whether new patients get the invitation to the portal: "at_registration", or "by_hand" when only staff send it.
    /// Default, and with an empty value: by_hand.
    #[arg(long, value_name = "at_registration|by_hand", value_parser = or_default::<Invitations>)]
    invitations: Option<Invitations>,
    /// The address of the leaflet in its invitations, beginning with https://. Default, and with an empty value: none.
    #[arg(long, value_name = "URL", value_parser = or_none::<LeafletUrl>)]
    leaflet: Option<OrNone<LeafletUrl>>,
    /// What it adds to its invitations, in all languages alike. Default, and with an empty value: nothing.
    #[arg(long, value_name = "TEXT", value_parser = or_none::<OwnWords>)]
    invitation_words: Option<OrNone<OwnWords>>,
    /// Whether its automated calls are placed: "place" them, or "pause" them until they are placed again. Calls in
    /// progress continue, and staff are told of each call time that passes without a call. Default, and with an empty
    /// value: place.
    #[arg(long, value_name = "place|pause", value_parser = or_default::<CentreCalls>)]
    automated_calls: Option<CentreCalls>,
}

/// A value that an empty text removes.
#[derive(Debug, Clone)]
struct OrNone<T>(Option<T>);

fn or_none<T: std::str::FromStr>(text: &str) -> Result<OrNone<T>, T::Err> {
    if text.trim().is_empty() { Ok(OrNone(None)) } else { text.parse().map(|value| OrNone(Some(value))) }
}

/// Parses a value. An empty text is the default.
fn or_default<T: std::str::FromStr + Default>(text: &str) -> Result<T, T::Err> {
    if text.trim().is_empty() { Ok(T::default()) } else { text.parse() }
}

fn reading(text: &str) -> Result<OrNone<NameReading>, Said> {
    or_none(text).map_err(|_| Said(message!("centre-reading-form")))
}

fn latin_name(text: &str) -> Result<OrNone<LatinName>, Said> {
    or_none(text).map_err(|_| Said(message!("centre-latin-name-form")))
}

fn municipalities(text: &str) -> Result<Municipalities, Said> {
    text.parse().map_err(|_| Said(message!("municipalities-form")))
}

fn calls(text: &str) -> Result<OrNone<u32>, Said> {
    or_none(text).map_err(|_| Said(message!("number-of-calls")))
}

fn money(text: &str) -> Result<OrNone<u32>, Said> {
    or_none(text).map_err(|_| Said(message!("amount-of-money")))
}

fn pace(text: &str) -> Result<OrNone<f64>, Said> {
    or_none(text).map_err(|_| Said(message!("calls-a-second")))
}

/// Parses degrees with at most one decimal.
fn tenths(text: &str) -> Result<u16, Said> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok());
    match (digits(whole).flatten(), digits(tenth).flatten()) {
        (Some(whole), Some(tenth)) if whole < 100 && tenth < 10 => Ok(whole * 10 + tenth),
        _ => Err(Said(message!("degrees-celsius"))),
    }
}

impl More {
    fn change(&self, name: Option<CentreName>, phone: Option<&str>) -> anyhow::Result<CentreChange> {
        Ok(CentreChange {
            name,
            reading: self.reading.as_ref().map(|reading| reading.0.clone()),
            latin_name: self.latin_name.as_ref().map(|name| name.0.clone()),
            municipalities: self.municipalities.clone(),
            phone: phone.map(centre_phone).transpose()?,
            time_zone: self.time_zone.clone(),
            office_hours: self.office_hours,
            calling_hours: self.calling_hours,
            temperature_note: self.temperature_note,
            temperature_amber: self.temperature_amber,
            spo2_amber: self.spo2_amber,
            spo2_red: self.spo2_red,
            days_off: self.days_off.clone(),
            call_pattern: self.call_pattern.clone(),
            retry: self.retry,
            report_covers: self.report_covers,
            unregistered_reports: self.unregistered_reports,
            // A matter of the console.
            report_links: None,
            daily_notice: self.daily_notice.as_ref().map(|time| time.0),
            notice_hours: self.notice_hours,
            // In seven languages: a matter of the console, which shows them as they arrive.
            notice_texts: BTreeMap::new(),
            invitations: self.invitations,
            leaflet: self.leaflet.as_ref().map(|leaflet| leaflet.0.clone()),
            invitation_words: self.invitation_words.as_ref().map(|words| words.0.clone()),
            after_red: self.after_red,
            concurrent_calls: self.concurrent_calls.as_ref().map(|calls| calls.0),
            calls_per_second: self.calls_per_second.as_ref().map(|pace| pace.0),
            missed_call_sms: self.missed_call_sms.as_ref().map(|sms| sms.0.clone()),
            sms_price: self.sms_price.as_ref().map(|price| price.0),
            calls_per_day: self.calls_per_day.as_ref().map(|calls| calls.0),
            spend_per_day: self.spend_per_day.as_ref().map(|money| money.0),
            calls: self.automated_calls,
        })
    }
}

pub(super) async fn run(client: &Client, command: Centres) -> anyhow::Result<()> {
    match command {
        Centres::Add { code, name, phone, more, form } => {
            let change = more.change(None, None)?;
            let (code, name, phone) = (centre_code(&code)?, centre_name(&name)?, centre_phone(&phone)?);
            let row = add_centre(&client.context, &client.actor, code, name, phone, &change).await?;
            let value = json!({ "result": "added", "centre": as_json(&row) });
            form.tell(client, &format!("{}\n{}", text!("centres-added"), line(&row)), value).await
        }
        Centres::List { form } => {
            let rows = list_centres(&client.context, &client.actor).await?;
            let text = if rows.is_empty() { format!("{}\n", text!("centres-none")) } else { listed(&rows) };
            form.tell(client, &text, rows.iter().map(as_json).collect::<Vec<_>>().into()).await
        }
        Centres::Show { code, form } => {
            let row = show_centre(&client.context, &client.actor, &centre_code(&code)?).await?;
            form.tell(client, &show::in_words(&row), as_json(&row)).await
        }
        Centres::Set { code, name, phone, more, form } => {
            let change = more.change(name.as_deref().map(centre_name).transpose()?, phone.as_deref())?;
            let changed = change_centre(&client.context, &client.actor, &centre_code(&code)?, &change).await?;
            let verdict = if changed.changed { text!("centres-changed") } else { text!("centres-same") };
            let value = json!({
                "result": if changed.changed { "changed" } else { "nothing_to_change" },
                "patients_outside_hours": changed.patients_outside_hours,
                "centre": as_json(&changed.centre),
            });
            let text = format!("{verdict}\n{}{}", outside(changed.patients_outside_hours), line(&changed.centre));
            form.tell(client, &text, value).await
        }
    }
}

fn centre_name(text: &str) -> anyhow::Result<CentreName> {
    CentreName::parse(text).map_err(|error| usage(text!("centres-name", why = error.message())))
}

fn centre_phone(text: &str) -> anyhow::Result<PhoneNumber> {
    PhoneNumber::parse(&width::fold(text)).map_err(|error| usage(error.message().text(language::current())))
}

/// Warns about patients whose own call times are now outside the calling hours.
fn outside(patients: u64) -> String {
    match patients {
        0 => String::new(),
        count => format!("{}\n", text!("centres-outside-hours", count = count)),
    }
}

fn line(row: &CentreView) -> String {
    listed(std::slice::from_ref(row))
}

/// Formats two tables: the settings of the health-call line, and those of automated calls.
fn listed(rows: &[CentreView]) -> String {
    let mut lines = vec![vec![
        text!("head-code"),
        text!("head-name"),
        text!("head-phone"),
        text!("head-time-zone"),
        text!("head-office-hours"),
        text!("head-calling-hours"),
        text!("head-temperature"),
        text!("head-spo2"),
    ]];
    let mut calling = vec![vec![
        text!("head-code"),
        text!("head-call-pattern"),
        text!("head-days-off"),
        text!("head-a-report-covers"),
        text!("head-unregistered-reports"),
        text!("head-at-a-time"),
        text!("head-a-second"),
        text!("head-a-day"),
        text!("head-missed-call-sms"),
        text!("head-tries"),
    ]];
    for row in rows {
        let settings = &row.settings;
        let limits = settings.thresholds;
        lines.push(vec![
            row.code.to_string(),
            name_of(row),
            row.phone.national(),
            row.time_zone.clone(),
            settings.office_hours.to_string(),
            settings.calling_hours.to_string(),
            format!("note {}, amber {}", degrees(limits.temperature_note), degrees(limits.temperature_amber)),
            format!("amber {}, red {}", limits.spo2_amber, limits.spo2_red),
        ]);
        let days_off = settings.days_off.to_string();
        let or_any = |limit: Option<String>| limit.unwrap_or_else(|| text!("centre-any"));
        let retry = settings.retry;
        calling.push(vec![
            row.code.to_string(),
            settings.call_pattern.to_string(),
            if days_off.is_empty() { text!("centre-no-days-off") } else { days_off },
            match settings.report_covers {
                ReportCovers::Day => text!("centre-covers-day"),
                ReportCovers::Slot => text!("centre-covers-slot"),
            },
            settings.unregistered_reports.to_string(),
            or_any(settings.concurrent_calls.map(|calls| calls.to_string())),
            or_any(settings.calls_per_second.map(|pace| pace.to_string())),
            or_any(day_limits(settings)),
            if settings.missed_call_sms.is_some() { text!("centre-sms-on") } else { text!("centre-sms-off") },
            if retry == RetryPolicy::default() { Retries::default().to_string() } else { retry.to_string() },
        ]);
    }
    format!("{}\n{}\n{}", table(&lines), text!("centres-automated-calls"), table(&calling))
}

/// The name, and how it is said where that is set.
fn name_of(row: &CentreView) -> String {
    let reading = row.settings.reading.clone().map(String::from);
    let said: Vec<String> = reading.into_iter().chain(row.settings.latin_name.clone().map(String::from)).collect();
    if said.is_empty() { row.name.clone() } else { format!("{} ({})", row.name, said.join(", ")) }
}

fn day_limits(settings: &CentreSettings) -> Option<String> {
    let calls = settings.calls_per_day.map(|calls| text!("centre-calls-a-day", calls = calls.to_string()));
    let spend = settings.spend_per_day.map(|money| text!("centre-spend-a-day", money = money.to_string()));
    let both: Vec<String> = calls.into_iter().chain(spend).collect();
    (!both.is_empty()).then(|| both.join(", "))
}

fn degrees(tenths: u16) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn as_json(row: &CentreView) -> Value {
    let settings = &row.settings;
    let limits = settings.thresholds;
    json!({
        "code": row.code.as_str(),
        "name": row.name,
        "reading": settings.reading,
        "latin_name": settings.latin_name,
        "phone": row.phone.expose(),
        "municipalities": settings.municipalities,
        "time_zone": row.time_zone,
        "office_hours": settings.office_hours.to_string(),
        "calling_hours": settings.calling_hours.to_string(),
        "temperature_note": f64::from(limits.temperature_note) / 10.0,
        "temperature_amber": f64::from(limits.temperature_amber) / 10.0,
        "spo2_amber": limits.spo2_amber,
        "spo2_red": limits.spo2_red,
        "days_off": settings.days_off,
        "call_pattern": settings.call_pattern,
        "retry": settings.retry,
        "report_covers": settings.report_covers,
        "unregistered_reports": settings.unregistered_reports,
        "after_red": settings.after_red,
        "concurrent_calls": settings.concurrent_calls,
        "calls_per_second": settings.calls_per_second,
        "missed_call_sms": settings.missed_call_sms,
        "sms_price": settings.sms_price,
        "calls_per_day": settings.calls_per_day,
        "spend_per_day": settings.spend_per_day,
        "automated_calls": settings.calls,
        "daily_notice": settings.daily_notice,
        "notice_hours": settings.notice_hours.to_string(),
        "invitations": settings.invitations,
        "leaflet": settings.leaflet,
        "invitation_words": settings.invitation_words,
    })
}
