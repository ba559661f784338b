//! One run of the services, from their start to the end of the day or their death; and the environment without them.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::day::{Settings, SimulationError, open, register};
use super::environment::Environment;
use super::event_log::LoggedEventKind;
use super::faults::{Asked, Faults};
use super::generators::{later, one_of, sometimes};
use super::observer::told;
use super::scenario::{CalleeManner, Ring, ScenarioEvent, StaffAct};
use super::{people, staff};
use crate::carrier::simulator::{Caller, Identity, Pace, Script};
use crate::domain::{Keys, Language, PhoneNumber};
use crate::lab::{Rhythm, STEP, Simulation};
use crate::policy::{CallPrice, DayLimits, GuessingLimits};
use crate::service::{
    Context, DialerSettings, FlowSetCache, LineSettings, Outcome, end_maintenance, seal_left_behind, seal_trail,
    start_maintenance, walk_trail,
};
use crate::store::snapshot::{self, Snapshot};

/// The number that calls come from.
const CALLER_NUMBER: &str = "+815000000000";
/// How long a call may be silent before the carrier is queried: the default setting.
const SILENCE: SignedDuration = SignedDuration::from_secs(60);
/// The price of a call. No day has a limit on it.
const PRICE: CallPrice = CallPrice { per_minute: 20.0, longest_minutes: 60 };
/// How long calls in progress at the end of the day may take.
const LONGEST_EVENING: SignedDuration = SignedDuration::from_hours(9);
/// The interval between checks in the evening whether everything is over.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// The interval between seals of the audit trail, if something was written.
const SEAL_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The maximum step of the clock while nothing happens.
const LONGEST_STEP: SignedDuration = SignedDuration::from_hours(1);

/// The upcoming events, by time.
pub(super) type UpcomingEvents = VecDeque<(Timestamp, ScenarioEvent)>;

/// How a run ended.
pub(super) enum End {
    /// The day ended, with its final tables.
    OfTheDay(Box<Snapshot>),
    Died {
        down: SignedDuration,
    },
}

/// A run of the services.
pub(super) struct ServerRun<'a> {
    pub(super) world: &'a Arc<Environment>,
    pub(super) faults: &'a Arc<Faults>,
    pub(super) url: &'a str,
    pub(super) settings: &'a Settings,
}

