//! `[help]`: whom people may ask.

use serde::Deserialize;

/// Whom people may ask.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Help {
    /// The number of the desk for the public. Default: none.
    pub people_desk: Option<String>,
    /// The number of the desk for institutions. Default: none.
    pub staff_desk: Option<String>,
}
