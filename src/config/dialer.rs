//! `[dialer]`: how fast automated calls are placed.

use serde::Deserialize;

use super::load::number;

/// How fast automated calls are placed. A carrier queues what is above its own limit (often 1 call a second for one
/// account) out of our control, so the pace is ours.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialer {
    /// Calls placed a second. Default 1.
    #[serde(deserialize_with = "number")]
    pub calls_per_second: f64,
    /// Calls under way at the same time. Default 20.
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
}

impl Default for Dialer {
    fn default() -> Self {
        Self { calls_per_second: 1.0, concurrent_calls: 20, unknown_grace_seconds: 120, silence_seconds: 60 }
    }
}
