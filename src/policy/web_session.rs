//! When a log-in in a browser ends by itself.

use jiff::{SignedDuration, Timestamp};

use crate::domain::LogInStage;

/// How long a log-in lasts without activity. Source: our decision, as nobody else may read at an unattended terminal
/// (厚生労働省, 医療情報システムの安全管理に関するガイドライン 6.0).
const IDLE: SignedDuration = SignedDuration::from_mins(15);
/// How long a log-in lasts at most: a shift with overtime.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How long the second factor may take.
const SECOND_FACTOR_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// How often activity is recorded, so that not every request writes.
pub const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(10);
/// How long a browser is known after its last log-in.
pub const DEVICE_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The times of a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    /// How far it has come.
    pub stage: LogInStage,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// When somebody ended it.
    pub ended_at: Option<Timestamp>,
}

/// Whether a log-in still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStanding {
    /// It holds.
    Live,
    /// It ended by itself: unused for too long, or its longest time is over.
    TimedOut,
    /// It was ended: by logging out, or by somebody who may do that.
    Ended,
}

/// Whether a log-in holds at a time.
pub fn session_standing(times: &SessionTimes, now: Timestamp) -> SessionStanding {
    let since = |at: Timestamp| now.duration_since(at);
    let timed_out = match times.stage {
        LogInStage::PasswordGiven => since(times.created_at) >= SECOND_FACTOR_WITHIN,
        // The last recorded activity may be a little older than the last one.
        LogInStage::LoggedIn => since(times.seen_at) >= IDLE + SEEN_EVERY || since(times.created_at) >= LONGEST,
    };
    match times.ended_at {
        Some(_) => SessionStanding::Ended,
        None if timed_out => SessionStanding::TimedOut,
        None => SessionStanding::Live,
    }
}

#[cfg(test)]
mod tests {
    use super::SessionStanding::{Ended, Live, TimedOut};
    use super::*;

    #[test]
    fn a_login_ends_unused_or_old_or_by_hand() {
        let at = |minute: i64| Timestamp::from_second(1_764_000_000 + 60 * minute).unwrap();
        let standing = |stage, seen, ended: Option<i64>, now| {
            let times = SessionTimes { stage, created_at: at(0), seen_at: at(seen), ended_at: ended.map(at) };
            session_standing(&times, at(now))
        };
        for (stage, seen, ended, now, expected) in [
            (LogInStage::LoggedIn, 0, None, 15, Live),
            (LogInStage::LoggedIn, 0, None, 16, TimedOut),
            (LogInStage::LoggedIn, 10, None, 25, Live),
            (LogInStage::LoggedIn, 719, None, 719, Live),
            (LogInStage::LoggedIn, 719, None, 720, TimedOut),
            (LogInStage::LoggedIn, 0, Some(1), 2, Ended),
            (LogInStage::PasswordGiven, 0, None, 4, Live),
            (LogInStage::PasswordGiven, 0, None, 5, TimedOut),
            (LogInStage::PasswordGiven, 4, None, 5, TimedOut),
        ] {
            assert_eq!(standing(stage, seen, ended, now), expected, "{stage:?} {seen} {ended:?} {now}");
        }
    }
}
