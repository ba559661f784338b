//! The scenario that a seed determines: the people, the network, the centre, and what happens when.

use fastrand::Rng;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::event_log::{PatientState, Rules};
use super::fault_profile;
use super::generators::{day, down_for, hours, later, local, mix, odds, one_of, person, rules, sometimes, time};
use crate::carrier::simulator::{NetworkFaults, PopulationMix};
use crate::domain::Line;
use crate::policy::DEFAULT_GRACE;

/// Everything that is decided before the day.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The seed.
    pub seed: u64,
    /// The time zone's name.
    pub zone: &'static str,
    /// The day.
    pub date: Date,
    /// When the day begins.
    pub begins: Timestamp,
    /// When the day ends, except for what is still in progress.
    pub ends: Timestamp,
    /// The initial state of each patient. Those who aren't registered yet are registered later or never.
    pub people: Vec<PatientState>,
    /// The centre's rules.
    pub rules: Rules,
    /// The centre's own limit of concurrent calls.
    pub centre_calls: Option<u32>,
    /// Whether an SMS is sent after missed calls.
    pub sms: bool,
    /// Calls per second.
    pub pace: f64,
    /// Concurrent calls.
    pub lines: u32,
    /// How long a phone rings, in seconds.
    pub ring_seconds: u16,
    /// The minimum step of the clock. Events within a step arrive together, as on a slow machine.
    pub step: SignedDuration,
    /// The centre's limit of calls per day, if it has one.
    pub most_calls: Option<u32>,
    /// How long a call with unknown outcome is looked up before it counts as not placed.
    pub grace: SignedDuration,
    /// The number of legs that the network can carry.
    pub capacity: usize,
    /// The behaviour of the people.
    pub mix: PopulationMix,
    /// The network's initial faults.
    pub network_faults: NetworkFaults,
    /// The events, by time.
    pub happenings: Vec<(Timestamp, ScenarioEvent)>,
    /// The probabilities of faults of commits and of events around calls.
    pub odds: Odds,
    /// A commit at which the process dies, whatever the odds.
    pub dies_at: Option<Death>,
}

/// The commit at which the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// Just before this commit of the services, counted from 1: its data are lost.
    Before(u64),
    /// Just after it: its data are stored, but the process never learns it.
    After(u64),
}

/// A timed event.
#[derive(Debug, Clone)]
pub enum ScenarioEvent {
    /// Staff act.
    Staff(StaffAct),
    /// A patient calls a line.
    Rings(Ring),
    /// The services' clock is stepped forward or back.
    ClockSteps(SignedDuration),
    /// A maintenance begins, announced with this length.
    MaintenanceStarts(Option<SignedDuration>),
    /// The maintenance ends.
    MaintenanceEnds,
    /// The network's faults change.
    FaultsChange(Box<NetworkFaults>),
    /// The process dies while idle, and is down for this long.
    Dies(SignedDuration),
}

/// A patient's call to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ring {
    /// The patient.
    pub who: u32,
    /// Another person that they report for, too.
    pub relative: Option<u32>,
    /// The line.
    pub line: Line,
    /// Whether the call shows the patient's number or none.
    pub shows_number: bool,
    /// What the patient does.
    pub manner: CalleeManner,
}

/// What a person who calls does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalleeManner {
    /// Finishes the report.
    Finishes,
    /// Hangs up at this question.
    HangsUp(u16),
    /// Presses this key at this question: 0, 7 or 9.
    Presses(char, u16),
    /// Keys an unknown ID.
    Guesses,
}

/// An act of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffAct {
    /// Stop the calls.
    Stop(u32),
    /// End observation.
    Release(u32),
    /// Register this one of the patient's numbers.
    Number(u32, u32),
    /// Register someone else's number.
    TakeNumber(u32, u32),
    /// Set call times, this many hours apart from the first one.
    Times(u32, Time, u8),
    /// Switch calls on, which ends a stop.
    SwitchOn(u32),
    /// Switch calls off.
    SwitchOff(u32),
    /// Change something that doesn't affect calls.
    Language(u32),
    /// Call now.
    CallNow(u32),
    /// Register a patient.
    Register(u32),
    /// Import the unchanged list again.
    ImportAgain,
    /// Resolve calls with unknown outcome, as the network knows it.
    Resolve,
    /// Have calls with unknown outcome looked up again.
    LookAgain,
    /// Set the calling hours.
    Hours(Time, Time),
    /// Set whether a report covers the day or its slot.
    Covers(bool),
    /// Make today a day off.
    DayOff,
    /// A transfer of a patient to the other health centre.
    Transfer(u32, TransferStep),
}

