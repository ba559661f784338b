//! The phone network used for outbound calls: a carrier over HTTP, or the simulated one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::carrier::network::{
    CarrierCall, CommandResult, Dial, DialOutcome, LegProgress, LookupResult, Recent, SmsOutcome,
};
use crate::carrier::twilio::Urls;
use crate::carrier::twilio::rest::RestClient;
use crate::carrier::{CarrierLegId, simulator};
use crate::domain::{CallId, PhoneNumber};
use crate::service::context::Clock;
use crate::service::simulated_gateway::Processed;

/// The phone network.
#[allow(missing_debug_implementations, reason = "clients and simulated people have no useful `Debug` output")]
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

/// Observes the results of a simulated network's events.
pub type NetworkObserver = Arc<dyn Fn(&Processed<'_>) + Send + Sync>;

/// The simulated phone network and its clock.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "simulated people have no useful `Debug` output")]
pub struct SimulatedCarrier {
    network: Arc<Mutex<simulator::Network>>,
    clock: Clock,
    /// The last question to each leg: the call, and the number of the turn that will answer it.
    turns: Arc<Mutex<HashMap<CarrierLegId, (CallId, u32)>>>,
    /// Signals that a request may have moved the network's next event forward.
    pub(in crate::service) changed: Arc<Notify>,
    /// Notified of the result of each network event, before the simulated people hear it.
    listener: Option<NetworkObserver>,
}

impl SimulatedCarrier {
    /// A network that uses `clock`.
    pub fn new(network: simulator::Network, clock: Clock) -> Self {
        Self {
            network: Arc::new(Mutex::new(network)),
            // The network has a clock of its own, so it must not follow our corrections of ours.
            clock: clock.unwatched(),
            turns: Arc::default(),
            changed: Arc::new(Notify::new()),
            listener: None,
        }
    }

    /// The same network with an observer.
    #[must_use]
    pub fn listened_to(self, listener: NetworkObserver) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// The time on the network.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(in crate::service) fn hear(&self, heard: &Processed<'_>) {
        if let Some(listener) = &self.listener {
            listener(heard);
        }
    }

    /// Accesses the network at the clock's time.
    pub fn with<T>(&self, work: impl FnOnce(&mut simulator::Network, Timestamp) -> T) -> T {
        let done = self.watch(work);
        self.changed.notify_one();
        done
    }

    /// Like [`Self::with`], for the driver of the simulated network. It doesn't wake the driver.
    pub(crate) fn watch<T>(&self, work: impl FnOnce(&mut simulator::Network, Timestamp) -> T) -> T {
        work(&mut self.network.lock().unwrap_or_else(PoisonError::into_inner), self.clock.now())
    }

    /// Notes that the leg's next answer is this turn.
    pub(in crate::service) fn expect(&self, leg: &CarrierLegId, call: CallId, turn: u32) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).insert(leg.clone(), (call, turn));
    }

    /// The turn that the leg's next answer belongs to.
    pub(in crate::service) fn expected(&self, leg: &CarrierLegId) -> Option<(CallId, u32)> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).get(leg).copied()
    }

    /// Forgets a leg that has ended.
    pub(in crate::service) fn forget(&self, leg: &CarrierLegId) {
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

    /// Asks the network to place a call, once.
    pub async fn dial(&self, dial: &Dial) -> DialOutcome {
        match self {
            Self::Twilio { client, .. } => client.dial(dial).await,
            Self::Simulated(lines) => lines.with(|network, now| network.dial(dial, now)),
        }
    }

    /// Cancels a ringing call.
    pub async fn cancel(&self, leg: &CarrierLegId) -> CommandResult {
        match self {
            Self::Twilio { client, .. } => client.cancel(leg).await,
            Self::Simulated(lines) => lines.with(|network, now| network.cancel(leg, now)),
        }
    }

    /// Redirects the person on the line to the goodbye.
    pub async fn say_goodbye(&self, leg: &CarrierLegId, call: CallId) -> CommandResult {
        match self {
            Self::Twilio { client, urls } => client.redirect(leg, &urls.goodbye(call)).await,
            Self::Simulated(lines) => lines.with(|network, now| network.redirect(leg, now)),
        }
    }

    /// Looks up a leg's progress.
    pub async fn look_up(&self, leg: &CarrierLegId) -> LookupResult<LegProgress> {
        match self {
            Self::Twilio { client, .. } => client.look_up(leg).await,
            Self::Simulated(lines) => lines.with(|network, now| network.look_up(leg, now)),
        }
    }

    /// Looks up whether staff answered the transfer of a leg.
    pub async fn staff_answered(&self, leg: &CarrierLegId) -> LookupResult<bool> {
        match self {
            Self::Twilio { client, .. } => client.staff_answered(leg).await,
            Self::Simulated(lines) => lines.with(|network, now| network.staff_answered(leg, now)),
        }
    }

    /// The time of the network's clock. [`LookupResult::Nothing`] if it answers without a time.
    pub async fn time(&self) -> LookupResult<Timestamp> {
        match self {
            Self::Twilio { client, .. } => client.time().await,
            Self::Simulated(lines) => lines.with(simulator::Network::time),
        }
    }

    /// Its calls to a number since a time.
    pub async fn list(&self, to: &PhoneNumber, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        match self {
            Self::Twilio { client, .. } => client.list(to, since).await,
            Self::Simulated(lines) => lines.with(|network, now| network.list(to, since, now)),
        }
    }

    /// Its calls since a time, to any number, as one list read from the newest call back. The list may lag behind.
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

    /// All its calls since a time, in both directions.
    pub async fn list_all(&self, since: Timestamp) -> LookupResult<Vec<CarrierCall>> {
        match self {
            Self::Twilio { client, .. } => client.list_all(since).await,
            Self::Simulated(lines) => lines.with(|network, now| network.list_all(since, now)),
        }
    }

    /// Its newest calls, in both directions: back to `since`, or at least to `required` if there are too many.
    pub async fn list_recent(&self, since: Timestamp, required: Timestamp) -> LookupResult<Recent> {
        match self {
            Self::Twilio { client, .. } => client.list_recent(since, required).await,
            Self::Simulated(lines) => lines.with(|network, now| network.list_recent(since, now)),
        }
    }

    /// Sends an SMS, once.
    pub async fn send_sms(&self, to: &PhoneNumber, from: &PhoneNumber, body: &str) -> SmsOutcome {
        match self {
            Self::Twilio { client, .. } => client.send_sms(to, from, body).await,
            Self::Simulated(lines) => lines.with(|network, now| network.send_sms(from, to, body, now)),
        }
    }
}
