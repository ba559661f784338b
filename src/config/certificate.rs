//! `[certificate]`: how certificates are printed.

use std::path::PathBuf;

use serde::Deserialize;

/// How certificates are printed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Certificate {
    /// A font file for characters that the program's own font lacks. Default: none.
    pub second_font: Option<PathBuf>,
}
