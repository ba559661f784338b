//! One day from its plan to its verdict: services that live, die and are started anew in a world that goes on.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};

use super::check::{Violation, check};
use super::environment::Environment;
use super::event_log::{EventLog, LoggedEventKind};
use super::faults::Faults;
use super::generators::{SMS, written};
use super::log::Log;
use super::scenario::{Death, Scenario};
use super::server_run::{End, ServerRun, UpcomingEvents};
use super::staff::list_of;
use crate::domain::{CallingHours, CentreCode, CentreName, DataOrigin, PhoneNumber};
use crate::flow::FlowSet;
use crate::policy::ReportCovers;
use crate::service::{CentreChange, CountedIds, ImportMode, ServiceError, VirtualClock, add_centre, import_patients};
use crate::store::flow_sets::{self, FlowSetRow};
use crate::store::snapshot::Snapshot;
use crate::store::{Database, StoreError};

/// The centre's code.
const CENTRE: &str = "99999";
/// Its name; it isn't that of any patient.
const CENTRE_NAME: &str = "試験保健所";
/// Its number.
const CENTRE_PHONE: &str = "+81352113641";
/// The most lives of one day.
const MOST_LIVES: usize = 100;

/// Days that this process has begun.
static PLAYED: AtomicU64 = AtomicU64::new(0);

/// Where days are played.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Patients of a day.
    pub patients: u32,
    /// The flow documents.
    pub flow_set: Arc<FlowSet>,
    /// A folder for the databases: one file a day, removed when the day is over.
    pub folder: PathBuf,
    /// Whether commits don't wait for the disk. On a disk in memory there is nothing to wait for.
    pub disable_fsync_for_tests: bool,
}

/// Why a day couldn't be played: nothing about the services, but about the machine.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// The folder.
    #[error("the folder for the simulated days can't be used ({0}); name another with --folder")]
    Folder(#[from] std::io::Error),
    /// The database.
    #[error("the database of a simulated day can't be used: {0}")]
    Store(#[from] StoreError),
    /// The people couldn't be registered.
    #[error("the people of a simulated day can't be registered: {0}")]
    Desk(#[from] ServiceError),
    /// Something made up isn't what it should be.
    #[error("the simulation's own {0} can't be read; this is a defect")]
    MadeUp(&'static str),
}

/// A day that was played.
#[derive(Debug)]
pub struct Played {
    /// Its seed.
    pub seed: u64,
    /// The commit at which the process was made to die.
    pub dies_at: Option<Death>,
    /// What it left behind.
    pub record: EventLog,
    /// The rules that were broken.
    pub broken: Vec<Violation>,
    /// What happened, to the letter: the same for the same seed.
    pub digest: String,
    /// How much happened.
    pub figures: Figures,
}

/// How much happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Calls that the network carried, both ways.
    pub calls: usize,
    /// Requests to dial.
    pub asked: usize,
    /// Commits of the services.
    pub commits: u64,
    /// How often the services died.
    pub deaths: usize,
    /// Commits that failed.
    pub failed: usize,
    /// How often their clock was put forward or back.
    pub clock_steps: usize,
    /// What staff changed.
    pub changes: usize,
    /// Answers that were acknowledged.
    pub answers: usize,
    /// Reports that were.
    pub reports: usize,
}

impl Figures {
    /// Adds those of another day.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.asked += other.asked;
        self.commits += other.commits;
        self.deaths += other.deaths;
        self.failed += other.failed;
        self.clock_steps += other.clock_steps;
        self.changes += other.changes;
        self.answers += other.answers;
        self.reports += other.reports;
    }
}

/// Plays the day of a seed. With `listening` what is logged is kept and looked at.
///
/// # Errors
/// When the machine doesn't let it be played; a broken rule is no error.
pub fn play(seed: u64, settings: &Settings, listening: bool) -> Result<Played, SimulationError> {
    play_plan(Scenario::of(seed, settings.patients), settings, listening)
}

/// Plays a plan.
///
/// # Errors
/// As [`play`].
pub fn play_plan(plan: Scenario, settings: &Settings, listening: bool) -> Result<Played, SimulationError> {
    let log = Log::default();
    let listens = listening.then(|| log.listen());
    // A name of its own for each: connections of a day that is over may close, and clear away, a little later.
    let nth = PLAYED.fetch_add(1, Ordering::Relaxed);
    let file = File::copy_of(&template(settings)?, &settings.folder.join(format!("day-{}-{nth}.db", plan.seed)))?;
    let day = Day::begin(plan, settings, &file.0)?;
    let tables = day.play_out()?;
    drop(listens);
    Ok(day.verdict(tables, listening.then(|| log.text())))
}

struct Day<'a> {
    settings: &'a Settings,
    world: Arc<Environment>,
    faults: Arc<Faults>,
    url: String,
    ids: CountedIds,
}

