//! What the desk's commands begin and end with: who works, what was typed, and how it is shown.

use std::borrow::Cow;

use anyhow::Context;
use clap::Args;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::exit::usage;
use super::output::{complain, print};
use crate::config::Config;
use crate::domain::{CallerNumber, CentreCode, DataOrigin, HersysId, PhoneNumber, StaffName, escaped};
use crate::patient_import::{era, width};
use crate::service::{Clerk, Clock, Details, Noted, Source, Viewed};
use crate::store::{Database, StoreError};

/// Whether a command creates the database that it doesn't find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is where everything begins: `centres add`.
    IsCreated,
    /// It was asked about a database: this is the wrong folder, or the wrong setting.
    IsRefused,
}

/// How a command tells what it found or did.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Form {
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Form {
    /// Says it in a command that has no database to speak of.
    pub(super) fn say(self, text: &str, value: Value) -> anyhow::Result<()> {
        if self.json { print_json(&value) } else { print(text) }
    }

    /// Says it, marked where the data are simulated.
    pub(super) async fn tell(self, clerk: &Clerk, text: &str, value: Value) -> anyhow::Result<()> {
        if self.json { say_json(clerk, value).await } else { say(clerk, text).await }
    }
}

/// Whether phone numbers are shown in full.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Reveal {
    /// Phone numbers in full, not their last four digits alone. It is noted that they were shown.
    #[arg(long)]
    pub(super) reveal: bool,
}

impl Reveal {
    /// What the service is told of it.
    pub(super) const fn details(self) -> Details {
        if self.reveal { Details::Revealed } else { Details::Masked }
    }
}

/// What is written above simulated data.
const SIMULATED: &str = "simulated data: patients, calls and answers are invented\n";

/// The clerk of this command, on a database that is as this program needs it.
pub(super) async fn clerk(config: &Config, name: StaffName, missing: Missing) -> anyhow::Result<Clerk> {
    let database = match Database::open_existing(&config.database.url, config.database.connections).await {
        Err(StoreError::NoDatabase { .. }) if missing == Missing::IsCreated => {
            super::database::prepared(config).await?
        }
        opened => opened?,
    };
    Ok(Clerk { database, clock: Clock::system(), name, source: Source::Command })
}

/// What a look found. When the audit trail can't have the look, that is said on standard error.
pub(super) fn found<T>(looked: Viewed<T>) -> T {
    if let Noted::No(error) = looked.noted {
        complain(&format!(
            "kenkocall: this look isn't recorded in the audit trail, as {error}; write down who looked at what, and when"
        ));
    }
    looked.found
}

/// Writes what a command found or did; data that are simulated are marked in a first line.
pub(super) async fn say(clerk: &Clerk, text: &str) -> anyhow::Result<()> {
    match clerk.database.data_origin().await? {
        DataOrigin::Real => print(text),
        DataOrigin::Simulated => print(&format!("{SIMULATED}{text}")),
    }
}

/// Writes a value as JSON. An object, and each object of a list, says by `simulated` whether its data are.
pub(super) async fn say_json(clerk: &Clerk, value: Value) -> anyhow::Result<()> {
    let simulated = Value::from(clerk.database.data_origin().await?.is_simulated());
    let mut value = value;
    let objects = match &mut value {
        Value::Array(objects) => objects.iter_mut().collect(),
        object => vec![object],
    };
    for object in objects.into_iter().filter_map(Value::as_object_mut) {
        object.insert("simulated".to_owned(), simulated.clone());
    }
    print_json(&value)
}

pub(super) fn print_json(value: &Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("the answer can't be written as JSON")?;
    print(&format!("{text}\n"))
}

pub(super) fn centre_code(text: &str) -> anyhow::Result<CentreCode> {
    CentreCode::parse(&width::fold(text)).map_err(usage)
}

/// Reads a HER-SYS ID; the sentence doesn't repeat it.
pub(super) fn hersys_id(text: &str) -> anyhow::Result<HersysId> {
    HersysId::parse(&width::fold(text)).map_err(usage)
}

/// The line's own time zone, in which times are shown and read that belong to no centre.
pub(super) fn line_zone(config: &Config) -> anyhow::Result<TimeZone> {
    TimeZone::get(&config.health_call.time_zone).context("health_call.time_zone")
}

