//! Which calls of the carrier's list the database can't account for: they show that it has lost its last entries.

use jiff::{SignedDuration, Timestamp};

use crate::call::PhoneNumber;

/// How far the carrier's clock and ours may differ, and how long a request to dial may take.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);

/// A call of the carrier's list that we placed and whose leg the database doesn't have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCall {
    /// The number called.
    pub number: PhoneNumber,
    /// When the carrier took it. `None` if the list doesn't say it.
    pub placed_at: Option<Timestamp>,
}

/// An attempt of which no leg is known: the request may be under way, or its reply was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptWithoutLeg {
    /// The number called.
    pub number: PhoneNumber,
    /// When the attempt was committed.
    pub intended_at: Timestamp,
    /// Whether the attempt is open. An open attempt keeps its number from being called again.
    pub open: bool,
}

impl AttemptWithoutLeg {
    fn fits(&self, call: &ListedCall) -> bool {
        let Some(placed_at) = call.placed_at else { return true };
        let delay = placed_at.duration_since(self.intended_at);
        delay >= -CLOCKS_DIFFER && (self.open || delay <= CLOCKS_DIFFER)
    }
}

/// The calls that no attempt accounts for, by their places. Each attempt accounts for one call to its number: the one
/// that was placed soonest after it.
pub fn unaccounted(calls: &[ListedCall], attempts: &[AttemptWithoutLeg]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|place| calls.get(*place).and_then(|call| call.placed_at));
    let mut free: Vec<&AttemptWithoutLeg> = attempts.iter().collect();
    // An ended attempt fits fewer calls than an open one, and an earlier one fewer than a later one.
    free.sort_by_key(|attempt| (attempt.open, attempt.intended_at));
    let mut left = Vec::new();
    for place in order {
        let Some(call) = calls.get(place) else { continue };
        match free.iter().position(|attempt| attempt.number == call.number && attempt.fits(call)) {
            Some(found) => drop(free.remove(found)),
            None => left.push(place),
        }
    }
    left.sort_unstable();
    left
}

#[cfg(test)]
mod tests;
