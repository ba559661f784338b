//! Decides which connections to keep when there are too many. Pure policy without sockets. A connection without a
//! complete request gives way to a new one, so that holding connections open can't block the line, and so does the
//! stream of an open page, so that consoles can't silence a carrier. A connection whose request is being handled never
//! gives way.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use super::progress::{Phase, Progress};
use crate::config::Networks;

/// The limits on a port's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// In all.
    pub total: usize,
    /// The maximum from one address, or one /64 network for IPv6. Trusted proxies are exempt.
    pub per_address: usize,
    /// The part of the total reserved for trusted proxies.
    pub reserve: usize,
}

impl ConnectionLimits {
    /// The maximum total. More don't help, as at most 1,024 turns wait for the database.
    const MOST: usize = 4_096;
    /// The minimum total, however few files may be open.
    const FEWEST: usize = 16;
    /// The limits of the operations port.
    pub const OPERATIONS: Self = Self { total: 32, per_address: 32, reserve: 0 };

    /// The limits of the main port if a process may open `files` and needs `others` foreverything else.
    pub fn of_files(files: u64, others: u64, proxies: &Networks) -> Self {
        let left = files.saturating_sub(others).saturating_sub(Self::OPERATIONS.total as u64);
        let total = usize::try_from(left).unwrap_or(usize::MAX).clamp(Self::FEWEST, Self::MOST);
        let quarter = total.div_euclid(4);
        Self { total, per_address: quarter, reserve: if proxies.is_empty() { 0 } else { quarter } }
    }
}

/// Where a connection comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// A trusted proxy.
    Proxy,
    /// Any other client: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer gets.
    Address(IpAddr),
}

impl Origin {
    pub(super) fn of(address: IpAddr, proxies: &Networks) -> Self {
        if proxies.contain(address) {
            return Self::Proxy;
        }
        Self::Address(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        })
    }
}

/// The limit that a connection exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// Too many from its address.
    Address,
    /// Too many in total.
    Total,
}

impl Full {
    /// The code in logs and metrics.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Total => "total",
        }
    }
}

/// The decision about a new connection.
#[derive(Debug)]
pub(super) enum Admission {
    /// There is room.
    Taken(u64),
    /// It replaces a connection that waits for its client.
    InPlaceOf(Full, Arc<Progress>, u64),
    /// Every connection that it could replace is being handled.
    Refused(Full),
}

struct Open {
    origin: Origin,
    progress: Arc<Progress>,
}

