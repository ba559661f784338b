//! One simulated day from its scenario to its verdict. The services start, die and restart while the environment
//! continues.

use std::collections::{BTreeMap, HashMap};
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
use crate::carrier::network::Answering;
use crate::carrier::simulator::{Habit, NetworkFaults};
use crate::domain::{CallId, CallingHours, CentreCode, CentreName, DataOrigin, Disposition, PhoneNumber};
use crate::flow::FlowSet;
use crate::lab::VirtualClock;
use crate::policy::ReportCovers;
use crate::service::{CentreChange, CountedIds, ImportMode, ServiceError, add_centre, import_patients};
use crate::store::flow_sets::{self, FlowSetRow};
use crate::store::snapshot::Snapshot;
use crate::store::{Database, StoreError};

/// The centre's code.
const CENTRE: &str = "99999";
/// The code of the centre to which patients are transferred.
const SECOND: &str = "99998";
/// The centre's name. No patient has this name.
const CENTRE_NAME: &str = "試験保健所";
/// The centre's number.
const CENTRE_PHONE: &str = "+81352113641";
/// The maximum number of server runs per day.
const MOST_LIVES: usize = 100;

/// The number of days that this process has begun.
static PLAYED: AtomicU64 = AtomicU64::new(0);

/// The settings of simulated days.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The number of patients per day.
    pub patients: u32,
    /// The flow documents.
    pub flow_set: Arc<FlowSet>,
    /// A folder for the databases: one file per day, removed when the day is over.
    pub folder: PathBuf,
    /// Whether commits don't wait for the disk. A RAM disk makes no difference.
    pub disable_fsync_for_tests: bool,
}

/// Why a day couldn't be played. The cause is the machine, not the services.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// The folder can't be used.
    #[error("the folder for the simulated days can't be used ({0}); name another with --folder")]
    Folder(#[from] std::io::Error),
    /// The threads that play days can't be started.
    #[error("the threads for the simulated days can't be started ({0})")]
    Threads(std::io::Error),
    /// The database can't be used.
    #[error("the database of a simulated day can't be used")]
    Store(#[from] StoreError),
    /// The patients couldn't be registered.
    #[error("the people of a simulated day can't be registered")]
    Service(#[from] ServiceError),
    /// A made-up value is invalid.
    #[error("the simulation's own {0} can't be read; this is a defect")]
    MadeUp(&'static str),
}

/// A played day.
#[derive(Debug)]
pub struct Played {
    /// The seed.
    pub seed: u64,
    /// The commit at which the process was made to die.
    pub dies_at: Option<Death>,
    /// The event log of the day.
    pub record: EventLog,
    /// The broken invariants.
    pub broken: Vec<Violation>,
    /// A digest of all events. The same seed gives the same digest.
    pub digest: String,
    /// The counts.
    pub figures: Figures,
}

/// The calls to people of one kind who wanted to answer all questions, on days without faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Completion {
    /// Calls that were answered and not ended from our side.
    pub calls: usize,
    /// Calls in which the report was finished.
    pub completed: usize,
    /// Calls in which the person decided to hang up, whatever was asked.
    pub gave_up: usize,
}

/// Counts of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Calls that the network carried, in both directions.
    pub calls: usize,
    /// Requests to dial.
    pub asked: usize,
    /// Commits of the services.
    pub commits: u64,
    /// Deaths of the services.
    pub deaths: usize,
    /// Failed commits.
    pub failed: usize,
    /// Clock steps, forward or back.
    pub clock_steps: usize,
    /// Changes by staff.
    pub changes: usize,
    /// Acknowledged answers.
    pub answers: usize,
    /// Acknowledged reports.
    pub reports: usize,
    /// How many calls were completed, by the kind of person.
    pub completion: BTreeMap<Habit, Completion>,
}

impl Figures {
    /// Adds the counts of another day.
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
        for (habit, of_day) in &other.completion {
            let sum = self.completion.entry(*habit).or_default();
            sum.calls += of_day.calls;
            sum.completed += of_day.completed;
            sum.gave_up += of_day.gave_up;
        }
    }
}

/// Plays the day of a seed. With `listening`, the log is kept and checked.
///
/// # Errors
/// The machine can't play the day. A broken invariant isn't an error.
pub fn play(seed: u64, settings: &Settings, listening: bool) -> Result<Played, SimulationError> {
    play_plan(Scenario::of(seed, settings.patients), settings, listening)
}

