//! Where a server listens: the main port, which carriers reach, and the operations port for its operators.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;
use tracing::{info, warn};

use super::output::write;
use crate::config::{Operations, Server};

/// The ports of a server, listened on.
pub(super) struct Ports {
    pub(super) main: TcpListener,
    /// `None` where the main port serves the operators too, or where the default address is taken.
    pub(super) operations: Option<TcpListener>,
}

impl Ports {
    /// Listens on what the settings name. Where nobody has chosen an operations port and the default one is taken, for
    /// instance by another server on this machine, the server runs without one.
    pub(super) async fn open(server: &Server) -> anyhow::Result<Self> {
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
        Ok(Self { main, operations })
    }

    /// Says on standard output where it listens, in one piece: a supervisor may read the first line alone.
    pub(super) fn announce(&self, server: &Server) -> anyhow::Result<()> {
        let address = address_of(&self.main)?;
        info!(%address, public_url = server.public_url(), "taking calls");
        let mut lines = format!("kenkocall listens on http://{address}\n");
        let operations = match (&self.operations, server.operations()) {
            (Some(listener), _) => Some(address_of(listener)?),
            (None, Operations::OnMainPort) => Some(address),
            (None, Operations::At(_) | Operations::AtDefault(_)) => None,
        };
        if let Some(address) = operations {
            info!(%address, "serving /metrics and the details of /readyz");
            lines.push_str(&format!("operations port: http://{address}\n"));
        }
        // Nobody may be reading, and calls are taken all the same.
        write(&lines);
        Ok(())
    }
}

async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "the address {address} of {setting} can't be listened on, so nothing was started; choose another {setting}"
        )
    })
}

fn address_of(listener: &TcpListener) -> anyhow::Result<SocketAddr> {
    listener.local_addr().context("the listening address can't be read")
}
