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
mod softphone;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

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
    /// Open a telephone line on this machine at 127.0.0.1:5070, and be called by it: for a softphone.
    #[arg(long, conflicts_with_all = ["fast", "phone"])]
    sip: bool,
    /// Where the softphone listens, on this machine.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:5060", requires = "sip")]
    sip_phone: SocketAddr,
    /// Number of made-up patients. Default: 200, 5 with --phone, and 3 with --sip.
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
            _ if demo.sip => softphone::demonstrate(&folder, &demo, named).await,
            (true, _) => phone::demonstrate(&folder, demo.patients.unwrap_or(PHONE_PATIENTS), demo.seed, named).await,
            (false, true) => fast::demonstrate(&folder, demo.patients.unwrap_or(PATIENTS), demo.seed).await,
            (false, false) => live::demonstrate(&folder, &demo, named).await,
        }
    };
    let ended = demo.phone.then(|| tokio::spawn(ends_at_once(folder.clone())));
    let mut killed = signal(SignalKind::terminate()).context("the end of the demonstration can't be waited for")?;
    let outcome = tokio::select! {
        outcome = played => outcome,
        _ = killed.recv() => Ok(()),
    };
    if let Some(ended) = ended {
        ended.abort();
    }
    std::fs::remove_dir_all(&folder).context("the folder of the demonstration can't be removed")?;
    outcome
}

/// Ends the process at SIGTERM. A terminal is waited for where nothing else is heard, and that wait can't be given up.
#[allow(clippy::exit, reason = "a read of the terminal goes on until a line is typed")]
async fn ends_at_once(folder: PathBuf) {
    let Ok(mut killed) = signal(SignalKind::terminate()) else { return };
    if killed.recv().await.is_some() {
        let _removed = std::fs::remove_dir_all(&folder);
        std::process::exit(0);
    }
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
