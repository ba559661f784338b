//! Measures a tick of the dialer: with nobody due, and with a thousand patients due out of more and more registered
//! patients.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::TempDir;
use crate::app::{dialling, open_services, prepared};
use crate::carrier::simulator::{self, Habit, Population, PopulationMix};
use crate::commands::documents::Origin;
use crate::commands::output::outln;
use crate::config::Config;
use crate::domain::{CallTimes, CallingHours};
use crate::lab::{STEP, Simulation, SyntheticDay, VirtualClock, add_synthetic_day};
use crate::service::DialerSettings;

/// The number of registered patients in each measurement.
const REGISTERED: [u32; 3] = [1_000, 10_000, 100_000];
/// The number of patients who are due at the same times. The others are due later.
const DUE: u32 = 1_000;
/// The hours at which they are due. The calls of one round, with their retries, end before the next round.
const ROUNDS: [i8; 4] = [9, 11, 13, 15];
/// The number of ticks with nobody due before each round.
const IDLE: usize = 250;

/// The measurements with one number of registered patients.
struct Figures {
    registered: u32,
    idle: Vec<f64>,
    due: Vec<f64>,
}

/// Runs the measurements. With a database, which must be empty, runs only the one with `registered` patients.
pub(super) async fn run(database: Option<String>, registered: Option<u32>) -> anyhow::Result<()> {
    if database.is_some() && registered.is_none() {
        bail!("a database holds one measurement: say how many patients with --patients");
    }
    let sizes = registered.map_or(REGISTERED.to_vec(), |registered| vec![registered]);
    let mut all = Vec::new();
    for registered in sizes {
        let scratch = TempDir::new("tick")?;
        let url = database.clone().unwrap_or_else(|| scratch.database());
        all.push(measure(&url, registered).await?);
    }
    outln!("a tick of the dialer, median and slowest of {} idle ones and {} with {DUE} due:", IDLE * 4, ROUNDS.len());
    outln!("  registered    nobody due, ms       {DUE} due: all intents committed, ms    beside the first");
    let first = all.first().map(|figures| (median(&figures.idle), median(&figures.due))).unwrap_or_default();
    for figures in &all {
        let (idle, due) = (median(&figures.idle), median(&figures.due));
        outln!(
            "  {:>10}    {idle:>6.2}  to {:>6.2}      {due:>12.0}  to {:>6.0}                 idle {:.2}, due {:.2}",
            figures.registered,
            slowest(&figures.idle),
            slowest(&figures.due),
            idle / first.0,
            due / first.1,
        );
    }
    Ok(())
}

async fn measure(url: &str, registered: u32) -> anyhow::Result<Figures> {
    let zone = TimeZone::get("Asia/Tokyo").context("the time zone")?;
    let day = date(2026, 3, 2);
    let clock = VirtualClock::at(at(&zone, day, 8)?);
    let simulation = open(url, registered, &clock).await?;
    let mut figures = Figures { registered, idle: Vec::new(), due: Vec::new() };
    for hour in ROUNDS {
        let due_at = at(&zone, day, hour)?;
        simulation.run_until(due_at.checked_sub(SignedDuration::from_mins(1)).context("the minute before")?).await?;
        for _ in 0..IDLE {
            let begun = Instant::now();
            let prepared = simulation.dialer.prepare().await?;
            figures.idle.push(milliseconds(begun));
            if prepared.ticked.intended + prepared.ticked.opened > 0 {
                bail!("somebody is due who shouldn't be");
            }
        }
        clock.set(due_at);
        let begun = Instant::now();
        let prepared = simulation.dialer.prepare().await?;
        figures.due.push(milliseconds(begun));
        if prepared.ticked.intended != DUE as usize {
            bail!("{} calls were intended in one tick instead of {DUE}", prepared.ticked.intended);
        }
        simulation.dialer.send(prepared).await;
    }
    simulation.context.database.close().await;
    Ok(figures)
}

/// Opens a simulation. A thousand patients have a call in each round, the others have one in the evening. Every line is
/// busy.
async fn open(url: &str, registered: u32, clock: &VirtualClock) -> anyhow::Result<Simulation> {
    let mut config = Config::of_a_simulation(url.to_owned());
    config.dialer.calls_per_second = f64::from(DUE);
    config.dialer.concurrent_calls = 2 * DUE;
    let people = simulator::Settings {
        people: Population::of(PopulationMix::only(Habit::Busy)),
        ..simulator::Settings::default()
    };
    let (context, lines) =
        open_services(&config, prepared(&config).await?, Origin::choose(None).flow_set()?, clock.clock()).await?;
    let from = lines.call_back_number.clone().context("the number that calls come from")?;
    let dialling = DialerSettings { tick: STEP.unsigned_abs(), ..dialling(&config, from) };
    let simulation = Simulation::new(Arc::clone(&context), lines, people, clock.clone(), dialling);
    let mut times: Vec<CallTimes> = vec!["20:00".parse().context("a time of calls")?; (registered / DUE) as usize];
    let rounds = ROUNDS.map(|hour| format!("{hour:02}:00")).join(";");
    *times.first_mut().context("at least a thousand patients")? = rounds.parse().context("the times of calls")?;
    let day = SyntheticDay { hours: CallingHours::default(), times, patients: registered, after: clock.now() };
    add_synthetic_day(&context.database, &day).await?;
    Ok(simulation)
}

fn at(zone: &TimeZone, day: Date, hour: i8) -> anyhow::Result<Timestamp> {
    let time = Time::new(hour, 0, 0, 0).context("an hour")?;
    zone.to_timestamp(day.to_datetime(time)).context("a moment of the day")
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn slowest(times: &[f64]) -> f64 {
    times.iter().copied().fold(0.0, f64::max)
}
