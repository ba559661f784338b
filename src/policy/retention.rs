//! How long a health centre keeps the data of patients after their release.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// Months, 1 to [`RetentionMonths::LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetentionMonths(u32);

/// Why a number of months can't be a retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("data are kept for 1 to {} months", RetentionMonths::LONGEST)]
pub struct RetentionError;

impl RetentionMonths {
    /// The longest retention: ten years.
    pub const LONGEST: u32 = 120;

    /// Checks a number of months.
    ///
    /// # Errors
    /// [`RetentionError`] if it is 0 or more than [`RetentionMonths::LONGEST`].
    pub fn new(months: u32) -> Result<Self, RetentionError> {
        if (1..=Self::LONGEST).contains(&months) { Ok(Self(months)) } else { Err(RetentionError) }
    }

    /// The number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// After a change of the retention, nobody goes for this long, so that everybody who will go has been on the list.
pub const RETENTION_NOTICE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// When the data of a patient go: at the end of the day, at the health centre, that many months after the release, and
/// not within [`RETENTION_NOTICE`] after the retention was set.
pub fn goes_at(released: Timestamp, months: RetentionMonths, set_at: Timestamp, zone: &TimeZone) -> Timestamp {
    let last = zone.to_datetime(released).date().checked_add(i64::from(months.0).months()).unwrap_or(Date::MAX);
    let midnight = last.tomorrow().unwrap_or(Date::MAX).at(0, 0, 0, 0);
    let at = zone.to_timestamp(midnight).unwrap_or(Timestamp::MAX);
    at.max(set_at.checked_add(RETENTION_NOTICE).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_data_go_at_the_end_of_the_last_day() {
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let months = RetentionMonths::new(1).unwrap();
        let long_ago = at("2020-01-01T00:00:00Z");
        let goes = goes_at(at("2026-01-31T10:00:00+09:00"), months, long_ago, &zone);
        assert_eq!(goes, at("2026-03-01T00:00:00+09:00"), "28 February is the last day");
        let just_set = at("2026-11-28T10:00:00+09:00");
        assert_eq!(goes_at(long_ago, months, just_set, &zone), at("2026-12-05T10:00:00+09:00"));
        assert_eq!((RetentionMonths::new(0), RetentionMonths::new(121)), (Err(RetentionError), Err(RetentionError)));
    }

    proptest! {
        #[test]
        fn nobody_goes_sooner_than_told(
            released in 0_i64..4_000_000_000,
            set in 0_i64..4_000_000_000,
            months in 1_u32..=120,
        ) {
            let at = |second| Timestamp::from_second(second).unwrap();
            let zone = TimeZone::get("Asia/Tokyo").unwrap();
            let goes = goes_at(at(released), RetentionMonths::new(months).unwrap(), at(set), &zone);
            prop_assert!(goes >= at(set) + RETENTION_NOTICE);
            prop_assert!(goes.duration_since(at(released)) >= SignedDuration::from_hours(28 * 24 * i64::from(months)));
        }
    }
}
