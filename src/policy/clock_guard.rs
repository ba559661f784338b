//! Whether our own clock can be trusted (fault 17), and what time it is if it can't. After a clock jump, patients would
//! be called an hour early, their slots shown as missed and their calls ended as lost. Therefore the time follows the
//! monotonic clock after a jump, until another clock agrees: the carrier's, which is in every reply.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The maximum difference between two clocks. Time services keep clocks within a second. A minute earlier or later does
/// no harm.
pub const CLOCKS_AGREE: SignedDuration = SignedDuration::from_secs(60);
/// How often a trusted clock is compared with the carrier's.
pub const COMPARE_EVERY: Duration = Duration::from_hours(1);
/// How soon a clock that isn't trusted is compared again.
pub const COMPARE_AGAIN: Duration = Duration::from_secs(30);
/// How long a clock must run after a jump before it is trusted, if there is no other clock to compare with. The jump
/// may have corrected it. All waits start again then.
pub const BELIEVED_ALONE: SignedDuration = SignedDuration::from_mins(2);

/// One moment on two clocks of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The time of day, which people and time services set.
    pub shown: Timestamp,
    /// The monotonic clock, which nothing sets.
    pub steady: Duration,
}

/// What the carrier's clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// The time.
    Shows(Timestamp),
    /// The carrier answers, but its reply has no time.
    Silent,
    /// The carrier doesn't answer.
    Unavailable,
    /// There is no carrier to ask.
    Nobody,
}

/// Whether our clock can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It is trusted.
    Believed,
    /// It is trusted. Compare it with the carrier's clock when convenient.
    Compare,
    /// It isn't trusted until it has been compared with the carrier's clock.
    CompareFirst,
    /// It isn't trusted. Compare it after this duration.
    Doubted(Duration),
    /// It isn't trusted yet: nothing contradicts it, but the carrier has never answered. Compare it after this
    /// duration.
    NotCompared(Duration),
}

/// Watches our clock. Keeps the time by the monotonic clock while the time of day can't be trusted.
///
/// Services never read the time of day themselves. They read [`ClockGuard::now`]. It returns the time of day if that
/// agrees with the monotonic clock. After a jump it returns the last trusted time plus the monotonic time since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockGuard {
    /// The reference: the trusted time at a monotonic moment.
    anchor: Reading,
    /// Since when the time has run without a correction.
    since: Since,
    state: State,
}

/// Since when stored times can be compared with the current time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    /// The start of this process. Earlier stored times are taken as the database has them.
    Begin(Duration),
    /// The last correction. Times stored before it can't be compared.
    Correction(Reading),
}

/// What a doubted clock showed at the last check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// A time that differs from the trusted one.
    Another,
    /// The trusted time.
    TheSame,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It has never been compared.
    New,
    /// The carrier was asked and has never answered. Ask again at this monotonic moment.
    Unheard { compare_at: Duration },
    /// It was right as far as known. Compare it again at this monotonic moment.
    Right { compare_at: Duration },
    /// It jumped, or the carrier contradicts it.
    Wrong { compare_at: Duration, shown: Shown },
    /// It jumped to this reading, and there is no clock to compare with.
    Alone { jumped_to: Reading },
}

impl ClockGuard {
    /// Starts a guard when the process starts.
    pub const fn begun(now: Reading) -> Self {
        Self { anchor: now, since: Since::Begin(now.steady), state: State::New }
    }

    /// The time to use. It never jumps, unless [`ClockGuard::compared`] corrects it.
    pub fn now(&self, reading: Reading) -> Timestamp {
        if jumped(self.anchor, reading) { self.went_on(reading) } else { reading.shown }
    }

    /// Returns `true` if the time is in doubt. Then no patient is dialled, and nothing is swept, given up or handed to
    /// staff.
    pub fn in_doubt(&self, reading: Reading) -> bool {
        match self.state {
            // The monotonic clock applies, and no other clock will ever be available.
            State::Alone { .. } => false,
            State::Wrong { .. } | State::Unheard { .. } => true,
            State::New | State::Right { .. } => jumped(self.anchor, reading),
        }
    }

    /// Returns `true` if the time of day is contradicted: it jumped, or the carrier shows another time.
    pub fn is_contradicted(&self, reading: Reading) -> bool {
        match self.state {
            State::Unheard { .. } => jumped(self.anchor, reading),
            State::New | State::Right { .. } | State::Wrong { .. } | State::Alone { .. } => self.in_doubt(reading),
        }
    }

    /// A lower bound for the time since a stored moment. Measured by the monotonic clock if the stored time can't be
    /// compared with the current time: it is before the last correction, or in the future.
    pub fn waited(&self, at: Timestamp, reading: Reading) -> SignedDuration {
        let now = self.now(reading);
        let (begun, earliest) = match self.since {
            Since::Begin(steady) => (steady, Timestamp::MIN),
            Since::Correction(corrected) => (corrected.steady, corrected.shown),
        };
        let ahead = at.duration_since(now);
        if at < earliest || ahead > CLOCKS_AGREE {
            return ran(begun, reading.steady);
        }
        (-ahead).max(SignedDuration::ZERO)
    }

