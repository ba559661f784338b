//! `kenkocall reports`: enters reports, and exports them as CSV or JSON to standard output, one page at a time.

mod add;

use std::io::Write as _;

use anyhow::Context;
use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::arguments::{Form, centre_code, day, found, today};
use super::language::text;
use super::output::{self, Out};
use crate::config::Config;
use crate::service::{Client, Export, guarded};

#[derive(Debug, Subcommand)]
pub(super) enum Reports {
    /// Enter today's report for a patient who told you the answers. It counts like a report by phone: answers are
    /// graded, alerts are raised, and the day's automated calls are cancelled.
    Add(add::Add),
    /// Write the reports of some days as CSV (UTF-8, with a header) to standard output. Times are in the time zone of
    /// the report's health centre; what wasn't answered or couldn't be measured is empty. The column caller_number says
    /// which number the caller had: registered, unregistered or hidden. The column stopped_after has the question after
    /// which a report stopped because the caller left on the advice on a red answer. The column written has what the
    /// patient wrote in the portal, with an apostrophe before what a spreadsheet would take for a formula. The export
    /// is recorded.
    Export {
        /// The first day: 2026-11-01, 令和8年11月1日, R8.11.1, or today, yesterday.
        #[arg(long, value_name = "DATE")]
        from: String,
        /// The last day.
        #[arg(long, value_name = "DATE")]
        to: String,
        /// Only the reports of this health centre.
        #[arg(long, value_name = "CODE")]
        centre: Option<String>,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(config: &Config, client: &Client, zone: &TimeZone, command: Reports) -> anyhow::Result<()> {
    let (from, to, centre, form) = match command {
        Reports::Add(add) => return add::run(config, client, add).await,
        Reports::Export { from, to, centre, form } => (from, to, centre, form),
    };
    let today = today(client, zone);
    let from = day(&from, today).context("--from")?;
    let to = day(&to, today).context("--to")?;
    let centre = centre.map(|code| centre_code(&code)).transpose()?;
    let export = found(Export::begin(&client.context, &client.actor, from, to, centre).await?);
    let written = if form.json { write_json(export).await } else { write_csv(export).await };
    match written {
        // A reader that closed the pipe (`… | head`) isn't an error.
        Err(_) if output::closed() => output::failure(),
        written => written,
    }
}

async fn write_csv(mut export: Export) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_writer(Out);
    out.write_record(export.columns()).with_context(|| text!("export-incomplete"))?;
    loop {
        let rows = export.next().await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            // What patients write may look like a formula to a spreadsheet.
            let cells = row.iter().map(|cell| guarded(cell).into_owned());
            out.write_record(cells).with_context(|| text!("export-incomplete"))?;
        }
    }
    out.flush().with_context(|| text!("export-incomplete"))
}

/// Writes an array of objects, each with the columns of the CSV.
async fn write_json(mut export: Export) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(Out);
    let columns = export.columns();
    let mut before = "[\n";
    loop {
        let rows = export.next().await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let fields: Map<String, Value> =
                columns.iter().map(|column| (*column).to_owned()).zip(row.into_iter().map(Value::from)).collect();
            write!(out, "{before}  {}", Value::Object(fields)).with_context(|| text!("export-incomplete"))?;
            before = ",\n";
        }
    }
    let end = if before == "[\n" { "[]\n" } else { "\n]\n" };
    out.write_all(end.as_bytes()).and_then(|()| out.flush()).with_context(|| text!("export-incomplete"))
}
