//! `[dialer]`: the pace and limits of automated calls.

use serde::Deserialize;

use crate::domain::{number, some_number};
use crate::policy::{CallPrice, DayLimits};

/// The pace and limits of automated calls. A carrier queues calls above its own limit (often 1 call a second per
/// account), where we no longer control them. Therefore we keep the pace ourselves.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialer {
    /// The calls placed per second. Default 1.
    #[serde(deserialize_with = "number")]
    pub calls_per_second: f64,
    /// The notices to patients handed over by SMS per second. Default 10. For those by e-mail see
    /// [`super::Email::notices_per_second`].
    #[serde(deserialize_with = "number")]
    pub notices_per_second: f64,
    /// The maximum number of calls in progress. Default 20.
    #[serde(deserialize_with = "number")]
    pub concurrent_calls: u32,
    /// How long a call with unknown outcome must be looked up before it counts as not placed, in seconds. Default 120.
    #[serde(deserialize_with = "number")]
    pub unknown_grace_seconds: u32,
    /// How long a call may be silent, in addition to its ringing time, before the carrier is asked about it, in
    /// seconds. Default 60: no question waits that long.
    #[serde(deserialize_with = "number")]
    pub silence_seconds: u32,
    /// The maximum number of calls placed per day in `health_call.time_zone`. Default: no limit. Each health centre can
    /// have a limit of its own as well.
    #[serde(deserialize_with = "some_number")]
    pub calls_per_day: Option<u32>,
    /// The maximum cost of a day's calls, by `price_per_minute`. Default: no limit.
    #[serde(deserialize_with = "some_number")]
    pub spend_per_day: Option<u32>,
    /// The price of each started minute, in the currency of the limits. Default 20: a guess for calls to mobile phones
    /// in Japan, in yen. See your carrier's price list.
    #[serde(deserialize_with = "number")]
    pub price_per_minute: f64,
    /// The minutes after which the carrier ends an automated call, even while staff talk on it. Default 60.
    #[serde(deserialize_with = "number")]
    pub longest_call_minutes: u32,
}

impl Dialer {
    /// The allowed values for the maximum length of a call, in minutes, up to the carrier's maximum.
    pub const LONGEST_CALL_MINUTES: std::ops::RangeInclusive<u32> = 1..=1_440;

    /// The daily limits.
    pub const fn day_limits(&self) -> DayLimits {
        DayLimits { calls: self.calls_per_day, spend: self.spend_per_day }
    }

    /// The estimated cost of a call.
    pub const fn price(&self) -> CallPrice {
        CallPrice { per_minute: self.price_per_minute, longest_minutes: self.longest_call_minutes }
    }
}

impl Default for Dialer {
    fn default() -> Self {
        Self {
            calls_per_second: 1.0,
            notices_per_second: 10.0,
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
