//! When patients without an oximeter are asked for SpO2 again.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::domain::{Oximeter, Spo2Question};

/// After how many days a patient without an oximeter is asked for SpO2 again, as they may have got one. Decided in the
/// study of the calls (P8): once a week.
pub const SPO2_ASKED_AGAIN_AFTER_DAYS: i64 = 7;
/// After how many reports in a row without a value a patient counts as one without an oximeter (P8).
pub const REPORTS_WITHOUT_SPO2: i64 = 2;

/// The first day on which SpO2 is asked again. `None` if it is asked in every report. `last` is the day on which it was
/// last answered, or on which the health centre said that there is no oximeter.
pub fn spo2_asked_again_on(oximeter: Oximeter, last: Date) -> Option<Date> {
    match oximeter {
        Oximeter::Yes | Oximeter::Unknown => None,
        Oximeter::No => Some(last.saturating_add(SPO2_ASKED_AGAIN_AFTER_DAYS.days())),
    }
}

/// Whether a call of this day asks for SpO2.
pub fn spo2_question(oximeter: Oximeter, last: Date, today: Date) -> Spo2Question {
    match spo2_asked_again_on(oximeter, last) {
        Some(again) if today < again => Spo2Question::LeftOut,
        Some(_) | None => Spo2Question::Asked,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn who_has_no_oximeter_is_asked_once_a_week() {
        let last = date(2026, 11, 24);
        for (today, question) in [
            (date(2026, 11, 24), Spo2Question::LeftOut),
            (date(2026, 11, 30), Spo2Question::LeftOut),
            (date(2026, 12, 1), Spo2Question::Asked),
            (date(2026, 12, 9), Spo2Question::Asked),
        ] {
            assert_eq!(spo2_question(Oximeter::No, last, today), question, "{today}");
            for oximeter in [Oximeter::Yes, Oximeter::Unknown] {
                assert_eq!(spo2_question(oximeter, last, today), Spo2Question::Asked);
            }
        }
        assert_eq!(spo2_asked_again_on(Oximeter::No, Date::MAX), Some(Date::MAX), "the end of the calendar");
    }
}
