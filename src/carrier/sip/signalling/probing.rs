//! Asks a trunk whether it is there and knows us, for `sip check`. Nothing is registered and nobody is called.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::dialog::exchange;
use super::registering::{Client, options};
use super::{Signalling, address_of_trunk};
use crate::carrier::sip::registration::{Next, Standing};
use crate::carrier::sip::trunk::Trunk;

/// How long a trunk's answer may take.
const PATIENCE: Duration = Duration::from_secs(6);

/// What a trunk said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Its host name has no address.
    NoSuchName,
    /// Its address isn't in its networks.
    OutsideNetworks(IpAddr),
    /// It can't be reached or doesn't answer.
    NoAnswer(SocketAddr),
    /// It answers, perhaps by a status that isn't 200. It needs no registration.
    Answers(u16),
    /// It knows our name and password, and perhaps has an entry of ours at this address.
    Known(bool),
    /// It refuses our name or password.
    WrongPassword,
    /// It refuses to tell about our registration, by this status.
    Refuses(u16),
    /// It answers, but not to the question whether we are registered.
    NoRegistrar,
}

impl Signalling {
    /// Asks a trunk. `at` is our address in its entry.
    pub async fn probe(&self, trunk: &Arc<Trunk>, at: SocketAddr) -> Probe {
        let Some(to) = address_of_trunk(trunk).await else { return Probe::NoSuchName };
        let Ok(address) = to.get_socketaddr() else { return Probe::NoSuchName };
        if !trunk.is_from(address.ip()) {
            return Probe::OutsideNetworks(address.ip());
        }
        let Some(options) = options(&self.0, trunk) else { return Probe::NoAnswer(address) };
        let answer = tokio::time::timeout(PATIENCE, exchange(&self.0, options, to)).await;
        // The library's own 408 says that nobody answered.
        let status = answer.ok().flatten().map(|answer| answer.status_code.code()).filter(|status| *status != 408);
        if !trunk.registers {
            return status.map_or(Probe::NoAnswer(address), Probe::Answers);
        }
        let asked = tokio::time::timeout(PATIENCE, self.ask(trunk, at)).await;
        match (asked, status) {
            (Ok(probe), _) if probe != Probe::NoRegistrar => probe,
            (_, Some(_)) => Probe::NoRegistrar,
            (_, None) => Probe::NoAnswer(address),
        }
    }

    /// A REGISTER without a `Contact` asks for the entries (RFC 3261 section 10.2.3).
    async fn ask(&self, trunk: &Arc<Trunk>, at: SocketAddr) -> Probe {
        let mut client = Client::asking(&self.0, trunk);
        let mut next = client.with.due();
        while let Next::Send(register) = next {
            let heard = client.ask(&register).await;
            next = client.with.heard(heard, 1.0);
        }
        match client.with.standing() {
            Standing::Registered => {
                let ours = at.to_string();
                Probe::Known(client.entries.iter().any(|entry| entry.contains(&ours)))
            }
            Standing::WrongPassword => Probe::WrongPassword,
            Standing::Refused(status) => Probe::Refuses(status),
            Standing::Trying | Standing::NoAnswer => Probe::NoRegistrar,
        }
    }
}
