//! `[dialer]`: how fast automated calls are placed.

use serde::Deserialize;

use super::load::{number, some_number};
use crate::policy::{CallPrice, DayLimits};

/// How fast automated calls are placed. A carrier queues what is above its own limit (often 1 call a second for one
/// account) out of our control, so the pace is ours.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialer {
    /// Calls placed a second. Default 1.
    #[serde(deserialize_with = "number")]
    pub calls_per_second: f64,
    /// Calls in progress at the same time. Default 20.
    #[serde(deserialize_with = "number")]
    pub concurrent_calls: u32,
    /// How long a call of which nobody knows whether the carrier has it must be looked for before it counts as not
    /// placed, in seconds. Default 120.
    #[serde(deserialize_with = "number")]
    pub unknown_grace_seconds: u32,
    /// How long nothing may be heard of a call, beyond the time that it rings, before the carrier is asked about it, in
    /// seconds. Default 60: no question waits for so long.
    #[serde(deserialize_with = "number")]
    pub silence_seconds: u32,
    /// Calls placed in a day of `health_call.time_zone`. Default: no limit. Each health centre can have one besides.
    #[serde(deserialize_with = "some_number")]
    pub calls_per_day: Option<u32>,
    /// What the calls of a day may cost, by `price_per_minute`. Default: no limit.
    #[serde(deserialize_with = "some_number")]
    pub spend_per_day: Option<u32>,
    /// What a minute of a call costs once it has begun, in whatever money the limits are in. Default 20: a guess for
    /// calls to mobile phones in Japan, in yen. See your carrier's price list.
    #[serde(deserialize_with = "number")]
    pub price_per_minute: f64,
    /// After how many minutes the carrier is to end a call that we placed, even while staff speak on it. Default 60.
    #[serde(deserialize_with = "number")]
    pub longest_call_minutes: u32,
}

impl Dialer {
    /// How long a call may last at most, in minutes: the carrier's most.
    pub const LONGEST_CALL_MINUTES: std::ops::RangeInclusive<u32> = 1..=1_440;

    /// The limits of a day.
    pub const fn day_limits(&self) -> DayLimits {
        DayLimits { calls: self.calls_per_day, spend: self.spend_per_day }
    }

    /// What a call costs.
    pub const fn price(&self) -> CallPrice {
        CallPrice { per_minute: self.price_per_minute, longest_minutes: self.longest_call_minutes }
    }
}

impl Default for Dialer {
    fn default() -> Self {
        Self {
            calls_per_second: 1.0,
            concurrent_calls: 20,
            unknown_grace_seconds: 120,
            silence_seconds: 60,
            calls_per_day: None,
            spend_per_day: None,
            price_per_minute: 20.0,
            longest_call_minutes: 60,
        }
    }
}
