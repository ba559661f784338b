//! `[audit]`: how the audit trail is kept.

use std::path::PathBuf;

use serde::Deserialize;

/// How the audit trail is kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// The file to which `serve` adds a checkpoint of the trail each minute when there is something new, and by which
    /// it notices that an old backup was restored: on another disk than the database. Default: none.
    pub checkpoint_file: Option<PathBuf>,
}
