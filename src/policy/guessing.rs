//! Limits on tries of HER-SYS IDs and birth dates (H7). `docs/security.md` has the arithmetic.
//!
//! Callers are in one of three lanes: the number registered for the keyed ID, any other number, and hidden numbers. A
//! caller number can be forged, so a lane proves nothing. No lane uses up the tries of a better one. The number
//! registered for an ID has tries of its own. Hidden numbers get half of the daily tries that all other callers have
//! for an ID. The other half is left for callers who show a number. Failures of hidden numbers don't slow callers who
//! show a number.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::CallerNumber;

/// The limits on failed identifications, and on the use of the line by callers who aren't identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuessingLimits {
    /// The window in which failures count, in minutes. For one ID tried from other than its registered number, the
    /// window is [`GuessingLimits::DAY`].
    #[serde(deserialize_with = "crate::domain::number")]
    pub window_minutes: u32,
    /// Failures in 24 hours for one HER-SYS ID from other than its registered number. Half of them may come from hidden
    /// numbers.
    #[serde(deserialize_with = "crate::domain::number")]
    pub per_id: u32,
    /// Failures for one HER-SYS ID from its registered number.
    #[serde(deserialize_with = "crate::domain::number")]
    pub per_id_registered: u32,
    /// Failures from one caller number, for any ID.
    #[serde(deserialize_with = "crate::domain::number")]
    pub per_caller: u32,
    /// Failures of all unregistered numbers together at which these callers are slowed.
    #[serde(deserialize_with = "crate::domain::number")]
    pub global: u32,
    /// Failures of all hidden numbers together at which these callers are slowed.
    #[serde(deserialize_with = "crate::domain::number")]
    pub hidden: u32,
    /// The wait after the third failure for one ID, in seconds. It doubles with every second failure after that. 0 for
    /// no waits.
    #[serde(deserialize_with = "crate::domain::number")]
    pub wait_seconds: u32,
    /// How long a caller may be on the line without being identified, in seconds.
    #[serde(deserialize_with = "crate::domain::number")]
    pub identify_seconds: u32,
    /// Simultaneous calls from one number in which no caller is identified. All hidden numbers count as one.
    #[serde(deserialize_with = "crate::domain::number")]
    pub calls_at_once: u32,
}

impl Default for GuessingLimits {
    fn default() -> Self {
        // A caller has 3 tries per call, and a household may phone for four people. A hotel full of patients may have a
        // single number, and no flood needs more lines than that. Few callers hide their numbers, so their lane is
        // narrower.
        //
        // A slow but correct caller needs all 3 tries, in seconds: 72 for a language menu that is heard twice, and for
        // each try 9 for the question, 40 to find the ID, 32 to key 8 digits, 16 for the second question, 10 to think,
        // 32 to key 8 more and 7 to hear that they don't match: 72 + 3 × 146 = 510. The rest is for `#` and mistakes.
        Self {
            window_minutes: 60,
            per_id: 20,
            per_id_registered: 9,
            per_caller: 12,
            global: 600,
            hidden: 300,
            wait_seconds: 60,
            identify_seconds: 600,
            calls_at_once: 100,
        }
    }
}

/// The lane whose limits an identification counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The caller's number is the one registered for the keyed ID.
    Registered,
    /// The caller shows any other number.
    Outsider,
    /// The caller shows no number.
    Hidden,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Self; 3] = [Self::Registered, Self::Outsider, Self::Hidden];

    /// The value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Outsider => "outsider",
            Self::Hidden => "hidden",
        }
    }

    /// Parses [`Lane::code`].
    pub fn from_code(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.code() == word)
    }

    /// The kind of number recorded for a report given in this lane.
    pub const fn caller_number(self) -> CallerNumber {
        match self {
            Self::Registered => CallerNumber::Registered,
            Self::Outsider => CallerNumber::Unregistered,
            Self::Hidden => CallerNumber::Hidden,
        }
    }
}

/// Failures before the current try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// For this HER-SYS ID in the caller's lane, within the window.
    pub of_id: u32,
    /// For this ID in the caller's lane, within a day.
    pub of_id_today: u32,
    /// For this ID in the caller's lane, within a week.
    pub of_id_this_week: u32,
    /// For this ID from other than its registered number, within a day.
    pub of_id_by_others: u32,
    /// The same within a week.
    pub of_id_by_others_this_week: u32,
    /// When the last of [`Failures::of_id_today`] happened.
    pub last_of_id: Option<Timestamp>,
    /// From this caller number, within the window.
    pub of_caller: u32,
    /// The same within a day.
    pub of_caller_today: u32,
    /// In the caller's lane for any ID, within the window.
    pub of_lane: u32,
    /// The same within a day.
    pub of_lane_today: u32,
    /// Consecutive failures in this call, including tries that weren't checked.
    pub in_call: u32,
}

