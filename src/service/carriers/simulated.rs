//! The simulated phone network as a carrier.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::carrier::{CarrierLegId, simulator};
use crate::domain::CallId;
use crate::service::context::Clock;
use crate::service::simulated_gateway::Processed;

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
