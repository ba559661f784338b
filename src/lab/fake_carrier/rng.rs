//! Seeded random numbers. What happens to a number depends on the seed, the number and how often it was tried, but not
//! on the order of requests: two runs with different interleaving have the same people.

use sha2::{Digest as _, Sha256};

/// The seed of a run.
pub(super) struct SeededRng {
    seed: u64,
}

impl SeededRng {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Returns the generator for the `nth` time that `what` happens to `whom`.
    pub(super) fn of(&self, what: &str, whom: &str, nth: u64) -> fastrand::Rng {
        let digest = Sha256::digest(format!("{}\n{what}\n{whom}\n{nth}", self.seed));
        fastrand::Rng::with_seed(digest.iter().take(8).fold(0, |seed, &byte| seed << 8 | u64::from(byte)))
    }
}

/// Returns 32 hexadecimal digits, the part of a carrier's id after its two letters.
pub(super) fn hex(rng: &mut fastrand::Rng) -> String {
    format!("{:016x}{:016x}", rng.u64(..), rng.u64(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_event_of_the_same_seed_has_the_same_chance() {
        let draw = |seed, whom, nth| SeededRng::new(seed).of("sid", whom, nth).u64(..);
        assert_eq!(draw(1, "+81311112222", 0), draw(1, "+81311112222", 0));
        let others = [draw(2, "+81311112222", 0), draw(1, "+81311112223", 0), draw(1, "+81311112222", 1)];
        assert!(others.iter().all(|&other| other != draw(1, "+81311112222", 0)));
        assert_eq!(hex(&mut fastrand::Rng::with_seed(1)).len(), 32);
    }
}
