//! `kenkocall bench`: measures the speed on this machine, in absolute figures and as ratios within one run.

mod callers;
mod console;
mod day;
mod dial;
mod import;
mod latency_probe;
mod load;
mod notices;
mod phone;
mod portal;
mod server;
mod sip;
mod smtp_sink;
mod step;
mod temp_dir;
mod tick;
mod turns;

use clap::Subcommand;

use dial::{People, Plan};
use temp_dir::TempDir;

#[derive(Debug, Subcommand)]
pub enum Bench {
    /// One step of the engine in a questionnaire turn.
    Step,
    /// Whole health calls over HTTP, signed, with a durable commit per turn; for comparison, a server that stores
    /// nothing.
    Turns {
        /// Calls in progress at the same time, each number measured separately.
        #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        calls: Vec<u32>,
        /// Turns to take with the highest number of calls; fewer with fewer calls.
        #[arg(long, default_value_t = 100_000)]
        turns: u32,
        /// A PostgreSQL database instead of a new SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// Patients registered.
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        patients: u32,
        /// Another version of this program to measure, on a database that its own `bench turns` has prepared.
        #[arg(long, value_name = "FILE", requires = "database")]
        program: Option<std::path::PathBuf>,
    },
    /// The import of a patient list, in a separate process, into a new SQLite file; and how long callers wait while
    /// lists are imported, call times are changed, and the database is exported and backed up.
    Import {
        /// Patients in the list.
        #[arg(long, default_value_t = 100_000)]
        patients: u32,
        /// A PostgreSQL database instead of a new SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
    },
    /// A tick of the dialer: with nobody due, and with 1,000 patients due, out of more and more patients.
    Tick {
        /// Measure once with this number of patients, instead of 1,000, 10,000 and 100,000.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1_000..))]
        patients: Option<u32>,
        /// A PostgreSQL database instead of a new SQLite file. It must be empty.
        #[arg(long, value_name = "URL", requires = "patients")]
        database: Option<String>,
    },
    /// Automated calls placed into the simulated phone network on a real clock, with a durable intent for each.
    Dial {
        /// Calls to place.
        #[arg(long, default_value_t = 20_000, conflicts_with = "rate")]
        calls: u32,
        /// Calls due per second, evenly, instead of all at once; reports how late they are.
        #[arg(long, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
        rate: Option<u32>,
        /// Duration in seconds.
        #[arg(long, default_value_t = 30, requires = "rate")]
        seconds: u32,
        /// How the people called behave.
        #[arg(long, value_enum, default_value_t = People::Silent)]
        people: People,
        /// A PostgreSQL database instead of a new SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
    },
    /// A whole day on a virtual clock with all turns stored, as `demo --fast` plays it.
    Day {
        /// Patients, most of them called once or twice.
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        patients: u32,
    },
    /// Twice as many turns as the server can take: how long accepted turns wait, how fast the others are turned away,
    /// and whether everything acknowledged is stored.
    Overload {
        /// Duration in seconds.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=600))]
        seconds: u32,
        /// A PostgreSQL database instead of a new SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
    },
    /// An even load, and the server's memory meanwhile.
    Soak {
        /// Turns per second.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        rate: u32,
        /// Duration in seconds.
        #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(20..=86_400))]
        seconds: u32,
        /// A PostgreSQL database instead of a new SQLite file. It must be empty.
        #[arg(long, value_name = "URL")]
        database: Option<String>,
    },
    /// The console: each page with 10,000 and with more patients, pages beside callers, the time from a red answer to
    /// the screens, and long lists.
    Console {
        /// Patients of all health centres.
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(10_000..=5_000_000))]
        patients: u32,
        /// Patients of the measured health centre, with reports.
        #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(10_000..=1_000_000))]
        of_centre: u32,
        /// Days of reports.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(0..=30))]
        days: u32,
        /// Turns per second beside the pages.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        rate: u32,
    },
    /// Notices to patients: how long a day takes to plan, and how fast a mail server on this machine gets them.
    Notices {
        /// Patients registered, most of them released.
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
        patients: u32,
        /// Patients under observation, who get a notice.
        #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
        due: u32,
        /// E-mails to send.
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        mails: u32,
    },
    /// The portal: complete reports, very many people who sign up beside reports and callers, certificates, bytes of
    /// pages, and what answers tell of an address.
    Portal {
        /// Patients registered.
        #[arg(long, default_value_t = 30_000, value_parser = clap::value_parser!(u32).range(12_000..=5_000_000))]
        patients: u32,
        /// Patients with an account.
        #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(2_000..=1_000_000))]
        accounts: u32,
        /// Sign-ups per second.
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        rate: u32,
        /// Duration of the sign-ups in seconds.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
        seconds: u32,
        /// Known and unknown addresses that are compared, of each.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(10..=10_000))]
        addresses: u32,
    },
    /// The sound of our own line: how late packets leave, and how long a key takes to change what is said.
    Sip {
        /// Calls at a time, half of them with keys in the sound.
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
        calls: u16,
        /// Duration in seconds.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_600))]
        seconds: u32,
    },
    /// The other side of the calls of `bench sip`.
    #[command(hide = true)]
    SipPartner {
        /// Duration in seconds.
        #[arg(long)]
        seconds: u32,
    },
    /// The server that stores nothing, for comparison. It runs until it is killed.
    #[command(hide = true)]
    Baseline,
}

