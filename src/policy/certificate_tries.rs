//! How many wrong codes of certificates somebody may enter. A code has 100 bits, so nobody guesses one; the limit keeps
//! people from trying for long, and nobody is kept waiting by what others enter.

use jiff::{SignedDuration, Timestamp};

/// How long wrong codes count.
const COUNT_FOR: SignedDuration = SignedDuration::from_mins(15);
/// Wrong codes of one address without a wait. An insurer's whole office may share an address, and people mistype.
const FREE: u32 = 30;

/// The wrong codes of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongCodes {
    /// How many.
    count: u32,
    /// When the first of them was.
    since: Timestamp,
}

impl WrongCodes {
    /// With one more. `before` are those that were counted so far.
    pub fn and_one(before: Option<Self>, now: Timestamp) -> Self {
        match before.filter(|before| before.still_count(now)) {
            Some(before) => Self { count: before.count.saturating_add(1), ..before },
            None => Self { count: 1, since: now },
        }
    }

    /// Whether they still count. After a step of the clock, the first may lie in the future, and counts no longer.
    pub fn still_count(&self, now: Timestamp) -> bool {
        let since = now.duration_since(self.since);
        since >= SignedDuration::ZERO && since < COUNT_FOR
    }

    /// Whether another code may be entered.
    pub fn may_try(&self, now: Timestamp) -> bool {
        self.count < FREE || !self.still_count(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_thirty_wrong_codes_one_waits_for_a_quarter_of_an_hour() {
        let begin = Timestamp::from_second(1_800_000_000).unwrap();
        let later = |minutes: i64| begin.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        let mut tries = WrongCodes::and_one(None, begin);
        for nth in 2..=30 {
            assert!(tries.may_try(later(1)), "{nth}");
            tries = WrongCodes::and_one(Some(tries), later(1));
        }
        assert!(!tries.may_try(later(14)) && tries.may_try(later(15)) && tries.may_try(later(-1)));
        assert_eq!(WrongCodes::and_one(Some(tries), later(15)), WrongCodes { count: 1, since: later(15) });
    }
}
