//! `kenkocall centres`: health centres added, changed and listed.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::desk::{centre_code, say, say_json, table};
use crate::call::{CallingHours, PhoneNumber};
use crate::follow_up::OfficeHours;
use crate::roster::width;
use crate::service::{CentreChange, CentreSettings, Clerk, add_centre, change_centre, list_centres};
use crate::store::centres::CentreRow;

#[derive(Debug, Subcommand)]
pub(super) enum Centres {
    /// Add a health centre.
    Add {
        /// Its code: 13101.
        #[arg(long)]
        code: String,
        /// Its name, as it signs: 千代田保健所.
        #[arg(long)]
        name: String,
        /// Its number for callers.
        #[arg(long)]
        phone: String,
        #[command(flatten)]
        more: More,
    },
    /// List the health centres.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change a health centre; what isn't given stays.
    Set {
        /// Its code.
        code: String,
        /// Its name, as it signs.
        #[arg(long)]
        name: Option<String>,
        /// Its number for callers.
        #[arg(long)]
        phone: Option<String>,
        #[command(flatten)]
        more: More,
    },
}

/// What has a default.
#[derive(Debug, Args)]
pub(super) struct More {
    /// Its time zone. Default: Asia/Tokyo.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// When someone is there to talk to, Monday to Friday. Default: 08:30-17:15.
    #[arg(long, value_name = "HH:MM-HH:MM")]
    office_hours: Option<OfficeHours>,
    /// When automated calls may begin, every day. Default: 08:00-20:00.
    #[arg(long, value_name = "HH:MM-HH:MM")]
    calling_hours: Option<CallingHours>,
    /// From this body temperature on, a note. Default: 37.5.
    #[arg(long, value_name = "CELSIUS", value_parser = tenths)]
    temperature_note: Option<u16>,
    /// From this body temperature on, amber. Default: 38.5.
    #[arg(long, value_name = "CELSIUS", value_parser = tenths)]
    temperature_amber: Option<u16>,
    /// At this oxygen saturation and below, amber. Default: 95.
    #[arg(long, value_name = "PERCENT")]
    spo2_amber: Option<u16>,
    /// At this oxygen saturation and below, red. Default: 93.
    #[arg(long, value_name = "PERCENT")]
    spo2_red: Option<u16>,
}

/// Reads degrees with at most one decimal.
fn tenths(text: &str) -> Result<u16, String> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok());
    match (digits(whole).flatten(), digits(tenth).flatten()) {
        (Some(whole), Some(tenth)) if whole < 100 && tenth < 10 => Ok(whole * 10 + tenth),
        _ => Err("write degrees Celsius with one decimal, such as 37.5".to_owned()),
    }
}

impl More {
    fn change(&self, name: Option<String>, phone: Option<&str>) -> anyhow::Result<CentreChange> {
        Ok(CentreChange {
            name,
            phone: phone.map(|text| PhoneNumber::parse(&width::fold(text))).transpose()?,
            time_zone: self.time_zone.clone(),
            office_hours: self.office_hours,
            calling_hours: self.calling_hours,
            temperature_note: self.temperature_note,
            temperature_amber: self.temperature_amber,
            spo2_amber: self.spo2_amber,
            spo2_red: self.spo2_red,
        })
    }
}

pub(super) async fn run(clerk: &Clerk, command: Centres) -> anyhow::Result<()> {
    match command {
        Centres::Add { code, name, phone, more } => {
            let phone = PhoneNumber::parse(&width::fold(&phone))?;
            let row = add_centre(clerk, centre_code(&code)?, name, phone, &more.change(None, None)?).await?;
            say(&format!("added\n{}", line(&row)))
        }
        Centres::List { json: true } => {
            say_json(&list_centres(clerk).await?.iter().map(as_json).collect::<Vec<_>>().into())
        }
        Centres::List { json: false } => {
            let rows = list_centres(clerk).await?;
            if rows.is_empty() {
                return say("there is no health centre yet; `kenkocall centres add` adds one\n");
            }
            say(&listed(&rows))
        }
        Centres::Set { code, name, phone, more } => {
            let change = more.change(name, phone.as_deref())?;
            let (row, changed) = change_centre(clerk, &centre_code(&code)?, &change).await?;
            say(&format!("{}\n{}", if changed { "changed" } else { "nothing to change" }, line(&row)))
        }
    }
}

fn line(row: &CentreRow) -> String {
    listed(std::slice::from_ref(row))
}

fn listed(rows: &[CentreRow]) -> String {
    let head = ["code", "name", "phone", "time zone", "office hours", "calling hours", "temperature", "SpO2"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for row in rows {
        let settings = CentreSettings::of(row);
        let limits = settings.thresholds;
        lines.push(vec![
            row.code.to_string(),
            row.name.clone(),
            row.phone.national(),
            row.time_zone.clone(),
            settings.office_hours.to_string(),
            settings.calling_hours.to_string(),
            format!("note {}, amber {}", degrees(limits.temperature_note), degrees(limits.temperature_amber)),
            format!("amber {}, red {}", limits.spo2_amber, limits.spo2_red),
        ]);
    }
    table(&lines)
}

fn degrees(tenths: u16) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn as_json(row: &CentreRow) -> Value {
    let settings = CentreSettings::of(row);
    let limits = settings.thresholds;
    json!({
        "code": row.code.as_str(),
        "name": row.name,
        "phone": row.phone.expose(),
        "time_zone": row.time_zone,
        "office_hours": settings.office_hours.to_string(),
        "calling_hours": settings.calling_hours.to_string(),
        "temperature_note": f64::from(limits.temperature_note) / 10.0,
        "temperature_amber": f64::from(limits.temperature_amber) / 10.0,
        "spo2_amber": limits.spo2_amber,
        "spo2_red": limits.spo2_red,
    })
}