/// The open connections.
pub(super) struct Connections {
    limits: ConnectionLimits,
    open: HashMap<u64, Open>,
    by_origin: HashMap<Origin, usize>,
    next: u64,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self { limits, open: HashMap::new(), by_origin: HashMap::new(), next: 0 }
    }

    /// The number of connections.
    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    fn of(&self, origin: Origin) -> usize {
        self.by_origin.get(&origin).copied().unwrap_or_default()
    }

    /// Admits a new connection. If there is no room, it replaces another one.
    pub(super) fn admit(&mut self, origin: Origin, progress: Arc<Progress>) -> Admission {
        let proxies = self.of(Origin::Proxy);
        let direct = self.open.len().saturating_sub(proxies);
        let victim = match origin {
            Origin::Proxy if self.open.len() < self.limits.total => None,
            // Others may use the proxies' reserve only while no proxy needs it.
            Origin::Proxy => Some((
                Full::Total,
                self.waiting(|open| open.origin != Origin::Proxy).or_else(|| self.waiting(|_| true)),
            )),
            Origin::Address(_) if self.of(origin) >= self.limits.per_address => {
                Some((Full::Address, self.waiting(|open| open.origin == origin)))
            }
            Origin::Address(_)
                if self.open.len() >= self.limits.total
                    || direct >= self.limits.total.saturating_sub(self.limits.reserve) =>
            {
                Some((Full::Total, self.waiting(|open| open.origin != Origin::Proxy)))
            }
            Origin::Address(_) => None,
        };
        match victim {
            None => Admission::Taken(self.add(origin, progress)),
            Some((full, None)) => Admission::Refused(full),
            Some((full, Some(victim))) => match self.remove(victim) {
                Some(ended) => Admission::InPlaceOf(full, ended, self.add(origin, progress)),
                None => Admission::Refused(full),
            },
        }
    }

    /// Ends a connection that waits for its client, if the system has no resources for more. `None` if there is none.
    pub(super) fn make_room(&mut self) -> Option<Arc<Progress>> {
        let victim = self.waiting(|_| true)?;
        self.remove(victim)
    }

    /// Removes a connection that has ended. `None` if it was removed before.
    pub(super) fn remove(&mut self, id: u64) -> Option<Arc<Progress>> {
        let Open { origin, progress } = self.open.remove(&id)?;
        if let Some(count) = self.by_origin.get_mut(&origin) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.by_origin.remove(&origin);
            }
        }
        Some(progress)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Progress>> {
        self.open.values().map(|open| &open.progress)
    }

    fn add(&mut self, origin: Origin, progress: Arc<Progress>) -> u64 {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        let count = self.by_origin.entry(origin).or_default();
        *count = count.saturating_add(1);
        self.open.insert(id, Open { origin, progress });
        id
    }

    /// The connection to replace, among those that wait for their client: from the origin with the most connections,
    /// the one that has waited longest, and streams last.
    fn waiting(&self, among: impl Fn(&Open) -> bool) -> Option<u64> {
        let waits = self.open.iter().filter(|(_, open)| among(open)).filter_map(|(id, open)| {
            let since = open.progress.waits_since()?;
            let rank = if open.origin == Origin::Proxy { 0 } else { self.of(open.origin) };
            let streams = open.progress.phase() == Phase::Streaming;
            Some((rank, std::cmp::Reverse((streams, since, *id))))
        });
        waits.max().map(|(_, std::cmp::Reverse((_, _, id)))| id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::service::Stopwatch;

    fn from(address: &str) -> Origin {
        Origin::of(address.parse().unwrap(), &"10.0.0.0/8".parse().unwrap())
    }

    fn limits(total: usize, per_address: usize, reserve: usize) -> Connections {
        Connections::new(ConnectionLimits { total, per_address, reserve })
    }

    /// A connection in `phase` since `since`.
    fn one(phase: Phase, since: u64) -> Arc<Progress> {
        let progress = Progress::opened(Stopwatch::start());
        progress.set(phase, since);
        progress
    }

    fn taken(connections: &mut Connections, origin: Origin, progress: &Arc<Progress>) -> u64 {
        match connections.admit(origin, Arc::clone(progress)) {
            Admission::Taken(id) => id,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_limits_lie_below_the_limit_on_files() {
        let none = Networks::default();
        let proxy: Networks = "10.0.0.0/8".parse().unwrap();
        for files in [0, 100, 256, 1_024, 4_096, 20_000, u64::MAX] {
            let limits = ConnectionLimits::of_files(files, 140, &proxy);
            assert!((16..=4_096).contains(&limits.total), "{limits:?}");
            assert!(files < 256 || (limits.total as u64) + 32 + 140 <= files, "{files}: {limits:?}");
            assert!(limits.per_address < limits.total && limits.reserve < limits.total && limits.reserve > 0);
            assert_eq!(ConnectionLimits::of_files(files, 140, &none).reserve, 0);
        }
        assert_eq!(ConnectionLimits::of_files(1_024, 140, &none).total, 852);
    }

    #[test]
    fn an_address_is_a_network_of_64_bits_with_ipv6() {
        assert_eq!(from("2001:db8::1"), from("2001:db8::ffff:1:2:3"));
        assert_ne!(from("2001:db8::1"), from("2001:db8:0:1::1"));
        assert_eq!(from("::ffff:192.0.2.1"), from("192.0.2.1"));
        assert_ne!(from("::ffff:192.0.2.1"), from("::ffff:192.0.2.2"));
        assert_eq!(from("::ffff:10.1.2.3"), Origin::Proxy);
    }

    #[test]
    fn half_sent_requests_of_an_address_give_way_oldest_first() {
        let mut connections = limits(10, 3, 0);
        let attacker = from("192.0.2.1");
        let other = one(Phase::Opened, 1);
        taken(&mut connections, from("192.0.2.2"), &other);
        let held = [one(Phase::Head, 30), one(Phase::Head, 10), one(Phase::Working, 5)];
        for progress in &held {
            taken(&mut connections, attacker, progress);
        }
        let Admission::InPlaceOf(Full::Address, ended, _) = connections.admit(attacker, one(Phase::Opened, 40)) else {
            panic!("it takes another's place")
        };
        assert!(Arc::ptr_eq(&ended, &held[1]), "the one that waited longest, and nobody else's");
        assert_eq!(connections.len(), 4);
    }

    #[test]
    fn what_is_worked_on_stays_and_the_newcomer_is_refused() {
        let mut connections = limits(2, 2, 0);
        for _ in 0..2 {
            taken(&mut connections, from("192.0.2.1"), &one(Phase::Working, 1));
        }
        let refused = |connections: &mut Connections, origin| match connections.admit(origin, one(Phase::Opened, 2)) {
            Admission::Refused(full) => full,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&mut connections, from("192.0.2.1")), Full::Address);
        assert_eq!(refused(&mut connections, from("192.0.2.2")), Full::Total);
        assert_eq!(refused(&mut connections, Origin::Proxy), Full::Total);
        assert!(connections.make_room().is_none());
    }

    #[test]
    fn open_pages_make_room_for_webhooks_from_their_own_address_and_from_others() {
        for (total, per_address, carrier) in [(8, 3, "192.0.2.1"), (3, 3, "192.0.2.7")] {
            let mut connections = limits(total, per_address, 0);
            let streams = [one(Phase::Streaming, 1), one(Phase::Streaming, 2), one(Phase::Streaming, 3)];
            for progress in &streams {
                taken(&mut connections, from("192.0.2.1"), progress);
            }
            let Admission::InPlaceOf(_, ended, _) = connections.admit(from(carrier), one(Phase::Opened, 9)) else {
                panic!("the webhook is let in")
            };
            assert!(Arc::ptr_eq(&ended, &streams[0]), "{carrier}: the oldest stream ends; its page asks again");
        }
        // Connections without a request go first.
        let mut connections = limits(8, 2, 0);
        let (stream, idle) = (one(Phase::Streaming, 1), one(Phase::Idle, 5));
        taken(&mut connections, from("192.0.2.1"), &stream);
        taken(&mut connections, from("192.0.2.1"), &idle);
        let Admission::InPlaceOf(_, ended, _) = connections.admit(from("192.0.2.1"), one(Phase::Opened, 9)) else {
            panic!("there is room")
        };
        assert!(Arc::ptr_eq(&ended, &idle));
    }

    #[test]
    fn in_all_the_address_with_the_most_gives_way() {
        let mut connections = limits(4, 3, 0);
        let alone = one(Phase::Idle, 1);
        taken(&mut connections, from("192.0.2.9"), &alone);
        let many = [one(Phase::Head, 7), one(Phase::Head, 6), one(Phase::Head, 8)];
        for progress in &many {
            taken(&mut connections, from("192.0.2.1"), progress);
        }
        let Admission::InPlaceOf(Full::Total, ended, _) = connections.admit(from("192.0.2.3"), one(Phase::Opened, 9))
        else {
            panic!("it takes another's place")
        };
        assert!(Arc::ptr_eq(&ended, &many[1]));
    }

    #[test]
    fn others_never_fill_the_reserve_of_the_proxies() {
        let mut connections = limits(8, 8, 2);
        for nth in 0..6 {
            taken(&mut connections, from(&format!("192.0.2.{nth}")), &one(Phase::Working, 1));
        }
        assert!(matches!(
            connections.admit(from("192.0.2.77"), one(Phase::Opened, 1)),
            Admission::Refused(Full::Total)
        ));
        for _ in 0..2 {
            taken(&mut connections, Origin::Proxy, &one(Phase::Working, 1));
        }
        assert!(matches!(connections.admit(Origin::Proxy, one(Phase::Opened, 1)), Admission::Refused(Full::Total)));
    }

    #[test]
    fn proxies_are_exempt_from_the_limit_of_an_address_and_outlive_others() {
        let mut connections = limits(8, 2, 2);
        for _ in 0..6 {
            taken(&mut connections, Origin::Proxy, &one(Phase::Idle, 1));
        }
        let direct = [one(Phase::Head, 50), one(Phase::Head, 60)];
        for progress in &direct {
            taken(&mut connections, from("192.0.2.1"), progress);
        }
        for progress in &direct {
            match connections.admit(Origin::Proxy, one(Phase::Opened, 70)) {
                Admission::InPlaceOf(Full::Total, ended, _) => assert!(Arc::ptr_eq(&ended, progress)),
                other => panic!("{other:?}"),
            }
        }
        assert!(
            matches!(connections.admit(from("192.0.2.1"), one(Phase::Opened, 80)), Admission::Refused(Full::Total)),
            "no proxy gives way to others"
        );
    }

    proptest! {
        /// For any clients and any sending speed, no limit is exceeded and idle connections give way.
        #[test]
        fn no_limit_is_ever_passed(steps in prop::collection::vec((0..6_u8, 0..3_u8, any::<bool>()), 1..200)) {
            let mut connections = limits(12, 4, 3);
            let mut ids = Vec::new();
            for (nth, (who, phase, ends)) in (0_u64..).zip(steps) {
                let origin = if who == 5 { Origin::Proxy } else { from(&format!("192.0.2.{who}")) };
                let phase = [Phase::Head, Phase::Working, Phase::Idle][usize::from(phase)];
                let wait = connections.all().filter(|progress| progress.waits_since().is_some()).count();
                match connections.admit(origin, one(phase, nth)) {
                    Admission::Taken(id) | Admission::InPlaceOf(_, _, id) => ids.push(id),
                    Admission::Refused(Full::Total) => prop_assert!(wait == 0 || origin != Origin::Proxy),
                    Admission::Refused(Full::Address) => prop_assert_eq!(connections.of(origin), 4),
                }
                if ends && let Some(id) = ids.pop() {
                    connections.remove(id);
                }
                prop_assert!(connections.len() <= 12);
                prop_assert!(connections.len() - connections.of(Origin::Proxy) <= 9);
                let most = (0..5_u8).map(|who| connections.of(from(&["192.0.2.", &who.to_string()].concat()))).max();
                prop_assert!(most <= Some(4));
                prop_assert_eq!(connections.by_origin.values().sum::<usize>(), connections.len());
            }
        }
    }
}
