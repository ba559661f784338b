//! `[lines]`: our numbers and the ringing time, whichever carrier connects the calls.

use serde::Deserialize;

use super::Config;
use crate::domain::some_number;

/// Our numbers and the ringing time. What isn't set here is taken from `[twilio]`, where it was before.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lines {
    /// The number of the health-call line.
    pub health_call_number: Option<String>,
    /// The caller number of automated calls.
    pub caller_number: Option<String>,
    /// How long an automated call rings, in seconds.
    #[serde(deserialize_with = "some_number")]
    pub ring_seconds: Option<u16>,
}

/// A setting's value and the name under which it was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'c> {
    /// The setting.
    pub name: &'static str,
    /// Its value, if it is set.
    pub value: Option<&'c str>,
}

impl Config {
    /// The number of the health-call line.
    pub fn health_call_number(&self) -> Named<'_> {
        let (new, old) = (&self.lines.health_call_number, &self.twilio.health_call_number);
        either(("lines.health_call_number", new), ("twilio.health_call_number", old))
    }

    /// The caller number of automated calls.
    pub fn caller_number(&self) -> Named<'_> {
        let (new, old) = (&self.lines.caller_number, &self.twilio.caller_number);
        either(("lines.caller_number", new), ("twilio.caller_number", old))
    }

    /// How long an automated call rings, in seconds.
    pub fn ring_seconds(&self) -> u16 {
        self.lines.ring_seconds.unwrap_or(self.twilio.ring_seconds)
    }
}

fn either<'c>(new: (&'static str, &'c Option<String>), old: (&'static str, &'c Option<String>)) -> Named<'c> {
    match new.1.as_deref().filter(|value| !value.is_empty()) {
        Some(value) => Named { name: new.0, value: Some(value) },
        None => Named { name: old.0, value: old.1.as_deref() },
    }
}
