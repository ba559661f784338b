//! A telephone network in the same process, with simulated people on it. It is a carrier like the others, for the
//! demonstration, for measurements and for tests of faults.
//!
//! It reads no clock and no random source. Its driver asks [`Network::next_at`] for the time of the next event and
//! calls [`Network::advance`] at that time, by a real or a virtual clock. It answers each event for which
//! [`NetworkEventKind::wants_reply`] returns `true` with [`Network::replied`]. On a virtual clock, the replies must
//! be given before time advances: like a real network, this one hangs up if no reply arrives in time.
//!
//! The same seed and the same requests yield the same events. A person's behaviour depends on the seed, the number
//! and how often it was called before, but never on other legs. Only a full network depends on all legs.

mod callee;
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
pub(crate) use people::{Decision, Pickup};
pub use requests::{Asked, Message, Placed};
pub use rng::Between;
pub(crate) use rng::{Purpose, generator};

use crate::domain::{PhoneNumber, Sensitive};
use leg::Leg;

/// The number of ended legs in the network's list. Beyond it, the oldest are removed.
const MAX_ENDED: usize = 200_000;
/// The number of requests to dial that are kept. Beyond it, the oldest are removed.
pub const MAX_ASKED: usize = 200_000;
/// The number of SMS that are kept. Beyond it, the oldest are removed.
const MAX_MESSAGES: usize = 100_000;

/// The settings of a network.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The seed of all random numbers.
    pub seed: u64,
    /// The most simultaneous legs, in both directions.
    pub capacity: usize,
    /// The time from the request to dial to the first ring.
    pub set_up: Between,
    /// The probability that staff answer a transferred call, 0 to 1.
    pub staff_answer: f64,
    /// The people and their numbers.
    pub people: Population,
    /// The faults.
    pub network_faults: NetworkFaults,
}

impl Default for Settings {
    /// Seed 0, 10,000 legs, half a second to four seconds to the first ring, staff who answer 4 calls of 5, the usual
    /// mix of people, and no faults.
    fn default() -> Self {
        Self {
            seed: 0,
            capacity: 10_000,
            set_up: Between::millis(500, 4_000),
            staff_answer: 0.8,
            people: Population::default(),
            network_faults: NetworkFaults::FAIR,
        }
    }
}

/// The key of a leg in the network's tables. [`crate::carrier::CarrierLegId`] contains it as text.
type Key = u128;

/// A simulated telephone network. A plain value: several tasks share it behind a mutex.
#[derive(Debug)]
pub struct Network {
    settings: Settings,
    legs: BTreeMap<Key, Box<Leg>>,
    live: usize,
    /// The ended legs, in the order in which they ended.
    ended: VecDeque<Key>,
    numbers: BTreeMap<PhoneNumber, Tally>,
    /// The number of calls of each caller.
    callers: BTreeMap<Sensitive, u32>,
    /// The time of the next step of each live leg.
    agenda: BTreeSet<(Timestamp, Key)>,
    /// The events to send, by time, leg, and the leg's own counter.
    news: BTreeMap<(Timestamp, Key, u32), NetworkEvent>,
    messages: VecDeque<Message>,
    /// The requests to dial, oldest first.
    asked: VecDeque<Asked>,
    /// The number of requests for the time.
    times_asked: u32,
    recent_asked: u32,
    /// The number of requests for the newest calls.
    recent_looks: u32,
}

/// What the network knows of a requested number.
#[derive(Debug, Default)]
struct Tally {
    /// The number of requests to dial it.
    requests: u32,
    /// The number of calls placed to it.
    placed: u32,
    /// The number of requests for its calls.
    looks: u32,
    /// The number of SMS to it.
    messages: u32,
    /// Its legs, oldest first.
    legs: VecDeque<Key>,
}

impl Network {
    /// A network without any calls.
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

    /// The settings, which may be changed while the network runs. Changes apply to later events.
    pub fn settings(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// The number of legs that haven't ended.
    pub fn live(&self) -> usize {
        self.live
    }
}
