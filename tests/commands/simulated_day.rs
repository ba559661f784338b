//! A health centre's day on the simulated phone network, next to the real program on the same database.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kenkocall::carrier::simulator::{Behaviour, Health, Network, NetworkFaults, Population, Script, Settings};
use kenkocall::domain::{CallTimes, CallingHours, Keys, PhoneNumber};
use kenkocall::flow::FlowSet;
use kenkocall::lab::{
    FIRST_MADE_UP_ID, STEP, SYNTHETIC_CENTRE, Simulation, SyntheticDay, VirtualClock, add_synthetic_day,
    synthetic_number,
};
use kenkocall::policy::{CallPrice, DayLimits, GuessingLimits};
use kenkocall::service::{self, DialerSettings, FlowSetCache, LineSettings};
use kenkocall::store::flow_sets::{self, FlowSetRow};

use crate::{CommandLine, databases::Fresh};

/// The prompt that asks who is listening.
const LISTENING: &str = "automated_call.ask_listening";

/// The built-in documents, stored in the database.
pub async fn kept_library(fresh: &Fresh) -> Arc<FlowSet> {
    let flow_set = Arc::new(FlowSet::checked(crate::built_in::files()).expect("good documents"));
    let mut tx = fresh.database.begin_write().await.unwrap();
    let files = serde_json::to_string(&flow_set.files).unwrap();
    let set = FlowSetRow { digest: flow_set.digest.clone(), files, loaded_at: Timestamp::UNIX_EPOCH };
    flow_sets::put(&mut tx, &set).await.unwrap();
    tx.commit().await.unwrap();
    flow_set
}

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The HER-SYS ID of the nth simulated patient, from 0.
pub fn hersys_id(nth: u32) -> String {
    (FIRST_MADE_UP_ID + nth).to_string()
}

/// A person who answers after three seconds, is well, and finishes.
pub fn finishes() -> Script {
    Script::answers(secs(3)).health(Health::well())
}

/// The same, except for the key when asked who is listening.
pub fn says(key: &str) -> Script {
    finishes().keys_at(LISTENING, Keys::parse(key).unwrap())
}

/// A person who can't talk now.
pub fn not_now() -> Script {
    says("2").keys_at("automated_call.ask_another_matter", Keys::parse("2").unwrap())
}

/// A person who asks by key 8 at the second question to stop the calls, and hangs up.
pub fn asks_to_stop() -> Script {
    let key = |key| Keys::parse(key).unwrap();
    finishes().keys_at_question(2, key("8")).keys_at("stop_request.ask_stop", key("1")).hangs_up_at_question(4)
}

/// The patients of a simulated centre, in order: each patient's call time, and the behaviour in the first call, the
/// second, and so on.
pub type Patients = Vec<(&'static str, Vec<Behaviour>)>;

/// A day on a virtual clock.
pub struct Day {
    pub simulation: Simulation,
    pub zone: TimeZone,
}

/// A fixed day other than today, which is the same in every run.
pub async fn some_day(fresh: &Fresh, patients: Patients) -> Day {
    let begins = "2026-10-06T08:00:00+09:00".parse().unwrap();
    open(fresh, patients, NetworkFaults::FAIR, begins, TimeZone::get("Asia/Tokyo").unwrap()).await
}

/// A day on which it is 12 o'clock now, because commands use the real clock.
pub async fn today(fresh: &Fresh, patients: Patients, network_faults: NetworkFaults) -> Day {
    let zone = zone_with_hour(12);
    // Starts at a full minute, so that the result doesn't depend on the second in which the test begins.
    let minute = Timestamp::now().as_second() / 60 + 1;
    let begins = Timestamp::from_second(minute * 60).unwrap();
    let day = open(fresh, patients, network_faults, begins, zone.clone()).await;
    CommandLine(fresh).does(&["centres", "set", SYNTHETIC_CENTRE, "--time-zone", zone.iana_name().unwrap()]);
    day
}

/// A time zone in which it is this hour now.
pub fn zone_with_hour(hour: i8) -> TimeZone {
    // The sign is reversed in these names: Etc/GMT-9 is nine hours ahead of Greenwich.
    let ahead = hour - Timestamp::now().to_zoned_datetime(TimeZone::UTC).hour();
    let ahead = if ahead < -12 { ahead + 24 } else { ahead };
    TimeZone::get(&format!("Etc/GMT{:+}", -ahead)).unwrap()
}

async fn open(
    fresh: &Fresh,
    patients: Patients,
    network_faults: NetworkFaults,
    begins: Timestamp,
    zone: TimeZone,
) -> Day {
    let flow_set = kept_library(fresh).await;
    let from = PhoneNumber::from_e164("+815000000000").unwrap();
    let clock = VirtualClock::at(begins);
    let lines = Arc::new(LineSettings {
        flow_sets: FlowSetCache::new(flow_set),
        guessing: GuessingLimits::default(),
        zone: zone.clone(),
        fallback_centre: None,
        health_call_number: None,
        call_back_number: Some(from.clone()),
    });
    let command_line = service::Context::new(fresh.database.clone(), clock.clock());
    let times: Vec<CallTimes> = patients.iter().map(|(times, _)| times.parse().unwrap()).collect();
    let day = SyntheticDay {
        hours: CallingHours::default(),
        times,
        patients: u32::try_from(patients.len()).unwrap(),
        after: begins,
    };
    add_synthetic_day(&fresh.database, &day).await.unwrap();
    let mut people = Population::default();
    for (nth, (_, manners)) in patients.into_iter().enumerate() {
        people.put(synthetic_number(u32::try_from(nth).unwrap()).unwrap(), manners);
    }
    let dialling = DialerSettings {
        from,
        ring_seconds: 30,
        calls_per_second: 10.0,
        concurrent_calls: 50,
        tick: STEP.unsigned_abs(),
        day_limits: DayLimits::default(),
        price: CallPrice { per_minute: 20.0, longest_minutes: 60 },
        unknown_grace: SignedDuration::from_secs(120),
        silence: SignedDuration::from_secs(60),
    };
    let settings = Settings { people, network_faults, ..Settings::default() };
    Day { simulation: Simulation::new(command_line, lines, settings, clock, dialling), zone }
}

impl Day {
    /// Continues until this time at the centre: `13:30:05`.
    pub async fn until(&self, time: &str) {
        let date = self.simulation.clock.now().to_zoned_datetime(self.zone.clone()).date();
        let end = self.zone.to_timestamp(date.to_datetime(time.parse().unwrap())).unwrap();
        self.simulation.run_until(end).await.unwrap();
    }

    /// Continues for this many seconds.
    pub async fn goes_on(&self, seconds: i64) {
        let end = self.simulation.clock.now() + SignedDuration::from_secs(seconds);
        self.simulation.run_until(end).await.unwrap();
    }

    /// The simulated network.
    pub fn network<T>(&self, work: impl FnOnce(&mut Network) -> T) -> T {
        self.simulation.lines.with(|network, _| work(network))
    }

    /// How often each number was called, from the first simulated patient.
    pub fn rung(&self, numbers: &[&PhoneNumber]) -> Vec<usize> {
        let placed = self.network(|network| network.placed());
        let to = |number: &PhoneNumber| placed.iter().filter(|call| call.listed.to.as_ref() == Some(number)).count();
        numbers.iter().map(|number| to(number)).collect()
    }
}
