//! A trunk: the telephone company, PBX or border controller through which calls go, and how it differs from others.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use secrecy::SecretString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::sdp::Codings;
use crate::config::{SipCallerHeader, SipKeys, SipNumbers, SipProfile, SipTransport, SipTrunk};
use crate::domain::PhoneNumber;

/// A trunk.
#[derive(Debug, Clone)]
pub struct Trunk {
    /// Its name in the settings.
    pub name: String,
    /// Host and port that calls are sent to.
    pub address: String,
    /// How messages are sent.
    pub transport: SipTransport,
    /// The host in the URIs of numbers.
    pub domain: String,
    /// Where its messages and its audio come from.
    pub networks: Vec<IpNet>,
    /// How numbers are written.
    pub numbers: SipNumbers,
    /// Which header shows our number.
    pub caller_header: SipCallerHeader,
    /// How keys arrive.
    pub keys: SipKeys,
    /// Calls at a time, in both directions. Each call takes one before it takes anything else.
    pub channels: Arc<Semaphore>,
    /// Which codings are agreed to.
    pub codings: Codings,
    /// Whether `rport` is asked for.
    pub rport: bool,
    /// The class of service of packets.
    pub dscp: u8,
    /// Whether we register with it, so that it knows where we are.
    pub registers: bool,
    /// The session timer that is asked for, in seconds.
    pub session_seconds: u64,
    /// The name and password for digest authentication.
    pub credentials: Option<(String, SecretString)>,
}

impl Trunk {
    /// A trunk of the settings.
    pub fn new(name: &str, settings: &SipTrunk) -> Self {
        let host = settings.host();
        let named: Vec<IpNet> = settings.networks.iter().copied().collect();
        let own = host.trim_matches(['[', ']']).parse::<IpAddr>().ok().map(IpNet::from);
        let profile = settings.profile;
        let ngn = profile == SipProfile::Ngn;
        Self {
            name: name.to_owned(),
            address: settings.with_port(),
            transport: settings.transport,
            domain: settings.domain.clone().filter(|domain| !domain.is_empty()).unwrap_or_else(|| host.to_owned()),
            networks: if named.is_empty() { own.into_iter().collect() } else { named },
            numbers: settings.numbers.unwrap_or(match profile {
                SipProfile::Generic => SipNumbers::E164,
                SipProfile::Ngn | SipProfile::HomeGateway | SipProfile::Pbx => SipNumbers::National,
            }),
            caller_header: settings.caller_header,
            keys: settings.keys.unwrap_or(match profile {
                SipProfile::HomeGateway => SipKeys::InBand,
                SipProfile::Generic | SipProfile::Ngn | SipProfile::Pbx => SipKeys::Auto,
            }),
            channels: Arc::new(Semaphore::new(usize::try_from(settings.channels).unwrap_or(Semaphore::MAX_PERMITS))),
            codings: if ngn || profile == SipProfile::HomeGateway { Codings::MuLawOnly } else { Codings::Both },
            rport: !ngn,
            dscp: if ngn { 32 } else { 46 },
            registers: settings.register,
            session_seconds: if ngn { 300 } else { 1_800 },
            credentials: settings.credentials(),
        }
    }

    /// Takes a channel. `None` if all are in use.
    pub fn channel(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.channels).try_acquire_owned().ok()
    }

    /// Whether a message or audio from this address comes from the trunk.
    pub fn is_from(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// How a number is written to the trunk.
    pub fn written(&self, number: &PhoneNumber) -> String {
        match self.numbers {
            SipNumbers::E164 => number.expose().to_owned(),
            SipNumbers::National => match number.expose().strip_prefix("+81") {
                Some(rest) => format!("0{rest}"),
                None => number.expose().to_owned(),
            },
        }
    }

    /// The URI of a number.
    pub fn uri(&self, number: &PhoneNumber) -> String {
        format!("sip:{}@{}", self.written(number), self.domain)
    }

    /// The headers that show our number, beside `From`.
    pub fn identity_headers(&self, number: &PhoneNumber) -> String {
        match self.caller_header {
            SipCallerHeader::From => String::new(),
            SipCallerHeader::Asserted => format!("P-Asserted-Identity: <{}>\r\n", self.uri(number)),
            SipCallerHeader::Preferred => format!("P-Preferred-Identity: <{}>\r\n", self.uri(number)),
        }
    }

    /// Whether keys are also looked for in the sound.
    pub const fn listens_in_band(&self, telephone_event: Option<u8>) -> bool {
        match self.keys {
            SipKeys::InBand => true,
            SipKeys::Auto => telephone_event.is_none(),
            SipKeys::Events | SipKeys::Info => false,
        }
    }
}
