//! The simulated phone network as a carrier.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::simulated_gateway::Processed;
use crate::carrier::network::{
    Carrier, CarrierCall, CommandResult, Dial, DialOutcome, LegProgress, LookupResult, Pending, Reach, Recent,
    SmsOutcome,
};
use crate::carrier::{CarrierLegId, simulator};
use crate::domain::{CallId, PhoneNumber};
use crate::service::context::Clock;

/// The name of the simulated phone network in the database.
pub(super) const CARRIER_NAME: &str = "simulator";

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
    pub(super) changed: Arc<Notify>,
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

    pub(super) fn hear(&self, heard: &Processed<'_>) {
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
    pub(super) fn expect(&self, leg: &CarrierLegId, call: CallId, turn: u32) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).insert(leg.clone(), (call, turn));
    }

    /// The turn that the leg's next answer belongs to.
    pub(super) fn expected(&self, leg: &CarrierLegId) -> Option<(CallId, u32)> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).get(leg).copied()
    }

    /// Forgets a leg that has ended.
    pub(super) fn forget(&self, leg: &CarrierLegId) {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).remove(leg);
    }
}

impl SimulatedCarrier {
    /// Asks the network when the request is awaited.
    fn ask<'a, T>(
        &'a self,
        request: impl FnOnce(&mut simulator::Network, Timestamp) -> T + Send + 'a,
    ) -> Pending<'a, T> {
        Box::pin(async move { self.with(request) })
    }
}

impl Carrier for SimulatedCarrier {
    fn name(&self) -> &'static str {
        CARRIER_NAME
    }

    /// One process has the whole network.
    fn reach(&self) -> Reach {
        Reach::AnyNode
    }

    fn is_simulated(&self) -> bool {
        true
    }

    fn dial<'a>(&'a self, dial: &'a Dial) -> Pending<'a, DialOutcome> {
        self.ask(|network, now| network.dial(dial, now))
    }

    fn cancel<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, CommandResult> {
        self.ask(|network, now| network.cancel(leg, now))
    }

    fn say_goodbye<'a>(&'a self, leg: &'a CarrierLegId, _call: CallId) -> Pending<'a, CommandResult> {
        self.ask(|network, now| network.redirect(leg, now))
    }

    fn look_up<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, LookupResult<LegProgress>> {
        self.ask(|network, now| network.look_up(leg, now))
    }

    fn staff_answered<'a>(&'a self, leg: &'a CarrierLegId) -> Pending<'a, LookupResult<bool>> {
        self.ask(|network, now| network.staff_answered(leg, now))
    }

    fn time(&self) -> Pending<'_, LookupResult<Timestamp>> {
        self.ask(simulator::Network::time)
    }

    fn list<'a>(&'a self, to: &'a PhoneNumber, since: Timestamp) -> Pending<'a, LookupResult<Vec<CarrierCall>>> {
        self.ask(move |network, now| network.list(to, since, now))
    }

    fn list_newest(&self, since: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>> {
        self.ask(move |network, now| network.list_newest(since, now))
    }

    fn list_all(&self, since: Timestamp) -> Pending<'_, LookupResult<Vec<CarrierCall>>> {
        self.ask(move |network, now| network.list_all(since, now))
    }

    fn list_recent(&self, since: Timestamp, _required: Timestamp) -> Pending<'_, LookupResult<Recent>> {
        self.ask(move |network, now| network.list_recent(since, now))
    }

    fn send_sms<'a>(&'a self, to: &'a PhoneNumber, from: &'a PhoneNumber, body: &'a str) -> Pending<'a, SmsOutcome> {
        self.ask(|network, now| network.send_sms(from, to, body, now))
    }
}
