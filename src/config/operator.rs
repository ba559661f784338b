//! `[operator]`: who works at the command line.

use serde::Deserialize;

use crate::domain::CentreCode;

/// The settings of operators.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Operator {
    /// The only health centre whose data the commands show and change. It guards against mistakes, not against a
    /// person who can change the settings. Default: none, for all health centres.
    pub centre: Option<CentreCode>,
}
