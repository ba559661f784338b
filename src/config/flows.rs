//! `[flows]`: the location of the flow documents.

use std::path::PathBuf;

use serde::Deserialize;

/// The location of the flow documents.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flows {
    /// The folder. Default: `call_flows` in the working directory if it exists, otherwise the documents built into the
    /// program.
    pub directory: Option<PathBuf>,
}