/// Reads a day: `2026-11-28`, in a Japanese era (`令和8年11月28日`, `R8.11.28`), or `today`, `yesterday`, `tomorrow`.
pub(super) fn day(text: &str, today: Date) -> anyhow::Result<Date> {
    let folded = width::fold(text);
    let relative = match folded.trim().to_ascii_lowercase().as_str() {
        "today" | "今日" | "本日" => Some(Ok(today)),
        "yesterday" | "昨日" => Some(today.yesterday()),
        "tomorrow" | "明日" => Some(today.tomorrow()),
        _ => None,
    };
    let read = match relative {
        Some(date) => date.ok(),
        None => era::read(&folded).ok(),
    };
    read.ok_or_else(|| {
        usage(format!(
            "“{text}” isn't a day; write 2026-11-28, 令和8年11月28日 or R8.11.28, or today, yesterday or tomorrow"
        ))
    })
}

/// The day that it is in `zone`.
pub(super) fn today(clerk: &Clerk, zone: &TimeZone) -> Date {
    zone.to_datetime(clerk.clock.now()).date()
}

/// Reads a moment: RFC 3339, `2026-12-01 05:00` in `zone`, or the beginning of a day as [`day`] reads it.
pub(super) fn moment(text: &str, clerk: &Clerk, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let local: Option<DateTime> = text.parse().ok();
    let local = local.or_else(|| day(text, today(clerk, zone)).ok().map(|day| day.to_datetime(Time::midnight())));
    let moment = local.and_then(|local| zone.to_timestamp(local).ok());
    moment.ok_or_else(|| {
        usage(format!(
            "“{text}” isn't a time; write 2026-12-01 05:00, 2026-12-01T05:00:00+09:00, or a day: 2026-12-01, R8.12.1, today"
        ))
    })
}

/// Digits of a number that are shown unasked: enough to tell two callers apart, too few to phone one.
const SHOWN_DIGITS: usize = 4;

/// A number as people dial it. Unless it is revealed, all but its last digits are dots.
pub(super) fn number(number: &PhoneNumber, reveal: bool) -> String {
    let full = number.national();
    if reveal { full } else { masked(&full) }
}

/// A number for programs, E.164. Unless it is revealed, all but its last digits are dots.
pub(super) fn number_json(number: &PhoneNumber, reveal: bool) -> String {
    if reveal { number.expose().to_owned() } else { masked(&number.national()) }
}

/// Dots in place of all letters and digits but the last four.
pub(super) fn masked(full: &str) -> String {
    let all = full.chars().filter(|c| c.is_alphanumeric()).count();
    let mut nth = 0;
    let dotted = full.chars().map(|c| {
        if !c.is_alphanumeric() {
            return c;
        }
        nth += 1;
        if nth + SHOWN_DIGITS > all && all > SHOWN_DIGITS { c } else { '•' }
    });
    dotted.collect()
}

/// What staff are told of a report or call from another number than the patient's: anybody who knows HER-SYS ID and
/// birth date can make one.
pub(super) const fn from_other_number(number: CallerNumber) -> Option<&'static str> {
    match number {
        CallerNumber::Registered => None,
        CallerNumber::Unregistered => Some("from an unregistered number"),
        CallerNumber::Hidden => Some("from a hidden number"),
    }
}

/// A moment as people read it: `2026-11-23 09:00:03 +09:00`.
pub(super) fn shown(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// A moment as programs read it: RFC 3339 in `zone`, to the second.
pub(super) fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `3 min 7 s`.
pub(super) fn lasted(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

/// Lines of cells, each column as wide as its widest cell; Japanese characters count twice, as terminals show them. A
/// line break in a cell is escaped: nothing stored looks like a row of its own.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<Cow<'_, str>>> = rows.iter().map(|row| row.iter().map(|cell| escaped(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cells_wide(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cells_wide(cell)) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn cells_wide(text: &str) -> usize {
    let cells = |c: char| match c {
        // They select a variant of the character before.
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}' => 2,
        _ => 1,
    };
    text.chars().map(cells).sum()
}
