//! `[server]`: where HTTP is served.

use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;

use super::load::number;
use super::networks::Networks;

/// Where HTTP is served.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address to listen on. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// The address of `/metrics` and of `/readyz` with details. Default `127.0.0.1:9464`. Set to the same address as
    /// `listen`, both are served there.
    pub operations_listen: Option<SocketAddr>,
    /// The URL by which carriers and people reach this server, without a slash at its end. Signatures are checked
    /// against it, never against a header. Default: `http://` and the address listened on.
    pub public_url: Option<String>,
    /// The proxies whose connections stand for many clients, by network: they are exempt from the limit on connections
    /// from one address, and some of all connections are kept for them. Nothing that a header says of an address is
    /// believed, from them or from anybody. Default: none.
    pub trusted_proxies: Networks,
    /// How long a shutdown waits for requests in progress, in seconds. Default 15: a carrier waits no longer for a
    /// webhook.
    #[serde(deserialize_with = "number")]
    pub drain_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            operations_listen: None,
            public_url: None,
            trusted_proxies: Networks::default(),
            drain_seconds: 15,
        }
    }
}

/// Where `/metrics` and the details of `/readyz` are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operations {
    /// On the main port: the settings name its address.
    OnMainPort,
    /// At an address that the settings name.
    At(SocketAddr),
    /// At an address that nobody has chosen: where it is taken, the server runs without.
    AtDefault(SocketAddr),
}

impl Server {
    /// Where `/metrics` and the details of `/readyz` are served. Port 0 is another port each time.
    pub fn operations(&self) -> Operations {
        match self.operations_listen {
            None => Operations::AtDefault(SocketAddr::from((Ipv4Addr::LOCALHOST, 9464))),
            Some(address) if address == self.listen && address.port() != 0 => Operations::OnMainPort,
            Some(address) => Operations::At(address),
        }
    }

    /// The public URL, without a slash at its end.
    pub fn public_url(&self) -> String {
        let url = self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen));
        url.trim_end_matches('/').to_owned()
    }
}
