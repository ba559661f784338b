//! A day of a simulated health centre: patients with numbers and call times, scripted people, and a virtual clock.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::simulator::{self, Behaviour, Caller, Identity, NetworkFaults, Population, Script};
use kenkocall::domain::{Actor, CallTimes, CallingHours, HersysId, Operator, PhoneNumber, StaffName, SystemUser};
use kenkocall::flow::FlowSet;
use kenkocall::lab::{
    Rhythm, STEP, Simulation, SyntheticDay, VirtualClock, add_synthetic_day, synthetic_identity, synthetic_number,
};
use kenkocall::patient_import::Column;
use kenkocall::policy::{CallPrice, DayLimits, GuessingLimits};
use kenkocall::service::{
    Client, Clock, Context, ConversationError, DialerSettings, FlowSetCache, LineSettings, Outcome, SimulatedCarrier,
    change_centre, change_patient,
};
use kenkocall::store::flow_sets::{self, FlowSetRow};
use kenkocall::store::{CommitHook, Database};

use crate::databases::Fresh;
use crate::db_assertions::DatabaseAssertions;

/// The settings of a day. Most tests change few of them.
pub struct Plan {
    /// The start of the clock, in the health centre's time zone.
    pub start: &'static str,
    /// The call times of each patient.
    pub patients: Vec<&'static str>,
    /// The behaviour of the people at the numbers, by patient. The others answer immediately and answer all
    /// questions.
    pub people: Vec<(u32, Vec<Behaviour>)>,
    /// The people at other numbers, such as staff's.
    pub at_numbers: Vec<(PhoneNumber, Vec<Behaviour>)>,
    pub hours: &'static str,
    pub network_faults: NetworkFaults,
    pub calls_per_second: f64,
    pub concurrent_calls: u32,
    /// The fate of the services' commits; `None` for no interference.
    pub fate: Option<Arc<dyn CommitHook>>,
    pub day_limits: DayLimits,
    pub price: CallPrice,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            start: "2026-11-24T07:00:00+09:00",
            patients: vec!["09:00"],
            people: Vec::new(),
            at_numbers: Vec::new(),
            hours: "08:00-20:00",
            network_faults: NetworkFaults::FAIR,
            calls_per_second: 10.0,
            concurrent_calls: 50,
            fate: None,
            day_limits: DayLimits::default(),
            price: CallPrice { per_minute: 20.0, longest_minutes: 60 },
        }
    }
}

/// A person who answers after this many seconds and answers all questions at a steady pace.
pub fn answers_after(seconds: u64) -> Behaviour {
    Script::answers(Duration::from_secs(seconds)).into()
}

type Told = Arc<Mutex<Vec<(Timestamp, Option<String>)>>>;

pub struct Day {
    pub simulation: Simulation,
    pub client: Client,
    pub kept: DatabaseAssertions,
    /// How far our clock is ahead of the network's, in seconds.
    ahead: Arc<AtomicI64>,
    /// What callers heard, and when: prompts, or `None` if they were asked to call again.
    told: Told,
}

