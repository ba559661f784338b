//! Daily limits on the number and cost of calls. They prevent a fault of ours, or someone with our credentials, from
//! spending a budget in one night.

use serde::Deserialize;

/// The daily limits, of one health centre or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct DayLimits {
    /// The maximum number of calls placed. `None` for no limit.
    pub calls: Option<u32>,
    /// The maximum cost, in the currency of [`CallPrice::per_minute`]. `None` for no limit.
    pub spend: Option<u32>,
}

/// The estimated maximum cost of a call. The carrier's bill comes later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallPrice {
    /// The price of each started minute, not below 0.
    pub per_minute: f64,
    /// The minutes after which the carrier ends a call.
    pub longest_minutes: u32,
}

/// The usage of a day so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DailyUsage {
    /// The number of calls intended, whatever their outcome.
    pub calls: u32,
    /// The number of these calls that haven't ended.
    pub open: u32,
    /// The started minutes of the calls that have ended, including ringing: more than the carrier bills.
    pub minutes: u32,
}

/// The daily limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayLimit {
    /// [`DayLimits::calls`].
    Calls,
    /// [`DayLimits::spend`].
    Spend,
}

impl DayLimits {
    /// How many more calls may begin. Each call in progress or about to begin counts with its maximum length, so that
    /// the limit holds however calls end. Returns [`u32::MAX`] if there is no limit.
    pub fn room(self, used: DailyUsage, price: CallPrice) -> u32 {
        let by_calls = self.calls.map_or(u32::MAX, |most| most.saturating_sub(used.calls));
        by_calls.min(self.room_by_spend(used, price))
    }

    /// The limit that is reached for the rest of the day. Calls in progress may end early and leave room. The spending
    /// limit is therefore reached only if no call could begin even if they all ended now.
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
        // The cast saturates, and turns negative numbers into 0.
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
            // A call costs at most 600. Two fit into 1,200, and none in addition to two calls in progress.
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
        /// Neither limit is ever exceeded, whenever calls begin and end and however long they last.
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
