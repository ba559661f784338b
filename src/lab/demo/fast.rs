//! A whole day of a made-up health centre on a virtual clock. Only the phones and the time are simulated.

#![allow(clippy::disallowed_methods, reason = "it measures how long the day took")]

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::app::{dialling, open_services, prepared};
use crate::carrier::simulator::{self, Caller, Identity};
use crate::commands::days;
use crate::commands::documents::Origin;
use crate::commands::output::outln;
use crate::config::Config;
use crate::domain::{Actor, CallTimes, CallingHours, Line};
use crate::lab::{
    STEP, Simulation, Stretch, SyntheticDay, VirtualClock, add_synthetic_day, synthetic_identity, synthetic_number,
};
use crate::service::{Clock, DailyStats, DialerSettings, day_figures};
use crate::store::turns;

/// The call times of the patients. Each patient has one of these.
const TIMES: [&str; 6] = ["08:30", "09:00;17:00", "09:30", "10:00;15:30", "11:00", "13:00"];
/// One in this many patients calls the health-call line before being called.
const RINGS_IN: u32 = 25;
/// The hours of the day that are played.
const MORNING: i8 = 7;
const NIGHT: i8 = 21;

/// The result of a played day.
pub(crate) struct Played {
    /// The day at the health centre.
    pub(crate) date: Date,
    /// How its slots and attempts ended.
    pub(crate) figures: DailyStats,
    /// The number of calls placed.
    pub(crate) calls: usize,
    /// The number of turns stored, including those of callers on the health-call line.
    pub(crate) turns: u64,
    /// The number of events of the phone network.
    pub(crate) events: usize,
    /// The time from the first slot to the last event, in seconds.
    pub(crate) seconds: f64,
}

pub(super) async fn demonstrate(folder: &Path, patients: u32, seed: u64) -> anyhow::Result<()> {
    outln!("a day of {patients} made-up patients, seed {seed}, on a virtual clock:\n");
    let config = super::settings(folder);
    let played =
        play(config, patients, seed, |hour, calls| outln!("  until {hour:02}:00  {calls:>6} calls placed")).await?;
    outln!("\n{}", days::as_text(played.date, &played.figures));
    outln!("{} turns stored, {} events of the phone network, in {:.1} s", played.turns, played.events, played.seconds);
    Ok(())
}

/// Plays a day. Calls `tell` after each hour with the number of calls placed in it.
pub(crate) async fn play(config: Config, patients: u32, seed: u64, tell: impl Fn(i8, usize)) -> anyhow::Result<Played> {
    let zone = TimeZone::get("Asia/Tokyo").context("the time zone")?;
    let date = zone.to_datetime(Clock::system().now()).date();
    let clock = VirtualClock::at(at(&zone, date, MORNING)?);
    let simulation = open(config, patients, seed, &clock).await?;
    ring_in(&simulation, patients, &zone, date)?;
    let begun = Instant::now();
    let mut all = Stretch::default();
    for hour in MORNING + 1..=NIGHT {
        let stretch = simulation.run_until(at(&zone, date, hour)?).await?;
        all.intended += stretch.intended;
        all.events += stretch.events;
        tell(hour, stretch.intended);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let database = &simulation.context.database;
    let figures = day_figures(&simulation.context, &Actor::System, date).await?;
    let turns = turns::count(&mut database.begin_read().await?).await?;
    database.close().await;
    Ok(Played { date, figures, calls: all.intended, turns, events: all.events, seconds })
}

async fn open(mut config: Config, patients: u32, seed: u64, clock: &VirtualClock) -> anyhow::Result<Simulation> {
    // Allow as many concurrent calls as a list of this length needs within its calling windows.
    config.dialer.calls_per_second = f64::from(patients.div_ceil(500).max(2));
    config.dialer.concurrent_calls = patients.div_ceil(4).max(50);
    let people = simulator::Settings { seed, ..simulator::Settings::default() };
    let (context, lines) =
        open_services(&config, prepared(&config).await?, Origin::choose(None).flow_set()?, clock.clock()).await?;
    let from = lines.call_back_number.clone().context("the number that calls come from")?;
    let dialling = DialerSettings { tick: STEP.unsigned_abs(), ..dialling(&config, from) };
    let simulation = Simulation::new(context, lines, people, clock.clone(), dialling);
    let times: Result<Vec<CallTimes>, _> = TIMES.iter().map(|times| times.parse()).collect();
    let day = SyntheticDay {
        hours: CallingHours::default(),
        times: times.context("the times of calls")?,
        patients,
        after: clock.now(),
    };
    add_synthetic_day(&simulation.context.database, &day).await?;
    Ok(simulation)
}

/// Makes some patients call the health-call line themselves, in the morning.
fn ring_in(simulation: &Simulation, patients: u32, zone: &TimeZone, date: Date) -> anyhow::Result<()> {
    let first = at(zone, date, 8)?;
    for nth in (0..patients).step_by(RINGS_IN as usize) {
        let (hersys_id, birth_date) = synthetic_identity(nth).context("a made-up patient")?;
        let caller = Caller {
            people: vec![Identity { hersys_id, birth_date }],
            language: crate::domain::Language::Japanese,
            script: None,
        };
        let when = first.checked_add(SignedDuration::from_secs(i64::from(nth % 7_200))).unwrap_or(first);
        simulation.lines.with(|network, _| {
            let _leg = network.ring_in(synthetic_number(nth), Line::HealthCall, caller, when);
        });
    }
    Ok(())
}

fn at(zone: &TimeZone, date: Date, hour: i8) -> anyhow::Result<Timestamp> {
    let time = Time::new(hour, 0, 0, 0).context("an hour")?;
    zone.to_timestamp(date.to_datetime(time)).context("a moment of the day")
}
