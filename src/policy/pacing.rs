//! How many calls may be placed now, and for which health centres. Pacing keeps the carrier's queue empty, so that a
//! stop takes effect immediately. Fairness keeps a large centre's list from delaying a small one's.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::CentreCode;

const SHORTEST_WINDOW: Duration = Duration::from_secs(1);
/// The longest window, for a pace below one call a day.
const LONGEST_WINDOW: Duration = Duration::from_secs(86_400);

/// The period over which placed calls are counted against the pace. It is the shortest period of at least a second that
/// holds a whole number of calls (1 s at 1 or 20 a second, 10 s at 0.1, 1⅓ s at 1.5), and at most a day.
pub fn window(calls_per_second: f64) -> Duration {
    let seconds = f64::from(most_in_window(calls_per_second)) / calls_per_second;
    // Not a number, or too large: the pace is 0.
    let window = Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_WINDOW);
    window.clamp(SHORTEST_WINDOW, LONGEST_WINDOW)
}

/// The maximum number of calls within a [`window`]. 0 if the pace isn't above 0.
pub fn most_in_window(calls_per_second: f64) -> u32 {
    whole(calls_per_second)
}

/// The number of calls that may be placed in this tick.
///
/// `placed_in_window` is the number of calls placed after (now − [`window`]). `open` and `concurrent` are the current
/// and the maximum number of calls in progress. `tick` is the time between two ticks. To smooth bursts, a tick places
/// at most its share of the pace, rounded up.
pub fn allowance(calls_per_second: f64, placed_in_window: u32, open: u32, concurrent: u32, tick: Duration) -> u32 {
    let by_pace = most_in_window(calls_per_second).saturating_sub(placed_in_window);
    let by_tick = whole(calls_per_second * tick.as_secs_f64());
    by_pace.min(by_tick).min(concurrent.saturating_sub(open))
}

/// Rounds up, but ignores rounding errors of a product. Returns 0 for values below 0.
fn whole(calls: f64) -> u32 {
    const DIGITS_LOST: f64 = 1e-9;
    let rounded = if calls > DIGITS_LOST { (calls - DIGITS_LOST).ceil() } else { calls.ceil() };
    // The cast saturates, and turns NaN into 0.
    rounded as u32
}

/// A centre's own limits on its calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CentreCaps {
    /// The maximum number of its calls in progress. `None` for no limit.
    pub concurrent: Option<u32>,
    /// The maximum number of its calls in this tick, by its own pace ([`allowance`]). `None` for no limit.
    pub this_tick: Option<u32>,
}

/// A centre with due calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreDemand {
    /// The centre's code.
    pub code: CentreCode,
    /// The number of due calls.
    pub due: u32,
    /// When the oldest of them became due.
    pub oldest_due: Timestamp,
    /// The number of its calls in progress.
    pub open: u32,
    /// Its own limits.
    pub caps: CentreCaps,
}

impl CentreDemand {
    /// The number of calls it can place.
    fn room(&self) -> u32 {
        let by_lines = self.caps.concurrent.map_or(u32::MAX, |most| most.saturating_sub(self.open));
        self.due.min(by_lines).min(self.caps.this_tick.unwrap_or(u32::MAX))
    }
}

/// Distributes the calls of a tick among centres. Each call goes to the centre with the fewest calls in progress,
/// including those just assigned. Ties go to the centre that has waited longest. `centres` has one entry per centre, in
/// any order. Returns the centres that got calls, ordered by code. Costs `budget` × log `centres`.
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
