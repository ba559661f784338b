//! The phone network that this program dials into: a carrier over HTTP, or the simulated one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::clock::Clock;
use super::simulated_gateway::Processed;
use crate::carrier::network::{
    CarrierCall, CommandResult, Dial, DialOutcome, LegProgress, LookupResult, Recent, SmsOutcome,
};
use crate::carrier::twilio::Urls;
use crate::carrier::twilio::rest::RestClient;
use crate::carrier::{CarrierLegId, simulator};
use crate::domain::{CallId, PhoneNumber};

/// The phone network.
#[allow(missing_debug_implementations)] // a client and simulated people, who have nothing to show
pub enum CarrierClient {
    /// A Twilio-compatible carrier.
    Twilio {
        /// Its REST API.
        client: Box<RestClient>,
        /// Our own URLs.
        urls: Urls,
    },
    /// The simulated phone network, in this process.
    Simulated(SimulatedCarrier),
}

/// Listens to what comes of a simulated network's news.
pub type NetworkObserver = Arc<dyn Fn(&Processed<'_>) + Send + Sync>;

/// The simulated phone network and the clock that it runs by.
#[derive(Clone)]
#[allow(missing_debug_implementations)] // simulated people have nothing to show
pub struct SimulatedCarrier {
    network: Arc<Mutex<simulator::Network>>,
    clock: Clock,
    /// What each leg was asked last: the call, and the number of the turn that answers.
    turns: Arc<Mutex<HashMap<CarrierLegId, (CallId, u32)>>>,
    /// Something was asked of it: its next event may be earlier now.
    pub(super) changed: Arc<Notify>,
    /// Told of everything that came of the network's news, before its people hear it.
    listener: Option<NetworkObserver>,
}

impl SimulatedCarrier {
    /// The network on a clock.
    pub fn new(network: simulator::Network, clock: Clock) -> Self {
        Self {
            network: Arc::new(Mutex::new(network)),
            // It stands for someone else's clock, so it must not follow what we think of ours.
            clock: clock.unwatched(),
            turns: Arc::default(),
            changed: Arc::new(Notify::new()),
            listener: None,
        }
    }

    /// The same, with someone who listens in.
    #[must_use]
    pub fn listened_to(self, listener: NetworkObserver) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// The time on the network.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn hear(&self, heard: &Processed<'_>) {
        if let Some(listener) = &self.listener {
            listener(heard);
        }
    }

    /// Does something with the network at the clock's time.
    pub fn with<T>(&self, work: impl FnOnce(&mut simulator::Network, Timestamp) -> T) -> T {
        let done = self.watch(work);
        self.changed.notify_one();
        done
    }

    /// The same for the driver of the simulated network, which isn't woken by it.
    pub(super) fn watch<T>(&self, work: impl FnOnce(&mut simulator::Network, Timestamp) -> T) -> T {
        work(&mut self.network.lock().unwrap_or_else(PoisonError::into_inner), self.clock.now())
    }

    /// The leg was asked something: its answer is this turn.
    pub(super) fn expect(&self, leg: &CarrierLegId, call: CallId, turn: u32) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).insert(leg.clone(), (call, turn));
    }

    /// The turn that the leg's answer is.
    pub(super) fn expected(&self, leg: &CarrierLegId) -> Option<(CallId, u32)> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).get(leg).copied()
    }

    /// The leg is over.
    pub(super) fn forget(&self, leg: &CarrierLegId) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).remove(leg);
    }
}

impl CarrierClient {
    /// Its name in the database.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Twilio { .. } => "twilio",
            Self::Simulated(_) => "simulator",
        }
    }

    /// Asks it to place a call, once.
    pub async fn dial(&self, dial: &Dial) -> DialOutcome {
        match self {
            Self::Twilio { client, .. } => client.dial(dial).await,
            Self::Simulated(lines) => lines.with(|network, now| network.dial(dial, now)),
        }
    }

    /// Takes back a call that rings.
    pub async fn cancel(&self, leg: &CarrierLegId) -> CommandResult {
        match self {
            Self::Twilio { client, .. } => client.cancel(leg).await,
            Self::Simulated(lines) => lines.with(|network, now| network.cancel(leg, now)),
        }
    }

    /// Leads the person on the line of a call to its goodbye.
    pub async fn say_goodbye(&self, leg: &CarrierLegId, call: CallId) -> CommandResult {
        match self {
            Self::Twilio { client, urls } => client.redirect(leg, &urls.goodbye(call)).await,
            Self::Simulated(lines) => lines.with(|network, now| network.redirect(leg, now)),
        }
    }

    /// How a leg stands.
    pub async fn look_up(&self, leg: &CarrierLegId) -> LookupResult<LegProgress> {
        match self {
            Self::Twilio { client, .. } => client.look_up(leg).await,
            Self::Simulated(lines) => lines.with(|network, now| network.look_up(leg, now)),
        }
    }

    /// Whether anybody answered to whom a leg was put through.
    pub async fn staff_answered(&self, leg: &CarrierLegId) -> LookupResult<bool> {
        match self {
            Self::Twilio { client, .. } => client.staff_answered(leg).await,
            Self::Simulated(lines) => lines.with(|network, now| network.staff_answered(leg, now)),
        }
    }

    /// What its clock shows; [`LookupResult::Nothing`] when it answers and doesn't tell.
    pub async fn time(&self) -> LookupResult<Timestamp> {
        match self {
            Self::Twilio { client, .. } => client.time().await,
            Self::Simulated(lines) => lines.with(simulator::Network::time),
        }
    }

    /// Its calls to a number since a moment.
    pub async fn list(&self, to: &PhoneNumber, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        match self {
            Self::Twilio { client, .. } => client.list(to, since).await,
            Self::Simulated(lines) => lines.with(|network, now| network.list(to, since, now)),
        }
    }

    /// Its calls since a moment, to any number, as one list read from its newest calls back. It may lag behind.
    pub async fn list_newest(&self, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        match self {
            Self::Twilio { client, .. } => match client.list_recent(since, since).await {
                LookupResult::Found(recent) => LookupResult::Found(recent.calls),
                LookupResult::Nothing => LookupResult::Nothing,
                LookupResult::Unavailable(doubt) => LookupResult::Unavailable(doubt),
            },
            Self::Simulated(lines) => lines.with(|network, now| network.list_newest(since, now)),
        }
    }

    /// All its calls since a moment, in both directions.
    pub async fn list_all(&self, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        match self {
            Self::Twilio { client, .. } => client.list_all(since).await,
            Self::Simulated(lines) => lines.with(|network, now| network.list_all(since, now)),
        }
    }

    /// Its newest calls, in both directions: back to `since`, or, where those are very many, at least to `required`.
    pub async fn list_recent(&self, since: Timestamp, required: Timestamp) -> LookupResult<Recent> {
        match self {
            Self::Twilio { client, .. } => client.list_recent(since, required).await,
            Self::Simulated(lines) => lines.with(|network, now| network.list_recent(since, now)),
        }
    }

    /// Sends a SMS, once.
    pub async fn send_sms(&self, to: &PhoneNumber, from: &PhoneNumber, body: &str) -> SmsOutcome {
        match self {
            Self::Twilio { client, .. } => client.send_sms(to, from, body).await,
            Self::Simulated(lines) => lines.with(|network, now| network.send_sms(from, to, body, now)),
        }
    }
}
