//! `[health_call]`: the 24-hour health-call line.

use serde::Deserialize;

use crate::policy::GuessingLimits;

/// The 24-hour health-call line.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthCall {
    /// The time zone in which the end of a maintenance is announced. Default `Asia/Tokyo`.
    pub time_zone: String,
    /// The code of the health centre for callers who ask for staff before they are identified. Default: the only
    /// centre. If there are several and none is named here, callers are asked to phone their own centre.
    pub desk_centre: Option<String>,
    /// The limits on guessing HER-SYS IDs and birth dates.
    pub guessing: GuessingLimits,
}

impl Default for HealthCall {
    fn default() -> Self {
        Self { time_zone: "Asia/Tokyo".to_owned(), desk_centre: None, guessing: GuessingLimits::default() }
    }
}
