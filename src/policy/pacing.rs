//! How many calls may be placed now, and for which health centres: paced, so that the carrier's queue stays empty and
//! a stop takes effect at once, and fair, so that a large centre's list doesn't hold up a small one's.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::CentreCode;

const SHORTEST_WINDOW: Duration = Duration::from_secs(1);
/// The longest window, for a pace of less than one call a day.
const LONGEST_WINDOW: Duration = Duration::from_secs(86_400);

/// The time over which calls placed are counted against the pace: the shortest that holds a whole number of them and
/// isn't below a second (1 s at 1 or 20 a second, 10 s at 0.1, 1⅓ s at 1.5), at most a day.
pub fn window(calls_per_second: f64) -> Duration {
    let seconds = f64::from(most_in_window(calls_per_second)) / calls_per_second;
    // Not a number, or too large: a pace of nothing.
    let window = Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_WINDOW);
    window.clamp(SHORTEST_WINDOW, LONGEST_WINDOW)
}

/// How many calls may be placed within a [`window`]. None at a pace that isn't above 0.
pub fn most_in_window(calls_per_second: f64) -> u32 {
    whole(calls_per_second)
}

/// How many calls may be placed in this tick.
///
/// `placed_in_window` is how many were placed after (now − [`window`]); `open` and `concurrent` are how many calls are
/// in progress and how many may be. `tick` is the time between two ticks: a burst is smoothed, as no tick places more
/// than its part of the pace, rounded up.
pub fn allowance(calls_per_second: f64, placed_in_window: u32, open: u32, concurrent: u32, tick: Duration) -> u32 {
    let by_pace = most_in_window(calls_per_second).saturating_sub(placed_in_window);
    let by_tick = whole(calls_per_second * tick.as_secs_f64());
    by_pace.min(by_tick).min(concurrent.saturating_sub(open))
}

/// Rounded up, but for what a product's last digits add; nothing below and instead of 0.
fn whole(calls: f64) -> u32 {
    const DIGITS_LOST: f64 = 1e-9;
    let rounded = if calls > DIGITS_LOST { (calls - DIGITS_LOST).ceil() } else { calls.ceil() };
    // Stays inside the type's range, and makes nothing of a NaN.
    rounded as u32
}

/// What a centre allows of its own calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CentreCaps {
    /// How many of its calls may be in progress at the same time; nothing for no limit.
    pub concurrent: Option<u32>,
    /// How many of its calls may be placed in this tick, by its own pace ([`allowance`]); nothing for no limit.
    pub this_tick: Option<u32>,
}

/// A centre that has calls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreDemand {
    /// Which.
    pub code: CentreCode,
    /// How many calls are due.
    pub due: u32,
    /// Since when the oldest of them is.
    pub oldest_due: Timestamp,
    /// How many of its calls are in progress.
    pub open: u32,
    /// What it allows.
    pub caps: CentreCaps,
}

impl CentreDemand {
    /// How many calls it can use.
    fn room(&self) -> u32 {
        let by_lines = self.caps.concurrent.map_or(u32::MAX, |most| most.saturating_sub(self.open));
        self.due.min(by_lines).min(self.caps.this_tick.unwrap_or(u32::MAX))
    }
}

/// Shares out the places of a tick, as water fills a vessel: the next place goes to the centre with the fewest calls
/// in progress, those given now included; of equals to the one that has waited longest. A centre stands in `centres`
/// once, in whatever order. Gives those that got something, by code. Costs `budget` × log `centres`.
pub fn shares(budget: u32, centres: &[CentreDemand]) -> Vec<(CentreCode, u32)> {
    let first = |centre: &CentreDemand| (centre.open, centre.oldest_due);
    let wanting = centres.iter().enumerate().filter(|(_, centre)| centre.room() > 0);
    let mut waiting: BinaryHeap<_> =
        wanting.map(|(place, centre)| Reverse((first(centre), &centre.code, place, 0_u32))).collect();
    let mut given: Vec<(CentreCode, u32)> = Vec::new();
    let mut left = budget;
    while let Some(Reverse(((under_way, oldest_due), code, place, got))) = waiting.pop() {
        let room = centres.get(place).map_or(0, CentreDemand::room);
        if left > 0 && got < room {
            left -= 1;
            waiting.push(Reverse(((under_way.saturating_add(1), oldest_due), code, place, got + 1)));
        } else if got > 0 {
            given.push((code.clone(), got));
        }
    }
    given.sort_unstable();
    given
}

#[cfg(test)]
mod tests;
