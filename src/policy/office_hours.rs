//! When staff can be reached at a health centre, and which date it is there.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::domain::{DayEnd, read_span};

/// When staff can be reached: the same hours from Monday to Friday. Default 08:30–17:15, the usual hours of Japanese
/// public offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct OfficeHours {
    open: Time,
    close: DayEnd,
}

/// The text isn't a time span, or the opening isn't before the closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("office hours are written 08:30-17:15, opening before closing; midnight at the end of the day is 24:00")]
pub struct OfficeHoursError;

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Written(String);

impl Default for OfficeHours {
    fn default() -> Self {
        Self { open: Time::constant(8, 30, 0, 0), close: DayEnd::At(Time::constant(17, 15, 0, 0)) }
    }
}

impl OfficeHours {
    /// Returns `true` if `at` is within office hours in `zone`.
    pub fn contains(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let local = zone.to_datetime(at);
        let weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
        !weekend && self.open <= local.time() && self.close.is_after(local.time())
    }
}

impl std::str::FromStr for OfficeHours {
    type Err = OfficeHoursError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (open, close) = read_span(text).ok_or(OfficeHoursError)?;
        Ok(Self { open, close })
    }
}

impl std::fmt::Display for OfficeHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.open.strftime("%H:%M"), self.close)
    }
}

impl TryFrom<Written> for OfficeHours {
    type Error = OfficeHoursError;
    fn try_from(written: Written) -> Result<Self, Self::Error> {
        written.0.parse()
    }
}

impl From<OfficeHours> for Written {
    fn from(hours: OfficeHours) -> Self {
        Self(hours.to_string())
    }
}

/// The date of a report made at `at`: the civil date at the health centre.
pub fn report_day(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_person_is_there_on_weekdays_within_the_hours() {
        let tokyo = TimeZone::get("Asia/Tokyo").expect("a zone");
        let hours = OfficeHours::default();
        assert!(!hours.contains(at("2026-11-24T08:29:59+09:00"), &tokyo));
        assert!(hours.contains(at("2026-11-24T08:30:00+09:00"), &tokyo));
        assert!(!hours.contains(at("2026-11-24T17:15:00+09:00"), &tokyo));
        assert!(!hours.contains(at("2026-11-22T12:00:00+09:00"), &tokyo), "a Sunday");
        assert_eq!("17:15-08:30".parse::<OfficeHours>(), Err(OfficeHoursError));
        let late: OfficeHours = "９：００～２４：００".parse().expect("hours");
        assert!(late.contains(at("2026-11-24T23:59:59+09:00"), &tokyo));
        assert_eq!(late.to_string().parse(), Ok(late), "as it is stored");
        assert_eq!("9:00-17:00".parse::<OfficeHours>().map(|hours| hours.to_string()), Ok("09:00-17:00".into()));
    }

    #[test]
    fn the_report_day_is_the_day_at_the_centre() {
        let tokyo = TimeZone::get("Asia/Tokyo").expect("a zone");
        assert_eq!(report_day(at("2026-11-23T14:59:59Z"), &tokyo).to_string(), "2026-11-23");
        assert_eq!(report_day(at("2026-11-23T15:00:00Z"), &tokyo).to_string(), "2026-11-24");
    }

    proptest! {
        #[test]
        fn the_report_day_never_goes_back(seconds in 0i64..4_000_000_000, later in 0i64..100_000) {
            let zone = TimeZone::get("America/Sao_Paulo").expect("a zone");
            let earlier = Timestamp::from_second(seconds).expect("in range");
            let later = Timestamp::from_second(seconds + later).expect("in range");
            prop_assert!(report_day(earlier, &zone) <= report_day(later, &zone));
        }
    }
}
