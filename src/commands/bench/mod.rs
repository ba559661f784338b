//! `kenkocall bench`: how fast we are on this machine, as figures and as ratios within one run.

mod import;
mod phone;
mod server;
mod step;
mod turns;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Bench {
    /// One step of the engine at a questionnaire turn.
    Step,
    /// Whole health calls over HTTP, signed, a durable commit a turn; beside it a server that stores nothing.
    Turns {
        /// Calls under way at the same time.
        #[arg(long, default_value_t = 64)]
        calls: u32,
        /// Turns to take.
        #[arg(long, default_value_t = 100_000)]
        turns: u32,
        /// A PostgreSQL database in place of a fresh SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// Patients registered.
        #[arg(long, default_value_t = 10_000)]
        patients: u32,
    },
    /// The import of a patient list, as a process of its own, on a fresh SQLite file.
    Import {
        /// Patients in the list.
        #[arg(long, default_value_t = 100_000)]
        patients: u32,
    },
    /// The server that stores nothing, for comparison; it runs until it is killed.
    #[command(hide = true)]
    Baseline,
}

/// Runs one measurement, or all of them on SQLite one after the other.
pub(super) async fn run(command: Option<Bench>) -> anyhow::Result<()> {
    match command {
        Some(Bench::Step) => step::run(),
        Some(Bench::Turns { calls, turns, database, patients }) => turns::run(calls, turns, database, patients).await,
        Some(Bench::Import { patients }) => import::run(patients),
        Some(Bench::Baseline) => server::baseline().await,
        None => {
            step::run()?;
            turns::run(64, 100_000, None, 100_000).await?;
            turns::run(1, 5_000, None, 100_000).await?;
            import::run(100_000)
        }
    }
}
