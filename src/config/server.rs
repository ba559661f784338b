//! `[server]`: where HTTP is served.

use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;

use super::load::number;

/// Where HTTP is served.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The address to listen on. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// The URL by which carriers and people reach this server, without a slash at its end. Signatures are checked
    /// against it, never against a header. Default: `http://` and the address listened on.
    pub public_url: Option<String>,
    /// How long a shutdown waits for requests under way, in seconds. Default 15: a carrier waits no longer for a
    /// webhook.
    #[serde(deserialize_with = "number")]
    pub drain_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), public_url: None, drain_seconds: 15 }
    }
}

impl Server {
    /// The public URL, without a slash at its end.
    pub fn public_url(&self) -> String {
        let url = self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen));
        url.trim_end_matches('/').to_owned()
    }
}
