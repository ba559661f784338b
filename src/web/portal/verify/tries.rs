//! The wrong codes of each address, in memory: each node counts its own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::policy::WrongCodes;

/// The most addresses that are remembered at a time.
const MOST: usize = 10_000;

/// The wrong codes of each address.
#[derive(Default)]
pub(in crate::web::portal) struct Tries(Mutex<HashMap<String, WrongCodes>>);

impl Tries {
    /// Whether another code may be entered from an address.
    pub(super) fn may_try(&self, address: &str, now: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(address).is_none_or(|tries| tries.may_try(now))
    }

    /// Counts a wrong code.
    pub(super) fn count(&self, address: &str, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, tries| tries.still_count(now));
        }
        let before = known.get(address).copied();
        // With so many addresses at once, new ones aren't counted: a code isn't guessed anyway.
        if before.is_some() || known.len() < MOST {
            known.insert(address.to_owned(), WrongCodes::and_one(before, now));
        }
    }
}
