//! How often a caller may try HER-SYS IDs and birth dates (H7). `docs/security.md` has the arithmetic.
//!
//! Callers are in three lanes: the number registered for the ID that was keyed, any other number, and hidden numbers. A
//! caller number can be forged: it is a lane, not a proof. No lane uses up the tries of a better one. The number
//! registered for an ID has tries of its own. Of the tries that all other callers have for an ID in a day, hidden
//! numbers get half, so that the other half is left for callers who show a number. And failures of hidden numbers don't
//! slow those who show one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::CallerNumber;

/// The limits on failed identifications, and on what callers may use of the line meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuessingLimits {
    /// The window over which failures count, in minutes; for one ID by other numbers than the registered one it is
    /// [`GuessingLimits::DAY`].
    #[serde(deserialize_with = "crate::config::number")]
    pub window_minutes: u32,
    /// Failures in 24 hours for one HER-SYS ID from numbers that aren't the patient's. Half of them may come from
    /// hidden numbers.
    #[serde(deserialize_with = "crate::config::number")]
    pub per_id: u32,
    /// Failures for one HER-SYS ID from the patient's registered number.
    #[serde(deserialize_with = "crate::config::number")]
    pub per_id_registered: u32,
    /// Failures from one caller number, whatever the ID.
    #[serde(deserialize_with = "crate::config::number")]
    pub per_caller: u32,
    /// Failures of all callers from unregistered numbers together, from which on they are slowed.
    #[serde(deserialize_with = "crate::config::number")]
    pub global: u32,
    /// Failures of all hidden numbers together, from which on they are slowed.
    #[serde(deserialize_with = "crate::config::number")]
    pub hidden: u32,
    /// How long the third failure for one ID makes the next try wait, in seconds; it doubles with every second failure
    /// after it. 0 for no waits.
    #[serde(deserialize_with = "crate::config::number")]
    pub wait_seconds: u32,
    /// How long a caller may be on the line before being identified, in seconds.
    #[serde(deserialize_with = "crate::config::number")]
    pub identify_seconds: u32,
    /// Calls at a time from one number in which nobody is identified. All hidden numbers count as one.
    #[serde(deserialize_with = "crate::config::number")]
    pub calls_at_once: u32,
}

impl Default for GuessingLimits {
    fn default() -> Self {
        // A caller has 3 tries a call; a household phones for four people. The languages take about 40 s, an ID that
        // has to be looked for and a birth date about 85 s, three times over. A hotel full of patients may have one
        // number; no flood needs more lines than it has. Few callers hide their numbers, so their lane is narrower.
        Self {
            window_minutes: 60,
            per_id: 20,
            per_id_registered: 9,
            per_caller: 12,
            global: 600,
            hidden: 300,
            wait_seconds: 60,
            identify_seconds: 300,
            calls_at_once: 100,
        }
    }
}

/// Whose tries an identification draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The caller's number is the one registered for the ID that was keyed.
    Registered,
    /// The caller shows any other number.
    Outsider,
    /// The caller shows no number.
    Hidden,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Self; 3] = [Self::Registered, Self::Outsider, Self::Hidden];

    /// The word used in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Outsider => "outsider",
            Self::Hidden => "hidden",
        }
    }

    /// Reads [`Lane::word`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.code() == word)
    }

    /// What is noted of a report that is given in this lane.
    pub const fn caller_number(self) -> CallerNumber {
        match self {
            Self::Registered => CallerNumber::Registered,
            Self::Outsider => CallerNumber::Unregistered,
            Self::Hidden => CallerNumber::Hidden,
        }
    }
}

/// Failed tries before the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// For this HER-SYS ID in the caller's lane, within the window.
    pub of_id: u32,
    /// For this ID in the caller's lane, within a day.
    pub of_id_today: u32,
    /// For this ID in the caller's lane, within a week.
    pub of_id_this_week: u32,
    /// For this ID by all who don't call from the registered number, within a day.
    pub of_id_by_others: u32,
    /// The same within a week.
    pub of_id_by_others_this_week: u32,
    /// When the last of [`Failures::of_id_today`] was.
    pub last_of_id: Option<Timestamp>,
    /// From this caller number, within the window.
    pub of_caller: u32,
    /// The same within a day.
    pub of_caller_today: u32,
    /// In the caller's lane, whatever the ID, within the window.
    pub of_lane: u32,
    /// The same within a day.
    pub of_lane_today: u32,
    /// In this call, one after the other, tries that weren't judged among them.
    pub in_call: u32,
}