impl ServerRun<'_> {
    /// Lets the services be down for a while, then runs them until the end.
    pub(super) async fn begin_after(
        &self,
        down: SignedDuration,
        coming: &mut UpcomingEvents,
    ) -> Result<End, SimulationError> {
        self.world.open_office(open(self.url, self.settings).await?);
        if self.world.state().moments.is_empty() {
            register(self.world).await?;
        }
        self.world.server_died();
        goes_on_alone(self.world, down, coming).await;
        self.lead(coming).await
    }

    /// Runs the services until the end.
    async fn lead(&self, coming: &mut UpcomingEvents) -> Result<End, SimulationError> {
        let simulation = self.start().await?;
        let world = self.world;
        // Check only after the services have run for a while: they may have been down until now.
        let mut seal_at = world.time.now();
        let (mut rhythm, mut look_at) = (Rhythm::default(), world.plan.ends.max(later(world.time.now(), LOOK_EVERY)));
        self.faults.rest(world.time.now() >= world.plan.ends);
        loop {
            let now = world.time.now();
            if look_at <= now {
                self.faults.rest(true);
                let calm = world.calm_down();
                staff::act(world, StaffAct::Resolve).await;
                let tables = self.tables().await?;
                if calm && is_quiet(&tables) || now > later(world.plan.ends, LONGEST_EVENING) {
                    self.walk_the_trail().await?;
                    world.note(LoggedEventKind::Over);
                    return Ok(End::OfTheDay(Box::new(tables)));
                }
                look_at = later(now, LOOK_EVERY);
            }
            while let Some((_, happening)) = coming.pop_front_if(|(at, _)| *at <= now) {
                if let ScenarioEvent::Dies(down) = happening {
                    world.note(LoggedEventKind::Died { at_commit: None, down: down.as_secs() });
                    return Ok(End::Died { down });
                }
                happens(world, happening).await;
            }
            if std::mem::take(&mut world.state().disturbed) {
                rhythm.disturb();
            }
            let failed = self.faults.failed();
            let seals = seal_at <= now;
            if seals {
                seal_at = later(now, SEAL_EVERY);
            }
            let round = tokio::select! {
                biased;
                () = self.faults.died.notified() => return Ok(End::Died { down: self.faults.down() }),
                round = self.round(&simulation, &mut rhythm, seals) => round,
            };
            let mut next = match round {
                Ok(next) => next.max(later(now, world.plan.step)),
                Err(error) => {
                    if self.faults.failed() == failed {
                        world.note(LoggedEventKind::Failed(error.to_string()));
                    }
                    rhythm.disturb();
                    later(now, STEP)
                }
            };
            let reaction = world.state().reactions.pop_front();
            if let Some(reaction) = reaction {
                coming.push_front((now, reaction));
                next = now;
            }
            if let Some((at, _)) = coming.front() {
                next = next.min(*at);
            }
            world.time.set(next.min(look_at.max(now)).max(now));
        }
    }

    async fn start(&self) -> Result<Simulation, SimulationError> {
        let (world, plan) = (self.world, &self.world.plan);
        let database = open(self.url, self.settings).await?.with_commit_hook(Arc::new(Asked(Arc::clone(self.faults))));
        let from = PhoneNumber::from_e164(CALLER_NUMBER).map_err(|_| SimulationError::MadeUp("phone number"))?;
        let lines = LineSettings {
            flow_sets: FlowSetCache::new(Arc::clone(&self.settings.flow_set)),
            guessing: GuessingLimits::default(),
            zone: TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC),
            fallback_centre: None,
            health_call_number: None,
            call_back_number: Some(from.clone()),
        };
        let dialling = DialerSettings {
            from,
            ring_seconds: plan.ring_seconds,
            calls_per_second: plan.pace,
            concurrent_calls: plan.lines,
            silence: SILENCE,
            tick: plan.step.unsigned_abs(),
            unknown_grace: plan.grace,
            day_limits: DayLimits::default(),
            price: PRICE,
        };
        world.note(LoggedEventKind::Started);
        Ok(Simulation::on(
            Context::new(database, world.clock.anew()),
            Arc::new(lines),
            world.lines.clone(),
            world.time.clone(),
            dialling,
        ))
    }

    /// Runs one round of the services. Returns when the next one is due.
    async fn round(
        &self,
        simulation: &Simulation,
        rhythm: &mut Rhythm,
        seals: bool,
    ) -> Result<Timestamp, crate::store::StoreError> {
        if seals {
            seal_trail(&simulation.context.database).await?;
        }
        let round = simulation.round(rhythm).await?;
        if round.stretch.events > 0 {
            self.repeat_a_turn(simulation).await;
        }
        Ok(round.next_at.unwrap_or_else(|| later(self.world.time.now(), LONGEST_STEP)))
    }

    /// Repeats a turn as a carrier does. It must get the same reply (fault 28).
    async fn repeat_a_turn(&self, simulation: &Simulation) {
        let last = {
            let mut state = self.world.state();
            if !sometimes(&mut state.rng, self.world.plan.odds.repeats) {
                return;
            }
            let all: Vec<_> = state.talks.values().filter_map(|talk| talk.last.clone()).collect();
            if all.is_empty() {
                return;
            }
            let place = state.rng.usize(0..all.len());
            all.into_iter().nth(place)
        };
        let Some((call, event, said)) = last else { return };
        if let Ok(outcome) = simulation.conversations.take(event).await {
            let same = matches!(&outcome, Outcome::Reply { reply, .. } if format!("{reply:?}") == said);
            if !same {
                self.world.note(LoggedEventKind::Contradicted(call));
            }
        }
    }

    /// I5: verifies the audit trail.
    async fn walk_the_trail(&self) -> Result<(), SimulationError> {
        let Some(client) = self.world.client() else { return Err(SimulationError::MadeUp("office")) };
        // A process that died may have left rows without a seal. The next start seals them.
        seal_trail(&client.context.database).await?;
        seal_left_behind(&client.context.database, self.world.time.now(), std::time::Duration::ZERO).await?;
        let walked = walk_trail(&client.context, &client.actor, None, std::time::Duration::ZERO).await?;
        let chain_error = walked.chain_error.map(|chain_error| format!("{chain_error:?}"));
        let bad = walked.rows.bad.first().map(|row| format!("{row:?}"));
        let unsealed = (walked.rows.unsealed > 0).then(|| format!("{} rows without a seal", walked.rows.unsealed));
        self.world.note(LoggedEventKind::TrailWalked {
            entries: walked.entries,
            chain_error: chain_error.or(bad).or(unsealed),
        });
        Ok(())
    }

    async fn tables(&self) -> Result<Snapshot, SimulationError> {
        let Some(client) = self.world.client() else { return Err(SimulationError::MadeUp("office")) };
        Ok(snapshot::read(&mut client.context.database.begin_read().await?).await?)
    }
}

