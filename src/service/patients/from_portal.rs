//! What staff see of the portal on a person's page: what the person wrote, and the report links that were sent.

use jiff::Timestamp;

use crate::domain::{AnswerOrigin, NoticeOutcome, PatientId, ReportText};
use crate::policy::MOST_WRONG_BIRTH_DATES;
use crate::service::error::ServiceError;
use crate::store::Tx;
use crate::store::report_forms::{self, ReportTextRow};
use crate::store::report_links::{self, ReportLinkRow};

/// Texts and links shown.
const SHOWN: u32 = 20;

/// What a person wrote with a report.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct ReportTextView {
    /// The words.
    pub words: ReportText,
    /// Where they come from.
    pub origin: AnswerOrigin,
    /// When.
    pub at: Timestamp,
}

/// A report link that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportLinkView {
    /// Who sent it.
    pub made_by: String,
    /// When it was asked for.
    pub made_at: Timestamp,
    /// What came of the message. `None` if it waits, or wasn't sent.
    pub outcome: Option<NoticeOutcome>,
    /// When the right birth date came first.
    pub opened_at: Option<Timestamp>,
    /// Whether it has ended by wrong birth dates.
    pub is_guessed: bool,
}

impl From<ReportTextRow> for ReportTextView {
    fn from(row: ReportTextRow) -> Self {
        Self { words: row.words, origin: row.origin, at: row.at }
    }
}

impl From<ReportLinkRow> for ReportLinkView {
    fn from(row: ReportLinkRow) -> Self {
        Self {
            made_by: row.made_by,
            made_at: row.made_at,
            outcome: row.outcome,
            opened_at: row.opened_at,
            is_guessed: row.wrong >= MOST_WRONG_BIRTH_DATES,
        }
    }
}

/// What a person wrote, and the links that the person got, the latest first.
pub(super) async fn from_portal(
    tx: &mut Tx,
    patient: PatientId,
) -> Result<(Vec<ReportTextView>, Vec<ReportLinkView>), ServiceError> {
    let texts = report_forms::texts_of(tx, patient, SHOWN).await?;
    let links = report_links::of_patient(tx, patient, SHOWN).await?;
    Ok((texts.into_iter().map(ReportTextView::from).collect(), links.into_iter().map(ReportLinkView::from).collect()))
}
