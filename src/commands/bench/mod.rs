//! `kenkocall bench`: how fast we are on this machine, as figures and as ratios within one run.

mod day;
mod dial;
mod import;
mod latency_probe;
mod load;
mod phone;
mod server;
mod step;
mod temp_dir;
mod tick;
mod turns;

use clap::Subcommand;

use dial::{People, Plan};
use temp_dir::TempDir;

#[derive(Debug, Subcommand)]
pub(super) enum Bench {
    /// One step of the engine at a questionnaire turn.
    Step,
    /// Whole health calls over HTTP, signed, a durable commit a turn; beside it a server that stores nothing.
    Turns {
        /// Calls in progress at the same time.
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
    /// A look of the dialer at the clock: with nobody due, and with 1,000 due, out of ever more patients.
    Tick {
        /// One measurement with this many registered, in thousands, in place of 1,000, 10,000 and 100,000.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1_000..))]
        patients: Option<u32>,
        /// A PostgreSQL database in place of a fresh SQLite file. It must be empty.
        #[arg(long, value_name = "URL", requires = "patients")]
        database: Option<String>,
    },
    /// Automated calls placed into the simulated phone network on a real clock, a durable intent each.
    Dial {
        /// Calls to place.
        #[arg(long, default_value_t = 20_000, conflicts_with = "rate")]
        calls: u32,
        /// Due at this rate a second, evenly, in place of all at once; says how late they are.
        #[arg(long, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
        rate: Option<u32>,
        /// How many seconds.
        #[arg(long, default_value_t = 30, requires = "rate")]
        seconds: u32,
        /// Who is called.
        #[arg(long, value_enum, default_value_t = People::Silent)]
        people: People,
        /// A PostgreSQL database in place of a fresh SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
    },
    /// A whole day on a virtual clock, all turns stored, as `demo --fast` plays it.
    Day {
        /// Patients, most of them called once or twice.
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        patients: u32,
    },
    /// Twice as many turns as can be taken: how long those wait that are taken, how fast the others are turned away,
    /// and whether everything acknowledged is stored.
    Overload {
        /// How many seconds.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=600))]
        seconds: u32,
        /// A PostgreSQL database in place of a fresh SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
    },
    /// An even load for a while, and the server's memory meanwhile.
    Soak {
        /// Turns a second.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        rate: u32,
        /// How many seconds.
        #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(20..=86_400))]
        seconds: u32,
        /// A PostgreSQL database in place of a fresh SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
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
        Some(Bench::Tick { patients, database }) => tick::run(database, patients).await,
        Some(Bench::Dial { calls, rate, seconds, people, database }) => {
            let calls = rate.map_or(calls, |rate| rate.saturating_mul(seconds));
            dial::run(Plan { calls, rate, people, database }).await
        }
        Some(Bench::Day { patients }) => day::run(patients).await,
        Some(Bench::Overload { seconds, database }) => load::overload(seconds, database).await,
        Some(Bench::Soak { rate, seconds, database }) => load::soak(rate, seconds, database).await,
        Some(Bench::Baseline) => server::baseline().await,
        None => {
            step::run()?;
            turns::run(64, 100_000, None, 100_000).await?;
            turns::run(1, 5_000, None, 100_000).await?;
            import::run(100_000)?;
            automated().await
        }
    }
}

/// The measurements of automated calls, shorter than they are by themselves.
async fn automated() -> anyhow::Result<()> {
    tick::run(None, None).await?;
    let backlog = Plan { calls: 10_000, rate: None, people: People::Silent, database: None };
    dial::run(backlog.clone()).await?;
    dial::run(Plan { people: People::Usual, ..backlog.clone() }).await?;
    dial::run(Plan { calls: 1_500, rate: Some(100), ..backlog }).await?;
    day::run(10_000).await
}