impl<'a> Day<'a> {
    fn begin(plan: Scenario, settings: &'a Settings, file: &Path) -> Result<Self, SimulationError> {
        let url = format!("sqlite://{}", file.display());
        let (time, ahead) = (VirtualClock::at(plan.begins), Arc::new(AtomicI64::new(0)));
        let clock = Environment::services_clock(&time, &ahead);
        let ids = CountedIds::by(clock.clone());
        let centre = CentreCode::parse(CENTRE).map_err(|_| SimulationError::MadeUp("centre code"))?;
        let world = Environment::new(plan, time, ahead, clock, centre);
        let faults = Faults::of(&world);
        Ok(Self { settings, world, faults, url, ids })
    }

    /// Lives follow one another until the day is over. Gives the tables then.
    fn play_out(&self) -> Result<Snapshot, SimulationError> {
        let mut coming: UpcomingEvents = self.world.plan.happenings.iter().cloned().collect();
        let mut down = SignedDuration::ZERO;
        for _ in 0..MOST_LIVES {
            self.ids.restart();
            let process = runtime()?;
            let life = ServerRun { world: &self.world, faults: &self.faults, url: &self.url, settings: self.settings };
            let end = process.block_on(life.begin_after(down, &mut coming))?;
            // What was in memory is gone: tasks, requests in progress, transactions.
            drop(process);
            match end {
                End::OfTheDay(tables) => return Ok(*tables),
                End::Died { down: so_long } => down = so_long,
            }
        }
        Err(SimulationError::MadeUp("end of the day"))
    }

    fn verdict(&self, tables: Snapshot, log: Option<String>) -> Played {
        let plan = &self.world.plan;
        let (asked, placed) =
            self.world.lines.with(|network, _| (network.asked().iter().cloned().collect::<Vec<_>>(), network.placed()));
        let moments = std::mem::take(&mut self.world.state().moments);
        let (zone, most_calls) = (plan.time_zone(), plan.most_calls);
        let record = EventLog { zone, date: plan.date, most_calls, asked, placed, moments, tables, log };
        let count =
            |fits: fn(&LoggedEventKind) -> bool| record.moments.iter().filter(|moment| fits(&moment.what)).count();
        let figures = Figures {
            calls: record.placed.len(),
            asked: record.asked.len(),
            commits: self.faults.commits(),
            deaths: count(|what| matches!(what, LoggedEventKind::Died { .. })),
            failed: count(|what| matches!(what, LoggedEventKind::CommitFailed { .. })),
            clock_steps: count(|what| matches!(what, LoggedEventKind::ClockStepped(_))),
            changes: count(|what| matches!(what, LoggedEventKind::Changed(..) | LoggedEventKind::CentreChanged(_))),
            answers: count(|what| matches!(what, LoggedEventKind::Promised { .. })),
            reports: count(|what| matches!(what, LoggedEventKind::Received { .. })),
        };
        let broken = check(&record);
        Played { seed: plan.seed, dies_at: plan.dies_at, digest: digest(&record), broken, figures, record }
    }
}

fn runtime() -> Result<Runtime, SimulationError> {
    Ok(Builder::new_current_thread().enable_time().build()?)
}

