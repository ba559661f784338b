//! Logs and metrics of the process: started once.

use std::io::IsTerminal;
use std::sync::OnceLock;

use anyhow::Context;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Installs the recorder of metrics and gives what renders them; the same one when asked again.
pub(super) fn metrics() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let buckets = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
    let builder = PrometheusBuilder::new().set_buckets(&buckets).context("the metrics' buckets")?;
    let handle = builder.install_recorder().context("the metrics can't be recorded")?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}

/// Logs to standard error from here on.
pub(super) fn start(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.level)
        .with_context(|| format!("log.level “{}” isn't a filter; write info, or warn,kenkocall=debug", log.level))?;
    // This library writes whole phone numbers at TRACE.
    let filter = filter.add_directive("rlibphonenumber=off".parse().context("the filter of a library")?);
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Readable => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging can't be started: {error}"))
}
