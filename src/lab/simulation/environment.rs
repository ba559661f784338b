//! The environment, which survives the services: the phone network and its people, the clocks, staff, and the events so
//! far.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::event_log::{LoggedEvent, LoggedEventKind, PatientState, Rules};
use super::observer::Talk;
use super::scenario::{Scenario, ScenarioEvent};
use crate::carrier::simulator::{self, Network, Population};
use crate::domain::{Actor, CallId, CentreCode, Operator, StaffName, SystemUser, TransferId};
use crate::lab::VirtualClock;
use crate::service::{Client, Clock, Context, SimulatedCarrier};
use crate::store::Database;

/// The maximum probability in the evening that the carrier is unreachable.
const MOST_UNREACHABLE_IN_THE_EVENING: f64 = 0.5;

/// How far the services' clock can be from the right time before staff notice.
const MOST_UNNOTICED: SignedDuration = SignedDuration::from_hours(1);

/// Everything except the services.
pub(super) struct Environment {
    pub(super) plan: Scenario,
    /// The right time, which the network uses.
    pub(super) time: VirtualClock,
    /// How many milliseconds the services' clock is ahead.
    ahead: Arc<AtomicI64>,
    pub(super) lines: SimulatedCarrier,
    /// The services' clock.
    pub(super) clock: Clock,
    /// The clock that staff use. See [`Environment::staff_clock`].
    staff_clock: Clock,
    /// The database that the staff's commands use. They are separate processes, so faults of the services don't affect
    /// them.
    office: Mutex<Option<Database>>,
    pub(super) centre: CentreCode,
    /// Another health centre, with the same rules, to which patients are transferred.
    pub(super) second: CentreCode,
    state: Mutex<State>,
}

/// The mutable state of the environment.
pub(super) struct State {
    pub(super) rng: Rng,
    pub(super) moments: Vec<LoggedEvent>,
    pub(super) standings: Vec<PatientState>,
    pub(super) rules: Rules,
    /// What was said in each leg.
    pub(super) talks: BTreeMap<String, Talk>,
    /// The patient of each call that we placed.
    pub(super) called: BTreeMap<CallId, u32>,
    /// The open offers of patients, and who has them.
    pub(super) offers: BTreeMap<u32, TransferId>,
    /// The patients whom the second health centre has.
    pub(super) moved: BTreeSet<u32>,
    /// Immediate reactions to the day's events.
    pub(super) reactions: VecDeque<ScenarioEvent>,
    /// Whether something changed outside of the services.
    pub(super) disturbed: bool,
}

impl Environment {
    /// Returns the services' clock. It is right unless it was stepped.
    pub(super) fn services_clock(time: &VirtualClock, ahead: &Arc<AtomicI64>) -> Clock {
        clock_ahead(time, ahead, |ahead| ahead)
    }

    /// Returns the clock of staff. It is the services' clock, as they work on the same machine. If it is wrong by more
    /// than an hour, they notice and use another machine until it is corrected.
    fn staff_clock(time: &VirtualClock, ahead: &Arc<AtomicI64>) -> Clock {
        clock_ahead(time, ahead, |ahead| if ahead.abs() > MOST_UNNOTICED { SignedDuration::ZERO } else { ahead })
    }

