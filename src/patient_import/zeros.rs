//! HER-SYS IDs of one list that differ only in leading zeros.

use super::{finding::Fault, list::Doubt, value::Zeros};
use crate::domain::HersysId;
use std::collections::hash_map::{Entry, HashMap};

/// The first row with an ID that may have lost leading zeros, or kept some.
pub(super) struct BareRow {
    pub row: u32,
    pub zeros: Zeros,
}

/// Searches for an earlier row whose ID differs only in leading zeros. If one of the two is a number, they count as
/// the same ID. Two texts may be different IDs.
pub(super) fn but_for_zeros(
    rows: &mut HashMap<u32, BareRow>,
    id: &HersysId,
    new: BareRow,
) -> Option<Result<Doubt, Fault>> {
    let digits = id.expose();
    if digits.len() == HersysId::MAX_DIGITS && !digits.starts_with('0') {
        return None;
    }
    let earlier = match rows.entry(digits.parse().ok()?) {
        Entry::Vacant(free) => {
            free.insert(new);
            return None;
        }
        Entry::Occupied(earlier) => earlier,
    };
    let unsure = earlier.get().zeros == Zeros::Unsure || new.zeros == Zeros::Unsure;
    let row = earlier.get().row;
    Some(if unsure { Err(Fault::DuplicateButForZeros(row)) } else { Ok(Doubt::ListedWithOtherZeros) })
}
