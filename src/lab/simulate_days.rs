//! `kenkocall simulate days`: simulates days of a small health centre with all kinds of faults, and checks each day.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use clap::Args;
use jiff::{SignedDuration, Span, Timestamp};
use serde_json::{Value, json};

use super::simulation::{
    Completion, Death, Figures, Played, Scenario, Settings, SimulationError, play, play_plan, stay_on_processor,
};
use crate::commands::arguments::print_json;
use crate::commands::documents::Origin;
use crate::commands::exit::found;
use crate::commands::output::{closed, outln};
use crate::service::Clock;

/// The default number of days.
const USUAL_DAYS: u64 = 100;
/// The stack of a thread that plays days, in bytes.
const STACK: usize = 16 * 1024 * 1024;
/// The default number of patients per day.
const USUAL_PATIENTS: u32 = 30;
/// The log is kept and checked on one in this many days, and always if only one day is played.
const LISTENED_TO: u64 = 10;
/// The maximum number of last events shown.
const SHOWN: usize = 60;
/// The maximum number of broken days shown. The others are counted.
const SHOWN_DAYS: u64 = 20;
/// A RAM disk, if Linux has one.
const IN_MEMORY: &str = "/dev/shm";

#[derive(Debug, Args)]
pub struct Days {
    /// The first day's seed: the same seed gives the same day. Default: taken from the time, and printed.
    #[arg(long)]
    seed: Option<u64>,
    /// How many days, each with the next seed. Default: 1 with --seed, else 100.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    days: Option<u64>,
    /// Continue for this long, such as 90s, 10m or 1h.
    #[arg(long = "for", value_name = "DURATION", conflicts_with = "days", value_parser = duration)]
    length: Option<SignedDuration>,
    /// Play the day of --seed again for each commit of the services: once the process dies just before it, once just
    /// after it.
    #[arg(long, requires = "seed", conflicts_with_all = ["days", "length"])]
    every_commit: bool,
    /// The process dies just before this commit of the services, counted from 1.
    #[arg(long, value_name = "COMMIT", requires = "seed", conflicts_with_all = ["days", "length", "every_commit"])]
    dies_before: Option<u64>,
    /// The process dies just after this commit.
    #[arg(long, value_name = "COMMIT", requires = "seed",
          conflicts_with_all = ["days", "length", "every_commit", "dies_before"])]
    dies_after: Option<u64>,
    /// Patients per day.
    #[arg(long, default_value_t = USUAL_PATIENTS, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    patients: u32,
    /// Days played at the same time. Default: one for each processor.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// The folder for the databases, one file per day. Default: a RAM disk if there is one.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Don't wait for the disk at each commit; production does.
    #[arg(long)]
    fast_disk: bool,
    /// Show all events, also of days without violations.
    #[arg(long)]
    verbose: bool,
    /// Show the log of days on which it is kept: one in ten, and a single day.
    #[arg(long)]
    log: bool,
    /// Print JSON: the totals, and each broken day that is shown.
    #[arg(long, conflicts_with_all = ["verbose", "log"])]
    json: bool,
}

/// Which days are played. A day is identified by its place in the series.
enum Course {
    /// The place is the seed.
    Seeds,
    /// The day of a seed, with two variants for each of its commits.
    EveryCommit(u64),
    /// One day of a seed.
    Dying(u64, Death),
}

impl Course {
    fn plan(&self, place: u64, patients: u32) -> Scenario {
        let dying = |seed, dies_at| Scenario { dies_at: Some(dies_at), ..Scenario::of(seed, patients) };
        match *self {
            Self::Seeds => Scenario::of(place, patients),
            Self::EveryCommit(seed) if place.is_multiple_of(2) => dying(seed, Death::Before(place / 2 + 1)),
            Self::EveryCommit(seed) => dying(seed, Death::After(place / 2 + 1)),
            Self::Dying(seed, death) => dying(seed, death),
        }
    }
}

/// The days that are being played.
struct Series {
    course: Course,
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
    /// The broken days that are shown, for `--json`.
    shown: Vec<Value>,
}

impl Days {
    /// Prints a sentence, unless the output is JSON, which is printed at the end.
    fn say(&self, sentence: &str) {
        if !self.json {
            outln!("{sentence}");
        }
    }
}