/// Runs one measurement, or all measurements on SQLite one after the other.
pub(super) async fn run(command: Option<Bench>) -> anyhow::Result<()> {
    match command {
        Some(Bench::Step) => step::run(),
        Some(Bench::Turns { calls, turns, database, patients, program }) => {
            turns::run(turns::Plan { calls, turns, database, patients, program }).await
        }
        Some(Bench::Import { patients, database }) => import::run(patients, database).await,
        Some(Bench::Tick { patients, database }) => tick::run(database, patients).await,
        Some(Bench::Dial { calls, rate, seconds, people, database }) => {
            let calls = rate.map_or(calls, |rate| rate.saturating_mul(seconds));
            dial::run(Plan { calls, rate, people, database }).await
        }
        Some(Bench::Day { patients }) => day::run(patients).await,
        Some(Bench::Overload { seconds, database }) => load::overload(seconds, database).await,
        Some(Bench::Soak { rate, seconds, database }) => load::soak(rate, seconds, database).await,
        Some(Bench::Console { patients, of_centre, days, rate }) => {
            let of_centre = of_centre.min(patients);
            console::run(console::Plan { patients, of_centre, days, rate }).await
        }
        Some(Bench::Notices { patients, due, mails }) => notices::run(notices::Plan { patients, due, mails }).await,
        Some(Bench::Portal { patients, accounts, rate, seconds, addresses }) => {
            portal::run(portal::Plan { patients, accounts, rate, seconds, addresses }).await
        }
        Some(Bench::Sip { calls, seconds }) => sip::run(sip::Plan { calls, seconds }).await,
        Some(Bench::SipPartner { seconds }) => sip::partner(seconds),
        Some(Bench::Baseline) => server::baseline().await,
        None => {
            step::run()?;
            let (calls, turns, patients) = (vec![1, 16, 64], 100_000, 100_000);
            turns::run(turns::Plan { calls, turns, database: None, patients, program: None }).await?;
            import::run(100_000, None).await?;
            automated().await
        }
    }
}

/// Runs the measurements of automated calls, in shorter versions.
async fn automated() -> anyhow::Result<()> {
    tick::run(None, None).await?;
    let backlog = Plan { calls: 10_000, rate: None, people: People::Silent, database: None };
    dial::run(backlog.clone()).await?;
    dial::run(Plan { people: People::Usual, ..backlog.clone() }).await?;
    dial::run(Plan { calls: 1_500, rate: Some(100), ..backlog }).await?;
    day::run(10_000).await
}
