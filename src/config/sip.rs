//! `[sip]`: our own telephone line, and the trunks that it is connected to.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de};

use super::networks::Networks;
use crate::domain::number;

/// Our own telephone line.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sip {
    /// Where messages are received, by UDP, and by TCP if a trunk uses it. Default `127.0.0.1:5060`.
    pub listen: SocketAddr,
    /// Our address as the trunks see it. Default: the address of `listen`.
    pub public_address: Option<IpAddr>,
    /// The UDP ports for audio. A call takes two. Default `16384-32767`.
    pub rtp_ports: Ports,
    /// The call journal: the first part of the names of its files. It belongs on another disk than the database.
    pub journal_file: Option<PathBuf>,
    /// How long calls under way may last after the server was told to stop, in seconds. Default 300.
    #[serde(deserialize_with = "number")]
    pub drain_seconds: u32,
    /// How long a phone may ring after an INVITE whose end isn't known, in seconds. Default 240.
    #[serde(deserialize_with = "number")]
    pub longest_ringing_seconds: u32,
    /// The trunks by their names. Calls are placed through the first that takes them, in the order of the names.
    pub trunks: BTreeMap<String, SipTrunk>,
}

/// A range of UDP ports, written `16384-32767`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports(pub RangeInclusive<u16>);

impl std::fmt::Display for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.0.start(), self.0.end())
    }
}

impl<'de> Deserialize<'de> for Ports {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let range = text.split_once('-').and_then(|(first, last)| Some((port(first)?, port(last)?)));
        let range = range.filter(|(first, last)| *first >= 1_024 && last.saturating_sub(*first) >= 3);
        let expected = || de::Error::custom("expected two ports above 1023, such as 16384-32767");
        range.map(|(first, last)| Self(first..=last)).ok_or_else(expected)
    }
}

fn port(text: &str) -> Option<u16> {
    text.trim().parse().ok()
}

/// A trunk: a telephone company, a PBX or a session border controller.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SipTrunk {
    /// What the trunk is like. Default `generic`.
    pub profile: SipProfile,
    /// Host and port that calls are sent to. The port is 5060 if it isn't named.
    pub address: String,
    /// How messages are sent. Default `udp`.
    pub transport: SipTransport,
    /// The host in the URIs of numbers. Default: that of `address`.
    pub domain: Option<String>,
    /// The networks from which its messages and its audio come. Default: `address`, if it is an IP address.
    pub networks: Networks,
    /// How numbers are written. Default: by the profile.
    pub numbers: Option<SipNumbers>,
    /// Which header shows our number. Default `from`.
    pub caller_header: SipCallerHeader,
    /// How keys arrive. Default: by the profile.
    pub keys: Option<SipKeys>,
    /// The calls that it carries at a time, in both directions. Default 20.
    #[serde(deserialize_with = "number")]
    pub channels: u32,
    /// Whether to register with it. Needs a user name. Without it, the trunk knows our address. Default `false`.
    #[serde(deserialize_with = "number")]
    pub register: bool,
    /// The name for digest authentication. Without it, the trunk knows us by our address.
    pub user_name: Option<String>,
    /// The password.
    pub password: SecretString,
}

/// What a trunk is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SipProfile {
    /// As the standards say.
    #[default]
    Generic,
    /// NTT's NGN (ひかり電話): known by the line, port 5060, no `rport`, µ-law only.
    Ngn,
    /// A home gateway (ひかり電話ルータ): µ-law, keys in band.
    HomeGateway,
    /// A PBX: numbers as people dial them.
    Pbx,
}

/// How messages are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SipTransport {
    /// UDP.
    #[default]
    Udp,
    /// TCP.
    Tcp,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SipNumbers {
    /// `+819012345678`
    E164,
    /// `09012345678`
    National,
}

/// Which header shows our number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SipCallerHeader {
    /// Only `From`.
    #[default]
    From,
    /// `P-Asserted-Identity` too.
    Asserted,
    /// `P-Preferred-Identity` too.
    Preferred,
}

/// How keys arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SipKeys {
    /// As events (RFC 4733), and in the sound if there are no events.
    Auto,
    /// As events only.
    Events,
    /// In the sound, and as events too.
    InBand,
    /// As messages.
    Info,
}

