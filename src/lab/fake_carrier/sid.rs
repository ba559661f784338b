//! The carrier's ids.

/// Returns an id: two letters for its kind, and 32 hexadecimal digits.
pub(super) fn sid(kind: &str, rng: &mut fastrand::Rng) -> String {
    format!("{kind}{:032x}", rng.u128(..))
}
