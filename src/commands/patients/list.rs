//! `kenkocall patients list`: searches patients. Names and numbers are masked unless they are revealed.

use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::show::stands;
use crate::commands::arguments::{
    Form, Reveal, centre_code, found, hersys_id, number, number_json, rfc3339, shown, table,
};
use crate::commands::exit::usage;
use crate::commands::language::text;
use crate::domain::{FoldedName, Sensitive, width};
use crate::service::{Client, PatientKey, PatientQuery, PatientStatus, PatientTerms, PatientView, Rest, list_patients};

#[derive(Debug, Args)]
pub(in crate::commands) struct List {
    /// A part of the name, family name first: 見本, 見本花.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// A part of the HER-SYS ID.
    #[arg(long, value_name = "DIGITS")]
    hersys_id: Option<String>,
    /// The last digits of the phone number.
    #[arg(long, value_name = "DIGITS")]
    phone_ends: Option<String>,
    /// The status of the patients.
    #[arg(long, value_enum, default_value_t = Status::Observed)]
    status: Status,
    /// Only patients of this health centre.
    #[arg(long, value_name = "CODE")]
    centre: Option<String>,
    /// The maximum number of patients.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    /// Only patients after this HER-SYS ID: the next page.
    #[arg(long, value_name = "HERSYS_ID")]
    after: Option<String>,
    /// Show names and phone numbers in full. This is recorded.
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    form: Form,
}

/// The status of patients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    /// Under observation.
    Observed,
    /// Under observation and called.
    Called,
    /// Calls were stopped.
    Stopped,
    /// Calls are held back until the centre decides.
    HeldBack,
    /// Under observation, without automated calls.
    Off,
    /// Observation has ended.
    Released,
    /// All patients.
    All,
}

impl From<Status> for PatientStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Observed => Self::Observed,
            Status::Called => Self::Called,
            Status::Stopped => Self::Stopped,
            Status::HeldBack => Self::HeldBack,
            Status::Off => Self::Off,
            Status::Released => Self::Released,
            Status::All => Self::All,
        }
    }
}

pub(super) async fn run(client: &Client, zone: &TimeZone, list: List) -> anyhow::Result<()> {
    let filter = PatientQuery {
        centre: list.centre.map(|code| centre_code(&code)).transpose()?,
        terms: list.name.map(|name| PatientTerms { name: Some(FoldedName::of(&name)), ..PatientTerms::default() }),
        id_part: list.hersys_id.map(|text| digits("--hersys-id", &text)).transpose()?,
        number_ends: list.phone_ends.map(|text| digits("--phone-ends", &text)).transpose()?,
        status: list.status.into(),
        after: list.after.map(|text| hersys_id(&text)).transpose()?.map(PatientKey::HersysId),
        limit: list.limit,
        ..PatientQuery::default()
    };
    let reveal = Reveal { reveal: list.reveal };
    let page = found(list_patients(&client.context, &client.actor, &filter, reveal.details()).await?);
    let listed: Vec<&PatientView> = page.items.iter().map(|listed| &listed.patient).collect();
    let mut text = format!("{}\n", text!("patients-none"));
    if !listed.is_empty() {
        let mut lines = vec![vec![
            text!("head-hersys-id"),
            text!("head-name"),
            text!("head-phone-number"),
            text!("head-centre"),
            text!("head-calls"),
            text!("head-next-slot"),
        ]];
        lines.extend(listed.iter().map(|row| line(row, zone, list.reveal)));
        text = table(&lines);
    }
    if let Some(last) = listed.last().filter(|_| page.rest == Rest::More) {
        text.push_str(&format!("{}\n", text!("patients-more", after = last.hersys_id.expose())));
    }
    let value = listed.iter().map(|row| as_json(row, zone, list.reveal)).collect::<Vec<_>>();
    list.form.tell(client, &text, value.into()).await
}

fn digits(option: &str, text: &str) -> anyhow::Result<String> {
    let digits: String = width::fold(text).chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(usage(text!("patients-digits", option = option)));
    }
    Ok(digits)
}

/// Masks a name except for its first character. A name of one character is masked whole.
fn name(full: &Sensitive, reveal: bool) -> String {
    let full = full.expose();
    if reveal {
        return full.to_owned();
    }
    let all = full.chars().count();
    full.chars().enumerate().map(|(nth, c)| if nth == 0 && all > 1 { c } else { '•' }).collect()
}

fn line(row: &PatientView, zone: &TimeZone, reveal: bool) -> Vec<String> {
    vec![
        row.hersys_id.expose().to_owned(),
        format!("{} {}", name(&row.family_name, reveal), name(&row.given_name, reveal)),
        row.phone_number.as_ref().map_or_else(|| "-".to_owned(), |full| number(full, reveal)),
        row.centre.to_string(),
        stands(row).to_owned(),
        row.next_slot_at.map_or_else(|| "-".to_owned(), |at| shown(at, zone)),
    ]
}

fn as_json(row: &PatientView, zone: &TimeZone, reveal: bool) -> Value {
    json!({
        "hersys_id": row.hersys_id.expose(),
        "id": row.id.to_string(),
        "family_name": name(&row.family_name, reveal),
        "given_name": name(&row.given_name, reveal),
        "phone_number": row.phone_number.as_ref().map(|full| number_json(full, reveal)),
        "centre": row.centre.as_str(),
        "calls": stands(row),
        "next_slot_at": row.next_slot_at.map(|at| rfc3339(at, zone)),
        "released_at": row.released_at.map(|at| rfc3339(at, zone)),
    })
}