    /// The moment `wait` ago, for finding what hasn't changed since. `None` while the time is in doubt, and until
    /// `wait` has passed since a correction.
    pub fn ago(&self, wait: SignedDuration, reading: Reading) -> Option<Timestamp> {
        let runs_since = match (self.since, self.state) {
            (Since::Correction(corrected), _) => Some(corrected.steady),
            (Since::Begin(steady), State::New) => Some(steady),
            (Since::Begin(_), _) => None,
        };
        let young = runs_since.is_some_and(|since| ran(since, reading.steady) < wait);
        if young || self.in_doubt(reading) {
            return None;
        }
        self.now(reading).checked_sub(wait).ok()
    }

    /// Checks whether the clock can be trusted now.
    pub fn look(&mut self, now: Reading) -> Trust {
        match self.state {
            State::Unheard { compare_at } if compare_at > now.steady && !jumped(self.anchor, now) => {
                Trust::NotCompared(compare_at.saturating_sub(now.steady))
            }
            State::New | State::Unheard { .. } => Trust::CompareFirst,
            State::Right { .. } if jumped(self.anchor, now) => {
                self.state = State::Wrong { compare_at: now.steady, shown: Shown::Another };
                Trust::CompareFirst
            }
            State::Right { compare_at, .. } if compare_at <= now.steady => Trust::Compare,
            State::Right { .. } => Trust::Believed,
            State::Wrong { compare_at, .. } if compare_at <= now.steady => Trust::CompareFirst,
            // It seems to have been corrected, and calls are waiting for it.
            State::Wrong { shown: Shown::Another, .. } if !jumped(self.anchor, now) => Trust::CompareFirst,
            State::Wrong { compare_at, .. } => Trust::Doubted(compare_at.saturating_sub(now.steady)),
            State::Alone { .. } => Trust::CompareFirst,
        }
    }

    /// Records the carrier's answer and returns whether the clock can be trusted. A clock that was right and hasn't
    /// jumped stays trusted unless it is contradicted.
    pub fn compared(&mut self, now: Reading, witness: Witness) -> Trust {
        let has_jumped = jumped(self.anchor, now);
        let believed = match (self.state, witness) {
            (_, Witness::Shows(time)) => time.duration_since(now.shown).abs() <= CLOCKS_AGREE,
            (State::Alone { jumped_to }, Witness::Nobody) => {
                let steadily = !jumped(jumped_to, now);
                !has_jumped || steadily && ran(jumped_to.steady, now.steady) >= BELIEVED_ALONE
            }
            (_, Witness::Nobody) => !has_jumped,
            (State::Wrong { .. } | State::Alone { .. }, _)
            | (State::New | State::Unheard { .. }, Witness::Unavailable) => false,
            // Our clock is the only one.
            (State::Right { .. } | State::New | State::Unheard { .. }, _) => !has_jumped,
        };
        let soon = now.steady.saturating_add(COMPARE_AGAIN);
        if believed {
            self.correct(now.shown, now);
            let compare_at = match witness {
                Witness::Unavailable => soon,
                Witness::Shows(_) | Witness::Silent | Witness::Nobody => now.steady.saturating_add(COMPARE_EVERY),
            };
            self.state = State::Right { compare_at };
            return Trust::Believed;
        }
        if let (State::New | State::Unheard { .. }, Witness::Unavailable, false) = (self.state, witness, has_jumped) {
            self.state = State::Unheard { compare_at: soon };
            return Trust::NotCompared(COMPARE_AGAIN);
        }
        if let Witness::Shows(time) = witness
            && time.duration_since(self.now(now)).abs() > CLOCKS_AGREE
        {
            // Use the carrier's clock until ours is corrected, so that times stored meanwhile are right.
            self.correct(time, now);
        }
        self.state = match (witness, self.state) {
            (Witness::Nobody, State::Alone { jumped_to }) if !jumped(jumped_to, now) => State::Alone { jumped_to },
            (Witness::Nobody, _) => State::Alone { jumped_to: now },
            _ => {
                let shown = if jumped(self.anchor, now) { Shown::Another } else { Shown::TheSame };
                State::Wrong { compare_at: soon, shown }
            }
        };
        Trust::Doubted(COMPARE_AGAIN)
    }

    /// Sets the time to `time`. Times stored before a correction can't be compared with it.
    fn correct(&mut self, time: Timestamp, now: Reading) {
        let corrected = Reading { shown: time, steady: now.steady };
        if time.duration_since(self.now(now)).abs() > CLOCKS_AGREE {
            self.since = Since::Correction(corrected);
        }
        self.anchor = corrected;
    }

    /// The last trusted time plus the time since then.
    fn went_on(&self, now: Reading) -> Timestamp {
        self.anchor.shown.checked_add(ran(self.anchor.steady, now.steady)).unwrap_or(now.shown)
    }
}

/// Returns `true` if the time of day advanced differently from the monotonic clock.
fn jumped(then: Reading, now: Reading) -> bool {
    let went_on = now.shown.duration_since(then.shown);
    went_on.checked_sub(ran(then.steady, now.steady)).is_none_or(|jump| jump.abs() > CLOCKS_AGREE)
}

/// The time between two monotonic moments. Negative only if a test moves its clock back.
fn ran(then: Duration, now: Duration) -> SignedDuration {
    let signed = |duration: Duration| SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    signed(now).saturating_sub(signed(then))
}

#[cfg(test)]
mod tests;
