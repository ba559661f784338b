//! A waiting line in front of something scarce: so many at once, everybody else in the order of arrival. People far
//! back are told their place and ask again; nobody who waits is turned away, and who comes back after a restart has the
//! place that was given before.

use std::collections::VecDeque;

use jiff::Timestamp;

/// The limits of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineLimits {
    /// How many are served at once.
    pub at_once: usize,
    /// How many wait without noticing: their requests are answered when it is done. Those behind get a page.
    pub unnoticed: usize,
    /// How many wait at most.
    pub most: usize,
    /// How many of one address wait at most, so that nobody fills the line.
    pub of_an_address: usize,
}

/// The limits of the portal's lines, before what costs much. Reports and calls wait in none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortalLines {
    /// Before hashing passwords: log-ins and new passwords.
    pub passwords: LineLimits,
    /// Before writing codes and accounts.
    pub codes: LineLimits,
}

impl PortalLines {
    /// On a machine with so many cores.
    pub const fn of_cores(cores: usize) -> Self {
        let passwords =
            LineLimits { at_once: hashed_at_once(cores), unnoticed: 16, most: 100_000, of_an_address: 1_000 };
        // Each is a short transaction: a report waits behind two of them at most.
        let codes = LineLimits { at_once: 2, unnoticed: 64, ..passwords };
        Self { passwords, codes }
    }
}

/// How many passwords are hashed at once: half of the cores stay with callers and reports.
pub const fn hashed_at_once(cores: usize) -> usize {
    if cores < 4 { 1 } else { cores / 2 }
}

/// A place in a line. Each is given once. The earlier one is let in first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinePlace {
    /// When it was given.
    pub since: Timestamp,
    /// Which one it was of those that this line has given.
    pub nth: u64,
}

/// The line is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFull;

/// A line: who waits, the first one first, and how many were let in and haven't left.
#[derive(Debug)]
pub struct WaitingLine {
    limits: LineLimits,
    begun: Timestamp,
    last: LinePlace,
    waiting: VecDeque<LinePlace>,
    in_use: u64,
}

impl WaitingLine {
    /// An empty line, which begins now.
    pub const fn new(limits: LineLimits, begun: Timestamp) -> Self {
        let last = LinePlace { since: begun, nth: 0 };
        Self { limits, begun, last, waiting: VecDeque::new(), in_use: 0 }
    }

    /// The last place, for somebody of whose address so many wait already.
    ///
    /// # Errors
    /// [`LineFull`].
    pub fn join(&mut self, now: Timestamp, of_address: usize) -> Result<LinePlace, LineFull> {
        self.admits(of_address)?;
        // A clock that is put back changes no order.
        let place = LinePlace { since: now.max(self.last.since), nth: self.last.nth.saturating_add(1) };
        self.last = place;
        self.waiting.push_back(place);
        Ok(place)
    }

    /// Whether a place was given before this line began, so that it is before all that it gives.
    pub fn is_earlier(&self, place: LinePlace) -> bool {
        place.since < self.begun && self.waiting.binary_search(&place).is_err()
    }

    /// A place that was given before this line began ([`Self::is_earlier`]), for somebody of whose address so many
    /// wait.
    ///
    /// # Errors
    /// [`LineFull`].
    pub fn return_to(&mut self, place: LinePlace, of_address: usize) -> Result<(), LineFull> {
        self.admits(of_address)?;
        let index = self.waiting.partition_point(|other| *other < place);
        self.waiting.insert(index, place);
        Ok(())
    }

    fn admits(&self, of_address: usize) -> Result<(), LineFull> {
        let is_full = self.waiting() >= self.limits.most as u64 || of_address >= self.limits.of_an_address;
        if is_full && !self.has_room() { Err(LineFull) } else { Ok(()) }
    }

    /// Lets the first one in, if there is room. They must leave again.
    pub fn let_in(&mut self) -> Option<LinePlace> {
        if self.in_use >= self.limits.at_once as u64 {
            return None;
        }
        let place = self.waiting.pop_front()?;
        self.in_use = self.in_use.saturating_add(1);
        Some(place)
    }

    /// Somebody who was let in leaves.
    pub const fn leave(&mut self) {
        self.in_use = self.in_use.saturating_sub(1);
    }

    /// How many are before a place. `None` once it was let in.
    pub fn before(&self, place: LinePlace) -> Option<u64> {
        self.waiting.binary_search(&place).ok().map(|before| before as u64)
    }

    /// Whether a place waits without noticing.
    pub fn is_soon(&self, place: LinePlace) -> bool {
        let room = (self.limits.at_once as u64).saturating_sub(self.in_use());
        self.before(place).is_none_or(|before| before < room.saturating_add(self.limits.unnoticed as u64))
    }

