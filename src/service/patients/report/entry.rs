//! What staff fill in, and what comes of it.

use jiff::Timestamp;
use jiff::civil::Date;

use super::elsewhere::Elsewhere;
use super::repeated::SavedOtherwise;
use crate::domain::{AlertKind, Language, NoteText, ReportId, Severity, StaffCallOutcome};
use crate::engine::form::Extent;
use crate::flow::FlowSet;
use crate::policy::NOT_REACHED_AGAIN_AFTER;

/// A report as staff fill it in.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ReportEntry<'a> {
    /// The documents with the questionnaire.
    pub flow_set: &'a FlowSet,
    /// The names of the form's fields, each with what was filled in.
    pub answers: Vec<(String, String)>,
    /// The language of the advice.
    pub language: Language,
}

/// What a form about a call is sent for. Answers that were typed are stored in each case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The report: every question is answered.
    Report,
    /// To keep what was said until the call was interrupted.
    SoFar,
    /// Nobody who may speak about the person was reached.
    NotReached,
    /// The person is called at this time.
    LaterAt(Timestamp),
}

impl Purpose {
    /// How much of the questionnaire must be answered.
    pub(super) const fn extent(self) -> Extent {
        match self {
            Self::Report => Extent::Whole,
            Self::SoFar | Self::NotReached | Self::LaterAt(_) => Extent::SoFar,
        }
    }

    /// What came of the call, and when to call again.
    pub(super) fn outcome(self, is_finished: bool, now: Timestamp) -> (StaffCallOutcome, Option<Timestamp>) {
        match self {
            Self::LaterAt(again) => (StaffCallOutcome::Later, Some(again)),
            _ if is_finished => (StaffCallOutcome::Reported, None),
            Self::NotReached => (StaffCallOutcome::NotReached, now.checked_add(NOT_REACHED_AGAIN_AFTER).ok()),
            Self::Report | Self::SoFar => (StaffCallOutcome::Partly, None),
        }
    }
}

/// A form about a call by staff.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct AnswerForm<'a> {
    /// The form. It is the id of a report that it begins.
    pub id: ReportId,
    /// What it is sent for.
    pub purpose: Purpose,
    /// The answers.
    pub entry: ReportEntry<'a>,
    /// What staff noted besides.
    pub note: Option<&'a NoteText>,
}

/// A report that was entered, or what there is of it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredReport {
    /// The report.
    pub id: ReportId,
    /// Its date at the health centre.
    pub date: Date,
    /// The highest severity of the answers that are new.
    pub severity: Severity,
    /// The alerts that it raised.
    pub alerts: Vec<AlertKind>,
    /// What a caller would have heard in return, such as advice after a red answer. It must be shown at once.
    pub advice: Vec<String>,
}

/// What came of a form about a call.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub enum AnswersEntered {
    /// The report was entered.
    Report(EnteredReport),
    /// What was said so far is stored. The report can be finished here, or by phone at its first open question.
    SoFar(EnteredReport),
    /// The call was noted. No answers were typed.
    Noted,
    /// All of it was there: the form was sent twice.
    Before,
    /// The form was stored before, with other content. Nothing of what it says now is stored.
    Otherwise(SavedOtherwise),
    /// The patient has another health centre meanwhile, to which it was passed on.
    Elsewhere(Elsewhere),
}
