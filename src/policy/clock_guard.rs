//! Whether our own clock can be believed (fault 17), and what time it is while it can't. A clock that jumps would have
//! people called an hour early, their slots shown as missed and their calls ended as lost. So after a jump the time
//! goes on by the steady clock until someone else's clock agrees: the carrier's, which stands in every reply.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How far two clocks may be apart. Time services hold clocks to within a second; a minute earlier or later harms
/// nobody.
pub const CLOCKS_AGREE: SignedDuration = SignedDuration::from_secs(60);
/// How often a clock that is believed is compared with the carrier's.
pub const COMPARE_EVERY: Duration = Duration::from_hours(1);
/// How soon a clock that isn't is compared again.
pub const COMPARE_AGAIN: Duration = Duration::from_secs(30);
/// How long a clock must run after a jump before it is believed where there is no other clock to compare with: it may
/// have been set right, and waits begin anew then.
pub const BELIEVED_ALONE: SignedDuration = SignedDuration::from_mins(2);

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
    /// There is no carrier to ask.
    Nobody,
}

/// What to do with our clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Go by it.
    Believed,
    /// Go by it, and compare it with the carrier's when there is time.
    Compare,
    /// Do nothing by it before it was compared with the carrier's.
    CompareFirst,
    /// Do nothing by it, and compare it after so long.
    Doubted(Duration),
    /// Nothing speaks against it, but the carrier, which couldn't be asked yet, was never heard: do nothing by it, and
    /// compare it after so long.
    NotCompared(Duration),
}

/// Watches our clock, and keeps the time by the steady clock while the time of day can't be believed.
///
/// Services never read the time of day itself. They read [`ClockGuard::now`], which is the time of day while that runs
/// with the steady clock, and the last believed time plus what has run since then when the time of day has jumped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockGuard {
    /// What the time goes by: it was so late at that steady moment.
    anchor: Reading,
    /// Since when the time has run without a correction.
    since: Since,
    state: State,
}

/// Since when times that were written can be compared with now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    /// Since this process began. What was written before is as the database says.
    Begin(Duration),
    /// The time was corrected then. What was written before is of another time.
    Correction(Reading),
}

/// What a clock that is in doubt showed when it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Another time than the one that is trusted.
    Another,
    /// The same.
    TheSame,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It was never compared.
    New,
    /// The carrier was asked and didn't answer, and never did before; to be asked again at a steady moment.
    Unheard { compare_at: Duration },
    /// It was right, as far as could be found out; to be compared again at a steady moment.
    Right { compare_at: Duration },
    /// It jumped, or the carrier says otherwise.
    Wrong { compare_at: Duration, shown: Shown },
    /// It jumped to this reading, and there is nobody to compare with.
    Alone { jumped_to: Reading },
}

impl ClockGuard {
    /// A process begins.
    pub const fn begun(now: Reading) -> Self {
        Self { anchor: now, since: Since::Begin(now.steady), state: State::New }
    }

    /// The time to go by. It never jumps, except when [`ClockGuard::compared`] corrects it.
    pub fn now(&self, reading: Reading) -> Timestamp {
        if jumped(self.anchor, reading) { self.went_on(reading) } else { reading.shown }
    }

    /// Whether the time is in doubt: then nobody is dialled, nothing is swept, given up or handed to staff.
    pub fn in_doubt(&self, reading: Reading) -> bool {
        match self.state {
            // It is the steady clock that counts, and nobody will ever say more.
            State::Alone { .. } => false,
            State::Wrong { .. } | State::Unheard { .. } => true,
            State::New | State::Right { .. } => jumped(self.anchor, reading),
        }
    }

    /// Whether something speaks against the time of day: it jumped, or the carrier says otherwise.
    pub fn is_contradicted(&self, reading: Reading) -> bool {
        match self.state {
            State::Unheard { .. } => jumped(self.anchor, reading),
            State::New | State::Right { .. } | State::Wrong { .. } | State::Alone { .. } => self.in_doubt(reading),
        }
    }

    /// How long it certainly is since a stored moment, by the steady clock where the stored time can't be compared with
    /// now: one that lies before the last correction, or in the future.
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

    /// The moment `wait` ago, to find what hasn't changed since. `None` while the time is in doubt, and
    /// until it has run for so long after a correction.
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

    /// Whether the clock can be trusted at this moment.
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
            // It was set right, it seems: calls wait for it.
            State::Wrong { shown: Shown::Another, .. } if !jumped(self.anchor, now) => Trust::CompareFirst,
            State::Wrong { compare_at, .. } => Trust::Doubted(compare_at.saturating_sub(now.steady)),
            State::Alone { .. } => Trust::CompareFirst,
        }
    }

    /// The carrier was asked. Says whether the clock can be trusted. One that was right and never jumped since is, when
    /// nobody says otherwise.
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
            // There is no other clock than ours.
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
            // The carrier's clock is trusted until ours is put right: what is written meanwhile has the right time.
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

    /// From now on the time is `time`. What was written by another one can't be compared with it.
    fn correct(&mut self, time: Timestamp, now: Reading) {
        let corrected = Reading { shown: time, steady: now.steady };
        if time.duration_since(self.now(now)).abs() > CLOCKS_AGREE {
            self.since = Since::Correction(corrected);
        }
        self.anchor = corrected;
    }

    /// The last believed time, and what has run since.
    fn went_on(&self, now: Reading) -> Timestamp {
        self.anchor.shown.checked_add(ran(self.anchor.steady, now.steady)).unwrap_or(now.shown)
    }
}

/// Whether the time of day went on by something else than the time that ran.
fn jumped(then: Reading, now: Reading) -> bool {
    let went_on = now.shown.duration_since(then.shown);
    went_on.checked_sub(ran(then.steady, now.steady)).is_none_or(|jump| jump.abs() > CLOCKS_AGREE)
}

/// How long it is from one steady moment to another. Never negative, but for a clock of a test that is moved back.
fn ran(then: Duration, now: Duration) -> SignedDuration {
    let signed = |duration: Duration| SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    signed(now).saturating_sub(signed(then))
}

#[cfg(test)]
mod tests;