/// A step of a transfer. A decision without an open offer is left out, and so is an offer while one is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferStep {
    /// The health centre that has the patient offers them.
    Offer,
    /// The other one accepts.
    Accept,
    /// The other one declines.
    Decline,
    /// The offering one withdraws.
    Withdraw,
    /// Offered and accepted at once.
    Move,
}

/// Probabilities at each commit of the services, and at each call.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Odds {
    /// The process dies just before or after a commit.
    pub dies: f64,
    /// A commit is refused, or its answer is lost.
    pub fails: f64,
    /// Staff act between a commit and what follows it.
    pub meddles: f64,
    /// A patient calls us while being called.
    pub rings_while_called: f64,
    /// Staff act while a phone rings.
    pub staff_while_ringing: f64,
    /// A turn is repeated.
    pub repeats: f64,
}

/// The fate of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitFate {
    /// It is stored, and the answer arrives.
    Kept,
    /// The process dies before it.
    DiesBefore,
    /// The process dies after it.
    DiesAfter,
    /// The disk refuses it.
    Refused,
    /// It is stored, and its answer is lost.
    Unheard,
    /// Staff act right after it.
    Meddled,
}

impl Scenario {
    /// Returns the scenario of a seed for this many patients.
    pub fn of(seed: u64, patients: u32) -> Self {
        // Consecutive seeds should give different days.
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6b65_6e6b_6f63_616c);
        let (zone, date) = day(&mut rng);
        let rules = rules(&mut rng);
        let begins = local(zone, date, Time::constant(7, 0, 0, 0));
        let ends = local(zone, date, Time::constant(22, 30, 0, 0));
        let people = (0..patients).map(|nth| person(&mut rng, nth, &rules, date)).collect();
        let mut plan = Self {
            seed,
            zone,
            date,
            begins,
            ends,
            people,
            rules,
            centre_calls: rng.bool().then(|| rng.u32(2..20)),
            most_calls: sometimes(&mut rng, 0.1).then(|| rng.u32(3..40)),
            sms: rng.bool(),
            pace: one_of(&mut rng, &[0.2, 0.5, 1.0, 1.0, 2.0, 5.0]),
            lines: one_of(&mut rng, &[3, 5, 10, 20, 50]),
            ring_seconds: rng.u16(15..=45),
            step: SignedDuration::from_millis(one_of(&mut rng, &[1_000, 2_000, 2_000, 4_000])),
            grace: SignedDuration::try_from(DEFAULT_GRACE).unwrap_or(SignedDuration::from_mins(2)),
            capacity: if sometimes(&mut rng, 0.15) { rng.usize(2..8) } else { 10_000 },
            mix: mix(&mut rng),
            network_faults: fault_profile::drawn(&mut rng),
            happenings: Vec::new(),
            odds: odds(&mut rng),
            dies_at: None,
        };
        plan.draw_happenings(&mut rng);
        plan
    }

    /// Returns the time zone.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(self.zone).unwrap_or(TimeZone::UTC)
    }

    fn draw_happenings(&mut self, rng: &mut Rng) {
        // Not every kind of event occurs every day: some faults show only if others leave room for them.
        let busy = |rng: &mut Rng, most: usize| if rng.bool() { rng.usize(0..=most) } else { 0 };
        for _ in 0..busy(rng, 16) {
            let (act, slot) = self.staff_act(rng);
            self.at(rng, slot, ScenarioEvent::Staff(act));
        }
        for _ in 0..busy(rng, 6) {
            self.draw_transfer(rng);
        }
        for _ in 0..busy(rng, 10) {
            let ring = self.ring(rng);
            self.at(rng, Some(ring.who), ScenarioEvent::Rings(ring));
        }
        for _ in 0..busy(rng, 3) {
            self.draw_clock_step(rng);
        }
        for _ in 0..busy(rng, 2) {
            let down = down_for(rng);
            self.at(rng, None, ScenarioEvent::Dies(down));
        }
        if sometimes(rng, 0.2) {
            let from = self.moment(rng);
            let length = SignedDuration::from_secs(rng.i64(60..5_400));
            let told = rng.bool().then_some(length);
            self.happenings.push((from, ScenarioEvent::MaintenanceStarts(told)));
            self.happenings.push((later(from, length), ScenarioEvent::MaintenanceEnds));
        }
        for _ in 0..busy(rng, 2) {
            let from = self.moment(rng);
            let until = later(from, SignedDuration::from_secs(rng.i64(30..3_600)));
            self.happenings.push((from, ScenarioEvent::FaultsChange(Box::new(fault_profile::storm(rng)))));
            self.happenings.push((until, ScenarioEvent::FaultsChange(Box::new(self.network_faults.clone()))));
        }
        // A nurse handles the calls with unknown outcome, in the evening at the latest.
        let evening = local(self.zone, self.date, Time::constant(21, 0, 0, 0));
        for quarter in 0..6 {
            let when = later(evening, SignedDuration::from_mins(15 * quarter));
            self.happenings.push((when, ScenarioEvent::Staff(StaffAct::Resolve)));
        }
        self.happenings.sort_by_key(|(at, _)| *at);
    }

    /// Draws an offer, and what is decided about it, perhaps while the patient is called.
    fn draw_transfer(&mut self, rng: &mut Rng) {
        let patients = u32::try_from(self.people.len()).unwrap_or(1).max(1);
        let who = rng.u32(0..patients);
        let decided = one_of(
            rng,
            &[
                TransferStep::Accept,
                TransferStep::Accept,
                TransferStep::Decline,
                TransferStep::Withdraw,
                TransferStep::Move,
            ],
        );
        self.at(rng, None, ScenarioEvent::Staff(StaffAct::Transfer(who, TransferStep::Offer)));
        self.at(rng, Some(who), ScenarioEvent::Staff(StaffAct::Transfer(who, decided)));
    }

    /// Draws a clock step. The clock is usually corrected later.
    fn draw_clock_step(&mut self, rng: &mut Rng) {
        let from = self.moment(rng);
        // An hour, a day, and other steps: the first two have a quarter each.
        let seconds = match rng.u8(0..4) {
            0 => 3_600,
            1 => 86_400,
            _ => rng.i64(1..=3_600),
        };
        let step = SignedDuration::from_secs(seconds) * if rng.bool() { 1 } else { -1 };
        self.happenings.push((from, ScenarioEvent::ClockSteps(step)));
        if sometimes(rng, 0.7) {
            let until = later(from, SignedDuration::from_secs(rng.i64(1..7_200)));
            self.happenings.push((until, ScenarioEvent::ClockSteps(-step)));
        }
    }

    /// Adds an event at a random moment of the day, or close to a patient's call time.
    fn at(&mut self, rng: &mut Rng, near: Option<u32>, what: ScenarioEvent) {
        let slot = near.and_then(|who| self.people.get(who as usize)?.times.first().copied());
        let when = match slot {
            Some(time) if rng.bool() => {
                let off = SignedDuration::from_millis(rng.i64(-4_000..90_000));
                later(local(self.zone, self.date, time), off)
            }
            _ => self.moment(rng),
        };
        self.happenings.push((when, what));
    }

    fn moment(&self, rng: &mut Rng) -> Timestamp {
        later(self.begins, SignedDuration::from_secs(rng.i64(600..50_000)))
    }

    /// Draws an act of staff, and the patient whose slot it may be close to.
    pub(super) fn staff_act(&self, rng: &mut Rng) -> (StaffAct, Option<u32>) {
        let patients = u32::try_from(self.people.len()).unwrap_or(1).max(1);
        let who = rng.u32(0..patients);
        let act = match rng.u8(0..34) {
            0..=5 => StaffAct::Stop(who),
            6..=9 => StaffAct::Release(who),
            10..=13 => StaffAct::Number(who, rng.u32(0..3)),
            14..=15 => StaffAct::TakeNumber(who, rng.u32(0..patients)),
            16..=18 => StaffAct::Times(who, time(rng, &self.rules), rng.u8(1..=3)),
            19..=20 => StaffAct::SwitchOn(who),
            21 => StaffAct::SwitchOff(who),
            22 => StaffAct::Language(who),
            23..=26 => StaffAct::CallNow(who),
            27 => StaffAct::Register(who),
            28 => StaffAct::ImportAgain,
            29 => StaffAct::Resolve,
            30 => StaffAct::LookAgain,
            31 => StaffAct::Covers(rng.bool()),
            32 => {
                let (open, close) = hours(rng);
                StaffAct::Hours(open, close)
            }
            _ => StaffAct::DayOff,
        };
        (act, Some(who))
    }

    pub(super) fn ring(&self, rng: &mut Rng) -> Ring {
        let patients = u32::try_from(self.people.len()).unwrap_or(1).max(1);
        let manner = match rng.u8(0..10) {
            0..=4 => CalleeManner::Finishes,
            5..=6 => CalleeManner::HangsUp(rng.u16(1..14)),
            7..=8 => CalleeManner::Presses(one_of(rng, &['0', '7', '9']), rng.u16(3..14)),
            _ => CalleeManner::Guesses,
        };
        Ring {
            who: rng.u32(0..patients),
            relative: sometimes(rng, 0.2).then(|| rng.u32(0..patients)),
            line: if sometimes(rng, 0.3) { Line::CallBack } else { Line::HealthCall },
            shows_number: sometimes(rng, 0.8),
            manner,
        }
    }
}
