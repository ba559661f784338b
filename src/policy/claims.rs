//! Whether a line of the open alerts is taken. A claim lasts while an alert for which it was made is open, and doesn't
//! cover a red alert that came later.

use jiff::Timestamp;

use crate::domain::{AlertId, Severity};

/// The place of an alert in time.
pub type AlertPlace = (Timestamp, AlertId);

/// Whether somebody deals with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineState {
    /// Nobody.
    Untaken,
    /// Somebody has taken all that is red on it.
    Taken,
    /// Somebody has taken it, and a red alert has come since.
    RedSince,
}

/// The state of a line, by the newest alert that it showed when it was taken, and its open alerts.
pub fn line_state(taken_with: Option<AlertPlace>, open: impl Iterator<Item = (AlertPlace, Severity)>) -> LineState {
    let Some(newest_known) = taken_with else { return LineState::Untaken };
    let (mut known_is_open, mut red_since) = (false, false);
    for (place, severity) in open {
        known_is_open |= place <= newest_known;
        red_since |= place > newest_known && severity == Severity::Red;
    }
    match (known_is_open, red_since) {
        (false, _) => LineState::Untaken,
        (true, true) => LineState::RedSince,
        (true, false) => LineState::Taken,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64) -> AlertPlace {
        (Timestamp::from_second(60 * minute).unwrap(), AlertId(Uuid::from_u128(minute.unsigned_abs().into())))
    }

    #[test]
    fn a_claim_covers_what_it_was_made_for_and_no_later_red_alert() {
        use LineState::{RedSince, Taken, Untaken};
        use Severity::{Amber, Red};
        for (taken_with, open, expected) in [
            (None, vec![(1, Red)], Untaken),
            (Some(1), vec![(1, Red)], Taken),
            (Some(2), vec![(1, Red), (2, Amber)], Taken),
            (Some(2), vec![(1, Red), (3, Amber)], Taken),
            (Some(2), vec![(1, Amber), (3, Red)], RedSince),
            // What it was made for is closed.
            (Some(2), vec![(3, Amber)], Untaken),
            (Some(2), vec![(3, Red)], Untaken),
            (Some(2), vec![], Untaken),
        ] {
            let alerts = open.iter().map(|(minute, severity)| (at(*minute), *severity));
            assert_eq!(line_state(taken_with.map(at), alerts), expected, "{taken_with:?} {open:?}");
        }
    }
}
