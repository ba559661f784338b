//! `kenkocall demo`: a made-up health centre calls its made-up patients over the simulated phone network, before the
//! watcher's eyes; or a whole day of it in seconds; or the health-call line with the terminal as the phone.

mod event_printer;
pub(super) mod fast;
mod live;
mod phone;

use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;

use crate::config::Config;

/// Patients, when nobody says how many.
const PATIENTS: u32 = 200;
/// The same of `demo --phone`.
const PHONE_PATIENTS: u32 = 5;

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// A whole day on a virtual clock, in seconds; prints the day's figures.
    #[arg(long, overrides_with = "phone")]
    fast: bool,
    /// Call the health-call line yourself: this terminal is the phone.
    #[arg(long, overrides_with = "fast")]
    phone: bool,
    /// Made-up patients. Default: 200, and 5 with --phone.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    patients: Option<u32>,
    /// What the simulated people do depends on it: the same number, the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(demo: Demo, named: &Config) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("kenkocall-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).context("a folder for the demonstration can't be made")?;
    let outcome = match (demo.phone, demo.fast) {
        (true, _) => phone::demonstrate(&folder, demo.patients.unwrap_or(PHONE_PATIENTS), demo.seed, named).await,
        (false, true) => fast::demonstrate(&folder, demo.patients.unwrap_or(PATIENTS), demo.seed).await,
        (false, false) => live::demonstrate(&folder, demo.patients.unwrap_or(PATIENTS), demo.seed, named).await,
    };
    std::fs::remove_dir_all(&folder).context("the folder of the demonstration can't be removed")?;
    outcome
}

/// Settings of a demonstration: a fresh SQLite file. Of the settings that were named it takes `server.listen` alone.
fn settings(folder: &Path) -> Config {
    Config::of_a_simulation(format!("sqlite://{}", folder.join("demo.db").display()))
}

/// Listens on `server.listen`. Where that is the default and taken, any free port of this machine does.
async fn listen(named: &Config) -> anyhow::Result<TcpListener> {
    let listen = named.server.listen;
    match TcpListener::bind(listen).await {
        Ok(listener) => Ok(listener),
        Err(_) if listen == Config::default().server.listen => {
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port is free")
        }
        Err(error) => Err(error)
            .with_context(|| format!("the address {listen} can't be listened on; choose another server.listen")),
    }
}
