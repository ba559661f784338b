//! Finds calls in the carrier's list that the database can't account for. They are evidence of data loss.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{AttemptOutcome, PhoneNumber};

/// The maximum difference between the carrier's clock and ours, and the maximum duration of a request to dial.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(2);

/// A call in the carrier's list that we placed and whose leg isn't in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCall {
    /// The number called.
    pub number: PhoneNumber,
    /// When the carrier accepted it. `None` if the list doesn't say.
    pub placed_at: Option<Timestamp>,
}

/// An attempt without a known leg: the request may be in progress, or its reply was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptWithoutLeg {
    /// The number called.
    pub number: PhoneNumber,
    /// When the intent was committed.
    pub intended_at: Timestamp,
    /// Whether the attempt is open. An open attempt prevents other calls to its number.
    pub open: bool,
}

impl AttemptWithoutLeg {
    fn fits(&self, call: &ListedCall) -> bool {
        let Some(placed_at) = call.placed_at else { return true };
        let delay = placed_at.duration_since(self.intended_at);
        delay >= -CLOCKS_DIFFER && (self.open || delay <= CLOCKS_DIFFER)
    }
}

/// The indices of the calls that no attempt accounts for. Each attempt accounts for one call to its number: the one
/// placed soonest after it.
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

/// An attempt that both the database and the carrier know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAttempt {
    /// Its outcome in the database. `None` while it is open.
    pub outcome: Option<AttemptOutcome>,
    /// When its end was stored. `None` while it is open.
    pub ended_at: Option<Timestamp>,
}

/// The state of a call in the carrier's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtCarrier {
    /// It is in progress.
    UnderWay,
    /// It was answered by a person or a machine, and is over. Also used if the list doesn't say whether it was
    /// answered.
    Answered,
    /// It is over without an answer.
    NotAnswered,
}

/// What happens to an attempt after data loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterLoss {
    /// The stored outcome applies.
    Stands,
    /// The call is still in progress.
    Later,
    /// The patient may have finished the report and been thanked, so the attempt counts as reached.
    Reached,
}

/// Decides about an attempt whose last turns may be lost. Everything stored at or after `lost_since` may be incomplete.
/// An outcome that only a finished conversation can have always applies.
pub fn after_loss(attempt: &KnownAttempt, at_carrier: AtCarrier, lost_since: Timestamp) -> AfterLoss {
    use AttemptOutcome::{
        Busy, Dropped, Failed, NoAnswer, NotNow, NotPlaced, Reached, Reported, Voicemail, Withdrawn, WrongNumber,
    };
    match (attempt.outcome, at_carrier) {
        (None, AtCarrier::UnderWay) => AfterLoss::Later,
        (None, AtCarrier::Answered) => AfterLoss::Reached,
        (Some(Dropped | Failed | NoAnswer | Busy | NotPlaced), AtCarrier::Answered)
            if attempt.ended_at.is_none_or(|at| at >= lost_since) =>
        {
            AfterLoss::Reached
        }
        (Some(Dropped | Failed | NoAnswer | Busy | NotPlaced), AtCarrier::UnderWay) => AfterLoss::Later,
        (Some(Reported | NotNow | Reached | Voicemail | WrongNumber | Withdrawn), _)
        | (Some(Dropped | Failed | NoAnswer | Busy | NotPlaced), _)
        | (None, AtCarrier::NotAnswered) => AfterLoss::Stands,
    }
}

#[cfg(test)]
mod tests;
