//! When a log-in to the portal ends by itself.

use jiff::{SignedDuration, Timestamp};

use crate::domain::Stay;

/// How long an account without people is kept after its last log-in. It serves nothing, and data that isn't needed any
/// more is deleted without delay. Source: 個人情報の保護に関する法律, 第22条. A month covers a HER-SYS ID that comes late.
pub const EMPTY_ACCOUNT_KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a log-in of one visit lasts without activity: a family fills in several forms, and looks for the
/// thermometer.
const IDLE: SignedDuration = SignedDuration::from_hours(2);
/// How long it lasts at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// How long a device that stays logged in does so at most, used or not.
pub const LONGEST_STAY: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How often activity is recorded, so that not every request writes.
pub const PORTAL_SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// How long after a log-in the account itself may be changed: its address, its password, its passkeys, its end.
/// Somebody who only borrows a phone that stays logged in can't take the account over. Source: OWASP ASVS 5, 7.5.1,
/// asks for a new log-in before such changes; the time is ours.
const RECENT_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Whether somebody logged in so recently that the account may be changed.
pub fn is_recent_log_in(logged_in_at: Timestamp, now: Timestamp) -> bool {
    let since = now.duration_since(logged_in_at);
    !since.is_negative() && since < RECENT_FOR
}

/// The observation of an account's people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// Nobody was added yet.
    NobodyYet,
    /// At least one is under observation.
    Somebody,
    /// All are released.
    NoLonger,
}

/// Returns `true` if a log-in that nobody has ended still holds.
pub fn portal_session_holds(
    stay: Stay,
    observed: Observed,
    (created_at, seen_at): (Timestamp, Timestamp),
    now: Timestamp,
) -> bool {
    let since = |at: Timestamp| now.duration_since(at);
    match (stay, observed) {
        (Stay::UntilRelease, Observed::Somebody) => since(created_at) < LONGEST_STAY,
        (Stay::UntilRelease, Observed::NobodyYet) => since(created_at) < LONGEST,
        // The last recorded activity may be a little older than the last one.
        (Stay::UntilRelease, Observed::NoLonger) => since(seen_at) < IDLE + PORTAL_SEEN_EVERY,
        (Stay::ThisVisit, _) => since(seen_at) < IDLE + PORTAL_SEEN_EVERY && since(created_at) < LONGEST,
    }
}

#[cfg(test)]
mod tests {
    use super::Observed::{NoLonger, NobodyYet, Somebody};
    use super::*;

    #[test]
    fn a_device_stays_logged_in_until_release() {
        let at = |hour: i64| Timestamp::from_second(1_764_000_000 + 3_600 * hour).unwrap();
        for (stay, observed, seen, now, holds) in [
            (Stay::ThisVisit, Somebody, 0, 2, true),
            (Stay::ThisVisit, Somebody, 0, 3, false),
            (Stay::ThisVisit, Somebody, 23, 24, false),
            (Stay::UntilRelease, Somebody, 0, 24 * 30, true),
            (Stay::UntilRelease, Somebody, 24 * 90, 24 * 90, false),
            (Stay::UntilRelease, NoLonger, 0, 24 * 30, false),
            (Stay::UntilRelease, NoLonger, 24 * 30, 24 * 30 + 1, true),
            (Stay::UntilRelease, NobodyYet, 0, 23, true),
            (Stay::UntilRelease, NobodyYet, 0, 24, false),
        ] {
            let held = portal_session_holds(stay, observed, (at(0), at(seen)), at(now));
            assert_eq!(held, holds, "{stay:?} {observed:?} {seen} {now}");
        }
    }
}