pub(super) async fn open(url: &str, settings: &Settings) -> Result<Database, StoreError> {
    let database = Database::open(url, 1).await?;
    if settings.disable_fsync_for_tests {
        database.disable_fsync_for_tests().await?;
    }
    Ok(database)
}

/// The centre and its patients, by the same functions as the commands.
pub(super) async fn register(world: &Environment) -> Result<(), SimulationError> {
    let Some(clerk) = world.clerk() else { return Err(SimulationError::MadeUp("office")) };
    let (plan, rules) = (&world.plan, &world.plan.rules);
    let change = CentreChange {
        time_zone: Some(plan.zone.to_owned()),
        calling_hours: Some(CallingHours { open: rules.open, close: rules.close.into() }),
        retry: written(&rules.retry).parse().ok(),
        report_covers: Some(if rules.report_covers_day { ReportCovers::Day } else { ReportCovers::Slot }),
        concurrent_calls: Some(plan.centre_calls),
        calls_per_day: Some(plan.most_calls),
        missed_call_sms: Some(plan.sms.then(|| SMS.parse().ok()).flatten()),
        ..CentreChange::default()
    };
    let phone = PhoneNumber::from_e164(CENTRE_PHONE).map_err(|_| SimulationError::MadeUp("phone number"))?;
    let name = CentreName::parse(CENTRE_NAME).map_err(|_| SimulationError::MadeUp("centre's name"))?;
    add_centre(&clerk, world.centre.clone(), name, phone, &change).await?;
    let list = list_of(&plan.people);
    import_patients(&clerk, &world.centre, list.as_bytes(), ImportMode::Write, |_, _| {}).await?;
    let standings = (0..).zip(plan.people.iter().cloned());
    let mut notes = vec![LoggedEventKind::CentreChanged(rules.clone())];
    notes.extend(standings.map(|(nth, standing)| LoggedEventKind::Changed(nth, standing)));
    world.note_all(notes);
    Ok(())
}

/// A database with all tables and the flow documents, made once: each day begins with a copy.
fn template(settings: &Settings) -> Result<PathBuf, SimulationError> {
    let path = settings.folder.join(format!("empty-{}.db", std::process::id()));
    if path.exists() {
        return Ok(path);
    }
    // Several threads may be about it: each makes its own, and the last one stands.
    let own = File(settings.folder.join(format!("empty-{:?}.db", std::thread::current().id())));
    runtime()?.block_on(async {
        let database = Database::open(&format!("sqlite://{}", own.0.display()), 1).await?;
        database.migrate(DataOrigin::Simulated).await?;
        let flow_set = &settings.flow_set;
        let files = serde_json::to_string(&flow_set.files).map_err(|_| SimulationError::MadeUp("flow documents"))?;
        let mut tx = database.begin_write().await?;
        let loaded_at = jiff::Timestamp::UNIX_EPOCH;
        flow_sets::put(&mut tx, &FlowSetRow { digest: flow_set.digest.clone(), files, loaded_at }).await?;
        tx.commit().await?;
        database.close().await;
        Ok::<(), SimulationError>(())
    })?;
    std::fs::rename(&own.0, &path)?;
    Ok(path)
}

/// The file of a database, removed when it is no longer needed.
struct File(PathBuf);

impl File {
    fn copy_of(original: &Path, path: &Path) -> std::io::Result<Self> {
        let file = Self(path.to_owned());
        std::fs::copy(original, path)?;
        Ok(file)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-lock"] {
            let mut path = self.0.clone().into_os_string();
            path.push(end);
            // One that isn't there needs no removing.
            let _gone = std::fs::remove_file(path);
        }
    }
}

fn digest(record: &EventLog) -> String {
    let mut hash = Sha256::new();
    for moment in &record.moments {
        hash.update(format!("{moment:?}\n"));
    }
    hash.update(format!("{:?}\n{:?}\n{:?}", record.asked, record.placed, record.tables));
    for answer in &record.tables.answers {
        hash.update(answer.entry.expose());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
