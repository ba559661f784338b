//! Where chance comes from: a generator of its own for each purpose, number and call, so that the order in which calls
//! happen never changes what anybody does.

use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;

/// A time between two bounds, both included; the lower one when they are the wrong way round.
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

    /// Always the same.
    pub const fn exactly(duration: Duration) -> Self {
        Self { least: duration, most: duration }
    }

    pub(super) fn pick(self, rng: &mut Rng) -> Duration {
        let span = self.most.saturating_sub(self.least).as_millis();
        let picked = rng.u64(0..=u64::try_from(span).unwrap_or(u64::MAX));
        self.least.saturating_add(Duration::from_millis(picked))
    }
}

/// What a generator is for. The numbers are part of what a seed means: a new purpose gets a new one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// What a person is like, in all of their calls.
    Person = 1,
    /// What a person does in one call.
    Call = 2,
    /// The network's name of a leg.
    LegId = 3,
    /// What becomes of a request to dial.
    Dialling = 4,
    /// What becomes of the statuses of a leg, and of orders and questions about it.
    Leg = 5,
    /// What becomes of a look at the list of calls.
    Listing = 6,
    /// What becomes of a SMS.
    Message = 7,
    /// What becomes of a question for the time.
    Time = 8,
    /// What becomes of a question for the newest calls.
    Recent = 9,
}

/// The generator for the `nth` thing of this purpose that has to do with `name`.
pub(super) fn generator(seed: u64, purpose: Purpose, name: &str, nth: u32) -> Rng {
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
    // … then the finish of SplitMix64 (Steele, Lea, Flood 2014): names that differ in one digit start far apart.
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Rng::with_seed(hash ^ (hash >> 31))
}

/// Whether something of this probability (0 to 1) comes true.
pub(super) fn comes_true(rng: &mut Rng, probability: f64) -> bool {
    rng.f64() < probability
}

/// So much later; the end of time at the latest.
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
