//! A telephone network in the same process, with people at its ends: a carrier like the others, for the demonstration,
//! for measurements and for tests of what can go wrong.
//!
//! It reads no clock and no random source: its driver asks [`Network::next_at`] when something happens next, calls
//! [`Network::advance`] at that time, by a real clock or a virtual one, and gives what comes of each piece of news that
//! [`NetworkEventKind::wants_reply`] back by [`Network::replied`]. On a virtual clock the replies are given before time
//! goes on: the network, like a real one, hangs up where no reply comes in time.
//!
//! The same seed and the same requests give the same news. What a person does depends on the seed, on the number and on
//! how often it was called before, never on what other legs do meanwhile; only a network that is full depends on all.

mod callee;
mod dtmf;
mod events;
mod leg;
mod network_faults;
mod people;
mod requests;
mod rng;
mod scheduler;
mod speech_time;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;

pub use events::{NetworkEvent, NetworkEventKind};
pub use network_faults::NetworkFaults;
pub use people::{Behaviour, Caller, Habit, Health, Identity, Pace, Population, PopulationMix, Script, Side, Staff};
pub use requests::{Asked, Message, Placed};
pub use rng::Between;

use crate::domain::{PhoneNumber, Sensitive};
use leg::Leg;

/// Legs that are over and still in the network's list. Above it the oldest are forgotten.
const MAX_ENDED: usize = 200_000;
/// Requests to dial that are kept. Above it the oldest are forgotten.
pub const MAX_ASKED: usize = 200_000;
/// Short messages that are kept. Above it the oldest are forgotten.
const MAX_MESSAGES: usize = 100_000;

/// How a network is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where all chance comes from.
    pub seed: u64,
    /// How many legs it carries at the same time, in both directions.
    pub capacity: usize,
    /// From the request to dial to the first ringing.
    pub set_up: Between,
    /// How likely staff take a call that is handed over to them, 0 to 1.
    pub staff_answer: f64,
    /// Who is at which number.
    pub people: Population,
    /// What goes wrong.
    pub weather: NetworkFaults,
}

impl Default for Settings {
    /// Seed 0, 10,000 legs, half a second to four seconds to the first ringing, staff who take 4 calls of 5, the usual
    /// mix of people, and fair weather.
    fn default() -> Self {
        Self {
            seed: 0,
            capacity: 10_000,
            set_up: Between::millis(500, 4_000),
            staff_answer: 0.8,
            people: Population::default(),
            weather: NetworkFaults::FAIR,
        }
    }
}

/// A leg's place in the network's books: what [`crate::carrier::CarrierLegId`] spells out.
type Key = u128;

/// A simulated telephone network. A plain value: several tasks share it behind a mutex.
#[derive(Debug)]
pub struct Network {
    settings: Settings,
    legs: BTreeMap<Key, Box<Leg>>,
    live: usize,
    /// Legs that are over, in the order in which they ended.
    ended: VecDeque<Key>,
    numbers: BTreeMap<PhoneNumber, Tally>,
    /// How often each caller has called.
    callers: BTreeMap<Sensitive, u32>,
    /// When each living leg does something next.
    agenda: BTreeSet<(Timestamp, Key)>,
    /// What is to be told, by time, leg, and the leg's own count.
    news: BTreeMap<(Timestamp, Key, u32), NetworkEvent>,
    messages: VecDeque<Message>,
    /// Requests to dial, oldest first.
    asked: VecDeque<Asked>,
    /// How often it was asked for the time.
    times_asked: u32,
    recent_asked: u32,
    /// How often it was asked for its newest calls.
    recent_looks: u32,
}

/// What the network knows of a number that it was asked about.
#[derive(Debug, Default)]
struct Tally {
    /// Requests to dial it.
    requests: u32,
    /// Calls placed to it.
    placed: u32,
    /// Looks at the list of its calls.
    looks: u32,
    /// Short messages to it.
    messages: u32,
    /// Its legs, oldest first.
    legs: VecDeque<Key>,
}

impl Network {
    /// A network on which nobody has called yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            legs: BTreeMap::new(),
            live: 0,
            ended: VecDeque::new(),
            numbers: BTreeMap::new(),
            callers: BTreeMap::new(),
            agenda: BTreeSet::new(),
            news: BTreeMap::new(),
            messages: VecDeque::new(),
            asked: VecDeque::new(),
            times_asked: 0,
            recent_asked: 0,
            recent_looks: 0,
        }
    }

    /// How it is, to be changed while it runs: the weather turns, someone moves in. It holds for what comes then.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// Legs that aren't over.
    pub fn live(&self) -> usize {
        self.live
    }
}
