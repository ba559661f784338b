//! `kenkocall demo`: a made-up health centre calls its made-up patients over the simulated phone network, before the
//! watcher's eyes; or a whole day of it in seconds; or the health-call line with the terminal as the phone.

pub(super) mod fast;
mod live;
mod phone;
mod telling;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;

use crate::config::Config;

/// The port that is tried first; any free one when it is taken.
const USUAL_PORT: u16 = 8080;

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// A whole day on a virtual clock, in seconds; prints the day's figures.
    #[arg(long, conflicts_with = "phone")]
    fast: bool,
    /// Call the health-call line yourself: this terminal is the phone.
    #[arg(long)]
    phone: bool,
    /// Made-up patients.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000), conflicts_with = "phone")]
    patients: u32,
    /// What the simulated people do depends on it: the same number, the same day.
    #[arg(long, default_value_t = 1, conflicts_with = "phone")]
    seed: u64,
}

pub(super) async fn run(demo: Demo) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("kenkocall-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).context("a folder for the demonstration can't be made")?;
    let outcome = match (demo.phone, demo.fast) {
        (true, _) => phone::demonstrate(&folder).await,
        (false, true) => fast::demonstrate(&folder, demo.patients, demo.seed).await,
        (false, false) => live::demonstrate(&folder, demo.patients, demo.seed).await,
    };
    std::fs::remove_dir_all(&folder).context("the folder of the demonstration can't be removed")?;
    outcome
}

/// Settings of a demonstration: a fresh SQLite file, and nothing of the environment.
fn settings(folder: &Path) -> Config {
    Config::of_a_simulation(format!("sqlite://{}", folder.join("demo.db").display()))
}

async fn listen() -> anyhow::Result<TcpListener> {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, USUAL_PORT));
    match TcpListener::bind(usual).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port is free"),
    }
}
