//! Connection overrides in the fragment of a webhook's URL: `#ct=2000&rt=5000&tt=10000&rc=2&rp=ct,rt,5xx`. The fragment
//! is neither sent nor signed. Source: Twilio, "Webhooks: connection overrides".

use std::time::Duration;

/// How one webhook is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overrides {
    /// The connection timeout (`ct`).
    pub(super) connect: Duration,
    /// The read timeout (`rt`).
    pub(super) read: Duration,
    /// The total timeout, including retries (`tt`).
    pub(super) total: Duration,
    /// The maximum number of retries (`rc`).
    pub(super) retries: u32,
    /// Which failures are retried (`rp`).
    pub(super) policy: Policy,
}

/// Which failures are retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Policy {
    connect: Again,
    read: Again,
    client_error: Again,
    server_error: Again,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

/// How an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    NotConnected,
    NotAnswered,
    Status(u16),
}

impl Policy {
    const CONNECT_ONLY: Self =
        Self { connect: Again::Yes, read: Again::No, client_error: Again::No, server_error: Again::No };
    const NONE: Self = Self { connect: Again::No, ..Self::CONNECT_ONLY };
    const ALL: Self =
        Self { connect: Again::Yes, read: Again::Yes, client_error: Again::Yes, server_error: Again::Yes };

    fn read(words: &str) -> Self {
        words.split(',').fold(Self::NONE, |policy, word| match word {
            "all" => Self::ALL,
            "ct" => Self { connect: Again::Yes, ..policy },
            "rt" => Self { read: Again::Yes, ..policy },
            "4xx" => Self { client_error: Again::Yes, ..policy },
            "5xx" => Self { server_error: Again::Yes, ..policy },
            _ => policy,
        })
    }

    /// Returns `true` if this failure is retried.
    pub(super) fn tries_again_after(self, attempt: Attempt) -> bool {
        let again = match attempt {
            Attempt::NotConnected => self.connect,
            Attempt::NotAnswered => self.read,
            Attempt::Status(400..=499) => self.client_error,
            Attempt::Status(500..=599) => self.server_error,
            Attempt::Status(_) => Again::No,
        };
        again == Again::Yes
    }
}

impl Overrides {
    /// Parses the overrides of a URL; the carrier's defaults apply to the others. `limit` stands for the usual 15
    /// seconds.
    pub(super) fn of(url: &str, limit: Duration) -> Self {
        let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
        let value = |name: &str| {
            fragment
                .split('&')
                .find_map(|pair| pair.split_once('=').filter(|(known, _)| *known == name))
                .map(|(_, v)| v)
        };
        let milliseconds = |name: &str, most: u64| {
            let told = value(name).and_then(|text| text.parse::<u64>().ok());
            told.map(|told| Duration::from_millis(told.clamp(100, most)))
        };
        Self {
            connect: milliseconds("ct", 10_000).unwrap_or(limit / 3),
            read: milliseconds("rt", 15_000).unwrap_or(limit).min(limit),
            total: milliseconds("tt", 15_000).unwrap_or(limit).min(limit),
            retries: value("rc").and_then(|text| text.parse::<u32>().ok()).map_or(1, |count| count.min(5)),
            policy: value("rp").map_or(Policy::CONNECT_ONLY, Policy::read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(15);

    #[test]
    fn without_a_fragment_it_is_the_carriers_way() {
        let plain = Overrides::of("https://call.example/x?rc=5", LIMIT);
        assert_eq!((plain.connect, plain.read, plain.total), (Duration::from_secs(5), LIMIT, LIMIT));
        assert_eq!((plain.retries, plain.policy), (1, Policy::CONNECT_ONLY));
        assert!(plain.policy.tries_again_after(Attempt::NotConnected));
        assert!(!plain.policy.tries_again_after(Attempt::NotAnswered));
    }

    #[test]
    fn a_fragment_is_obeyed_within_its_bounds() {
        let asked = Overrides::of("https://call.example/x#ct=50&rt=20000&tt=900&rc=9&rp=4xx,rt", LIMIT);
        assert_eq!((asked.connect, asked.read), (Duration::from_millis(100), LIMIT));
        assert_eq!((asked.total, asked.retries), (Duration::from_millis(900), 5));
        let again = |attempt| asked.policy.tries_again_after(attempt);
        assert!(again(Attempt::Status(404)) && again(Attempt::NotAnswered));
        assert!(!again(Attempt::Status(503)) && !again(Attempt::NotConnected));
    }
}