/// Returns `true` if everything that was begun is over.
fn is_quiet(tables: &Snapshot) -> bool {
    let slots = tables.slots.iter().all(|slot| slot.ended_at.is_some());
    let attempts = tables.attempts.iter().all(|attempt| attempt.ended_at.is_some());
    let calls = tables.calls.iter().all(|call| call.ended_at.is_some());
    slots && attempts && calls && tables.jobs_left.is_empty()
}

/// Executes an event that isn't caused by the services.
async fn happens(world: &Environment, happening: ScenarioEvent) {
    let Some(client) = world.client() else { return };
    match happening {
        ScenarioEvent::Staff(act) => staff::act(world, act).await,
        ScenarioEvent::Rings(ring) => ring_in(world, ring),
        ScenarioEvent::ClockSteps(by) => world.step_clock(by),
        ScenarioEvent::FaultsChange(network_faults) => {
            world.lines.with(|network, _| network.settings().network_faults = *network_faults);
            world.note(LoggedEventKind::WeatherTurned);
        }
        ScenarioEvent::MaintenanceStarts(told) => {
            let until = told.map(|length| later(world.shown(), length));
            match start_maintenance(&client.context, &client.actor, until).await {
                Ok(_) => world.note(LoggedEventKind::Maintenance(true)),
                Err(refused) => world.note(LoggedEventKind::Failed(refused.to_string())),
            }
        }
        ScenarioEvent::MaintenanceEnds => match end_maintenance(&client.context, &client.actor).await {
            Ok(_) => world.note(LoggedEventKind::Maintenance(false)),
            Err(refused) => world.note(LoggedEventKind::Failed(refused.to_string())),
        },
        // A server that is down can't die.
        ScenarioEvent::Dies(_) => {}
    }
    world.state().disturbed = true;
}

/// Advances the environment while the services are down. Nothing receives the network's events.
async fn goes_on_alone(world: &Environment, down: SignedDuration, coming: &mut UpcomingEvents) {
    let up = later(world.time.now(), down);
    world.state().reactions.clear();
    loop {
        let now = world.time.now();
        let undelivered = world.lines.with(|network, now| network.advance(now));
        let notes = undelivered
            .iter()
            .map(|news| LoggedEventKind::Unheard { leg: news.leg.as_str().to_owned(), told: told(news) });
        world.note_all(notes.collect());
        while let Some((_, happening)) = coming.pop_front_if(|(at, _)| *at <= now) {
            happens(world, happening).await;
        }
        if now >= up {
            return;
        }
        let network = world.lines.with(|network, _| network.next_at());
        let next = [network, coming.front().map(|(at, _)| *at), Some(up)].into_iter().flatten().min();
        world.time.set(next.unwrap_or(up).clamp(later(now, SignedDuration::from_millis(1)), up.max(now)));
    }
}

/// A patient calls one of our lines.
fn ring_in(world: &Environment, ring: Ring) {
    let identity = |nth: u32| {
        let hersys_id =
            if ring.manner == CalleeManner::Guesses { people::nobodys_id(nth) } else { people::hersys_id(nth) };
        Some(Identity { hersys_id: hersys_id?, birth_date: people::birth_date(nth)? })
    };
    let people: Vec<Identity> = [Some(ring.who), ring.relative].into_iter().flatten().filter_map(identity).collect();
    let script = Script::answers(std::time::Duration::ZERO).tempo(Pace::ORDINARY);
    let script = match ring.manner {
        CalleeManner::Finishes | CalleeManner::Guesses => script,
        CalleeManner::HangsUp(question) => script.hangs_up_at_question(question),
        CalleeManner::Presses(key, question) => {
            script.keys_at_question(question, Keys::parse(&key.to_string()).unwrap_or_default())
        }
    };
    let language = {
        let mut state = world.state();
        one_of(&mut state.rng, &Language::ALL)
    };
    let caller = Caller { people, language, script: Some(script) };
    let from = world.standing(ring.who).number.filter(|_| ring.shows_number);
    let taken = world.lines.with(|network, now| network.ring_in(from, ring.line, caller, now).is_some());
    if taken {
        world.note(LoggedEventKind::RangIn(ring.who, ring.line.code()));
    }
}
