//! The recorder of this process's metrics.

use std::sync::OnceLock;

use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Installs the recorder of metrics and returns the handle that renders them. Later calls return the same handle.
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
