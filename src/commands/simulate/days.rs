//! `kenkocall simulate days`: day after day of a small health centre with everything that can go wrong, each checked.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use clap::Args;
use jiff::{SignedDuration, Span, Timestamp};

use crate::commands::documents::Origin;
use crate::service::Clock;
use crate::simulation::{Figures, Played, Settings, SimulationError, play};

/// Days that are played when nobody says how many.
const USUAL_DAYS: u64 = 100;
/// What was logged is kept and looked at on one of so many days; always when one day alone is played.
const LISTENED_TO: u64 = 10;
/// What happened last is shown up to here.
const SHOWN: usize = 60;
/// Broken days that are shown; the others are counted.
const SHOWN_DAYS: u64 = 20;
/// A disk in memory, where Linux has one.
const IN_MEMORY: &str = "/dev/shm";

#[derive(Debug, Args)]
pub(in crate::commands) struct Days {
    /// The first day's seed: the same seed is the same day again. Default: drawn from the time, and printed.
    #[arg(long)]
    seed: Option<u64>,
    /// How many days, each of the next seed. Default: 1 with --seed, else 100.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    days: Option<u64>,
    /// Go on for so long, such as 90s, 10m or 1h.
    #[arg(long = "for", value_name = "DURATION", conflicts_with = "days", value_parser = duration)]
    length: Option<SignedDuration>,
    /// Patients of a day.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    patients: u32,
    /// Days played at the same time. Default: one for each processor.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Where the databases are, one file a day. Default: a disk in memory where there is one.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Don't wait for the disk at each commit, as production does.
    #[arg(long)]
    fast_disk: bool,
    /// Show everything that happened, of good days too.
    #[arg(long)]
    verbose: bool,
    /// Show what was logged, of days that are listened to: one of ten, and one played alone.
    #[arg(long)]
    log: bool,
}

/// The days that are being played.
struct Series {
    next: AtomicU64,
    end: u64,
    until: Option<Timestamp>,
    failed: AtomicBool,
    sums: Mutex<Sums>,
}

#[derive(Default)]
struct Sums {
    days: u64,
    broken: u64,
    figures: Figures,
}

pub(super) fn run(days: &Days) -> anyhow::Result<()> {
    let clock = Clock::system();
    let begun = clock.now();
    let drawn = u64::try_from(begun.as_millisecond()).unwrap_or_default();
    let first = days.seed.unwrap_or(drawn);
    let usual = if days.seed.is_some() { 1 } else { USUAL_DAYS };
    let count = if days.length.is_some() { u64::MAX - first } else { days.days.unwrap_or(usual) };
    let folder = Folder::of(days)?;
    let settings = Settings {
        patients: days.patients,
        library: Origin::choose(None).library()?,
        folder: folder.0.clone(),
        trust_the_disk: days.fast_disk,
    };
    let series = Series {
        next: AtomicU64::new(first),
        end: first.saturating_add(count),
        until: days.length.and_then(|length| begun.checked_add(length).ok()),
        failed: AtomicBool::new(false),
        sums: Mutex::default(),
    };
    println!("days of {} patients from seed {first} on", days.patients);
    let threads = days
        .threads
        .map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
    let work = |nth| {
        stay_on_processor(nth);
        series.play_on(days, &settings, &clock)
    };
    let work = &work;
    let played: Result<(), SimulationError> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|nth| scope.spawn(move || work(nth))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Err(SimulationError::MadeUp("thread"))))
    });
    played?;
    let took = clock.now().duration_since(begun);
    series.tell(took)
}

/// Keeps this thread, and those that its databases begin, on one processor: they wait for each other at every
/// statement, and waking somebody on another processor takes longer than most statements.
#[cfg(target_os = "linux")]
fn stay_on_processor(nth: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return };
    let usable = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu));
    let Some(cpu) = usable.cycle().nth(nth) else { return };
    let mut one = CpuSet::new();
    one.set(cpu);
    // Where it isn't allowed, days only take longer.
    let _elsewhere = sched_setaffinity(None, &one);
}

