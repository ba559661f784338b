//! The ports of a server: the main port, which carriers reach, and the operations port for its operators.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::config::{Config, Networks, Operations, Server};
use crate::web::{ConnectionLimits, Port};

/// Open files that a process needs in addition to web connections, database connections and carrier connections:
/// standard streams, the log, documents, and connections that are closing.
const OTHER_FILES: u64 = 96;
/// Open files per database connection: with SQLite the database, its log and the shared memory.
const FILES_OF_DATABASE_CONNECTION: u64 = 4;
/// With fewer open files than this, calls may be rejected.
const FEW_FILES: u64 = 512;

/// An address that can't be listened on.
#[derive(Debug, thiserror::Error)]
#[error("can't listen on the address {address} of {setting}")]
pub(crate) struct CannotListen {
    pub(crate) address: SocketAddr,
    /// The setting that names it.
    pub(crate) setting: &'static str,
    #[source]
    why: std::io::Error,
}

/// The listening ports of a server.
pub(crate) struct Ports {
    pub(crate) main: Port,
    /// `None` if the main port also serves the operators, or if the default address is in use.
    pub(crate) operations: Option<Port>,
}

impl Ports {
    /// Listens on the configured addresses. If no operations port is configured and the default one is in use, for
    /// instance by another server on this machine, the server runs without one.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let server = &config.server;
        let main = listen(server.listen, "server.listen").await?;
        let operations = match server.operations() {
            Operations::OnMainPort => None,
            Operations::At(address) => Some(listen(address, "server.operations_listen").await?),
            Operations::AtDefault(address) => match TcpListener::bind(address).await {
                Ok(listener) => Some(listener),
                Err(error) => {
                    warn!(
                        %address, %error,
                        "the default operations port can't be used, so this server has no /metrics and no details of \
                         /readyz; calls are answered; set server.operations_listen to a free address"
                    );
                    None
                }
            },
        };
        let operations = operations.map(|listener| Port {
            name: "operations",
            listener,
            limits: ConnectionLimits::OPERATIONS,
            proxies: Networks::default(),
        });
        Ok(Self { operations, ..Self::one(config, main) })
    }

    /// Returns a single port for all clients. Raises the limit on open files and derives the maximum number of
    /// connections from it.
    pub(crate) fn one(config: &Config, listener: TcpListener) -> Self {
        let files = raised_file_limit();
        let database = FILES_OF_DATABASE_CONNECTION.saturating_mul(config.database.connections.into());
        let others = OTHER_FILES.saturating_add(database).saturating_add(config.dialer.concurrent_calls.into());
        let proxies = config.server.trusted_proxies.clone();
        let limits = ConnectionLimits::of_files(files, others, &proxies);
        let ConnectionLimits { total, per_address, reserve } = limits;
        info!(files, connections = total, per_address, for_proxies = reserve, "connections are limited");
        if files < FEW_FILES {
            warn!(
                files,
                "few files may be open at a time, so few requests are answered at a time; raise the limit (LimitNOFILE=, \
                 ulimit -n) to 4096 or more"
            );
        }
        Self { main: Port { name: "main", listener, limits, proxies }, operations: None }
    }

    /// The address of the main port.
    pub(crate) fn main_address(&self) -> anyhow::Result<SocketAddr> {
        address_of(&self.main.listener)
    }

    /// Where operators find `/metrics`. `None` if the server runs without an operations port.
    pub(crate) fn operations_address(&self, server: &Server) -> anyhow::Result<Option<SocketAddr>> {
        match (&self.operations, server.operations()) {
            (Some(port), _) => address_of(&port.listener).map(Some),
            (None, Operations::OnMainPort) => self.main_address().map(Some),
            (None, Operations::At(_) | Operations::AtDefault(_)) => Ok(None),
        }
    }
}

async fn listen(address: SocketAddr, setting: &'static str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|why| CannotListen { address, setting, why }.into())
}

fn address_of(listener: &TcpListener) -> anyhow::Result<SocketAddr> {
    listener.local_addr().context("the listening address can't be read")
}

/// Raises the limit on open files to the system's maximum, and returns the resulting limit.
#[cfg(target_os = "linux")]
fn raised_file_limit() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum.unwrap_or(u64::MAX),
        Err(error) => {
            warn!(%error, "the limit on open files can't be raised; connections are limited by what it is");
            current.unwrap_or(u64::MAX)
        }
    }
}

/// Returns the usual limit of other systems.
#[cfg(not(target_os = "linux"))]
fn raised_file_limit() -> u64 {
    256
}
