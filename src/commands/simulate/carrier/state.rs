//! What all parts of the fake carrier share: its account, its time, its book, its people, its faults and its log.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::call_registry::CallRegistry;
use super::faults::Faults;
use super::log::{Event, Log};
use super::odd_fields::OddFields;
use super::people::People;
use super::rng::SeededRng;
use crate::carrier::twilio::SigningKey;
use crate::service::Clock;

/// The fake carrier.
pub(super) struct SharedState {
    /// The account (`AC…`).
    pub(super) account: String,
    /// Its secret.
    pub(super) token: String,
    /// Signs webhooks.
    pub(super) key: SigningKey,
    /// Signs forged ones.
    pub(super) forged_key: SigningKey,
    pub(super) clock: Clock,
    /// Simulated seconds per second.
    pub(super) speed: f64,
    /// The longest that a webhook may take, in real time.
    pub(super) webhook_limit: Duration,
    /// Calls that begin to ring per simulated second; without a limit when absent.
    pub(super) calls_per_second: Option<f64>,
    pub(super) dice: SeededRng,
    pub(super) log: Log,
    pub(super) state: Mutex<State>,
}

/// What changes. Held for moments only, never while anything is waited for.
pub(super) struct State {
    pub(super) book: CallRegistry,
    pub(super) people: People,
    pub(super) faults: Faults,
    /// Odd fields in webhooks.
    pub(super) odd: OddFields,
    /// Where all webhooks go, whatever host their URL names.
    pub(super) deliver_to: Option<SocketAddr>,
    /// When the next call may leave the queue.
    pub(super) next_dial: Timestamp,
    /// How many SMS were taken.
    pub(super) messages: u64,
    /// How many webhooks were sent.
    pub(super) webhooks: u64,
}

impl SharedState {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Adds to the log.
    pub(super) fn note(&self, event: &Event) {
        self.log.add(self.now(), event);
    }

    /// How long this many simulated seconds really take.
    pub(super) fn real(&self, simulated_seconds: f64) -> Duration {
        Duration::try_from_secs_f64(simulated_seconds / self.speed).unwrap_or(Duration::MAX)
    }

    /// How many simulated seconds, begun ones counted, fit into a time.
    pub(super) fn simulated_seconds(&self, real: SignedDuration) -> u64 {
        let seconds = real.as_secs_f64() * self.speed;
        // From a float that is rounded up and not negative; a call never lasts longer than a u64 counts.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = seconds.max(0.0).ceil() as u64;
        whole
    }

    /// How long a new call waits in the queue, which is left in the order of coming.
    pub(super) fn queue_time(&self, state: &mut State) -> Duration {
        let Some(calls_per_second) = self.calls_per_second else { return Duration::ZERO };
        let now = self.now();
        let turn = state.next_dial.max(now);
        state.next_dial = turn.checked_add(self.real(1.0 / calls_per_second)).unwrap_or(turn);
        Duration::try_from(turn.duration_since(now)).unwrap_or_default()
    }

    /// Forgets calls, people's own behaviour, faults and the log. Calls in progress end without a word.
    pub(super) fn reset(&self) {
        let mut state = self.state();
        // The calls in progress hear their orders end.
        state.book = CallRegistry::default();
        state.people.forget();
        state.faults.clear();
        state.odd.clear();
        state.next_dial = Timestamp::UNIX_EPOCH;
        self.log.clear();
    }
}
