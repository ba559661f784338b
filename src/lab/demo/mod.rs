//! `kenkocall demo`: a made-up health centre calls its made-up patients over the simulated phone network. It runs live,
//! or as a whole day in seconds, or as the health-call line with the terminal as the phone.

mod console;
mod diagnoses;
mod event_printer;
pub(super) mod fast;
mod live;
mod notices;
mod past_days;
mod phone;
mod rota;
mod second_centre;

use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, Help};
use crate::lab::synthetic_number;

/// The default number of patients.
const PATIENTS: u32 = 200;
/// The default number of patients with `demo --phone`.
const PHONE_PATIENTS: u32 = 5;
/// The desks of the help pages, among the numbers of made-up patients, which nobody has.
const PEOPLE_DESK: u32 = 8_999_990;
/// The other one.
const STAFF_DESK: u32 = 8_999_991;

#[derive(Debug, Args)]
pub struct Demo {
    /// Play a whole day on a virtual clock, in seconds, and print the day's figures.
    #[arg(long, overrides_with = "phone")]
    fast: bool,
    /// Call the health-call line yourself: this terminal is the phone.
    #[arg(long, overrides_with = "fast")]
    phone: bool,
    /// Number of made-up patients. Default: 200, and 5 with --phone.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    patients: Option<u32>,
    /// Seed of the simulated people's behaviour: the same seed plays the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Don't ask for the second factor of a log-in, in this demonstration only.
    #[arg(long)]
    no_second_factor: bool,
}

pub(super) async fn run(demo: Demo, named: &Config) -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("kenkocall-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).context("a folder for the demonstration can't be made")?;
    let played = async {
        match (demo.phone, demo.fast) {
            (true, _) => phone::demonstrate(&folder, demo.patients.unwrap_or(PHONE_PATIENTS), demo.seed, named).await,
            (false, true) => fast::demonstrate(&folder, demo.patients.unwrap_or(PATIENTS), demo.seed).await,
            (false, false) => live::demonstrate(&folder, &demo, named).await,
        }
    };
    let mut killed = signal(SignalKind::terminate()).context("the end of the demonstration can't be waited for")?;
    let outcome = tokio::select! {
        outcome = played => outcome,
        _ = killed.recv() => Ok(()),
    };
    std::fs::remove_dir_all(&folder).context("the folder of the demonstration can't be removed")?;
    outcome
}

/// Returns the settings of a demonstration: a new SQLite file. Of the user's settings, only `server.listen` is used.
fn settings(folder: &Path) -> Config {
    let desk = |number: u32| synthetic_number(number).map(|number| number.as_written());
    let help = Help { people_desk: desk(PEOPLE_DESK), staff_desk: desk(STAFF_DESK) };
    Config { help, ..Config::of_a_simulation(format!("sqlite://{}", folder.join("demo.db").display())) }
}

/// Listens on `server.listen`. If that is the default and in use, listens on any free local port.
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