impl Failures {
    /// The same after one more failure.
    #[must_use]
    pub fn and_one(self, at: Timestamp) -> Self {
        let more = |count: u32| count.saturating_add(1);
        Self {
            of_id: more(self.of_id),
            of_id_today: more(self.of_id_today),
            of_id_this_week: more(self.of_id_this_week),
            of_id_by_others: more(self.of_id_by_others),
            of_id_by_others_this_week: more(self.of_id_by_others_this_week),
            last_of_id: Some(at),
            of_caller: more(self.of_caller),
            of_caller_today: more(self.of_caller_today),
            of_lane: more(self.of_lane),
            of_lane_today: more(self.of_lane_today),
            in_call: more(self.in_call),
        }
    }
}

/// What the limits say of the present try. Whatever they say, the caller hears the words of a mismatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneState {
    /// It is judged.
    Open,
    /// The day's tries for this ID in the caller's lane are used up.
    IdLocked,
    /// The last failure for this ID is too recent.
    IdWaits,
    /// This caller number has failed too often.
    CallerLocked,
    /// The lane is slowed, and this isn't the first try of its call.
    OneTryACall,
    /// Hidden numbers have used up what is kept for them, too.
    LaneLocked,
}

/// A failure of which staff are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warn {
    /// What has failed too often.
    pub about: WarnOf,
    /// Whether a limit was reached before and failures go on: staff who have closed the alert are told again a day
    /// later, and one that is open says so already.
    pub goes_on: bool,
}

/// What has failed too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarnOf {
    /// One ID: half of what it allows in a day is used up by others, or all of what its registered number has; or it is
    /// tried slowly, over days.
    Id,
    /// A caller number: its tries are used up, or as many again in a day.
    Caller,
    /// A lane: it begins to be slowed, or fails as often in a day.
    Lane,
}

impl GuessingLimits {
    /// How long a caller may be given to be identified, in seconds.
    pub const IDENTIFY_SECONDS: std::ops::RangeInclusive<u32> = 60..=3_600;
    /// How long the first wait may be, in seconds.
    pub const WAIT_SECONDS: std::ops::RangeInclusive<u32> = 0..=3_600;
    /// The window over which failures for one ID from other numbers than the registered one count.
    pub const DAY: SignedDuration = SignedDuration::from_hours(24);
    /// The window in which slow guesses at one ID are noticed.
    pub const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
    /// How many times the window's tries of a registered number are noticed in a day: nobody is locked out by it.
    const SLOW_REGISTERED_DAY: u32 = 2;
    /// The same in a week.
    const SLOW_REGISTERED_WEEK: u32 = 4;
    /// How many times the window's tries of a caller number are noticed in a day.
    const SLOW_CALLER: u32 = 2;
    /// So many failures for one ID make nobody wait: a call's worth.
    const FREE_FAILURES: u32 = 3;
    /// The longest wait after a failure for one ID.
    const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
    /// In a slowed lane, how long the first failure for one ID makes the next try wait; it doubles each time.
    const SLOWED_WAIT: SignedDuration = SignedDuration::from_mins(15);
    /// The longest wait in a slowed lane.
    const LONGEST_SLOWED_WAIT: SignedDuration = SignedDuration::from_hours(8);
    /// In a slowed lane, by how much fewer failures one caller number has.
    const SLOWED_CALLER: u32 = 4;
    /// How many times their limit hidden numbers may fail in a window: what is kept for IDs without failures ends
    /// there.
    const HIDDEN_RESERVE: u32 = 4;

