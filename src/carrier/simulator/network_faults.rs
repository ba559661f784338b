//! The faults of a network. They have random numbers of their own, so that faults never change people's behaviour.

use std::time::Duration;

use fastrand::Rng;

use super::rng::{Between, comes_true};
use crate::carrier::network::{NotProcessed, Uncertainty};

/// The probability of each fault, from 0 (never) to 1 (always).
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkFaults {
    /// A status callback (ringing, ended) never arrives.
    pub statuses_lost: f64,
    /// A status callback arrives twice, the second time late.
    pub statuses_repeated: f64,
    /// A status callback arrives late, possibly after newer ones.
    pub statuses_late: f64,
    /// The delay of late status callbacks.
    pub late_by: Between,
    /// A request to dial is answered with 429.
    pub dial_too_many: f64,
    /// A request to dial finds no connection.
    pub dial_no_connection: f64,
    /// The outcome of a request to dial is unknown, and the phone rings.
    pub dial_unheard_placed: f64,
    /// The outcome of a request to dial is unknown, and no phone rings.
    pub dial_unheard_not_placed: f64,
    /// A command for a leg (cancel, hang up, redirect) isn't answered. Every other one is carried out nevertheless.
    pub orders_unheard: f64,
    /// A lookup of a leg or the list isn't answered.
    pub looks_unavailable: f64,
    /// The answer to a lookup of a leg or the list is stale.
    pub looks_stale: f64,
    /// The age of a stale answer.
    pub stale_by: Duration,
    /// The minimum age of a stale list.
    pub list_stale_by: Duration,
    /// The outcome of an SMS is unknown. Every other one is sent nevertheless.
    pub messages_unheard: f64,
}

impl NetworkFaults {
    /// No faults.
    pub const FAIR: Self = Self {
        statuses_lost: 0.0,
        statuses_repeated: 0.0,
        statuses_late: 0.0,
        late_by: Between::millis(500, 30_000),
        dial_too_many: 0.0,
        dial_no_connection: 0.0,
        dial_unheard_placed: 0.0,
        dial_unheard_not_placed: 0.0,
        orders_unheard: 0.0,
        looks_unavailable: 0.0,
        looks_stale: 0.0,
        stale_by: Duration::from_secs(60),
        list_stale_by: Duration::ZERO,
        messages_unheard: 0.0,
    };
}

impl Default for NetworkFaults {
    fn default() -> Self {
        Self::FAIR
    }
}

/// The fate of a request to dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DialFate {
    Answered,
    NotProcessed(NotProcessed),
    UnheardPlaced(Uncertainty),
    UnheardNotPlaced(Uncertainty),
}

/// When a status callback arrives, relative to when it is due: never, once or twice.
pub(super) type Arrivals = [Option<Duration>; 2];

/// The fate of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LookupFate {
    Answered,
    Stale,
    Unavailable(Uncertainty),
}

/// The fate of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommandFate {
    Answered,
    UnheardObeyed,
    UnheardIgnored,
}

/// The wait that a 429 asks for, if it contains one.
const RETRY_AFTER: Between = Between::millis(1_000, 5_000);

// Each fate draws the same number of times with any settings, so that one setting never changes the effect of
// another.
impl NetworkFaults {
    pub(super) fn of_dial(&self, rng: &mut Rng) -> DialFate {
        let [too_many, no_connection, placed, not_placed] =
            [self.dial_too_many, self.dial_no_connection, self.dial_unheard_placed, self.dial_unheard_not_placed]
                .map(|probability| comes_true(rng, probability));
        let doubt = doubt(rng);
        let wait = rng.bool().then_some(RETRY_AFTER.pick(rng));
        if too_many {
            DialFate::NotProcessed(NotProcessed::TooMany(wait))
        } else if no_connection {
            DialFate::NotProcessed(NotProcessed::NoConnection)
        } else if placed {
            DialFate::UnheardPlaced(doubt)
        } else if not_placed {
            DialFate::UnheardNotPlaced(doubt)
        } else {
            DialFate::Answered
        }
    }

    pub(super) fn of_status(&self, rng: &mut Rng) -> Arrivals {
        let [lost, repeated, late] = [self.statuses_lost, self.statuses_repeated, self.statuses_late]
            .map(|probability| comes_true(rng, probability));
        let [delay, again] = [self.late_by.pick(rng), self.late_by.pick(rng)];
        if lost {
            return [None, None];
        }
        [Some(if late { delay } else { Duration::ZERO }), repeated.then_some(again)]
    }

    pub(super) fn of_look(&self, rng: &mut Rng) -> LookupFate {
        let [unavailable, stale] =
            [self.looks_unavailable, self.looks_stale].map(|probability| comes_true(rng, probability));
        let doubt = doubt(rng);
        match (unavailable, stale) {
            (true, _) => LookupFate::Unavailable(doubt),
            (false, true) => LookupFate::Stale,
            (false, false) => LookupFate::Answered,
        }
    }

    pub(super) fn of_order(&self, rng: &mut Rng) -> CommandFate {
        unheard(rng, self.orders_unheard)
    }

    pub(super) fn of_message(&self, rng: &mut Rng) -> CommandFate {
        unheard(rng, self.messages_unheard)
    }
}

fn unheard(rng: &mut Rng, probability: f64) -> CommandFate {
    let obeyed = rng.bool();
    match (comes_true(rng, probability), obeyed) {
        (false, _) => CommandFate::Answered,
        (true, true) => CommandFate::UnheardObeyed,
        (true, false) => CommandFate::UnheardIgnored,
    }
}

fn doubt(rng: &mut Rng) -> Uncertainty {
    match rng.u8(0..3) {
        0 => Uncertainty::NoAnswer,
        1 => Uncertainty::ServerError,
        _ => Uncertainty::Unreadable,
    }
}