#[cfg(not(target_os = "linux"))]
fn stay_on_processor(_nth: usize) {}

impl Series {
    fn play_on(&self, days: &Days, settings: &Settings, clock: &Clock) -> Result<(), SimulationError> {
        while !self.failed.load(Ordering::Relaxed) && self.until.is_none_or(|until| clock.now() < until) {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed >= self.end {
                break;
            }
            let listening = seed.is_multiple_of(LISTENED_TO) || days.seed.is_some() && days.days.is_none();
            let played = play(seed, settings, listening).inspect_err(|_| self.failed.store(true, Ordering::Relaxed))?;
            self.count(&played, days.verbose);
            if let Some(log) = played.record.log.as_deref().filter(|_| days.log) {
                println!("{log}");
            }
        }
        Ok(())
    }

    fn count(&self, played: &Played, verbose: bool) {
        // Held while it is told: two days' words don't mix.
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.days += 1;
        sums.figures.add(&played.figures);
        if !played.broken.is_empty() {
            sums.broken += 1;
        }
        if verbose || !played.broken.is_empty() && sums.broken <= SHOWN_DAYS {
            show(played, if verbose { usize::MAX } else { SHOWN });
        }
    }

    fn tell(&self, took: SignedDuration) -> anyhow::Result<()> {
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = took.as_secs_f64().max(0.001);
        let days = u32::try_from(sums.days).map_or(f64::MAX, f64::from);
        let figures = &sums.figures;
        println!(
            "{} days in {seconds:.1} s, {:.0} an hour: {} calls, {} requests to dial, {} commits, {} of them failed, \
             the process died {} times, its clock was put {} times, staff changed {} things, \
             {} answers and {} reports were acknowledged",
            sums.days,
            days / seconds * 3_600.0,
            figures.calls,
            figures.asked,
            figures.commits,
            figures.failed,
            figures.deaths,
            figures.clock_steps,
            figures.changes,
            figures.answers,
            figures.reports,
        );
        if sums.broken > 0 {
            bail!("{} of {} days broke a rule; play one again with --seed", sums.broken, sums.days);
        }
        println!("no rule was broken");
        Ok(())
    }
}

fn show(played: &Played, most: usize) {
    for broken in &played.broken {
        println!("seed {}: broken {broken}", played.seed);
    }
    let moments = &played.record.moments;
    println!("seed {}: what happened last, of {} things (digest {}):", played.seed, moments.len(), played.digest);
    for moment in moments.iter().skip(moments.len().saturating_sub(most)) {
        println!("  {moment}");
    }
    println!("again: kenkocall simulate days --seed {} --verbose\n", played.seed);
}

fn duration(text: &str) -> Result<SignedDuration, String> {
    let span: Result<Span, _> = text.parse();
    let length = span.ok().and_then(|span| SignedDuration::try_from(span).ok());
    length.filter(SignedDuration::is_positive).ok_or_else(|| "write a duration as 90s, 10m or 1h".to_owned())
}

/// The folder of this series; one of our own is removed at the end.
struct Folder(PathBuf, bool);

impl Folder {
    fn of(days: &Days) -> anyhow::Result<Self> {
        let (path, own) = match &days.folder {
            Some(folder) => (folder.clone(), false),
            None => {
                let memory = PathBuf::from(IN_MEMORY);
                let parent = if memory.is_dir() { memory } else { std::env::temp_dir() };
                (parent.join(format!("kenkocall-days-{}", std::process::id())), true)
            }
        };
        std::fs::create_dir_all(&path)
            .with_context(|| format!("the folder {} can't be made; name another with --folder", path.display()))?;
        Ok(Self(path, own))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.1 {
            // What is left there is in the way of nothing.
            let _left = std::fs::remove_dir_all(&self.0);
        }
    }
}
