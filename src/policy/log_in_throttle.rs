//! How failed log-ins slow down the next ones. Nobody can lock out a colleague on purpose: failures count by account
//! and client together, a browser that has logged in to the account before is a client of its own, and no wait is long.
//! Who waits because of others at the same address can give the password and a code at once, which needs no wait.

use jiff::{SignedDuration, Timestamp};

/// How long a failed try counts.
pub const TRIES_COUNT_FOR: SignedDuration = SignedDuration::from_mins(15);
/// Failed tries of one client at one account without a wait. People mistype.
const FREE_AT_ACCOUNT: u32 = 5;
/// Failed tries of one address at any accounts without a wait. A whole office may share an address.
const FREE_OF_ADDRESS: u32 = 40;
/// Failed second factors of an account, from any addresses, before addresses without a known browser wait. Only
/// somebody who has the password can cause them.
const FREE_SECOND_FACTORS: u32 = 20;
/// The first wait. Each further failure doubles it.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(2);
/// The longest wait: it makes guessing hopeless and keeps nobody from work.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// What is known about the browser of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind {
    /// It has logged in to this account before. Others can't cause failures in its name.
    KnownBrowser,
    /// Only its address is known, which others may share.
    Address,
}

/// Failed tries that still count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last: Option<Timestamp>,
}

/// The failed tries that matter for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FailedTries {
    /// Of this client at this account.
    pub at_account: Tally,
    /// Of this address at any account.
    pub of_address: Tally,
    /// Second factors of this account, of any client.
    pub second_factors: Tally,
}

/// How long the next try must wait. `None` if it may be made now. A try during the wait isn't made, and doesn't count.
pub fn log_in_wait(client: ClientKind, failed: &FailedTries, now: Timestamp) -> Option<SignedDuration> {
    let of_client = wait_of(failed.at_account, FREE_AT_ACCOUNT, now);
    let wait = match client {
        ClientKind::KnownBrowser => of_client,
        ClientKind::Address => [
            of_client,
            wait_of(failed.of_address, FREE_OF_ADDRESS, now),
            wait_of(failed.second_factors, FREE_SECOND_FACTORS, now),
        ]
        .into_iter()
        .max()
        .unwrap_or_default(),
    };
    (wait > SignedDuration::ZERO).then_some(wait)
}

/// Whether a wrong password after so many others is in the audit trail: the first ones, then ever fewer.
pub const fn is_noted(failed_before: u32) -> bool {
    failed_before < FREE_AT_ACCOUNT || failed_before.is_power_of_two()
}

fn wait_of(tally: Tally, free: u32, now: Timestamp) -> SignedDuration {
    let (Some(last), Some(beyond)) = (tally.last, tally.count.checked_sub(free)) else { return SignedDuration::ZERO };
    let doubled = 2_i32.checked_pow(beyond).and_then(|factor| FIRST_WAIT.checked_mul(factor));
    let wait = doubled.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
    // After a step of the clock, a failure can lie in the future. Nobody waits longer for that.
    let since = now.duration_since(last).max(SignedDuration::ZERO);
    wait.checked_sub(since).unwrap_or(SignedDuration::ZERO).max(SignedDuration::ZERO)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_764_000_000 + second).unwrap()
    }

    fn tally(count: u32, last: i64) -> Tally {
        Tally { count, last: (count > 0).then(|| at(last)) }
    }

    #[test]
    fn mistyping_costs_nothing_and_guessing_more_and_more() {
        let wait = |count| {
            let failed = FailedTries { at_account: tally(count, 0), ..FailedTries::default() };
            log_in_wait(ClientKind::Address, &failed, at(0)).map_or(0, |wait| wait.as_secs())
        };
        assert_eq!([0, 4, 5, 6, 7, 9, 10, 1_000].map(wait), [0, 0, 2, 4, 8, 32, 60, 60]);
    }

    #[test]
    fn whoever_has_the_password_cant_guess_codes_from_many_addresses() {
        let failed = FailedTries { second_factors: tally(30, 0), ..FailedTries::default() };
        assert_eq!(log_in_wait(ClientKind::Address, &failed, at(0)), Some(LONGEST_WAIT));
        assert_eq!(log_in_wait(ClientKind::KnownBrowser, &failed, at(0)), None);
    }

    #[test]
    fn guessing_doesnt_fill_the_audit_trail() {
        assert!((0..FREE_AT_ACCOUNT).all(is_noted));
        assert_eq!((FREE_AT_ACCOUNT..1_000_000).filter(|failed| is_noted(*failed)).count(), 17);
    }

    fn any_tally() -> impl Strategy<Value = Tally> {
        (0_u32..10_000, -100_i64..100).prop_map(|(count, last)| tally(count, last))
    }

    fn any_tries() -> impl Strategy<Value = FailedTries> {
        (any_tally(), any_tally(), any_tally()).prop_map(|(at_account, of_address, second_factors)| FailedTries {
            at_account,
            of_address,
            second_factors,
        })
    }

    proptest! {
        /// A colleague's own browser is untouched by what others do.
        #[test]
        fn nobody_else_delays_a_known_browser(mine in any_tally(), others in any_tries(), now in -200_i64..200) {
            let alone = FailedTries { at_account: mine, ..FailedTries::default() };
            let with_others = FailedTries { at_account: mine, ..others };
            prop_assert_eq!(
                log_in_wait(ClientKind::KnownBrowser, &with_others, at(now)),
                log_in_wait(ClientKind::KnownBrowser, &alone, at(now))
            );
        }

        /// Each wait ends, soon, by itself.
        #[test]
        fn a_wait_is_short_and_ends(failed in any_tries(), now in 100_i64..200) {
            for client in [ClientKind::KnownBrowser, ClientKind::Address] {
                let Some(wait) = log_in_wait(client, &failed, at(now)) else { continue };
                prop_assert!(wait > SignedDuration::ZERO && wait <= LONGEST_WAIT);
                prop_assert_eq!(log_in_wait(client, &failed, at(now).checked_add(wait).unwrap()), None);
            }
        }

        /// One more failure never shortens the wait.
        #[test]
        fn more_failures_wait_no_less(failed in any_tries(), now in 100_i64..200) {
            let mut more = failed;
            more.at_account = Tally { count: failed.at_account.count + 1, last: Some(at(now)) };
            let before = log_in_wait(ClientKind::Address, &failed, at(now));
            prop_assert!(log_in_wait(ClientKind::Address, &more, at(now)) >= before);
        }
    }
}