impl Failures {
    /// Adds one failure.
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

/// Whether the current try is checked. In every other case the caller hears the same words as after a mismatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneState {
    /// It is checked.
    Open,
    /// The daily tries for this ID in the caller's lane are used up.
    IdLocked,
    /// The last failure for this ID is too recent.
    IdWaits,
    /// This caller number has failed too often.
    CallerLocked,
    /// The lane is slowed, and this isn't the first try in its call.
    OneTryACall,
    /// Hidden numbers have also used up their reserve.
    LaneLocked,
}

/// A failure that is reported to staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warn {
    /// What has failed too often.
    pub about: WarnOf,
    /// Whether failures continue after a limit was reached. Staff who closed the alert are told again a day later. An
    /// open alert already says so.
    pub goes_on: bool,
}

/// What has failed too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarnOf {
    /// One ID. Others have used up half of its daily tries, its registered number has used up all of its own, or
    /// someone tries it slowly, over days.
    Id,
    /// A caller number: its tries are used up, or it fails as often again within a day.
    Caller,
    /// A lane: it begins to be slowed, or fails as often within a day.
    Lane,
}

impl GuessingLimits {
    /// The allowed values for the time to be identified, in seconds.
    pub const IDENTIFY_SECONDS: std::ops::RangeInclusive<u32> = 60..=3_600;
    /// The allowed values for the first wait, in seconds.
    pub const WAIT_SECONDS: std::ops::RangeInclusive<u32> = 0..=3_600;
    /// The window for failures for one ID from other than its registered number.
    pub const DAY: SignedDuration = SignedDuration::from_hours(24);
    /// The window in which slow guesses at one ID are noticed.
    pub const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
    /// The daily failures of a registered number that are noticed, as a multiple of its limit. This locks out no
    /// caller.
    const SLOW_REGISTERED_DAY: u32 = 2;
    /// The same for a week.
    const SLOW_REGISTERED_WEEK: u32 = 4;
    /// The daily failures of a caller number that are noticed, as a multiple of its limit.
    const SLOW_CALLER: u32 = 2;
    /// The number of failures for one ID without a wait: the tries of one call.
    const FREE_FAILURES: u32 = 3;
    /// The longest wait after a failure for one ID.
    const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
    /// In a slowed lane, the wait after the first failure for one ID. It doubles each time.
    const SLOWED_WAIT: SignedDuration = SignedDuration::from_mins(15);
    /// The longest wait in a slowed lane.
    const LONGEST_SLOWED_WAIT: SignedDuration = SignedDuration::from_hours(8);
    /// In a slowed lane, the divisor for the failures allowed to one caller number.
    const SLOWED_CALLER: u32 = 4;
    /// The failures of hidden numbers in a window at which the lane is locked, as a multiple of their limit. The
    /// reserve for IDs without failures ends there.
    const HIDDEN_RESERVE: u32 = 4;

    /// The start of the longest window that ends at `now`.
    pub fn counts_from(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.window().max(Self::WEEK)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The length of the window in which failures count.
    pub fn window(&self) -> SignedDuration {
        SignedDuration::from_mins(self.window_minutes.into())
    }

    /// Decides whether a try is checked. For the registered number only that ID's own failures count.
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
            // A clock that was set back must not extend the wait.
            Some(last) if now.duration_since(last).max(SignedDuration::ZERO) < wait => LaneState::IdWaits,
            _ => LaneState::Open,
        }
    }

    /// The warnings for staff about a failure; `before` excludes it. Each limit has a slow counterpart over a day or a
    /// week, so that guesses below the limit are noticed too. The slow counterparts lock out no caller.
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

    /// Returns `true` if the lane is slowed because it has failed too often.
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

    /// The wait after the last failure for an ID with this many failures. Zero if there are none.
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

/// A limit, and the failures that count against it before the current one.
#[derive(Debug, Clone, Copy)]
struct Limit {
    before: u32,
    limit: u32,
    /// Whether failures beyond the limit are reported, too.
    slow: bool,
}

impl Limit {
    fn fast(before: u32, limit: u32) -> Self {
        Self { before, limit: limit.max(1), slow: false }
    }

    fn slow(before: u32, limit: u32) -> Self {
        Self { slow: true, ..Self::fast(before, limit) }
    }

    /// The warning for a failure that counts against all of these limits.
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
