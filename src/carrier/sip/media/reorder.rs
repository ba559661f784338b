//! Puts packets back into order before their sound is listened to. Waits at most 60 ms for one that is missing.

use std::time::Duration;

/// The longest wait for a missing packet.
const PATIENCE: Duration = Duration::from_millis(60);
/// The most packets that wait.
const MOST_HELD: usize = 12;
/// A jump that is no loss: the sender began anew.
const JUMP: i16 = 100;

/// What waits.
#[derive(Debug)]
struct Held<T> {
    sequence: u16,
    arrived: Duration,
    content: T,
}

/// A packet in its place.
#[derive(Debug, PartialEq, Eq)]
pub struct InOrder<T> {
    /// Whether packets before it are missing.
    pub after_loss: bool,
    /// What it has.
    pub content: T,
}

/// The packets of one source.
#[derive(Debug)]
pub struct Reorder<T> {
    next: Option<u16>,
    held: Vec<Held<T>>,
}

impl<T> Default for Reorder<T> {
    fn default() -> Self {
        Self { next: None, held: Vec::new() }
    }
}

fn ahead(sequence: u16, of: u16) -> i16 {
    sequence.wrapping_sub(of).cast_signed()
}

impl<T> Reorder<T> {
    /// Takes a packet, and yields those whose turn it is.
    pub fn push(&mut self, sequence: u16, arrived: Duration, content: T) -> Vec<InOrder<T>> {
        let next = *self.next.get_or_insert(sequence);
        let place = ahead(sequence, next);
        let known = self.held.iter().any(|held| held.sequence == sequence);
        if (-JUMP < place && place < 0) || known {
            return Vec::new();
        }
        if place <= -JUMP || place > JUMP {
            self.held.clear();
            self.next = Some(sequence.wrapping_add(1));
            return vec![InOrder { after_loss: true, content }];
        }
        self.held.push(Held { sequence, arrived, content });
        self.due(arrived)
    }

    /// Those whose turn it is by now, because what was missing didn't come.
    pub fn due(&mut self, now: Duration) -> Vec<InOrder<T>> {
        let mut released = Vec::new();
        while let (Some(next), Some(first)) = (self.next, self.first()) {
            let Some(held) = self.held.get(first) else { break };
            let waited = now.saturating_sub(held.arrived) >= PATIENCE || self.held.len() > MOST_HELD;
            if held.sequence != next && !waited {
                break;
            }
            let held = self.held.swap_remove(first);
            self.next = Some(held.sequence.wrapping_add(1));
            released.push(InOrder { after_loss: held.sequence != next, content: held.content });
        }
        released
    }

    /// The place of the earliest packet that waits.
    fn first(&self) -> Option<usize> {
        let next = self.next?;
        let places = self.held.iter().enumerate();
        places.min_by_key(|(_, held)| ahead(held.sequence, next)).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_missing_packet_is_waited_for_and_then_skipped() {
        let mut order = Reorder::default();
        assert_eq!(order.push(65_534, at(0), 1).len(), 1);
        assert_eq!(order.push(0, at(20), 3), []);
        let released: Vec<i32> = order.push(65_535, at(30), 2).into_iter().map(|packet| packet.content).collect();
        assert_eq!(released, [2, 3]);
        assert_eq!(order.push(0, at(31), 3), [], "a duplicate");
        assert_eq!(order.push(2, at(40), 5), []);
        assert_eq!(order.due(at(99)), []);
        assert_eq!(order.due(at(100)), [InOrder { after_loss: true, content: 5 }]);
        assert_eq!(order.push(1, at(101), 4), [], "too late");
        assert_eq!(order.push(40_000, at(120), 6), [InOrder { after_loss: true, content: 6 }]);
    }

    proptest! {
        #[test]
        fn each_comes_once_and_in_order(first: u16, swaps in prop::collection::vec(0_usize..4, 0..60)) {
            let mut numbers: Vec<u16> = (0..80).map(|nth| first.wrapping_add(nth)).collect();
            for (place, far) in swaps.into_iter().enumerate() {
                // The first packet sets where to begin.
                let (from, to) = (place + 1, (place + 1 + far).min(79));
                numbers.swap(from, to);
            }
            let mut order = Reorder::default();
            let mut heard = Vec::new();
            for (nth, number) in numbers.iter().enumerate() {
                let released = order.push(*number, at(nth as u64), *number);
                heard.extend(released.into_iter().map(|packet| packet.content));
            }
            heard.extend(order.due(at(1_000)).into_iter().map(|packet| packet.content));
            let places: Vec<u16> = heard.iter().map(|number| number.wrapping_sub(first)).collect();
            prop_assert!(places.is_sorted_by(|one, other| one < other), "{:?}", places);
        }
    }
}
