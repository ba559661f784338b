//! `[log]`: what is logged, and how. The log never contains personal data.

use serde::Deserialize;

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `readable` or `json`. Default readable.
    pub format: LogFormat,
    /// A filter as in `RUST_LOG`: `info`, `warn,kenkocall=debug`. Default `info`.
    pub level: String,
}

/// The format of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Readable,
    /// One JSON object per line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Readable, level: "info".to_owned() }
    }
}
