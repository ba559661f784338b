//! Which alerts follow from answers, besides a red one, which the call itself raises at once.

use std::collections::BTreeMap;

use crate::domain::{AlertKind, Item, Severity};

/// The alert that a correction by staff raises. A value that becomes red is told like any red answer. So is another red
/// value once staff have closed the alert of the one before. What isn't red any more closes nothing: staff do.
pub fn alert_of_correction(before: Severity, after: Severity, red_is_open: bool) -> Option<AlertKind> {
    match after {
        Severity::Red if before != Severity::Red || !red_is_open => Some(AlertKind::RedAnswer),
        Severity::Amber if before < Severity::Amber => Some(AlertKind::AmberAnswer),
        Severity::Red | Severity::Amber | Severity::Note | Severity::None => None,
    }
}

/// The places of the answers of a report that a nurse must look at today: the last one of each item, if it is amber.
/// They are looked at when a call with the report is over, as a value is measured twice and answers are taken back.
pub fn amber_answers(given: &[(Item, Severity)]) -> Vec<usize> {
    let last: BTreeMap<Item, (usize, Severity)> =
        given.iter().enumerate().map(|(place, (item, severity))| (*item, (place, *severity))).collect();
    let amber = last.into_values().filter(|(_, severity)| *severity == Severity::Amber);
    amber.map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_to_red_is_told_also_anew() {
        use Severity::{Amber, None as Well, Note, Red};
        for (before, after, red_is_open, expected) in [
            (Well, Red, false, Some(AlertKind::RedAnswer)),
            (Amber, Red, true, Some(AlertKind::RedAnswer)),
            (Red, Red, false, Some(AlertKind::RedAnswer)),
            (Red, Red, true, None),
            (Red, Well, true, None),
            (Red, Amber, true, None),
            (Note, Amber, false, Some(AlertKind::AmberAnswer)),
            (Amber, Amber, false, None),
            (Amber, Note, false, None),
        ] {
            assert_eq!(alert_of_correction(before, after, red_is_open), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn the_last_answer_of_an_item_counts() {
        use Item::{BodyTemperature, Spo2};
        use Severity::{Amber, None as Well, Red};
        assert_eq!(amber_answers(&[]), Vec::<usize>::new());
        let measured_again = [(Spo2, Amber), (BodyTemperature, Amber), (Spo2, Well)];
        assert_eq!(amber_answers(&measured_again), [1]);
        assert_eq!(amber_answers(&[(Spo2, Amber), (Spo2, Red)]), Vec::<usize>::new(), "the red one is told");
        assert_eq!(amber_answers(&[(Spo2, Red), (Spo2, Amber)]), [1]);
    }
}
