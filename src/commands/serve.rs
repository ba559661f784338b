//! `kenkocall serve`: all roles on one port.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use tracing::{info, warn};

use super::documents::Origin;
use super::output::write;
use crate::app::{Ports, Server, configured_network, shutdown_signal};
use crate::config::Config;
use crate::translations::{Said, message};

pub(crate) async fn serve(config: Config) -> anyhow::Result<()> {
    if config.carrier.is_none() {
        bail!(Said(message!("serve-no-carrier")));
    }
    super::logging::limit_panics();
    let origin = Origin::choose(config.flows.directory.as_deref());
    let flow_set = origin.flow_set()?;
    let opening = Server::open(&config, Arc::clone(&flow_set), configured_network);
    // Create the future once and use it throughout: a signal between two futures would be lost.
    let mut stop = Box::pin(shutdown_signal());
    let server = tokio::select! {
        server = opening => server?,
        () = &mut stop => {
            info!("stopped before the database became available");
            return Ok(());
        }
    };
    origin.log(&flow_set);
    origin.log_warnings(&server.used_otherwise(&flow_set).await?);
    let ports = Ports::open(&config).await?;
    crate::config::warnings(&config).iter().for_each(|warning| warn!("{warning}"));
    announce(&ports, &config)?;
    server.run(ports, stop, Duration::from_secs(config.server.drain_seconds)).await
}

/// Writes the addresses to standard output in one piece: a supervisor may read only the first line.
fn announce(ports: &Ports, config: &Config) -> anyhow::Result<()> {
    let address = ports.main_address()?;
    info!(%address, public_url = config.server.public_url(), "taking calls");
    let mut lines = format!("kenkocall listens on http://{address}\n");
    if let Some(address) = ports.operations_address(&config.server)? {
        info!(%address, "serving /metrics and the details of /readyz");
        lines.push_str(&format!("operations port: http://{address}\n"));
    }
    // Calls are taken even if nothing reads standard output.
    write(&lines);
    Ok(())
}
