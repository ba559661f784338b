//! `[flows]`: where the flow documents are read from.

use std::path::PathBuf;

use serde::Deserialize;

/// Where the flow documents are read from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flows {
    /// The folder. Default: `call_flows` in the working directory where there is one, else the documents built into the
    /// program.
    pub directory: Option<PathBuf>,
}
