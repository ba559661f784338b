//! `[server]`: the HTTP server.

use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;

use super::networks::Networks;
use crate::domain::number;

/// The HTTP server.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address to listen on. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// The address of `/metrics` and of `/readyz` with details. Default `127.0.0.1:9464`. If it is the same as
    /// `listen`, both are served there.
    pub operations_listen: Option<SocketAddr>,
    /// The URL at which carriers and people reach this server, without a trailing slash. Signatures are checked against
    /// it, never against a header. Default: `http://` and the listen address.
    pub public_url: Option<String>,
    /// The networks of proxies whose connections represent many clients. They are exempt from the limit on connections
    /// per address, and some connections are reserved for them. Their `X-Forwarded-For` counts where the console slows
    /// down guessing, and nowhere else. Default: none.
    pub trusted_proxies: Networks,
    /// How long a shutdown waits for requests in progress, in seconds. Default 15, because a carrier waits no longer
    /// for a webhook.
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

/// The address of `/metrics` and of the details of `/readyz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operations {
    /// The main port, because the settings name its address.
    OnMainPort,
    /// An address named in the settings.
    At(SocketAddr),
    /// The default address. If it is in use, the server runs without them.
    AtDefault(SocketAddr),
}

impl Server {
    /// The address of `/metrics` and of the details of `/readyz`. Port 0 is a different port each time.
    pub fn operations(&self) -> Operations {
        match self.operations_listen {
            None => Operations::AtDefault(SocketAddr::from((Ipv4Addr::LOCALHOST, 9464))),
            Some(address) if address == self.listen && address.port() != 0 => Operations::OnMainPort,
            Some(address) => Operations::At(address),
        }
    }

    /// The public URL, without a trailing slash.
    pub fn public_url(&self) -> String {
        let url = self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen));
        url.trim_end_matches('/').to_owned()
    }
}