pub(super) fn run(days: &Days) -> anyhow::Result<()> {
    let clock = Clock::system();
    let begun = clock.now();
    let drawn = u64::try_from(begun.as_millisecond()).unwrap_or_default();
    let first = days.seed.unwrap_or(drawn);
    let folder = Folder::of(days)?;
    let settings = Settings {
        patients: days.patients,
        flow_set: Origin::choose(None).flow_set()?,
        folder: folder.0.clone(),
        disable_fsync_for_tests: days.fast_disk,
    };
    let (course, places) = course_of(days, first, &settings)?;
    let series = Series {
        course,
        next: AtomicU64::new(places.start),
        end: places.end,
        until: days.length.and_then(|length| begun.checked_add(length).ok()),
        failed: AtomicBool::new(false),
        sums: Mutex::default(),
    };
    let threads = days
        .threads
        .map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
    let work = |nth| {
        stay_on_processor(nth);
        series.play_on(days, &settings, &clock)
    };
    let work = &work;
    let played: Result<(), SimulationError> = std::thread::scope(|scope| {
        let spawned = (0..threads).map(|nth| with_room().spawn_scoped(scope, move || work(nth)));
        let workers: Vec<_> = spawned.collect::<Result<_, _>>().map_err(SimulationError::Threads)?;
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Err(SimulationError::MadeUp("thread"))))
    });
    played?;
    let took = clock.now().duration_since(begun);
    series.tell(took, days, first)
}

/// Returns what is played, and the range of places.
fn course_of(days: &Days, first: u64, settings: &Settings) -> anyhow::Result<(Course, Range<u64>)> {
    let death = days.dies_before.map(Death::Before).or(days.dies_after.map(Death::After));
    if let Some(death) = death {
        days.say(&format!(
            "the day of seed {first}, with {} patients; the process dies {}",
            days.patients,
            words(death)
        ));
        return Ok((Course::Dying(first, death), 0..1));
    }
    if days.every_commit {
        // Use a separate thread, because a day has its own runtime.
        let whole = std::thread::scope(|scope| {
            let day =
                with_room().spawn_scoped(scope, || play(first, settings, false)).map_err(SimulationError::Threads)?;
            day.join().unwrap_or(Err(SimulationError::MadeUp("thread")))
        });
        let commits = whole?.figures.commits;
        days.say(&format!(
            "the day of seed {first}, with {} patients, for each of its {commits} commits: the process dies before it, \
             and after it",
            days.patients
        ));
        return Ok((Course::EveryCommit(first), 0..commits * 2));
    }
    days.say(&format!("days of {} patients from seed {first} on", days.patients));
    let usual = if days.seed.is_some() { 1 } else { USUAL_DAYS };
    let count = if days.length.is_some() { u64::MAX - first } else { days.days.unwrap_or(usual) };
    Ok((Course::Seeds, first..first.saturating_add(count)))
}

/// A thread for a day. Its futures are deep, and a build that isn't optimised keeps more of them on the stack than a
/// thread usually has.
fn with_room() -> std::thread::Builder {
    std::thread::Builder::new().stack_size(STACK)
}

fn words(death: Death) -> String {
    match death {
        Death::Before(commit) => format!("before commit {commit}"),
        Death::After(commit) => format!("after commit {commit}"),
    }
}

impl Series {
    fn play_on(&self, days: &Days, settings: &Settings, clock: &Clock) -> Result<(), SimulationError> {
        while !self.failed.load(Ordering::Relaxed) && !closed() && self.until.is_none_or(|until| clock.now() < until) {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            if place >= self.end {
                break;
            }
            let alone = days.seed.is_some() && days.days.is_none() && !days.every_commit;
            let played = play_plan(
                self.course.plan(place, settings.patients),
                settings,
                place.is_multiple_of(LISTENED_TO) || alone,
            );
            let played = played.inspect_err(|_| self.failed.store(true, Ordering::Relaxed))?;
            self.count(&played, days);
            if let Some(log) = played.record.log.as_deref().filter(|_| days.log) {
                outln!("{log}");
            }
        }
        Ok(())
    }

    fn count(&self, played: &Played, days: &Days) {
        // Hold the lock while printing, so that the output of two days doesn't mix.
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.days += 1;
        sums.figures.add(&played.figures);
        if !played.broken.is_empty() {
            sums.broken += 1;
        }
        if days.json && !played.broken.is_empty() && sums.broken <= SHOWN_DAYS {
            sums.shown.push(json!({
                "seed": played.seed,
                "dies": played.dies_at.map(words),
                "broken": played.broken.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "again": again(played, days.patients),
            }));
        } else if days.verbose || !played.broken.is_empty() && sums.broken <= SHOWN_DAYS {
            show(played, days);
        }
    }