    /// How many were let in and haven't left.
    pub const fn in_use(&self) -> u64 {
        self.in_use
    }

    /// How many wait.
    pub fn waiting(&self) -> u64 {
        self.waiting.len() as u64
    }

    fn has_room(&self) -> bool {
        self.waiting() == 0 && self.in_use() < self.limits.at_once as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: LineLimits = LineLimits { at_once: 2, unnoticed: 1, most: 4, of_an_address: 3 };

    const BEGUN: Timestamp = Timestamp::UNIX_EPOCH;

    fn earlier(seconds: i64, nth: u64) -> LinePlace {
        LinePlace { since: Timestamp::from_second(-seconds).unwrap(), nth }
    }

    #[test]
    fn who_comes_back_is_before_all_who_came_since_and_in_the_old_order() {
        let mut line = WaitingLine::new(LineLimits { most: 9, of_an_address: 9, ..LIMITS }, BEGUN);
        let new: Vec<_> = (0..3).map(|_| line.join(BEGUN, 0).unwrap()).collect();
        let old = [earlier(20, 7), earlier(10, 8), earlier(10, 9)];
        for place in [old[1], old[2], old[0]] {
            assert!(line.is_earlier(place));
            line.return_to(place, 0).unwrap();
            assert!(!line.is_earlier(place), "it is taken");
        }
        assert!(!line.is_earlier(new[0]) && !line.is_earlier(LinePlace { since: BEGUN, nth: 0 }));
        assert_eq!(old.map(|place| line.before(place)), [Some(0), Some(1), Some(2)]);
        assert_eq!(line.before(new[0]), Some(3));
        let let_in: Vec<_> = std::iter::from_fn(|| {
            line.leave();
            line.let_in()
        })
        .collect();
        assert_eq!(let_in, [old.as_slice(), &new].concat());
    }

    #[test]
    fn a_clock_that_is_put_back_changes_no_order() {
        let mut line = WaitingLine::new(LIMITS, BEGUN);
        let first = line.join(Timestamp::from_second(10).unwrap(), 0).unwrap();
        let second = line.join(Timestamp::from_second(5).unwrap(), 0).unwrap();
        assert!(first < second);
    }

    #[test]
    fn half_of_the_cores_hash() {
        let of = [1, 2, 3, 4, 5, 8, 64].map(hashed_at_once);
        assert_eq!(of, [1, 1, 1, 2, 2, 4, 32]);
    }

    #[test]
    fn the_place_counts_down_and_those_far_behind_are_told() {
        let mut line = WaitingLine::new(LIMITS, BEGUN);
        let places: Vec<_> = (0..4).map(|_| line.join(BEGUN, 0).unwrap()).collect();
        // Two are served at once and one waits unnoticed.
        assert_eq!(places.iter().map(|place| line.is_soon(*place)).collect::<Vec<_>>(), [true, true, true, false]);
        assert_eq!((line.let_in(), line.let_in(), line.let_in()), (Some(places[0]), Some(places[1]), None));
        assert_eq!(places.iter().map(|place| line.before(*place)).collect::<Vec<_>>(), [None, None, Some(0), Some(1)]);
        assert!(line.is_soon(places[2]) && !line.is_soon(places[3]));
        line.leave();
        assert_eq!(line.let_in(), Some(places[2]));
        assert_eq!((line.before(places[3]), line.in_use(), line.waiting()), (Some(0), 2, 1));
    }

    #[test]
    fn a_full_line_takes_nobody_and_one_address_does_not_fill_it() {
        let mut line = WaitingLine::new(LIMITS, BEGUN);
        assert!(line.join(BEGUN, 9).is_ok(), "there is room: nobody waits");
        assert_eq!(line.join(BEGUN, 3), Err(LineFull));
        assert!((0..3).all(|_| line.join(BEGUN, 2).is_ok()));
        assert_eq!(line.join(BEGUN, 0), Err(LineFull));
        line.let_in();
        assert!(line.join(BEGUN, 0).is_ok());
    }

    proptest! {
        #[test]
        fn all_get_in_once_in_order_and_never_too_many(steps in proptest::collection::vec(0_u8..3, 0..200)) {
            let mut line = WaitingLine::new(LIMITS, BEGUN);
            let (mut come, mut got_in) = (Vec::new(), Vec::new());
            for step in steps {
                match step {
                    0 => come.extend(line.join(BEGUN, 0)),
                    1 => got_in.extend(line.let_in()),
                    _ => line.leave(),
                }
                prop_assert!(line.in_use() <= 2 && line.waiting() <= 4);
            }
            while line.waiting() > 0 {
                line.leave();
                got_in.extend(line.let_in());
            }
            prop_assert_eq!(come, got_in);
        }
    }
}
