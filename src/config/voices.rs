//! `[voices]`: recordings of one's own.

use std::path::PathBuf;

use serde::Deserialize;

/// Recordings of one's own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Voices {
    /// The folder with recordings that replace those of the package.
    pub directory: Option<PathBuf>,
}