    fn tell(&self, took: SignedDuration, of: &Days, first: u64) -> anyhow::Result<()> {
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if of.json {
            print_json(&sums.as_json(took, of, first))?;
        } else {
            sums.say(took);
        }
        if sums.broken > 0 {
            return Err(found(format!(
                "{} of {} days broke a rule; play one again with --seed",
                sums.broken, sums.days
            )));
        }
        of.say("no rule was broken");
        Ok(())
    }
}

impl Sums {
    fn say(&self, took: SignedDuration) {
        let seconds = took.as_secs_f64().max(0.001);
        let days = u32::try_from(self.days).map_or(f64::MAX, f64::from);
        let figures = &self.figures;
        outln!(
            "{} days in {seconds:.1} s, {:.0} an hour: {} calls, {} requests to dial, {} commits, {} of them failed, \
             the process died {} times, its clock was put {} times, staff changed {} things, \
             {} answers and {} reports were acknowledged",
            self.days,
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
        if !figures.completion.is_empty() {
            outln!("calls completed by those who wanted to, on days without faults:");
        }
        for (habit, of_kind) in &figures.completion {
            outln!("  {:<16} {}", habit.code(), share(of_kind));
        }
    }

    fn as_json(&self, took: SignedDuration, of: &Days, first: u64) -> Value {
        let figures = &self.figures;
        json!({
            "first_seed": first,
            "patients": of.patients,
            "days": self.days,
            "seconds": took.as_secs_f64(),
            "calls": figures.calls,
            "requests_to_dial": figures.asked,
            "commits": figures.commits,
            "failed_commits": figures.failed,
            "deaths": figures.deaths,
            "clock_steps": figures.clock_steps,
            "changes_by_staff": figures.changes,
            "answers": figures.answers,
            "reports": figures.reports,
            "completion": figures.completion.iter().map(|(habit, of_kind)| {
                let Completion { calls, completed, gave_up } = of_kind;
                json!({ "kind": habit.code(), "calls": calls, "completed": completed, "gave_up": gave_up })
            }).collect::<Vec<_>>(),
            "broken_days": self.broken,
            "broken_days_shown": self.shown,
        })
    }
}

/// The share of the calls of one kind of people. Who decided to hang up is counted apart.
fn share(of: &Completion) -> String {
    let tried = of.calls.saturating_sub(of.gave_up);
    let percent = of.completed as f64 * 100.0 / tried.max(1) as f64;
    format!("{percent:.1} % of {tried}; {} more hung up of their own accord", of.gave_up)
}

fn show(played: &Played, days: &Days) {
    let day = played.dies_at.map_or_else(
        || format!("seed {}", played.seed),
        |death| format!("seed {}, dead {}", played.seed, words(death)),
    );
    for broken in &played.broken {
        outln!("{day}: broken {broken}");
    }
    let moments = &played.record.moments;
    let most = if days.verbose { usize::MAX } else { SHOWN };
    outln!("{day}: what happened last, of {} things (digest {}):", moments.len(), played.digest);
    for moment in moments.iter().skip(moments.len().saturating_sub(most)) {
        outln!("  {moment}");
    }
    outln!("again: {}\n", again(played, days.patients));
}

/// Returns the command that plays a day again.
fn again(played: &Played, patients: u32) -> String {
    let mut command = format!("kenkocall simulate days --seed {}", played.seed);
    match played.dies_at {
        Some(Death::Before(commit)) => command += &format!(" --dies-before {commit}"),
        Some(Death::After(commit)) => command += &format!(" --dies-after {commit}"),
        None => {}
    }
    if patients != USUAL_PATIENTS {
        command += &format!(" --patients {patients}");
    }
    command + " --verbose"
}

fn duration(text: &str) -> Result<SignedDuration, String> {
    let span: Result<Span, _> = text.parse();
    let length = span.ok().and_then(|span| SignedDuration::try_from(span).ok());
    length.filter(SignedDuration::is_positive).ok_or_else(|| "write a duration as 90s, 10m or 1h".to_owned())
}

/// The folder of this series. A temporary folder is removed at the end.
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
            // Files that can't be removed do no harm.
            let _left = std::fs::remove_dir_all(&self.0);
        }
    }
}
