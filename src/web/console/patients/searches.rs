//! What staff search for. Names, numbers and birth dates must not be in addresses, which browsers and proxies keep. So
//! an address has a search's id, and the terms are here until the program ends.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::domain::{Sensitive, StaffAccountId};
use crate::service::SecretToken;

/// Searches kept for each account: more than anybody has tabs for.
const MOST: usize = 32;

/// The searches of all accounts.
#[derive(Default)]
pub(in crate::web::console) struct Searches(Mutex<HashMap<StaffAccountId, VecDeque<(String, Sensitive)>>>);

impl Searches {
    /// Keeps what somebody typed. Returns the id of the search. `None` if the system has no randomness.
    pub(super) fn keep(&self, account: StaffAccountId, text: &str) -> Option<String> {
        let id: String = SecretToken::random().ok()?.derived("search").chars().take(24).collect();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.entry(account).or_default();
        own.push_back((id.clone(), Sensitive::new(text)));
        if own.len() > MOST {
            own.pop_front();
        }
        Some(id)
    }

    /// What the same person typed for a search.
    pub(super) fn get(&self, account: StaffAccountId, id: &str) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.get(&account)?;
        own.iter().find(|(known, _)| known == id).map(|(_, text)| text.expose().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_search_is_its_own_accounts_and_the_oldest_goes() {
        let searches = Searches::default();
        let (one, other) = (StaffAccountId(Uuid::from_u128(1)), StaffAccountId(Uuid::from_u128(2)));
        let first = searches.keep(one, "見本").unwrap_or_default();
        assert_eq!(searches.get(one, &first).as_deref(), Some("見本"));
        assert_eq!(searches.get(other, &first), None);
        for _ in 0..MOST {
            searches.keep(one, "架空");
        }
        assert_eq!(searches.get(one, &first), None);
    }
}
