//! Report links: a link by SMS and the birth date open today's form without an account. When a link ends, and how many
//! wrong birth dates it bears (H7).

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Whether a health centre sends report links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportLinks {
    /// Staff can send them.
    #[default]
    Send,
    /// Nobody can, and those that were sent have ended.
    Off,
}

/// The text is neither of the two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write send when staff can send report links, or off when nobody can")]
pub struct ReportLinksError;

impl std::str::FromStr for ReportLinks {
    type Err = ReportLinksError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Send, Self::Off].into_iter().find(|what| what.to_string() == text).ok_or(ReportLinksError)
    }
}

impl std::fmt::Display for ReportLinks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Send => "send",
            Self::Off => "off",
        })
    }
}

/// Wrong birth dates after which a link has ended. People mistype, and a birth date has some thirty thousand values.
pub const MOST_WRONG_BIRTH_DATES: u32 = 5;
/// The links that a patient gets in a day.
pub const MOST_LINKS_A_DAY: usize = 3;
/// How long a form that was open at midnight is still taken, and its answers go on into the next day's report. Nobody
/// should answer twice because the day ended meanwhile.
pub const OVER_MIDNIGHT: SignedDuration = SignedDuration::from_hours(1);

/// What is known of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkFacts {
    /// The day for which it was sent, at the health centre.
    pub day: Date,
    /// The wrong birth dates that were tried.
    pub wrong: u32,
    /// Whether the patient's observation has ended or hasn't begun.
    pub is_observed: bool,
    /// Whether staff have stopped the patient's calls.
    pub is_stopped: bool,
    /// What the health centre has set.
    pub links: ReportLinks,
}

/// Why a link doesn't open a form any more. Who has it learns only that it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkEnd {
    /// Its day is over.
    Day,
    /// The patient isn't under observation.
    Released,
    /// Staff have stopped the calls.
    Stopped,
    /// Too many wrong birth dates.
    Guessed,
    /// The health centre sends no links any more.
    Off,
}

impl LinkFacts {
    /// Why the link has ended at a day of the health centre. `None` if it hasn't.
    pub fn end(&self, today: Date) -> Option<LinkEnd> {
        if !self.is_observed {
            return Some(LinkEnd::Released);
        }
        if self.is_stopped {
            return Some(LinkEnd::Stopped);
        }
        if matches!(self.links, ReportLinks::Off) {
            return Some(LinkEnd::Off);
        }
        if self.wrong >= MOST_WRONG_BIRTH_DATES {
            return Some(LinkEnd::Guessed);
        }
        (self.day != today).then_some(LinkEnd::Day)
    }

    /// The same for a form that the link has opened. Its last page may be sent a little after midnight, and the tries
    /// of others don't end it.
    pub fn end_of_form(&self, today: Date, saved_at: Timestamp, now: Timestamp) -> Option<LinkEnd> {
        let is_recent = now.duration_since(saved_at) <= OVER_MIDNIGHT;
        match self.end(today) {
            Some(LinkEnd::Day) if is_recent => None,
            Some(LinkEnd::Guessed) => Self { wrong: 0, ..*self }.end_of_form(today, saved_at, now),
            end => end,
        }
    }
}

/// Whether the answers of a form go on into the report of another day: of one that was open at midnight.
pub fn goes_on_over_midnight(saved_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(saved_at) <= OVER_MIDNIGHT
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const OPEN: LinkFacts =
        LinkFacts { day: date(2026, 11, 30), wrong: 0, is_observed: true, is_stopped: false, links: ReportLinks::Send };

    #[test]
    fn a_link_ends_with_its_day_at_release_at_stop_and_after_five_wrong_birth_dates() {
        let today = date(2026, 11, 30);
        assert_eq!(OPEN.end(today), None);
        assert_eq!(OPEN.end(date(2026, 12, 1)), Some(LinkEnd::Day));
        assert_eq!(OPEN.end(date(2026, 11, 29)), Some(LinkEnd::Day), "a clock that was set back");
        assert_eq!(LinkFacts { is_observed: false, ..OPEN }.end(today), Some(LinkEnd::Released));
        assert_eq!(LinkFacts { is_stopped: true, ..OPEN }.end(today), Some(LinkEnd::Stopped));
        assert_eq!(LinkFacts { links: ReportLinks::Off, ..OPEN }.end(today), Some(LinkEnd::Off));
        assert_eq!(LinkFacts { wrong: 4, ..OPEN }.end(today), None);
        assert_eq!(LinkFacts { wrong: 5, ..OPEN }.end(today), Some(LinkEnd::Guessed));
    }

    #[test]
    fn a_page_that_was_open_at_midnight_is_taken_for_an_hour() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (saved, next) = (at("2026-11-30T23:59:59+09:00"), date(2026, 12, 1));
        assert_eq!(OPEN.end_of_form(next, saved, at("2026-12-01T00:59:59+09:00")), None);
        assert_eq!(OPEN.end_of_form(next, saved, at("2026-12-01T01:00:00+09:00")), Some(LinkEnd::Day));
        let guessed = LinkFacts { wrong: 9, ..OPEN };
        assert_eq!(
            guessed.end_of_form(OPEN.day, saved, saved),
            None,
            "a stranger's tries don't end the patient's form"
        );
        let released = LinkFacts { is_observed: false, ..guessed };
        assert_eq!(released.end_of_form(OPEN.day, saved, saved), Some(LinkEnd::Released));
    }

    #[test]
    fn the_setting_is_one_of_two_words() {
        for what in [ReportLinks::Send, ReportLinks::Off] {
            assert_eq!(what.to_string().parse(), Ok(what));
        }
        assert_eq!("on".parse::<ReportLinks>(), Err(ReportLinksError));
    }

    proptest! {
        #[test]
        fn nobody_released_or_stopped_has_an_open_link(wrong in 0..9_u32, off: bool, released: bool, stopped: bool) {
            let links = if off { ReportLinks::Off } else { ReportLinks::Send };
            let facts = LinkFacts { wrong, links, is_observed: !released, is_stopped: stopped, ..OPEN };
            let ended = released || stopped || off;
            let at = Timestamp::UNIX_EPOCH;
            prop_assert!(!ended || facts.end(OPEN.day).is_some());
            prop_assert_eq!(ended, facts.end_of_form(OPEN.day, at, at).is_some());
        }
    }
}
