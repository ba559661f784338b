//! Which calls of the carrier's list the database can't account for: they show that it has lost its last entries.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{AttemptOutcome, PhoneNumber};

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

/// An attempt of which no leg is known: the request may be in progress, or its reply was lost.
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

/// An attempt of which the database and the carrier both know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAttempt {
    /// How it ended, by the database. `None` while it is open.
    pub outcome: Option<AttemptOutcome>,
    /// When its end was stored. `None` while it is open.
    pub ended_at: Option<Timestamp>,
}

/// How the carrier's list shows a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtCarrier {
    /// It isn't over.
    UnderWay,
    /// Someone or something answered, and it is over; also when the list doesn't say whether it was answered.
    Answered,
    /// It is over, and nobody answered.
    NotAnswered,
}

/// What becomes of an attempt after last entries were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterLoss {
    /// What the database knows of it stands.
    Stands,
    /// It isn't over yet.
    Later,
    /// The patient may have finished the report and been thanked: the attempt counts as reached.
    Reached,
}

/// What becomes of an attempt whose last turns may be lost: what was stored at `lost_since` or later may be incomplete.
/// An outcome that only a finished conversation leads to stands.
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
