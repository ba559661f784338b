//! The streams of open pages. A log-in may hold a few and an account some more: one more ends the oldest, whose page
//! then asks by plain requests.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::domain::StaffAccountId;

/// The streams of one log-in. A browser holds one for all its tabs; without that, it keeps connections for pages.
const MOST_OF_A_LOG_IN: usize = 4;
/// The streams of one account. Somebody may be logged in at several places.
const MOST_OF_AN_ACCOUNT: usize = 12;

/// An open stream.
#[derive(Debug)]
struct Open {
    number: u64,
    account: StaffAccountId,
    log_in: String,
    replaced: CancellationToken,
}

/// The open streams, the oldest first.
#[derive(Debug, Default)]
struct State {
    open: Vec<Open>,
    next: u64,
}

impl State {
    /// Removes the oldest of these streams, if there are that many.
    fn make_room(&mut self, most: usize, is_one: impl Fn(&Open) -> bool) -> Option<Open> {
        let mut ours = self.open.iter().enumerate().filter(|(_, open)| is_one(open));
        let (oldest, _) = ours.next()?;
        let count = ours.count().saturating_add(1);
        (count >= most).then(|| self.open.remove(oldest))
    }
}

/// The open streams of all pages.
#[derive(Debug, Clone, Default)]
pub(in crate::web::console) struct Streams(Arc<Mutex<State>>);

/// The place of an open stream. Dropping it frees the place.
#[derive(Debug)]
pub(super) struct Place {
    streams: Streams,
    number: u64,
    /// Ends when a newer stream has taken the place.
    pub(super) replaced: CancellationToken,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.open.retain(|open| open.number != self.number);
    }
}

impl Streams {
    /// Opens a stream. The oldest one of the log-in or the account ends if there are too many.
    pub(super) fn open(&self, account: StaffAccountId, log_in: String) -> Place {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_log_in = state.make_room(MOST_OF_A_LOG_IN, |open| open.log_in == log_in);
        let of_account = state.make_room(MOST_OF_AN_ACCOUNT, |open| open.account == account);
        for ended in of_log_in.into_iter().chain(of_account) {
            ended.replaced.cancel();
            metrics::counter!("kenkocall_streams_replaced_total").increment(1);
        }
        let number = state.next;
        state.next = number.wrapping_add(1);
        let replaced = CancellationToken::new();
        state.open.push(Open { number, account, log_in, replaced: replaced.clone() });
        Place { streams: self.clone(), number, replaced }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn account(number: u128) -> StaffAccountId {
        StaffAccountId(Uuid::from_u128(number))
    }

    #[test]
    fn one_log_in_holds_a_few_streams_and_the_newest_stay() {
        let streams = Streams::default();
        let other = streams.open(account(2), "other".to_owned());
        let places: Vec<Place> = (0..1_024).map(|_| streams.open(account(1), "one".to_owned())).collect();
        let live = places.iter().filter(|place| !place.replaced.is_cancelled()).count();
        assert_eq!(live, MOST_OF_A_LOG_IN);
        assert!(places.last().is_some_and(|place| !place.replaced.is_cancelled()));
        assert!(!other.replaced.is_cancelled(), "a colleague's stream stays");
        drop(places);
        let again = streams.open(account(1), "one".to_owned());
        assert_eq!(streams.0.lock().unwrap().open.len(), 2, "ended streams free their places");
        drop((again, other));
    }

    #[test]
    fn many_log_ins_of_one_account_hold_some_streams() {
        let streams = Streams::default();
        let places: Vec<Place> = (0..100).map(|nth| streams.open(account(1), format!("log-in {nth}"))).collect();
        assert_eq!(places.iter().filter(|place| !place.replaced.is_cancelled()).count(), MOST_OF_AN_ACCOUNT);
    }
}
