//! The random numbers: a separate generator for each purpose, number and call, so that the order of calls never
//! changes anybody's behaviour.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

/// A time between two inclusive bounds. If the bounds are reversed, it is the lower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// The shortest.
    pub least: Duration,
    /// The longest.
    pub most: Duration,
}

impl Between {
    /// Between two numbers of milliseconds.
    pub const fn millis(least: u64, most: u64) -> Self {
        Self { least: Duration::from_millis(least), most: Duration::from_millis(most) }
    }

    /// Always the same duration.
    pub const fn exactly(duration: Duration) -> Self {
        Self { least: duration, most: duration }
    }

    pub(crate) fn pick(self, rng: &mut Rng) -> Duration {
        let span = self.most.saturating_sub(self.least).as_millis();
        let picked = rng.u64(0..=u64::try_from(span).unwrap_or(u64::MAX));
        self.least.saturating_add(Duration::from_millis(picked))
    }
}

/// The purpose of a generator. The numbers are part of the meaning of a seed, so a new purpose needs a new number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// The person's properties in all calls.
    Person = 1,
    /// The person's behaviour in one call.
    Call = 2,
    /// The network's identifier of a leg.
    LegId = 3,
    /// The fate of a request to dial.
    Dialling = 4,
    /// The fate of a leg's status callbacks, commands and lookups.
    Leg = 5,
    /// The fate of a lookup of the list of calls.
    Listing = 6,
    /// The fate of an SMS.
    Message = 7,
    /// The fate of a request for the time.
    Time = 8,
    /// The fate of a request for the newest calls.
    Recent = 9,
    /// Whether a fault that was set affects a request.
    Fault = 10,
    /// The idempotency token of a webhook.
    Token = 11,
}

/// The generator for the `nth` event of this purpose that concerns `name`.
pub(crate) fn generator(seed: u64, purpose: Purpose, name: &str, nth: u32) -> Rng {
    // FNV-1a over everything, 64 bits (RFC 9923) …
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    take(&seed.to_le_bytes());
    take(&[purpose as u8]);
    take(&nth.to_le_bytes());
    take(name.as_bytes());
    // … then the finalizer of SplitMix64 (Steele, Lea, Flood 2014): names that differ in one digit start far apart.
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Rng::with_seed(hash ^ (hash >> 31))
}

/// Returns `true` with this probability (0 to 1).
pub(super) fn comes_true(rng: &mut Rng, probability: f64) -> bool {
    rng.f64() < probability
}

/// Returns `at` plus `duration`, at most the largest timestamp.
pub(super) fn after(at: Timestamp, duration: Duration) -> Timestamp {
    at.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_and_call_has_chances_of_its_own() {
        let first = |name, nth| generator(7, Purpose::Call, name, nth).u64(..);
        assert_eq!(first("+819012345678", 0), first("+819012345678", 0));
        let all = [
            first("+819012345678", 0),
            first("+819012345678", 1),
            first("+819012345679", 0),
            generator(8, Purpose::Call, "+819012345678", 0).u64(..),
            generator(7, Purpose::Person, "+819012345678", 0).u64(..),
        ];
        assert!(all.iter().enumerate().all(|(nth, one)| !all[..nth].contains(one)), "{all:?}");
    }

    #[test]
    fn neighbouring_numbers_are_spread_evenly() {
        let yes = (0..10_000)
            .filter(|nth| comes_true(&mut generator(1, Purpose::Person, &format!("+8190{nth:08}"), 0), 0.3))
            .count();
        assert!((2_800..3_200).contains(&yes), "{yes}");
    }

    #[test]
    fn bounds_the_wrong_way_round_are_the_lower_one() {
        let mut rng = Rng::with_seed(1);
        assert_eq!(Between::millis(5, 3).pick(&mut rng), Duration::from_millis(5));
        for _ in 0..100 {
            let picked = Between::millis(3, 5).pick(&mut rng).as_millis();
            assert!((3..=5).contains(&picked));
        }
        let endless = Between { least: Duration::MAX, most: Duration::MAX };
        assert_eq!(after(Timestamp::UNIX_EPOCH, endless.pick(&mut rng)), Timestamp::MAX);
    }
}
