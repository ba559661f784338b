//! `[twilio]`: Twilio-compatible carriers.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

use crate::call::Language;

/// A Twilio-compatible carrier: Twilio itself, or Somleng, SignalWire, Telnyx by their base URLs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Twilio {
    /// The account (`AC…`).
    pub account_sid: String,
    /// The key that webhooks are signed with.
    pub auth_token: SecretString,
    /// The REST API. Default `https://api.twilio.com`.
    pub base_url: Option<String>,
    /// The number of the health-call line, in E.164.
    pub health_call_number: Option<String>,
    /// The number that automated calls come from, in E.164.
    pub caller_number: Option<String>,
    /// The voice of a language, in place of the default: `voices.ja = "Polly.Tomoko-Neural"`.
    pub voices: BTreeMap<Language, String>,
}
