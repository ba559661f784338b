//! A waiting line in front of something scarce: so many at once, everybody else in the order of arrival. People far
//! back are told their place and ask again; nobody who waits is turned away.

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

/// A place in a line. Each is given once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinePlace(u64);

/// The line is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFull;

/// A line: who has come, who was let in, and who has left.
#[derive(Debug)]
pub struct WaitingLine {
    limits: LineLimits,
    come: u64,
    let_in: u64,
    left: u64,
}

impl WaitingLine {
    /// An empty line.
    pub const fn new(limits: LineLimits) -> Self {
        Self { limits, come: 0, let_in: 0, left: 0 }
    }

    /// The last place, for somebody of whose address so many wait already.
    ///
    /// # Errors
    /// [`LineFull`].
    pub fn join(&mut self, of_address: usize) -> Result<LinePlace, LineFull> {
        let is_full = self.waiting() >= self.limits.most as u64 || of_address >= self.limits.of_an_address;
        if is_full && !self.has_room() {
            return Err(LineFull);
        }
        let place = LinePlace(self.come);
        self.come = self.come.saturating_add(1);
        Ok(place)
    }

    /// Lets the first one in, if there is room. They must leave again.
    pub fn let_in(&mut self) -> Option<LinePlace> {
        if self.waiting() == 0 || self.in_use() >= self.limits.at_once as u64 {
            return None;
        }
        let place = LinePlace(self.let_in);
        self.let_in = self.let_in.saturating_add(1);
        Some(place)
    }

    /// Somebody who was let in leaves.
    pub fn leave(&mut self) {
        self.left = self.left.saturating_add(1).min(self.let_in);
    }

    /// How many are before a place. `None` once it was let in.
    pub fn before(&self, place: LinePlace) -> Option<u64> {
        place.0.checked_sub(self.let_in)
    }

    /// Whether a place waits without noticing.
    pub fn is_soon(&self, place: LinePlace) -> bool {
        let room = (self.limits.at_once as u64).saturating_sub(self.in_use());
        self.before(place).is_none_or(|before| before < room.saturating_add(self.limits.unnoticed as u64))
    }

    /// How many were let in and haven't left.
    pub const fn in_use(&self) -> u64 {
        self.let_in.saturating_sub(self.left)
    }

    /// How many wait.
    pub const fn waiting(&self) -> u64 {
        self.come.saturating_sub(self.let_in)
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

    #[test]
    fn half_of_the_cores_hash() {
        let of = [1, 2, 3, 4, 5, 8, 64].map(hashed_at_once);
        assert_eq!(of, [1, 1, 1, 2, 2, 4, 32]);
    }

    #[test]
    fn the_place_counts_down_and_those_far_behind_are_told() {
        let mut line = WaitingLine::new(LIMITS);
        let places: Vec<_> = (0..4).map(|_| line.join(0).unwrap()).collect();
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
        let mut line = WaitingLine::new(LIMITS);
        assert!(line.join(9).is_ok(), "there is room: nobody waits");
        assert_eq!(line.join(3), Err(LineFull));
        assert!((0..3).all(|_| line.join(2).is_ok()));
        assert_eq!(line.join(0), Err(LineFull));
        line.let_in();
        assert!(line.join(0).is_ok());
    }

    proptest! {
        #[test]
        fn all_get_in_once_in_order_and_never_too_many(steps in proptest::collection::vec(0_u8..3, 0..200)) {
            let mut line = WaitingLine::new(LIMITS);
            let (mut come, mut got_in) = (Vec::new(), Vec::new());
            for step in steps {
                match step {
                    0 => come.extend(line.join(0)),
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
