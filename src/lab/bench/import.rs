//! Measures the import of a long patient list: first with only new patients, each with a number for automated calls,
//! then the same list again. Then measures how long callers wait while lists are imported, call times are changed, and
//! the database is exported and backed up.

#![allow(clippy::disallowed_methods, reason = "it measures time and finds its own program")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use hdrhistogram::Histogram;

use super::TempDir;
use super::callers::Callers;
use super::server::TOKEN;
use crate::commands::output::outln;
use crate::domain::DataOrigin;
use crate::lab::add_synthetic;
use crate::service::Clock;
use crate::store::Database;

/// Who calls meanwhile.
const CALLERS: u32 = 64;
/// The registered patients who call.
const PATIENTS: u32 = 10_000;
/// The patients of the list that is changed, and of the centre whose call times are.
const CHANGED: u32 = 10_000;
/// How long the callers are measured alone.
const ALONE: Duration = Duration::from_secs(5);

pub(super) async fn run(patients: u32, database: Option<String>) -> anyhow::Result<()> {
    let scratch = TempDir::new("import")?;
    if database.is_none() {
        alone(&scratch, patients)?;
    }
    let url = database.unwrap_or_else(|| format!("sqlite://{}", scratch.path().join("calls.db").display()));
    beside_callers(&scratch, &url, patients).await
}

fn alone(scratch: &TempDir, patients: u32) -> anyhow::Result<()> {
    let program = Program { url: scratch.database(), carrier: "simulator" };
    let file = list(scratch.path(), "alone", 10_000_000, patients, "花子")?;
    program.run(&["centres", "add", "--code", "00000", "--name", "見本保健所", "--phone", "0352113641"])?;
    let import = ["patients", "import", &file, "--centre", "00000"];
    let new = program.run(&import)?;
    let again = program.run(&import)?;
    outln!(
        "import of {patients} patients on sqlite: all new {new:.1} s; the same list again, nothing changes, {again:.1} s"
    );
    Ok(())
}

async fn beside_callers(scratch: &TempDir, url: &str, patients: u32) -> anyhow::Result<()> {
    let store = Database::open(url, 4).await?;
    // The measured server is configured for a real carrier.
    store.migrate(DataOrigin::Real).await?;
    add_synthetic(&store, &Clock::system(), PATIENTS).await?;
    store.close().await;
    let program = Program { url: url.to_owned(), carrier: "twilio" };
    for code in ["00001", "00002"] {
        program.run(&["centres", "add", "--code", code, "--name", "見本保健所", "--phone", "0352113641"])?;
    }
    let folder = scratch.path();
    let long = list(folder, "long", 10_000_000, patients, "花子")?;
    let before = list(folder, "before", 20_000_000, CHANGED, "花子")?;
    let after = list(folder, "after", 20_000_000, CHANGED, "太郎")?;
    let backup = folder.join("backup.db").display().to_string();
    let kind = url.split(':').next().unwrap_or_default();
    outln!("turns of {CALLERS} callers at a time on {kind}, and what goes on beside them:");
    let callers = Callers::start(url, CALLERS, PATIENTS).await?;
    let pause = || {
        std::thread::sleep(ALONE);
        Ok(())
    };
    let ((), alone) = callers.beside(pause).await?;
    show("nothing", &alone, None);
    let mut steps: Vec<(&str, Vec<&str>)> = vec![
        ("the import of new patients", vec!["patients", "import", &long, "--centre", "00001"]),
        ("the import of 10,000 more", vec!["patients", "import", &before, "--centre", "00002"]),
        ("a list that changes 10,000", vec!["patients", "import", &after, "--centre", "00002"]),
        ("other call times for 10,000", vec!["centres", "set", "00002", "--calling-hours", "08:30-20:00"]),
        ("an export", vec!["reports", "export", "--from", "yesterday", "--to", "today"]),
    ];
    if kind == "sqlite" {
        steps.push(("a backup", vec!["backup", &backup]));
    }
    for (name, arguments) in steps {
        let (program, arguments) =
            (program.clone(), arguments.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let run = move || program.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let (seconds, times) = callers.beside(run).await?;
        show(name, &times, Some(seconds));
    }
    callers.stop().await
}

fn show(name: &str, times: &Histogram<u64>, seconds: Option<f64>) {
    let at = |quantile| times.value_at_quantile(quantile) as f64 / 1_000.0;
    let took = seconds.map(|seconds| format!(" ({seconds:.1} s)")).unwrap_or_default();
    let (p50, p99, most, turns) = (at(0.5), at(0.99), at(1.0), times.len());
    outln!("  {name}{took}: p50 {p50:.1} ms, p99 {p99:.1} ms, max {most:.1} ms ({turns} turns)");
}

/// Writes a list of patients with consecutive IDs and numbers. Returns its path.
fn list(folder: &Path, name: &str, first: u32, patients: u32, given_name: &str) -> anyhow::Result<String> {
    let mut list = "hersys_id,birth_date,family_name,given_name,phone_number,automated_call,call_times\n".to_owned();
    for nth in first..first + patients {
        writeln!(list, "{nth:08},1980-04-01,見本,{given_name},090{nth:08},yes,09:00;18:00").context("the list")?;
    }
    let file: PathBuf = folder.join(format!("{name}.csv"));
    std::fs::write(&file, list).context("the list can't be written")?;
    Ok(file.display().to_string())
}

/// This program, on a database.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) url: String,
    pub(super) carrier: &'static str,
}

impl Program {
    /// Runs a command. Returns its run time in seconds.
    pub(super) fn run(&self, arguments: &[&str]) -> anyhow::Result<f64> {
        let program = std::env::current_exe().context("this program can't be found")?;
        let begun = Instant::now();
        let output = Command::new(program)
            .args(arguments)
            .env("KENKOCALL_DATABASE__URL", &self.url)
            .env("KENKOCALL_CARRIER", self.carrier)
            .env("KENKOCALL_TWILIO__AUTH_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .output()
            .context("the program can't be started")?;
        if !output.status.success() {
            bail!("{} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(begun.elapsed().as_secs_f64())
    }
}
