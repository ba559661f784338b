//! `kenkocall reports export`: reports as CSV on standard output.

use anyhow::Context;
use clap::Subcommand;
use jiff::civil::Date;

use super::desk::found;
use crate::roster::{era, width};
use crate::service::{Clerk, Export};

#[derive(Debug, Subcommand)]
pub(super) enum Reports {
    /// Write the reports of some days as CSV (UTF-8, with a header) to standard output. Times are in the time zone of
    /// the report's health centre; what wasn't answered or couldn't be measured is empty. It is noted who exported.
    Export {
        /// The first day: 2026-11-01.
        #[arg(long, value_name = "DATE")]
        from: String,
        /// The last day.
        #[arg(long, value_name = "DATE")]
        to: String,
    },
}

pub(super) async fn run(clerk: &Clerk, command: Reports) -> anyhow::Result<()> {
    let Reports::Export { from, to } = command;
    let export = found(Export::begin(clerk, day("--from", &from)?, day("--to", &to)?).await?);
    match write(export).await {
        Err(error) if gone(&error) => Ok(()),
        written => written,
    }
}

async fn write(mut export: Export) -> anyhow::Result<()> {
    const SENTENCE: &str = "standard output can't be written; what is there of the export isn't complete";
    let mut out = csv::Writer::from_writer(std::io::stdout());
    out.write_record(export.columns()).context(SENTENCE)?;
    loop {
        let rows = export.next().await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            out.write_record(row).context(SENTENCE)?;
        }
    }
    out.flush().context(SENTENCE)
}

/// Whether the reader has gone (`… | head`), which is no fault.
fn gone(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        let csv = cause.downcast_ref::<csv::Error>().and_then(|error| match error.kind() {
            csv::ErrorKind::Io(error) => Some(error),
            _ => None,
        });
        io.or(csv).map(std::io::Error::kind)
    });
    kinds.into_iter().any(|kind| kind == std::io::ErrorKind::BrokenPipe)
}

fn day(option: &str, text: &str) -> anyhow::Result<Date> {
    let folded = width::fold(text);
    era::read(&folded).map_err(|error| anyhow::anyhow!("{option}: {error}"))
}
