//! `[health_call]`: the 24-hour line.

use serde::Deserialize;

use crate::policy::GuessingLimits;

/// The 24-hour line.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthCall {
    /// The time zone in which the end of a maintenance is spoken. Default `Asia/Tokyo`.
    pub time_zone: String,
    /// The code of the health centre that takes callers who want a person before they are identified. Default: the only
    /// centre there is; with several and none named here, the caller is asked to phone their own centre.
    pub desk_centre: Option<String>,
    /// How often someone may guess at HER-SYS ID and birth date.
    pub guessing: GuessingLimits,
}

impl Default for HealthCall {
    fn default() -> Self {
        Self { time_zone: "Asia/Tokyo".to_owned(), desk_centre: None, guessing: GuessingLimits::default() }
    }
}