    /// From when on failures are counted at `now`: the longest of the windows.
    pub fn counts_from(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.window().max(Self::WEEK)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// How long a window is in which failures count.
    pub fn window(&self) -> SignedDuration {
        SignedDuration::from_mins(self.window_minutes.into())
    }

    /// Whether a try is judged. From the registered number only that ID's own failures count.
    pub fn standing(&self, lane: Lane, failures: &Failures, now: Timestamp) -> LaneState {
        if lane == Lane::Registered {
            return if failures.of_id >= self.per_id_registered { LaneState::IdLocked } else { LaneState::Open };
        }
        let slowed = self.is_slowed(lane, failures);
        let of_id = if lane == Lane::Hidden { self.per_id.div_ceil(2) } else { self.per_id };
        let of_caller = if slowed { self.per_caller.div_ceil(Self::SLOWED_CALLER) } else { self.per_caller };
        if failures.of_id_by_others >= self.per_id || failures.of_id_today >= of_id {
            return LaneState::IdLocked;
        }
        if lane == Lane::Outsider && failures.of_caller >= of_caller {
            return LaneState::CallerLocked;
        }
        if lane == Lane::Hidden && failures.of_lane >= self.hidden.saturating_mul(Self::HIDDEN_RESERVE) {
            return LaneState::LaneLocked;
        }
        if slowed && failures.in_call > 0 {
            return LaneState::OneTryACall;
        }
        let wait = self.wait(failures.of_id_today, slowed);
        match failures.last_of_id {
            // A clock that was put back must not make the wait longer.
            Some(last) if now.duration_since(last).max(SignedDuration::ZERO) < wait => LaneState::IdWaits,
            _ => LaneState::Open,
        }
    }

    /// What staff are told of a failure: `before` are the failures without it. Each limit has a slow companion, over a
    /// day or a week, so that whoever stays below it isn't left alone; those lock nobody out.
    pub fn warnings(&self, lane: Lane, before: &Failures) -> Vec<Warn> {
        let registered = self.per_id_registered;
        let of_id = match lane {
            Lane::Registered => [
                Limit::fast(before.of_id, registered),
                Limit::slow(before.of_id_today, registered.saturating_mul(Self::SLOW_REGISTERED_DAY)),
                Limit::slow(before.of_id_this_week, registered.saturating_mul(Self::SLOW_REGISTERED_WEEK)),
            ]
            .to_vec(),
            Lane::Outsider | Lane::Hidden => [
                Limit::fast(before.of_id_by_others, self.per_id.div_ceil(2)),
                Limit::slow(before.of_id_by_others_this_week, self.per_id),
            ]
            .to_vec(),
        };
        let of_caller = [
            Limit::fast(before.of_caller, self.per_caller),
            Limit::slow(before.of_caller_today, self.per_caller.saturating_mul(Self::SLOW_CALLER)),
        ];
        let limit = self.lane_limit(lane);
        let of_lane = [Limit::fast(before.of_lane, limit), Limit::slow(before.of_lane_today, limit)];
        let mut warnings = vec![Limit::warn(&of_id, WarnOf::Id)];
        warnings.extend((lane == Lane::Outsider).then(|| Limit::warn(&of_caller, WarnOf::Caller)));
        warnings.extend((lane != Lane::Registered).then(|| Limit::warn(&of_lane, WarnOf::Lane)));
        warnings.into_iter().flatten().collect()
    }

    /// Whether a lane has failed so often that it is slowed.
    fn is_slowed(&self, lane: Lane, failures: &Failures) -> bool {
        lane != Lane::Registered && failures.of_lane >= self.lane_limit(lane)
    }

    const fn lane_limit(&self, lane: Lane) -> u32 {
        match lane {
            Lane::Registered => u32::MAX,
            Lane::Outsider => self.global,
            Lane::Hidden => self.hidden,
        }
    }

    /// How long after its last failure an ID with this many failures may be tried again. `None` without failures.
    fn wait(&self, failures: u32, slowed: bool) -> SignedDuration {
        let doubled = |first: SignedDuration, times: u32| first.saturating_mul(1 << times.min(16));
        if slowed && failures > 0 {
            return doubled(Self::SLOWED_WAIT, failures.saturating_sub(1)).min(Self::LONGEST_SLOWED_WAIT);
        }
        if failures < Self::FREE_FAILURES {
            return SignedDuration::ZERO;
        }
        let first = SignedDuration::from_secs(self.wait_seconds.into());
        doubled(first, failures.saturating_sub(Self::FREE_FAILURES) / 2).min(Self::LONGEST_WAIT.max(first))
    }
}

/// One limit, and the failures before the present one that count against it.
#[derive(Debug, Clone, Copy)]
struct Limit {
    before: u32,
    limit: u32,
    /// Failures beyond it are told, too.
    slow: bool,
}

impl Limit {
    fn fast(before: u32, limit: u32) -> Self {
        Self { before, limit: limit.max(1), slow: false }
    }

    fn slow(before: u32, limit: u32) -> Self {
        Self { slow: true, ..Self::fast(before, limit) }
    }

    /// What staff are told of a failure that counts against all of these.
    fn warn(limits: &[Self], about: WarnOf) -> Option<Warn> {
        let now = |one: &Self| one.before.saturating_add(1);
        if limits.iter().any(|one| now(one) == one.limit) {
            return Some(Warn { about, goes_on: false });
        }
        limits.iter().any(|one| one.slow && now(one) > one.limit).then_some(Warn { about, goes_on: true })
    }
}

#[cfg(test)]
mod tests;
