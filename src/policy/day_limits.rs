//! How many calls a day may hold, and what they may cost: a fault of ours, or someone with our keys, can't ring
//! through a budget in a night.

use serde::Deserialize;

/// The limits of one day, of a health centre or of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct DayLimits {
    /// Calls placed; nothing for no limit.
    pub calls: Option<u32>,
    /// What they cost, in the money of [`CallPrice::per_minute`]; nothing for no limit.
    pub spend: Option<u32>,
}

/// What a call costs at most, as an estimate: the carrier's bill comes later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallPrice {
    /// Of a minute that has begun, not below 0.
    pub per_minute: f64,
    /// The minutes after which the carrier ends a call.
    pub longest_minutes: u32,
}

/// What a day holds so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DailyUsage {
    /// Calls intended, whatever became of them.
    pub calls: u32,
    /// Those of them that aren't over.
    pub open: u32,
    /// Minutes begun of those that are over, the ringing among them: more than what the carrier bills.
    pub minutes: u32,
}

/// Which limit a day has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayLimit {
    /// [`DayLimits::calls`].
    Calls,
    /// [`DayLimits::spend`].
    Spend,
}

impl DayLimits {
    /// How many calls may still begin. A call that is in progress or begins counts as long as the carrier lets it last,
    /// so that the day's limit holds however they end. With no limit, [`u32::MAX`].
    pub fn room(self, used: DailyUsage, price: CallPrice) -> u32 {
        let by_calls = self.calls.map_or(u32::MAX, |most| most.saturating_sub(used.calls));
        by_calls.min(self.room_by_spend(used, price))
    }

    /// The limit that is reached for good: calls that are in progress may end sooner and leave room, unless they were
    /// to end at once and none could follow.
    pub fn reached(self, used: DailyUsage, price: CallPrice) -> Option<DayLimit> {
        if self.calls.is_some_and(|most| used.calls >= most) {
            return Some(DayLimit::Calls);
        }
        let ended_now = DailyUsage { open: 0, minutes: used.minutes.saturating_add(used.open), ..used };
        (self.room_by_spend(ended_now, price) == 0).then_some(DayLimit::Spend)
    }

    fn room_by_spend(self, used: DailyUsage, price: CallPrice) -> u32 {
        let Some(most) = self.spend else { return u32::MAX };
        let longest = f64::from(price.longest_minutes);
        let taken = price.per_minute * (f64::from(used.minutes) + longest * f64::from(used.open));
        let of_one = price.per_minute * longest;
        if of_one <= 0.0 {
            return u32::MAX;
        }
        // Stays inside the type's range, and makes nothing of a negative number.
        ((f64::from(most) - taken) / of_one).floor() as u32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PRICE: CallPrice = CallPrice { per_minute: 20.0, longest_minutes: 30 };

    fn limits(calls: Option<u32>, spend: Option<u32>) -> DayLimits {
        DayLimits { calls, spend }
    }

    #[test]
    fn the_room_of_a_day() {
        let used = |calls, open, minutes| DailyUsage { calls, open, minutes };
        for (limits, used, room, reached) in [
            (limits(None, None), used(9_999, 50, 99_999), u32::MAX, None),
            (limits(Some(10), None), used(0, 0, 0), 10, None),
            (limits(Some(10), None), used(9, 9, 0), 1, None),
            (limits(Some(10), None), used(10, 0, 0), 0, Some(DayLimit::Calls)),
            (limits(Some(0), None), used(0, 0, 0), 0, Some(DayLimit::Calls)),
            // A call is 600 at most; two fit into 1,200, and none beside two that are in progress.
            (limits(None, Some(1_200)), used(0, 0, 0), 2, None),
            (limits(None, Some(1_200)), used(2, 2, 0), 0, None),
            (limits(None, Some(1_200)), used(2, 1, 1), 0, None),
            (limits(None, Some(1_200)), used(2, 0, 2), 1, None),
            (limits(None, Some(1_200)), used(20, 0, 31), 0, Some(DayLimit::Spend)),
            (limits(None, Some(1_200)), used(20, 5, 26), 0, Some(DayLimit::Spend)),
            (limits(Some(3), Some(1_200)), used(2, 0, 2), 1, None),
            (limits(None, Some(599)), used(0, 0, 0), 0, Some(DayLimit::Spend)),
        ] {
            assert_eq!((limits.room(used, PRICE), limits.reached(used, PRICE)), (room, reached), "{limits:?} {used:?}");
        }
        let free = CallPrice { per_minute: 0.0, ..PRICE };
        assert_eq!(limits(None, Some(0)).room(used(9, 9, 9), free), u32::MAX);
        assert_eq!(limits(None, Some(0)).reached(used(9, 9, 9), free), None);
    }

    proptest! {
        /// Whenever calls begin and end, however long they last: neither limit is ever passed.
        #[test]
        fn no_day_costs_more_than_its_limit(
            most_calls in 0..40_u32,
            most_spend in 0..30_000_u32,
            per_minute in 0.1..60.0_f64,
            longest_minutes in 1..60_u32,
            steps in proptest::collection::vec((0..5_u32, 0..5_usize, 0..60_u32), 0..60),
        ) {
            let price = CallPrice { per_minute, longest_minutes };
            let day = limits(Some(most_calls), Some(most_spend));
            let mut used = DailyUsage::default();
            let mut over = false;
            for (wanted, ending, minutes) in steps {
                let begun = wanted.min(day.room(used, price));
                prop_assert!(!over || begun == 0, "nothing begins any more");
                used.calls += begun;
                used.open += begun;
                for _ in 0..ending.min(used.open as usize) {
                    used.open -= 1;
                    used.minutes += minutes.clamp(1, longest_minutes);
                }
                over |= day.reached(used, price).is_some();
            }
            used.minutes += used.open * longest_minutes;
            prop_assert!(used.calls <= most_calls);
            prop_assert!(f64::from(used.minutes) * per_minute <= f64::from(most_spend) + 1e-6);
        }
    }
}
