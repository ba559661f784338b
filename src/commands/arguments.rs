//! Input and output that the commands share: the staff member, parsed arguments, and formatted results.

use anyhow::Context as _;
use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::exit::usage;
use super::language::{self, text};
use super::messages::ToMessage as _;
use super::output::{complain, print};
use crate::config::Config;
use crate::domain::{CallerNumber, CentreCode, DataOrigin, HersysId, PhoneNumber, era, escaped, width};
use crate::service::{Client, Details, Noted, Viewed};
use crate::translations::{Message, message};

/// The output format of a command.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Form {
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Form {
    /// Prints the result of a command that has no database.
    pub(super) fn say(self, text: &str, value: Value) -> anyhow::Result<()> {
        if self.json { print_json(&value) } else { print(text) }
    }

    /// Prints the result. Marks it if the data are simulated.
    pub(super) async fn tell(self, client: &Client, text: &str, value: Value) -> anyhow::Result<()> {
        if self.json { say_json(client, value).await } else { say(client, text).await }
    }
}

/// Whether phone numbers are shown in full.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Reveal {
    /// Show phone numbers in full, not only their last four digits. This is recorded.
    #[arg(long)]
    pub(super) reveal: bool,
}

impl Reveal {
    /// Converts the option for the service.
    pub(super) const fn details(self) -> Details {
        if self.reveal { Details::Revealed } else { Details::Masked }
    }
}

/// The line above the output if the data are simulated.
fn simulated() -> String {
    format!("{}\n", text!("simulated"))
}

/// Returns what was found. If the access couldn't be recorded in the audit trail, says so on standard error.
pub(crate) fn found<T>(looked: Viewed<T>) -> T {
    if let Noted::No(error) = looked.noted {
        complain(&format!("kenkocall: {}", text!("not-audited", why = error.message())));
    }
    looked.found
}

/// Prints text. If the data are simulated, the first line says so.
pub(super) async fn say(client: &Client, text: &str) -> anyhow::Result<()> {
    match client.context.database.data_origin().await? {
        DataOrigin::Real => print(text),
        DataOrigin::Simulated => print(&format!("{}{text}", simulated())),
    }
}

/// Prints a value as JSON. An object, and each object of a list, gets the field `simulated`.
pub(super) async fn say_json(client: &Client, value: Value) -> anyhow::Result<()> {
    let simulated = Value::from(client.context.database.data_origin().await?.is_simulated());
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

pub(crate) fn print_json(value: &Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).with_context(|| text!("not-json"))?;
    print(&format!("{text}\n"))
}

pub(super) fn centre_code(text: &str) -> anyhow::Result<CentreCode> {
    CentreCode::parse(&width::fold(text)).map_err(|error| usage(error.message().text(language::current())))
}

/// Parses a HER-SYS ID. The error message doesn't repeat it.
pub(super) fn hersys_id(text: &str) -> anyhow::Result<HersysId> {
    HersysId::parse(&width::fold(text)).map_err(|error| usage(error.message().text(language::current())))
}

/// The time zone of the health-call line. It applies to times that belong to no centre.
pub(super) fn line_zone(config: &Config) -> anyhow::Result<TimeZone> {
    TimeZone::get(&config.health_call.time_zone).context("health_call.time_zone")
}

/// Parses a day: `2026-11-28`, in a Japanese era (`令和8年11月28日`, `R8.11.28`), or `today`, `yesterday`, `tomorrow`.
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
    read.ok_or_else(|| usage(text!("not-day", text = text)))
}

/// Returns today's date in `zone`.
pub(super) fn today(client: &Client, zone: &TimeZone) -> Date {
    zone.to_datetime(client.context.clock.now()).date()
}

/// Parses a moment: RFC 3339, `2026-12-01 05:00` in `zone`, or the beginning of a day as [`day`] parses it.
pub(super) fn moment(text: &str, client: &Client, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let local: Option<DateTime> = text.parse().ok();
    let local = local.or_else(|| day(text, today(client, zone)).ok().map(|day| day.to_datetime(Time::midnight())));
    let moment = local.and_then(|local| zone.to_timestamp(local).ok());
    moment.ok_or_else(|| usage(text!("not-time", text = text)))
}

/// Digits of a number that are always shown: enough to tell two callers apart, too few to phone one.
const SHOWN_DIGITS: usize = 4;

/// Formats a number as people dial it. Unless it is revealed, all but its last digits are dots.
pub(super) fn number(number: &PhoneNumber, reveal: bool) -> String {
    let full = number.national();
    if reveal { full } else { masked(&full) }
}

/// Formats a number for programs, in E.164. Unless it is revealed, all but its last digits are dots.
pub(super) fn number_json(number: &PhoneNumber, reveal: bool) -> String {
    if reveal { number.expose().to_owned() } else { masked(&number.national()) }
}

/// Replaces all letters and digits except the last four with dots.
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

/// Tells staff that a report or call came from another number than the registered number. Anyone who knows a HER-SYS ID
/// and birth date can make such a call.
pub(super) fn from_other_number(number: CallerNumber) -> Option<String> {
    from_number(number).map(|from| from.text(language::current()))
}

/// Like [`from_other_number`], in no language yet.
pub(super) const fn from_number(number: CallerNumber) -> Option<Message> {
    match number {
        CallerNumber::Registered => None,
        CallerNumber::Unregistered => Some(message!("number-unregistered")),
        CallerNumber::Hidden => Some(message!("number-hidden")),
    }
}

/// Formats a moment for people: `2026-11-23 09:00:03 +09:00`.
pub(super) fn shown(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// Formats a moment for programs: RFC 3339 in `zone`, to the second.
pub(super) fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Formats a duration: `3 min 7 s`.
pub(super) fn lasted(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let seconds = u64::try_from(seconds).unwrap_or_default();
    if seconds < 60 {
        text!("lasted-seconds", seconds = seconds)
    } else {
        text!("lasted-minutes", minutes = seconds / 60, seconds = seconds % 60)
    }
}

/// Formats rows as a table without lines. Each column is as wide as its widest cell on a terminal, where Japanese
/// characters take two cells. Line breaks are escaped, so that stored text can't look like another row.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.add_rows(rows.iter().map(|row| row.iter().map(|cell| escaped(cell))));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_terminals_show_them() {
        let rows = [["山田", "1"], ["ﾔﾏﾀﾞ", "22"], ["葛\u{e0100}飾", "3"], ["e\u{301}", ""], ["a\nb", "5"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let text = "山田      1\nﾔﾏﾀﾞ      22\n葛\u{e0100}飾      3\ne\u{301}\na\\u000ab  5\n";
        assert_eq!(table(&rows), text);
        assert_eq!(table(&[]), "");
        assert_eq!(table(&[vec!["a".to_owned()], vec!["b".to_owned(), "c".to_owned()]]), "a\nb  c\n");
    }
}
