//! When a failed job runs again, and when it is given up.

use jiff::SignedDuration;

/// The number of runs of a job before it is given up. With the delays below, a job that keeps failing is tried for
/// about eight hours, so a fault of one night can be corrected in the morning and nobody has to retry anything.
pub const MOST_RUNS: i64 = 20;
/// The delay after the first failure.
const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(1);
/// The longest delay.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_hours(1);

/// How long a job waits after its last `runs` runs failed. `None` if it is given up.
pub fn retry_job_after(runs: i64) -> Option<SignedDuration> {
    if runs >= MOST_RUNS {
        return None;
    }
    let doublings = u32::try_from(runs.saturating_sub(1)).unwrap_or(0);
    let factor = 2_i32.checked_pow(doublings).unwrap_or(i32::MAX);
    Some(FIRST_DELAY.checked_mul(factor).map_or(LONGEST_DELAY, |delay| delay.min(LONGEST_DELAY)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_until_the_job_is_given_up() {
        let delays: Vec<i64> = (1..MOST_RUNS).filter_map(retry_job_after).map(|delay| delay.as_secs()).collect();
        assert_eq!(delays.first_chunk(), Some(&[1, 2, 4, 8]));
        assert_eq!(delays.last(), Some(&3600));
        assert_eq!(delays.len(), 19);
        assert_eq!(delays.iter().sum::<i64>() / 3600, 8, "hours");
        assert_eq!([0, -3].map(retry_job_after), [Some(FIRST_DELAY); 2]);
        assert_eq!([MOST_RUNS, i64::MAX].map(retry_job_after), [None, None]);
    }
}