impl Day {
    pub async fn begin(fresh: &Fresh, plan: Plan) -> Self {
        let start: Timestamp = plan.start.parse().unwrap();
        let clock = VirtualClock::at(start);
        let flow_set = shipped();
        let files = serde_json::to_string(&flow_set.files).unwrap();
        let mut tx = fresh.database.begin_write().await.unwrap();
        let set = FlowSetRow { digest: flow_set.digest.clone(), files, loaded_at: start };
        flow_sets::put(&mut tx, &set).await.unwrap();
        tx.commit().await.unwrap();
        let ahead = Arc::new(AtomicI64::new(0));
        let database = match plan.fate {
            Some(fate) => fresh.database.clone().with_commit_hook(fate),
            None => fresh.database.clone(),
        };
        let (context, line_settings) = context(database, flow_set, ours(&clock, &ahead));
        let mut population = Population::default();
        for nth in 0..u32::try_from(plan.patients.len()).unwrap() + 20 {
            population.put(synthetic_number(nth).unwrap(), vec![answers_after(2)]);
        }
        for (nth, manners) in plan.people {
            population.put(synthetic_number(nth).unwrap(), manners);
        }
        for (number, manners) in plan.at_numbers {
            population.put(number, manners);
        }
        let people = simulator::Settings {
            people: population,
            network_faults: plan.network_faults,
            ..simulator::Settings::default()
        };
        let dialling = DialerSettings {
            from: PhoneNumber::from_e164("+815000000000").unwrap(),
            ring_seconds: 30,
            calls_per_second: plan.calls_per_second,
            concurrent_calls: plan.concurrent_calls,
            unknown_grace: SignedDuration::from_secs(120),
            silence: SignedDuration::from_secs(60),
            tick: STEP.unsigned_abs(),
            day_limits: plan.day_limits,
            price: plan.price,
        };
        let synthetic = SyntheticDay {
            hours: plan.hours.parse::<CallingHours>().unwrap(),
            times: plan.patients.iter().map(|times| times.parse::<CallTimes>().unwrap()).collect(),
            patients: u32::try_from(plan.patients.len()).unwrap(),
            after: start,
        };
        add_synthetic_day(&fresh.database, &synthetic).await.unwrap();
        let operator = Operator {
            name: StaffName::parse("nurse").unwrap(),
            system_user: SystemUser::new(0, Some("root")),
            centre: None,
        };
        let client = Client {
            context: Context::new(fresh.database.clone(), ours(&clock, &ahead)),
            actor: Actor::Operator(operator),
        };
        let told = Arc::new(Mutex::new(Vec::new()));
        let (tell, time) = (Arc::clone(&told), clock.clone());
        let lines = SimulatedCarrier::new(simulator::Network::new(people), clock.clock());
        let lines = lines.listened_to(Arc::new(move |heard| {
            if heard.news.what.wants_reply() {
                tell.lock().unwrap().push((time.now(), prompts(heard.outcome)));
            }
        }));
        let simulation = Simulation::on(context, line_settings, lines, clock, dialling);
        Self { simulation, client, kept: DatabaseAssertions::at(&fresh.url), ahead, told }
    }

    /// A context with other connections to the same database.
    pub fn context_on(&self, database: Database) -> Arc<Context> {
        context(database, shipped(), ours(&self.simulation.clock, &self.ahead)).0
    }

    /// Continues until `time` at the health centre, `HH:MM` or `HH:MM:SS` on the clock's current day.
    pub async fn until(&self, time: &str) {
        let time = if time.len() == 5 { format!("{time}:00") } else { time.to_owned() };
        let date = TimeZone::get("Asia/Tokyo").unwrap().to_datetime(self.simulation.clock.now()).date();
        self.until_moment(&format!("{date}T{time}+09:00")).await;
    }

    pub async fn until_moment(&self, moment: &str) {
        self.simulation.run_until(moment.parse().unwrap()).await.unwrap();
    }

    /// Sets the clock without processing anything: the program is down meanwhile.
    pub fn down_until(&self, moment: &str) {
        self.simulation.clock.set(moment.parse().unwrap());
    }

    /// Continues until `time` like a process whose database fails: failed work is retried in the next round.
    pub async fn through_failures_until(&self, time: &str) {
        let date = TimeZone::get("Asia/Tokyo").unwrap().to_datetime(self.simulation.clock.now()).date();
        let end: Timestamp = format!("{date}T{time}:00+09:00").parse().unwrap();
        let mut rhythm = Rhythm::default();
        while self.simulation.clock.now() < end {
            let soon = self.simulation.clock.now() + STEP;
            let next = match self.simulation.round(&mut rhythm).await {
                Ok(round) => round.next_at.unwrap_or(end),
                Err(_) => {
                    rhythm.disturb();
                    soon
                }
            };
            self.simulation.clock.set(next.max(soon).min(end));
        }
    }

    /// What callers heard since `moment`.
    pub fn told_since(&self, moment: Timestamp) -> Vec<Option<String>> {
        self.told.lock().unwrap().iter().filter(|(at, _)| *at >= moment).map(|(_, said)| said.clone()).collect()
    }

    /// Sets our clock this many seconds ahead of the network's.
    pub fn clock_is_ahead(&self, seconds: i64) {
        self.ahead.store(seconds, Ordering::Relaxed);
    }

    pub async fn set(&self, nth: u32, values: &[(Column, &str)]) {
        change_patient(&self.client.context, &self.client.actor, &id(nth), None, values).await.unwrap();
    }

    pub async fn centre(&self, change: kenkocall::service::CentreChange) {
        let code = kenkocall::domain::CentreCode::parse(kenkocall::lab::SYNTHETIC_CENTRE).unwrap();
        change_centre(&self.client.context, &self.client.actor, &code, &change).await.unwrap();
    }

    /// A patient calls the health-call line from the registered number.
    pub fn rings_in(&self, nth: u32) {
        self.rings_in_from(nth, synthetic_number(nth));
    }