    pub(super) fn new(
        plan: Scenario,
        time: VirtualClock,
        ahead: Arc<AtomicI64>,
        clock: Clock,
        [centre, second]: [CentreCode; 2],
    ) -> Arc<Self> {
        let seed = plan.seed;
        let people = simulator::Settings {
            seed,
            capacity: plan.capacity,
            people: Population::of(plan.mix.clone()),
            network_faults: plan.network_faults.clone(),
            ..simulator::Settings::default()
        };
        let state = State {
            rng: Rng::with_seed(seed ^ 0x77_6f72_6c64),
            moments: Vec::new(),
            standings: plan.people.clone(),
            rules: plan.rules.clone(),
            talks: BTreeMap::new(),
            called: BTreeMap::new(),
            offers: BTreeMap::new(),
            moved: BTreeSet::new(),
            reactions: VecDeque::new(),
            disturbed: false,
        };
        let lines = SimulatedCarrier::new(Network::new(people), time.clock());
        Arc::new_cyclic(|world: &std::sync::Weak<Self>| {
            let listening = world.clone();
            let lines = lines.listened_to(Arc::new(move |heard| {
                if let Some(world) = listening.upgrade() {
                    world.hear(heard);
                }
            }));
            let office = Mutex::default();
            let staff_clock = Self::staff_clock(&time, &ahead);
            Self { plan, time, ahead, lines, clock, staff_clock, office, centre, second, state: Mutex::new(state) }
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the time on the staff's clock.
    pub(super) fn shown(&self) -> Timestamp {
        self.staff_clock.read().shown
    }

    /// Opens the database for staff, in this thread's runtime.
    pub(super) fn open_office(&self, database: Database) {
        *self.office.lock().unwrap_or_else(PoisonError::into_inner) = Some(database);
    }

    /// Returns a staff member, or `None` before the office has opened.
    pub(super) fn client(&self) -> Option<Client> {
        let database = self.office.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let name = StaffName::parse("staff").ok()?;
        let operator = Operator { name, system_user: SystemUser::new(0, Some("simulation")), centre: None };
        Some(Client { context: Context::new(database, self.staff_clock.anew()), actor: Actor::Operator(operator) })
    }

    /// Steps the services' clock forward or back, within a day of the right time.
    pub(super) fn step_clock(&self, by: SignedDuration) {
        const FARTHEST: i64 = 86_400_000;
        let millis = i64::try_from(by.as_millis()).unwrap_or_default();
        let before = self.ahead.load(Ordering::Relaxed);
        let after = (before + millis).clamp(-FARTHEST, FARTHEST);
        self.ahead.store(after, Ordering::Relaxed);
        self.note(LoggedEventKind::ClockStepped((after - before) / 1_000));
    }

    /// In the evening, corrects the clock and makes the carrier reachable. Returns `true` if both were so already.
    pub(super) fn calm_down(&self) -> bool {
        let ahead = self.ahead.swap(0, Ordering::Relaxed);
        if ahead != 0 {
            self.note(LoggedEventKind::ClockStepped(-ahead / 1_000));
            self.state().disturbed = true;
        }
        let calm = ahead == 0;
        self.lines.with(|network, _| {
            let unreachable = &mut network.settings().network_faults.dial_no_connection;
            let reached = *unreachable <= MOST_UNREACHABLE_IN_THE_EVENING;
            *unreachable = unreachable.min(MOST_UNREACHABLE_IN_THE_EVENING);
            calm && reached
        })
    }

    /// Logs an event.
    pub(super) fn note(&self, what: LoggedEventKind) {
        self.note_all(vec![what]);
    }

    pub(super) fn note_all(&self, all: Vec<LoggedEventKind>) {
        let asked = self.lines.with(|network, _| network.asked().len());
        let (at, shown) = (self.time.now(), self.shown());
        self.state().moments.extend(all.into_iter().map(|what| LoggedEvent { at, shown, asked, what }));
    }

    /// Returns the current state of a patient.
    pub(super) fn standing(&self, nth: u32) -> PatientState {
        self.state().standings.get(nth as usize).cloned().unwrap_or_default()
    }

    /// Applies a committed change of a patient by staff.
    pub(super) fn stands(&self, nth: u32, change: impl FnOnce(&mut PatientState)) {
        let mut standing = self.standing(nth);
        change(&mut standing);
        if let Some(place) = self.state().standings.get_mut(nth as usize) {
            *place = standing.clone();
        }
        self.note(LoggedEventKind::Changed(nth, standing));
    }
}

/// Returns a clock that is ahead of the right time by `seen` of the offset. Its steady time is right.
fn clock_ahead(time: &VirtualClock, ahead: &Arc<AtomicI64>, seen: fn(SignedDuration) -> SignedDuration) -> Clock {
    let (time, ahead) = (time.clone(), Arc::clone(ahead));
    let steady = time.clone();
    let shown = Clock::reading(move || {
        let ahead = seen(SignedDuration::from_millis(ahead.load(Ordering::Relaxed)));
        time.now().checked_add(ahead).unwrap_or_else(|_| time.now())
    });
    shown.beside(move || Duration::try_from(steady.now().as_duration()).unwrap_or_default())
}
