//! The ports of a server: the main port, which carriers reach, and the operations port for its operators.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;
use tracing::{info, warn};

use super::language::text;
use super::output::write;
use crate::config::{Config, Networks, Operations, Server};
use crate::web::{ConnectionLimits, Port};

/// Open files that a process needs in addition to web connections, database connections and carrier connections:
/// standard streams, the log, documents, and connections that are closing.
const OTHER_FILES: u64 = 96;
/// Open files per database connection: with SQLite the database, its log and the shared memory.
const FILES_OF_DATABASE_CONNECTION: u64 = 4;
/// With fewer open files than this, calls may be rejected.
const FEW_FILES: u64 = 512;

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

    /// Writes the addresses to standard output in one piece: a supervisor may read only the first line.
    pub(crate) fn announce(&self, server: &Server) -> anyhow::Result<()> {
        let address = address_of(&self.main.listener)?;
        info!(%address, public_url = server.public_url(), "taking calls");
        let mut lines = format!("kenkocall listens on http://{address}\n");
        let operations = match (&self.operations, server.operations()) {
            (Some(port), _) => Some(address_of(&port.listener)?),
            (None, Operations::OnMainPort) => Some(address),
            (None, Operations::At(_) | Operations::AtDefault(_)) => None,
        };
        if let Some(address) = operations {
            info!(%address, "serving /metrics and the details of /readyz");
            lines.push_str(&format!("operations port: http://{address}\n"));
        }
        // Calls are taken even if nothing reads standard output.
        write(&lines);
        Ok(())
    }
}

async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| text!("serve-address", address = address.to_string(), setting = setting))
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
