//! Measures whole health calls, many at a time, against this program and against a server that stores nothing.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use anyhow::Context;
use hdrhistogram::Histogram;
use secrecy::SecretString;

use super::TempDir;
use super::phone::Phone;
use super::server::{Measured, TOKEN, Usage, free_address};
use crate::carrier::twilio::SigningKey;
use crate::commands::output::outln;
use crate::domain::DataOrigin;
use crate::lab::{FIRST_MADE_UP_ID, MADE_UP_BIRTH_DATE, add_synthetic};
use crate::service::Clock;
use crate::store::Database;

/// What to measure.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Calls in progress at the same time. Each number is measured separately.
    pub(super) calls: Vec<u32>,
    /// Turns to take with the highest number of calls.
    pub(super) turns: u32,
    /// A database instead of a new SQLite file.
    pub(super) database: Option<String>,
    /// The number of patients to register.
    pub(super) patients: u32,
    /// Another version of this program to measure. Its database must be prepared.
    pub(super) program: Option<PathBuf>,
}

/// The measurements of one server.
pub(super) struct Figures {
    turns: u32,
    seconds: f64,
    times: Histogram<u64>,
    begins: Histogram<u64>,
}

pub(super) async fn run(plan: Plan) -> anyhow::Result<()> {
    let scratch = TempDir::new("turns")?;
    let url = plan.database.clone().unwrap_or_else(|| scratch.database());
    if plan.program.is_none() {
        let store = Database::open(&url, 4).await?;
        // The measured server is configured for a real carrier.
        store.migrate(DataOrigin::Real).await?;
        add_synthetic(&store, &Clock::system(), plan.patients).await?;
        store.close().await;
    }
    let this = std::env::current_exe().context("this program can't be found")?;
    let program = plan.program.as_deref().unwrap_or(&this);
    let server = Measured::start_program(program, &["serve"], Some(&url), free_address()?)?;
    let nothing = Measured::start(&["bench", "baseline"], None, free_address()?)?;

    let kind = url.split(':').next().unwrap_or_default();
    outln!("health calls on {kind}, {} patients registered, client and server on this machine:", plan.patients);
    let mut all = 0;
    let most = plan.calls.iter().copied().max().unwrap_or(1);
    for calls in plan.calls.iter().copied() {
        // Fewer calls are slower. Each measurement takes about as long.
        let turns = (plan.turns / most.div_ceil(calls).min(16)).max(calls);
        all += measure(&server, &nothing, calls, turns, &plan).await?;
    }
    outln!("  start-up {} ms", server.start_up.as_millis());
    if let Some(memory) = server.resident_megabytes() {
        outln!("  resident memory after {all} turns {memory:.0} MB");
    }
    Ok(())
}

/// Measures both servers with this many calls at a time. Returns the number of turns.
async fn measure(server: &Measured, nothing: &Measured, calls: u32, turns: u32, plan: &Plan) -> anyhow::Result<u32> {
    let before = server.usage().await;
    let ours = drive(server, Load { calls, turns, patients: plan.patients, whole: true }).await?;
    let after = server.usage().await;
    let theirs = drive(nothing, Load { calls, turns, patients: plan.patients, whole: false }).await?;
    outln!("{calls} at a time:");
    show("kenkocall, a durable commit each turn", &ours);
    outln!("    begin of a call p50 {:.2} ms, p99 {:.2} ms", at(&ours.begins, 0.5), at(&ours.begins, 0.99));
    if let Some((before, after)) = before.zip(after) {
        show_usage(before, after, ours.turns);
    }
    show("a server that stores nothing", &theirs);
    outln!("    share of the server that stores nothing: {:.0} %", 100.0 * rate(&ours) / rate(&theirs));
    Ok(ours.turns)
}

pub(super) fn rate(figures: &Figures) -> f64 {
    f64::from(figures.turns) / figures.seconds
}

/// A quantile in milliseconds.
fn at(times: &Histogram<u64>, quantile: f64) -> f64 {
    times.value_at_quantile(quantile) as f64 / 1000.0
}

fn show(name: &str, figures: &Figures) {
    let at = |quantile| at(&figures.times, quantile);
    let (rate, p50, p99, max) = (rate(figures), at(0.5), at(0.99), at(1.0));
    outln!("  {name}: {rate:.0} turns/s, p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.1} ms ({} turns)", figures.turns);
}

fn show_usage(before: Usage, after: Usage, turns: u32) {
    let micros = after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1_000_000.0;
    let commits = after.commits.saturating_sub(before.commits).max(1) as f64;
    let switches = after.context_switches.saturating_sub(before.context_switches) as f64;
    let requests = after.requests.zip(before.requests).map_or_else(
        || "not counted".to_owned(),
        |(after, before)| format!("{:.1}", after.saturating_sub(before) as f64 / commits),
    );
    outln!("    CPU {:.0} µs a turn; turns a commit {:.1}", micros / f64::from(turns), f64::from(turns) / commits);
    outln!("    requests to the database a commit {requests}; context switches a commit {:.0}", switches / commits);
}

/// The load on a server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    /// Calls in progress at the same time.
    pub(super) calls: u32,
    /// The number of turns to take.
    pub(super) turns: u32,
    /// The number of registered patients.
    pub(super) patients: u32,
    /// Whether to make whole calls, or only to send their turns to a server that always asks the same question.
    pub(super) whole: bool,
}

/// Makes calls until enough turns were taken.
pub(super) async fn drive(server: &Measured, load: Load) -> anyhow::Result<Figures> {
    /// Distinguishes the legs of one measurement from those of others.
    static MEASUREMENT: AtomicU32 = AtomicU32::new(0);
    let Load { calls, turns, patients, whole } = load;
    let measurement = MEASUREMENT.fetch_add(1, Ordering::Relaxed);
    let key = Arc::new(SigningKey::new(&SecretString::from(TOKEN)).context("the key")?);
    let (taken, next) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let begun = Instant::now();
    let mut phones = tokio::task::JoinSet::new();
    for _ in 0..calls {
        let (key, taken, next, address) = (Arc::clone(&key), Arc::clone(&taken), Arc::clone(&next), server.address);
        phones.spawn(async move {
            let mut phone = Phone::connect(address, &key).await?;
            while taken.load(Ordering::Relaxed) < turns {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let leg = format!("CA{measurement:08x}{nth:024x}");
                let id = FIRST_MADE_UP_ID + nth % patients;
                let took = if whole {
                    phone.call(&leg, id, MADE_UP_BIRTH_DATE).await?
                } else {
                    phone.turns_only(&leg).await?
                };
                taken.fetch_add(took, Ordering::Relaxed);
            }
            anyhow::Ok((phone.times, phone.begins))
        });
    }
    let new = || Histogram::<u64>::new(3).context("the histogram");
    let (mut times, mut begins) = (new()?, new()?);
    while let Some(phone) = phones.join_next().await {
        let (of_turns, of_begins) = phone.context("a phone broke")??;
        times.add(of_turns).context("the histogram")?;
        begins.add(of_begins).context("the histogram")?;
    }
    Ok(Figures { turns: taken.load(Ordering::Relaxed), seconds: begun.elapsed().as_secs_f64(), times, begins })
}