/// Plays a scenario.
///
/// # Errors
/// See [`play`].
pub fn play_plan(plan: Scenario, settings: &Settings, listening: bool) -> Result<Played, SimulationError> {
    let log = Log::default();
    let listens = listening.then(|| log.listen());
    // Each day has its own file name: connections of a finished day may close, and clean up, a little later.
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
        let code = |code| CentreCode::parse(code).map_err(|_| SimulationError::MadeUp("centre code"));
        let world = Environment::new(plan, time, ahead, clock, [code(CENTRE)?, code(SECOND)?]);
        let faults = Faults::of(&world);
        Ok(Self { settings, world, faults, url, ids })
    }

    /// Runs the services again and again until the day is over. Returns the tables at the end.
    fn play_out(&self) -> Result<Snapshot, SimulationError> {
        let mut coming: UpcomingEvents = self.world.plan.happenings.iter().cloned().collect();
        let mut down = SignedDuration::ZERO;
        for _ in 0..MOST_LIVES {
            self.ids.restart();
            let process = runtime()?;
            let life = ServerRun { world: &self.world, faults: &self.faults, url: &self.url, settings: self.settings };
            let end = process.block_on(life.begin_after(down, &mut coming))?;
            // Everything in memory is lost: tasks, requests in progress, transactions.
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
        let centre = self.world.centre.clone();
        let record = EventLog { zone, date: plan.date, centre, most_calls, asked, placed, moments, tables, log };
        let count =
            |fits: fn(&LoggedEventKind) -> bool| record.moments.iter().filter(|moment| fits(&moment.what)).count();
        let mut figures = Figures {
            calls: record.placed.len(),
            asked: record.asked.len(),
            commits: self.faults.commits(),
            deaths: count(|what| matches!(what, LoggedEventKind::Died { .. })),
            failed: count(|what| matches!(what, LoggedEventKind::CommitFailed { .. })),
            clock_steps: count(|what| matches!(what, LoggedEventKind::ClockStepped(_))),
            changes: count(|what| matches!(what, LoggedEventKind::Changed(..) | LoggedEventKind::CentreChanged(_))),
            answers: count(|what| matches!(what, LoggedEventKind::Promised { .. })),
            reports: count(|what| matches!(what, LoggedEventKind::Received { .. })),
            completion: BTreeMap::new(),
        };
        let faults = figures.deaths + figures.failed + figures.clock_steps;
        let storms = count(|what| matches!(what, LoggedEventKind::WeatherTurned));
        if faults + storms == 0 && plan.network_faults == NetworkFaults::FAIR {
            figures.completion = completion(&record);
        }
        let broken = check(&record);
        Played { seed: plan.seed, dies_at: plan.dies_at, digest: digest(&record), broken, figures, record }
    }
}

/// How many calls to people who wanted to answer everything were completed.
fn completion(record: &EventLog) -> BTreeMap<Habit, Completion> {
    let read = |word: &str| Disposition::from_code(word);
    let ends = record.tables.calls.iter().filter_map(|call| Some((call.id, read(call.disposition.as_deref()?)?)));
    let ended: HashMap<CallId, Disposition> = ends.collect();
    let mut completion: BTreeMap<Habit, Completion> = BTreeMap::new();
    for placed in &record.placed {
        let Some(habit) = placed.habit.filter(|habit| habit.wants_to_finish()) else { continue };
        let disposition = placed.call.and_then(|call| ended.get(&call));
        let (Some(disposition), Answering::Answered) = (disposition, placed.listed.answering) else { continue };
        if matches!(disposition, Disposition::Withdrawn | Disposition::Maintenance | Disposition::SystemFailure) {
            continue;
        }
        let of_kind = completion.entry(habit).or_default();
        of_kind.calls += 1;
        of_kind.completed += usize::from(*disposition == Disposition::Reported);
        of_kind.gave_up += usize::from(placed.gave_up);
    }
    completion
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

/// Registers the centre and its patients with the functions that the commands use.
pub(super) async fn register(world: &Environment) -> Result<(), SimulationError> {
    let Some(client) = world.client() else { return Err(SimulationError::MadeUp("office")) };
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
    for code in [&world.centre, &world.second] {
        let (name, phone) = (name.clone(), phone.clone());
        add_centre(&client.context, &client.actor, code.clone(), name, phone, &change).await?;
    }
    let list = list_of(&plan.people);
    import_patients(&client.context, &client.actor, &world.centre, list.as_bytes(), ImportMode::Write, |_, _| {})
        .await?;
    let standings = (0..).zip(plan.people.iter().cloned());
    let mut notes = vec![LoggedEventKind::CentreChanged(rules.clone())];
    notes.extend(standings.map(|(nth, standing)| LoggedEventKind::Changed(nth, standing)));
    world.note_all(notes);
    Ok(())
}

/// Returns a database with all tables and the flow documents. It is created once, and each day begins with a copy.
fn template(settings: &Settings) -> Result<PathBuf, SimulationError> {
    let path = settings.folder.join(format!("empty-{}.db", std::process::id()));
    if path.exists() {
        return Ok(path);
    }
    // Several threads may create it at the same time. Each creates its own, and the last one is kept.
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

/// The file of a database. It is removed when dropped.
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
            // Files that don't exist needn't be removed.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::refusal;
    use crate::service::CheckpointError;

    fn denied() -> std::io::Error {
        std::io::Error::new(std::io::ErrorKind::PermissionDenied, "permission denied by the test")
    }

    #[test]
    fn each_cause_is_told_once() {
        for error in [SimulationError::from(denied()), ServiceError::from(CheckpointError::from(denied())).into()] {
            let told = refusal::told(&error.into());
            assert_eq!(told.matches("permission denied by the test").count(), 1, "{told}");
        }
    }
}
