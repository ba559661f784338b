//! What a seed decides of its day beforehand: who is there, how the network and the centre are, and what happens when.

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

/// Everything decided beforehand.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The seed.
    pub seed: u64,
    /// The time zone's name.
    pub zone: &'static str,
    /// The day.
    pub date: Date,
    /// When it begins.
    pub begins: Timestamp,
    /// When it is over, but for what is still in progress.
    pub ends: Timestamp,
    /// How each patient stands at the beginning; those who aren't registered yet come later or never.
    pub people: Vec<PatientState>,
    /// What the centre has set.
    pub rules: Rules,
    /// The centre's own limit of calls at the same time.
    pub centre_calls: Option<u32>,
    /// Whether there is an SMS after missed calls.
    pub sms: bool,
    /// Calls a second.
    pub pace: f64,
    /// Calls at the same time.
    pub lines: u32,
    /// How long a phone rings, in seconds.
    pub ring_seconds: u16,
    /// How far the clock moves at least: what happens within it comes in together, as on a slow machine.
    pub step: SignedDuration,
    /// The most calls of the day, where the centre has a limit.
    pub most_calls: Option<u32>,
    /// How long an unknown call is looked for before it counts as not placed.
    pub grace: SignedDuration,
    /// How many legs the network carries.
    pub capacity: usize,
    /// What people do.
    pub mix: PopulationMix,
    /// The network's weather at the beginning.
    pub weather: NetworkFaults,
    /// What happens, by time.
    pub happenings: Vec<(Timestamp, ScenarioEvent)>,
    /// What happens to commits, and around calls.
    pub odds: Odds,
    /// The commit at which the process dies whatever the odds are.
    pub dies_at: Option<Death>,
}

/// The process dies at a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// Just before this commit of the services, counted from 1: what it holds is lost.
    Before(u64),
    /// Just after it: what it holds is kept, and nobody has heard of it.
    After(u64),
}

/// Something that happens at a time.
#[derive(Debug, Clone)]
pub enum ScenarioEvent {
    /// Staff do something.
    Staff(StaffAct),
    /// A patient rings a line.
    Rings(Ring),
    /// The services' clock is put forward or back.
    ClockSteps(SignedDuration),
    /// A maintenance begins, announced for so long.
    MaintenanceStarts(Option<SignedDuration>),
    /// It ends.
    MaintenanceEnds,
    /// The network's weather turns.
    WeatherTurns(Box<NetworkFaults>),
    /// The process dies at rest, for so long.
    Dies(SignedDuration),
}

/// A patient rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ring {
    /// Who.
    pub who: u32,
    /// Whom they report for besides.
    pub relative: Option<u32>,
    /// Which line.
    pub line: Line,
    /// From their own number, or with none shown.
    pub shows_number: bool,
    /// What they do.
    pub manner: CalleeManner,
}

/// What someone who rings does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalleeManner {
    /// Finishes.
    Finishes,
    /// Hangs up at this question.
    HangsUp(u16),
    /// Presses this key at this question: 0, 7 or 9.
    Presses(char, u16),
    /// Keys an ID that nobody has.
    Guesses,
}

/// Something that staff do.
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
    /// Set times: this many hours from the first, this many minutes after the hour.
    Times(u32, Time, u8),
    /// Switch calls on, which ends a stop.
    SwitchOn(u32),
    /// Switch them off.
    SwitchOff(u32),
    /// Change something that has nothing to do with calls.
    Language(u32),
    /// Call now.
    CallNow(u32),
    /// Register a patient.
    Register(u32),
    /// Import the list as it stands.
    ImportAgain,
    /// Say what became of unknown calls, as the network has it.
    Resolve,
    /// Have them looked for again.
    LookAgain,
    /// Set the hours in which calls begin.
    Hours(Time, Time),
    /// Have a report cover the day, or its slot.
    Covers(bool),
    /// Take the day off.
    DayOff,
}

/// How likely things are at each commit of the services, and at each call.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Odds {
    /// The process dies just before or after a commit.
    pub dies: f64,
    /// A commit is refused, or its answer lost.
    pub fails: f64,
    /// Staff act between a commit and what follows it.
    pub meddles: f64,
    /// A patient rings us while being called.
    pub rings_while_called: f64,
    /// Staff act while a phone rings.
    pub staff_while_ringing: f64,
    /// A turn is posted again.
    pub repeats: f64,
}

/// What becomes of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitFate {
    /// It is kept, and heard of.
    Kept,
    /// The process dies before it.
    DiesBefore,
    /// The process dies after it.
    DiesAfter,
    /// The disk refuses it.
    Refused,
    /// It is kept, and its answer is lost.
    Unheard,
    /// Staff act right after it.
    Meddled,
}

impl Scenario {
    /// The scenario of a seed for this many patients.
    pub fn of(seed: u64, patients: u32) -> Self {
        // Neighbouring seeds are to be unlike each other.
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
            weather: fault_profile::drawn(&mut rng),
            happenings: Vec::new(),
            odds: odds(&mut rng),
            dies_at: None,
        };
        plan.draw_happenings(&mut rng);
        plan
    }

    /// The zone.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(self.zone).unwrap_or(TimeZone::UTC)
    }

    fn draw_happenings(&mut self, rng: &mut Rng) {
        // Not every kind on every day: some faults show only where others leave room for them.
        let busy = |rng: &mut Rng, most: usize| if rng.bool() { rng.usize(0..=most) } else { 0 };
        for _ in 0..busy(rng, 16) {
            let (act, slot) = self.staff_act(rng);
            self.at(rng, slot, ScenarioEvent::Staff(act));
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
            self.happenings.push((from, ScenarioEvent::WeatherTurns(Box::new(fault_profile::storm(rng)))));
            self.happenings.push((until, ScenarioEvent::WeatherTurns(Box::new(self.weather.clone()))));
        }
        // A nurse looks at the list of unknown calls, at the latest in the evening.
        let evening = local(self.zone, self.date, Time::constant(21, 0, 0, 0));
        for quarter in 0..6 {
            let when = later(evening, SignedDuration::from_mins(15 * quarter));
            self.happenings.push((when, ScenarioEvent::Staff(StaffAct::Resolve)));
        }
        self.happenings.sort_by_key(|(at, _)| *at);
    }

    /// A clock that is wrong, and mostly put right again later.
    fn draw_clock_step(&mut self, rng: &mut Rng) {
        let from = self.moment(rng);
        // By an hour or a day as often as by anything else.
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

    /// At some moment of the day, or close to a time at which a patient is called.
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

    /// What staff do, and whose slot it may be close to.
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
