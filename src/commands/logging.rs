//! Starts the log of the process.

use std::io::IsTerminal;

use anyhow::Context;
use jiff::tz::TimeZone;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use super::arguments::line_zone;
use crate::config::{Config, Log, LogFormat};
use crate::service::LimitedLine;
use crate::translations::{Said, message};

/// Limits panic messages like other lines that outsiders could cause: the first is written, the others are counted.
pub(super) fn limit_panics() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Its messages quote what it failed to read: phone numbers and keys.
        let of_sip = panic.location().filter(|at| at.file().contains("rsipstack"));
        match of_sip {
            Some(at) if LimitedLine::PanicMessage.is_first() => {
                tracing::error!(line = at.line(), "the SIP library failed on a message or a call");
            }
            None if LimitedLine::PanicMessage.is_first() => told(panic),
            Some(_) | None => {}
        }
    }));
}

/// Writes timestamps as the commands do: in `health_call.time_zone`, with the offset.
struct Zoned(TimeZone);

impl FormatTime for Zoned {
    #[allow(
        clippy::disallowed_methods,
        reason = "the log tells the time of the machine, whatever the services believe"
    )]
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        let now = jiff::Timestamp::now().to_zoned_datetime(self.0.clone());
        write!(writer, "{}", now.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z"))
    }
}

/// Returns the log filter.
pub(super) fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    // The library's own error would repeat the setting's value.
    EnvFilter::try_new(&log.level).map_err(|_| Said(message!("setting-log-level")).into())
}

/// Starts logging to standard error.
pub(super) fn start(config: &Config) -> anyhow::Result<()> {
    let log = &config.log;
    let filter = filter(log)?;
    // This library writes whole phone numbers at TRACE.
    let filter = filter.add_directive("rlibphonenumber=off".parse().context("the filter of a library")?);
    // This one writes names of accounts and keys of devices at DEBUG; the audit trail has what was refused.
    let filter = filter.add_directive("webauthn_rs_core=off".parse().context("the filter of a library")?);
    // This one writes the address of each request at TRACE: report links and codes of certificates are secrets in it.
    let filter = filter.add_directive("tower_http=off".parse().context("the filter of a library")?);
    // This one writes whole messages at INFO: phone numbers, names and the keys that are sent as messages.
    let filter = filter.add_directive("rsipstack=off".parse().context("the filter of a library")?);
    let colours = std::io::stderr().is_terminal() && super::escapes();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_timer(Zoned(line_zone(config)?))
        // Errors would be written to standard error by a macro that panics if the write fails.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Readable => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging can't be started: {error}"))
}
