//! `[audit]`: the audit trail.

use std::path::PathBuf;

use serde::Deserialize;

/// The settings of the audit trail.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// The file to which `serve` appends a checkpoint of the audit trail every minute if there are new entries. With
    /// it, `serve` detects that an old backup was restored. It must be on another disk than the database. Default:
    /// none.
    pub checkpoint_file: Option<PathBuf>,
}
