//! Whether our own clock can be believed (fault 17). A clock that jumps would have people called an hour early, or
//! their slots shown as missed, so after a jump nothing is done by it until somebody else's clock says the same: the
//! carrier's, which stands in every reply.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How far two clocks may be apart. Time services hold clocks to within a second; a minute earlier or later harms
/// nobody.
pub const CLOCKS_AGREE: SignedDuration = SignedDuration::from_secs(60);
/// How often a clock that is believed is compared with the carrier's.
pub const COMPARE_EVERY: Duration = Duration::from_hours(1);
/// How soon a clock that isn't is compared again.
pub const COMPARE_AGAIN: Duration = Duration::from_secs(30);

/// A moment by two clocks of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The time of day, which people and time services set.
    pub shown: Timestamp,
    /// What has run since some beginning, which nobody sets.
    pub steady: Duration,
}

/// What the carrier's clock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// The time.
    Shows(Timestamp),
    /// It answers, and tells no time.
    Silent,
    /// It doesn't answer.
    Unavailable,
}

/// What to do with our clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belief {
    /// Go by it.
    Believed,
    /// Go by it, and compare it with the carrier's when there is time.
    Compare,
    /// Do nothing by it before it was compared with the carrier's.
    CompareFirst,
    /// Do nothing by it, and compare it after so long.
    Doubted(Duration),
}

/// Watches our clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClockWatch(State);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// Nobody has looked at it.
    #[default]
    New,
    /// It was right then, as far as could be found out; to be compared again at a steady moment.
    Right { then: Reading, compare_at: Duration },
    /// It jumped, or the carrier says otherwise.
    Wrong { compare_at: Duration },
}

impl ClockWatch {
    /// Whether the clock can be gone by at this moment.
    pub fn look(&mut self, now: Reading) -> Belief {
        match self.0 {
            State::New => Belief::CompareFirst,
            State::Right { then, .. } if jumped(then, now) => {
                self.0 = State::Wrong { compare_at: now.steady };
                Belief::CompareFirst
            }
            State::Right { compare_at, .. } if compare_at <= now.steady => Belief::Compare,
            State::Right { .. } => Belief::Believed,
            State::Wrong { compare_at } if compare_at <= now.steady => Belief::CompareFirst,
            State::Wrong { compare_at } => Belief::Doubted(compare_at.saturating_sub(now.steady)),
        }
    }

    /// The carrier was asked. Says whether the clock can be gone by. One that was right and never jumped since is, when
    /// nobody says otherwise.
    pub fn compared(&mut self, now: Reading, witness: Witness) -> Belief {
        let doubted = match (self.0, witness) {
            (_, Witness::Shows(time)) => time.duration_since(now.shown).abs() > CLOCKS_AGREE,
            (State::Wrong { .. }, _) | (State::New, Witness::Unavailable) => true,
            (State::Right { then, .. }, _) => jumped(then, now),
            // There is no other clock than ours.
            (State::New, Witness::Silent) => false,
        };
        let soon = now.steady.saturating_add(COMPARE_AGAIN);
        if doubted {
            self.0 = State::Wrong { compare_at: soon };
            return Belief::Doubted(COMPARE_AGAIN);
        }
        let compare_at = match witness {
            Witness::Unavailable => soon,
            Witness::Shows(_) | Witness::Silent => now.steady.saturating_add(COMPARE_EVERY),
        };
        self.0 = State::Right { then: now, compare_at };
        Belief::Believed
    }
}

/// Whether the time of day went on by something else than the time that ran.
fn jumped(then: Reading, now: Reading) -> bool {
    let ran = SignedDuration::try_from(now.steady.saturating_sub(then.steady)).unwrap_or(SignedDuration::MAX);
    let went_on = now.shown.duration_since(then.shown);
    went_on.checked_sub(ran).is_none_or(|jump| jump.abs() > CLOCKS_AGREE)
}

#[cfg(test)]
mod tests;