    /// A person who knows a patient's HER-SYS ID and birth date calls the health-call line, from any number or from a
    /// hidden one.
    pub fn rings_in_from(&self, nth: u32, number: Option<PhoneNumber>) {
        let (hersys_id, birth_date) = synthetic_identity(nth).unwrap();
        let caller = Caller {
            people: vec![Identity { hersys_id, birth_date }],
            language: kenkocall::domain::Language::Japanese,
            script: Some(Script::answers(Duration::ZERO)),
        };
        let line = kenkocall::domain::Line::HealthCall;
        let leg = self.simulation.lines.with(|network, now| network.ring_in(number, line, caller, now));
        assert!(leg.is_some());
    }

    /// The slots of all patients in order: `HH:MM state reason tries`.
    pub async fn slots(&self) -> Vec<String> {
        let sql = "SELECT slot_time, state, reason, CAST(tries AS text) FROM slots ORDER BY slot_date, slot_time, id";
        let rows = self.kept.rows(sql).await;
        rows.into_iter()
            .map(|row| row.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// The attempts in order: `number-ends outcome`.
    pub async fn attempts(&self) -> Vec<String> {
        let sql = "SELECT phone_number, state, outcome FROM attempts ORDER BY intended_at, call_id";
        let rows = self.kept.rows(sql).await;
        rows.into_iter()
            .map(|row| {
                let ends = &row[0][row[0].len() - 2..];
                format!("{ends} {}", if row[2].is_empty() { &row[1] } else { &row[2] })
            })
            .collect()
    }

    /// Which phones rang, and when, from the simulated network's own record: `HH:MM:SS number-ends`.
    pub fn rang(&self) -> Vec<String> {
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let placed = self.simulation.lines.with(|network, _| network.placed());
        let ours = placed.into_iter().filter(|placed| placed.call.is_some());
        ours.map(|placed| {
            let at = zone.to_datetime(placed.listed.created_at.unwrap()).strftime("%H:%M:%S").to_string();
            let number = placed.listed.to.unwrap().expose().to_owned();
            format!("{at} {}", &number[number.len() - 2..])
        })
        .collect()
    }

    /// The kinds of the open alerts, oldest first.
    pub async fn alerts(&self) -> Vec<String> {
        self.kept.column("SELECT kind FROM alerts WHERE closed_at IS NULL ORDER BY raised_at, id").await
    }

    /// Everything that was said in automated calls: the names of the prompts, in order.
    pub async fn said(&self) -> String {
        let sql = "SELECT t.reply FROM turns t JOIN attempts a ON a.call_id = t.call_id ORDER BY t.at, t.turn";
        self.kept.column(sql).await.join("\n")
    }
}

fn prompts(outcome: &Result<Outcome, ConversationError>) -> Option<String> {
    match outcome {
        Ok(Outcome::Reply { reply, .. }) => {
            Some(reply.say.iter().map(|said| said.prompt.as_str()).collect::<Vec<_>>().join(" "))
        }
        Ok(_) => Some(String::new()),
        Err(_) => None,
    }
}

/// Our clock, ahead of the network's by `ahead`.
fn ours(clock: &VirtualClock, ahead: &Arc<AtomicI64>) -> Clock {
    let (shown, steady, ahead) = (clock.clone(), clock.clone(), Arc::clone(ahead));
    Clock::reading(move || shown.now() + SignedDuration::from_secs(ahead.load(Ordering::Relaxed)))
        .beside(move || steady.now().as_duration().unsigned_abs())
}

fn context(database: Database, flow_set: Arc<FlowSet>, clock: Clock) -> (Arc<Context>, Arc<LineSettings>) {
    (
        Context::new(database, clock),
        Arc::new(LineSettings {
            flow_sets: FlowSetCache::new(flow_set),
            guessing: GuessingLimits::default(),
            zone: TimeZone::get("Asia/Tokyo").unwrap(),
            fallback_centre: None,
            health_call_number: None,
            call_back_number: Some(PhoneNumber::from_e164("+815000000000").unwrap()),
        }),
    )
}

pub fn id(nth: u32) -> HersysId {
    synthetic_identity(nth).unwrap().0
}

/// The built-in documents.
pub fn shipped() -> Arc<FlowSet> {
    fn gather(folder: &Path, root: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                gather(&path, root, files);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("call_flows");
    let mut files = BTreeMap::new();
    gather(&root, &root, &mut files);
    Arc::new(FlowSet::checked(files).expect("shipped documents"))
}
