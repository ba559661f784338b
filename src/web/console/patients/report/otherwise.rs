//! A form that was stored before, with other content: what differs, so that it can be stored as a correction.

use crate::domain::{Answer, ReportId, StaffCallOutcome};
use crate::service::{Differing, SavedOtherwise};
use crate::translations::{Message, message};
use crate::web::console::patients::days::look_of;
use crate::web::console::today::words as today_words;

/// What the page says of it.
pub(super) struct OtherwiseWords {
    pub(super) heading: Message,
    pub(super) says: Message,
    /// The report that can be corrected.
    pub(super) corrects: Option<String>,
    pub(super) differing: Vec<DifferingLine>,
}

/// An answer that differs.
pub(super) struct DifferingLine {
    pub(super) name: Message,
    pub(super) stored: Message,
    pub(super) typed: Message,
}

impl OtherwiseWords {
    /// The form of a correction again, by the report that it corrects.
    pub(super) fn again(corrects: &str) -> Option<Self> {
        let report: ReportId = corrects.parse().ok()?;
        let (heading, says) = (message!("answers-otherwise"), message!("answers-otherwise-report"));
        Some(Self { heading, says, corrects: Some(report.to_string()), differing: Vec::new() })
    }

    pub(super) fn of(otherwise: &SavedOtherwise) -> Self {
        let says = match (otherwise.report, otherwise.outcome) {
            (Some(_), _) => message!("answers-otherwise-report"),
            (None, StaffCallOutcome::NotReached) => message!("answers-otherwise-not-reached"),
            (None, StaffCallOutcome::Later) => message!("answers-otherwise-later"),
            (None, StaffCallOutcome::Partly | StaffCallOutcome::Reported) => message!("answers-otherwise-so-far"),
        };
        Self {
            heading: message!("answers-otherwise"),
            says,
            corrects: otherwise.report.map(|report| report.to_string()),
            differing: otherwise.differing.iter().map(DifferingLine::of).collect(),
        }
    }
}

impl DifferingLine {
    fn of(differing: &Differing) -> Self {
        let words = |answer: Option<Answer>| {
            answer.map_or_else(|| message!("patient-not-asked"), |answer| look_of(Some(answer)).1)
        };
        Self {
            name: today_words::item_name(differing.item),
            stored: words(differing.stored),
            typed: words(differing.typed),
        }
    }
}
