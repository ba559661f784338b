//! `[twilio]`: Twilio-compatible carriers.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use secrecy::SecretString;
use serde::Deserialize;

use crate::domain::Language;
use crate::domain::number;

/// A Twilio-compatible carrier: Twilio itself, or Somleng, SignalWire and others by their base URLs.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Twilio {
    /// The account (`AC…`). Inbound calls work without it. It is needed to place calls.
    pub account_sid: String,
    /// The key that signs webhooks and authorizes placing calls.
    pub auth_token: SecretString,
    /// The REST API, up to `/2010-04-01/Accounts`. It may have a path (`https://example.signalwire.com/api/laml`).
    /// Default [`Twilio::BASE_URL`].
    pub base_url: Option<String>,
    /// The number of the health-call line, in E.164.
    pub health_call_number: Option<String>,
    /// The caller number of automated calls, in E.164.
    pub caller_number: Option<String>,
    /// Whether the carrier detects answering machines. Default `detect_message_end`.
    pub machine_detection: MachineDetection,
    /// How long an automated call rings, in seconds: [`Twilio::RING_SECONDS`]. Default 30.
    #[serde(deserialize_with = "number")]
    pub ring_seconds: u16,
    /// The voices that replace the default for a language: `voices.ja = "Polly.Tomoko-Neural"`.
    pub voices: BTreeMap<Language, String>,
}

impl Twilio {
    /// Twilio's own REST API.
    pub const BASE_URL: &str = "https://api.twilio.com";
    /// The allowed ringing times, in seconds. 5 is barely one ring, and 600 is the carrier's maximum (Twilio, "Make
    /// calls", `Timeout`).
    pub const RING_SECONDS: RangeInclusive<u16> = 5..=600;

    /// The REST API, without a trailing slash.
    pub fn base_url(&self) -> &str {
        let named = self.base_url.as_deref().filter(|url| !url.is_empty());
        named.unwrap_or(Self::BASE_URL).trim_end_matches('/')
    }
}

impl Default for Twilio {
    fn default() -> Self {
        Self {
            account_sid: String::new(),
            auth_token: SecretString::default(),
            base_url: None,
            health_call_number: None,
            caller_number: None,
            machine_detection: MachineDetection::default(),
            ring_seconds: 30,
            voices: BTreeMap::new(),
        }
    }
}

/// Whether the carrier detects answering machines (Twilio, "Answering machine detection").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MachineDetection {
    /// No detection: a voicemail hears the greeting as a person would.
    Off,
    /// The carrier reports the result as soon as it is known.
    Enable,
    /// The carrier reports a machine when its own message has ended, so that ours is recorded completely.
    #[default]
    DetectMessageEnd,
}
