//! One press is one key, in however many ways it came; two presses are two.

use std::collections::VecDeque;

/// A place on the call's own time line, in samples of 125 µs.
pub type Place = u64;

/// How a key can come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// RFC 4733.
    Event,
    /// As a tone in the sound.
    InBand,
    /// In a SIP INFO.
    Info,
}

/// How far apart an event and its tone can be: 100 ms.
const APART: Place = 800;
/// How far an INFO can be from the same press's event or tone: half a second.
const INFO_APART: Place = 4_000;
/// Presses that are remembered.
const REMEMBERED: usize = 16;

#[derive(Debug)]
struct Press {
    key: char,
    began: Place,
    until: Place,
    ways: Vec<Way>,
}

/// The latest presses of a call.
#[derive(Debug, Default)]
pub struct Presses(VecDeque<Press>);

impl Presses {
    /// A key was heard in one way, from `began` until at least `until`. Whether it is a new press.
    pub fn heard(&mut self, way: Way, key: char, began: Place, until: Place) -> bool {
        let same = self.0.iter_mut().filter(|press| press.key == key && press.may_be(way, began, until));
        // An INFO has no exact time: they come in order.
        let nearest = same.min_by_key(|press| match way {
            Way::Info => press.began,
            Way::Event | Way::InBand => press.began.abs_diff(began),
        });
        if let Some(press) = nearest {
            press.until = press.until.max(until);
            if !press.ways.contains(&way) {
                press.ways.push(way);
            }
            return false;
        }
        self.0.truncate(REMEMBERED);
        self.0.push_front(Press { key, began, until, ways: vec![way] });
        true
    }

    /// The latest press that came in this way lasts.
    pub fn lasts(&mut self, way: Way, key: char, until: Place) {
        let latest = self.0.iter_mut().find(|press| press.key == key && press.ways.contains(&way));
        if let Some(press) = latest {
            press.until = press.until.max(until);
        }
    }

    /// The ways may have changed: what came before is not compared with what comes.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

impl Press {
    /// Whether what was heard in one way can be this press, which wasn't heard in that way.
    fn may_be(&self, way: Way, began: Place, until: Place) -> bool {
        if self.ways.contains(&way) {
            // A tone that breaks off and goes on while the event says that the key is still down.
            let inside = self.began <= began && began <= self.until;
            return way == Way::InBand && self.ways.contains(&Way::Event) && inside;
        }
        let apart = if way == Way::Info || self.ways == [Way::Info] { INFO_APART } else { APART };
        began <= self.until.saturating_add(apart) && self.began <= until.saturating_add(apart)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Place = 8;

    #[test]
    fn an_event_and_its_tone_are_one_press_whichever_comes_first() {
        for (first, second) in [(Way::Event, Way::InBand), (Way::InBand, Way::Event)] {
            let mut presses = Presses::default();
            assert!(presses.heard(first, '5', 1_000, 1_320));
            assert!(!presses.heard(second, '5', 1_000 + 40 * MS, 1_640));
            assert!(presses.heard(first, '5', 3_000, 3_300), "the second press");
            assert!(!presses.heard(second, '5', 3_000, 3_300));
            assert!(presses.heard(first, '6', 3_800, 3_900), "another key");
        }
    }

    #[test]
    fn a_broken_tone_is_one_press_while_the_event_lasts() {
        let mut presses = Presses::default();
        assert!(presses.heard(Way::Event, '1', 1_000, 1_160));
        assert!(!presses.heard(Way::InBand, '1', 1_000, 1_300));
        presses.lasts(Way::Event, '1', 9_000);
        assert!(!presses.heard(Way::InBand, '1', 5_000, 5_300));
        assert!(presses.heard(Way::InBand, '1', 12_000, 12_300));
    }

    #[test]
    fn an_info_counts_once_beside_the_others_and_by_itself() {
        let mut presses = Presses::default();
        assert!(presses.heard(Way::Event, '2', 1_000, 1_800));
        assert!(presses.heard(Way::Event, '2', 2_600, 3_400));
        assert!(!presses.heard(Way::Info, '2', 4_000, 4_000));
        assert!(!presses.heard(Way::Info, '2', 5_000, 5_000));
        assert!(presses.heard(Way::Info, '2', 6_000, 6_000));
        assert!(presses.heard(Way::Info, '2', 6_100, 6_100));
        assert!(!presses.heard(Way::Event, '2', 5_500, 5_900), "the event of an INFO that was faster");
        presses.forget();
        assert!(presses.heard(Way::Event, '2', 6_200, 6_300), "after a re-INVITE");
    }

    proptest! {
        /// Presses of 40 ms or more with pauses of 40 ms or more, each heard in two ways, the later one late by up to
        /// 150 ms, though not out of its own order.
        #[test]
        fn presses_that_come_in_two_ways_are_counted_once(
            presses in prop::collection::vec((40_u64..400, 40_u64..900, 0_u64..3), 1..30), late in 0_u64..150,
        ) {
            let mut reports = Vec::new();
            let mut now = 10_000;
            for (nth, (length, pause, key)) in presses.iter().enumerate() {
                let key = char::from_digit(u32::try_from(*key).unwrap(), 10).unwrap();
                let (began, until) = (now, now + 30 * MS);
                reports.push((began, 0, nth, Way::Event, key, began, until));
                reports.push((began + late * MS, 1, nth, Way::InBand, key, began + 2 * MS, until));
                now += (length + pause) * MS;
            }
            reports.sort_by_key(|report| (report.0, report.1));
            let mut all = Presses::default();
            let new = reports.iter().filter(|(.., way, key, began, until)| all.heard(*way, *key, *began, *until));
            prop_assert_eq!(new.count(), presses.len());
        }
    }
}
