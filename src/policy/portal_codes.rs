//! Codes by e-mail: how long one holds, how often it may be tried, and how often a new one may be asked for. Limits
//! count per address, per sender and in total, so that one sender is slowed and nobody else.

use jiff::{SignedDuration, Timestamp};

/// How long a code holds. Source: OWASP ASVS 5, 6.5.5.
pub const CODE_HOLDS_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How often a code may be tried.
pub const MOST_CODE_TRIES: i64 = 5;
/// In which time wrong codes count for [`codes_are_locked`].
pub const WRONG_CODES_COUNT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Wrong codes of one address in that time. Source: NIST SP 800-63B-4, 3.2.2, allows 100 in a row. Who guesses every
/// day has one chance in a hundred after a year.
const MOST_WRONG_CODES: u32 = 30;
/// In which time codes count.
pub const CODES_COUNT_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Codes for one address by one sender in that time. Mail may be slow, and people ask again.
const PER_ADDRESS_AND_SENDER: u32 = 6;
/// Codes for one address by everybody in that time: no more e-mails than its owner bears. One stranger can't use it up.
const PER_ADDRESS: u32 = 24;
/// Codes for one sender in that time, before the sender is slowed. A hotel full of patients may share one address of
/// the internet.
const PER_SENDER: u32 = 40;
/// The pace of a sender who is slowed.
const SLOWED: SignedDuration = SignedDuration::from_secs(30);
/// Codes for everybody in that time: ten times the sign-ups of the worst hour, so that a flood doesn't fill the
/// database.
const IN_TOTAL: u32 = 200_000;
/// How long the next try waits where a limit has been reached.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// Codes that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodesAsked {
    /// For this address.
    pub of_address: u32,
    /// For this address by this sender.
    pub of_both: u32,
    /// By this sender.
    pub of_sender: u32,
    /// When the last one of this sender was.
    pub last_of_sender: Option<Timestamp>,
    /// In total.
    pub in_total: u32,
}

/// How long the next code must wait. `None` if it may be sent now.
pub fn code_wait(asked: &CodesAsked, now: Timestamp) -> Option<SignedDuration> {
    let is_used_up = asked.of_address >= PER_ADDRESS || asked.of_both >= PER_ADDRESS_AND_SENDER;
    if is_used_up || asked.in_total >= IN_TOTAL {
        return Some(LONGEST_WAIT);
    }
    let last = asked.last_of_sender.filter(|_| asked.of_sender >= PER_SENDER)?;
    // A clock that was set back must not extend the wait.
    let since = now.duration_since(last).max(SignedDuration::ZERO);
    (since < SLOWED).then(|| SLOWED - since)
}

/// Whether an address takes no code any more until the first wrong ones are a day old, or the help desk unlocks it.
/// Passwords aren't locked, so nobody is kept out who has one.
pub const fn codes_are_locked(wrong: u32) -> bool {
    wrong >= MOST_WRONG_CODES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_guesser_has_no_chance_and_mistyping_locks_nobody_out() {
        // Each code bears five tries, and an address gets six an hour.
        assert!(!codes_are_locked(3 * 5), "three codes mistyped to the end");
        assert!(codes_are_locked(MOST_WRONG_CODES));
        let chance = f64::from(MOST_WRONG_CODES) * 365.0 / 1_000_000.0;
        assert!(chance < 0.015, "{chance} in a year");
    }

    #[test]
    fn one_sender_is_slowed_and_nobody_else() {
        let now = Timestamp::from_second(1_764_000_000).unwrap();
        let before = |seconds| now.checked_sub(SignedDuration::from_secs(seconds)).ok();
        let asked = |(of_address, of_both), of_sender, last_of_sender, in_total| CodesAsked {
            of_address,
            of_both,
            of_sender,
            last_of_sender,
            in_total,
        };
        for (asked, wait) in [
            (CodesAsked::default(), None),
            (asked((5, 5), 39, before(1), 0), None),
            (asked((6, 6), 6, before(1), 0), Some(LONGEST_WAIT)),
            (asked((23, 5), 5, before(1), 0), None),
            (asked((24, 0), 0, None, 0), Some(LONGEST_WAIT)),
            (asked((0, 0), 40, before(10), 0), Some(SignedDuration::from_secs(20))),
            (asked((0, 0), 40, before(31), 0), None),
            (asked((0, 0), 0, None, 9_999), None),
            (asked((0, 0), 0, None, 200_000), Some(LONGEST_WAIT)),
        ] {
            assert_eq!(code_wait(&asked, now), wait, "{asked:?}");
        }
    }
}