/// A value that can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SipFault {
    /// The journal is missing.
    #[error(
        "it is needed to find out after a crash whether a phone was rung; set it to a file on another disk than the database"
    )]
    NoJournal,
    /// Our address is unspecified.
    #[error("the trunks must know where to answer; set it to an IP address of this machine that they reach")]
    NoAddress,
    /// The time isn't 60 to 3600 seconds.
    #[error("it is 60 to 3600 seconds")]
    LongestRinging,
    /// There is no trunk.
    #[error("calls need at least one trunk; add a section such as [sip.trunks.carrier] with its address")]
    NoTrunk,
    /// It isn't a host.
    #[error("it is a host name or an IP address, with a port if it isn't 5060")]
    TrunkAddress,
    /// The networks of a host name are missing.
    #[error("a host name doesn't say where its messages come from; name the networks, in CIDR notation")]
    TrunkNetworks,
    /// The password is missing.
    #[error("a user name needs a password")]
    NoPassword,
    /// There is nobody to register.
    #[error("a trunk that registers needs a user name")]
    NoUserName,
    /// No call could be placed.
    #[error("at least one call must be possible at a time")]
    NoChannel,
}

impl Sip {
    /// The allowed values of [`Sip::longest_ringing_seconds`]: not before a phone stops ringing by itself.
    pub const LONGEST_RINGING: RangeInclusive<u32> = 60..=3_600;

    /// Our address as the trunks see it.
    pub fn public_address(&self) -> IpAddr {
        self.public_address.unwrap_or(self.listen.ip())
    }

    /// The first problem, with its setting.
    pub(super) fn check(&self) -> Result<(), (String, SipFault)> {
        if self.journal_file.as_ref().is_none_or(|file| file.as_os_str().is_empty()) {
            return Err(("sip.journal_file".to_owned(), SipFault::NoJournal));
        }
        if self.public_address().is_unspecified() {
            return Err(("sip.public_address".to_owned(), SipFault::NoAddress));
        }
        if !Self::LONGEST_RINGING.contains(&self.longest_ringing_seconds) {
            return Err(("sip.longest_ringing_seconds".to_owned(), SipFault::LongestRinging));
        }
        if self.trunks.is_empty() {
            return Err(("sip.trunks".to_owned(), SipFault::NoTrunk));
        }
        for (name, trunk) in &self.trunks {
            trunk.check().map_err(|(key, fault)| (format!("sip.trunks.{name}.{key}"), fault))?;
        }
        Ok(())
    }
}

impl SipProfile {
    /// Its word in the settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Ngn => "ngn",
            Self::HomeGateway => "home-gateway",
            Self::Pbx => "pbx",
        }
    }
}

impl SipTrunk {
    /// The host of `address`.
    pub fn host(&self) -> &str {
        match self.address.rsplit_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() && (!host.contains(':') || host.ends_with(']')) => host,
            _ => &self.address,
        }
    }

    /// `address` with its port.
    pub fn with_port(&self) -> String {
        let host = self.host();
        if host.len() < self.address.len() {
            self.address.clone()
        } else if host.contains(':') && !host.starts_with('[') {
            format!("[{host}]:5060")
        } else {
            format!("{host}:5060")
        }
    }

    /// The name and password for digest authentication.
    pub fn credentials(&self) -> Option<(String, SecretString)> {
        let name = self.user_name.clone().filter(|name| !name.is_empty())?;
        Some((name, self.password.clone()))
    }

    fn check(&self) -> Result<(), (&'static str, SipFault)> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        let named = |text: &str| !text.is_empty() && text.bytes().all(allowed);
        if !named(&self.address) {
            return Err(("address", SipFault::TrunkAddress));
        }
        if self.domain.as_deref().is_some_and(|domain| !domain.is_empty() && !named(domain)) {
            return Err(("domain", SipFault::TrunkAddress));
        }
        if self.networks.is_empty() && self.host().trim_matches(['[', ']']).parse::<IpAddr>().is_err() {
            return Err(("networks", SipFault::TrunkNetworks));
        }
        if self.channels == 0 {
            return Err(("channels", SipFault::NoChannel));
        }
        if self.register && self.user_name.as_deref().is_none_or(str::is_empty) {
            return Err(("user_name", SipFault::NoUserName));
        }
        if self.user_name.as_deref().is_some_and(|name| !name.is_empty()) && self.password.expose_secret().is_empty() {
            return Err(("password", SipFault::NoPassword));
        }
        Ok(())
    }
}

impl Default for Sip {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 5060)),
            public_address: None,
            rtp_ports: Ports(16_384..=32_767),
            journal_file: None,
            drain_seconds: 300,
            longest_ringing_seconds: 240,
            trunks: BTreeMap::new(),
        }
    }
}

impl Default for SipTrunk {
    fn default() -> Self {
        Self {
            profile: SipProfile::default(),
            address: String::new(),
            transport: SipTransport::default(),
            domain: None,
            networks: Networks::default(),
            numbers: None,
            caller_header: SipCallerHeader::default(),
            keys: None,
            channels: 20,
            register: false,
            user_name: None,
            password: SecretString::default(),
        }
    }
}
