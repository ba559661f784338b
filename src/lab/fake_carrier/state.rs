//! The state that all parts of the fake carrier share: account, clock, calls, people, faults and log.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::call_registry::CallRegistry;
use super::faults::Faults;
use super::log::{Event, Log};
use super::odd_fields::OddFields;
use super::people::People;
use crate::carrier::twilio::SigningKey;
use crate::service::Clock;

/// The fake carrier.
pub(super) struct SharedState {
    /// The account (`AC…`).
    pub(super) account: String,
    /// The account's secret.
    pub(super) token: String,
    /// The key that signs webhooks.
    pub(super) key: SigningKey,
    /// The key that signs forged webhooks.
    pub(super) forged_key: SigningKey,
    pub(super) clock: Clock,
    /// Simulated seconds per second.
    pub(super) speed: f64,
    /// The maximum duration of a webhook, in real time.
    pub(super) webhook_limit: Duration,
    /// Calls that begin to ring per simulated second; `None` for no limit.
    pub(super) calls_per_second: Option<f64>,
    /// The seed of all random choices.
    pub(super) seed: u64,
    pub(super) log: Log,
    pub(super) state: Mutex<State>,
}

/// The mutable state. It is locked only briefly, never across an await.
pub(super) struct State {
    pub(super) book: CallRegistry,
    pub(super) people: People,
    pub(super) faults: Faults,
    /// Odd fields in webhooks.
    pub(super) odd: OddFields,
    /// The address that all webhooks are sent to, whatever host their URL names.
    pub(super) deliver_to: Option<SocketAddr>,
    /// When the next call may leave the queue.
    pub(super) next_dial: Timestamp,
    /// The number of SMS accepted.
    pub(super) messages: u32,
    /// The number of webhooks sent.
    pub(super) webhooks: u32,
}

impl SharedState {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Adds an event to the log.
    pub(super) fn note(&self, event: &Event) {
        self.log.add(self.now(), event);
    }

    /// Converts simulated time to real time.
    pub(super) fn real(&self, simulated: Duration) -> Duration {
        Duration::try_from_secs_f64(simulated.as_secs_f64() / self.speed).unwrap_or(Duration::MAX)
    }

    /// Converts real time to simulated seconds, rounded up.
    pub(super) fn simulated_seconds(&self, real: SignedDuration) -> u64 {
        let seconds = real.as_secs_f64() * self.speed;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded up and not negative, and no call lasts longer than a u64 can count"
        )]
        let whole = seconds.max(0.0).ceil() as u64;
        whole
    }

    /// Returns how long a new call waits in the queue, which is first in, first out.
    pub(super) fn queue_time(&self, state: &mut State) -> Duration {
        let Some(calls_per_second) = self.calls_per_second else { return Duration::ZERO };
        let now = self.now();
        let turn = state.next_dial.max(now);
        state.next_dial = turn
            .checked_add(self.real(Duration::try_from_secs_f64(1.0 / calls_per_second).unwrap_or(Duration::MAX)))
            .unwrap_or(turn);
        Duration::try_from(turn.duration_since(now)).unwrap_or_default()
    }

    /// Clears calls, the settings of people, faults and the log. Calls in progress end silently.
    pub(super) fn reset(&self) {
        let mut state = self.state();
        // This closes the order channels of the calls in progress.
        state.book = CallRegistry::default();
        state.people.forget();
        state.faults.clear();
        state.odd.clear();
        state.next_dial = Timestamp::UNIX_EPOCH;
        self.log.clear();
    }
}
