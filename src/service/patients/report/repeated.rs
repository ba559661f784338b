//! A form that is sent again: the same content is there already, and other content isn't.

use crate::domain::{Answer, Item, NoteId, ReportId, StaffCallOutcome};
use crate::policy::{CallContent, is_stored};
use crate::service::error::ServiceError;
use crate::store::staff_calls::StaffCallRow;
use crate::store::{Tx, answers, line_notes};

use super::begun::counting;

/// How a form was stored that is sent again with other content.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct SavedOtherwise {
    /// What came of the call, as it was stored.
    pub outcome: StaffCallOutcome,
    /// The whole report that was stored. It can be corrected.
    pub report: Option<ReportId>,
    /// The answers that differ.
    pub differing: Vec<Differing>,
    /// Whether the note that was typed is stored.
    pub is_note_stored: bool,
}

/// An answer of a form that differs from the one that counts.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "health data")]
pub struct Differing {
    /// The item.
    pub item: Item,
    /// The answer that counts. `None` if there is none.
    pub stored: Option<Answer>,
    /// The one that was typed. `None` if the question isn't asked any more.
    pub typed: Option<Answer>,
}

/// The answers in which one report differs from another.
pub(in crate::service::patients) fn differing(
    stored: &[(Item, Answer)],
    typed: &[(Item, Answer)],
    is_whole: bool,
) -> Vec<Differing> {
    let of = |answers: &[(Item, Answer)], item: Item| answers.iter().find(|(of, _)| *of == item).map(|given| given.1);
    let both = |item: Item| Differing { item, stored: of(stored, item), typed: of(typed, item) };
    let differs = |pair: &Differing| pair.stored != pair.typed && (is_whole || pair.typed.is_some());
    Item::ALL.into_iter().map(both).filter(differs).collect()
}

/// What is stored of the form: `None` if it says nothing else, so that nothing has to be done.
pub(super) async fn otherwise(
    tx: &mut Tx,
    before: &StaffCallRow,
    sent: &CallContent,
) -> Result<Option<SavedOtherwise>, ServiceError> {
    let note = line_notes::get(tx, NoteId(before.id.0)).await?.map(|note| note.text);
    // In earlier versions, the report had the id of the form.
    let report = before.report.or((before.outcome == StaffCallOutcome::Reported).then_some(ReportId(before.id.0)));
    let mut stored = Vec::new();
    if let Some(report) = report {
        let given = answers::of_reports(tx, &[report]).await?;
        for given in given.iter().filter(|given| !given.late && given.at <= before.at) {
            stored.retain(|(item, _)| *item != given.item);
            stored.extend(given.item.read(given.entry.expose()).map(|answer| (given.item, answer)));
        }
    }
    let StaffCallRow { outcome, again_at, .. } = *before;
    let stored = CallContent { outcome, again_at, answers: stored, note };
    if is_stored(sent, &stored) {
        return Ok(None);
    }
    let is_whole = sent.outcome == StaffCallOutcome::Reported;
    let differs = match report {
        Some(report) => differing(&counting(tx, report).await?, &sent.answers, is_whole),
        None => differing(&[], &sent.answers, is_whole),
    };
    Ok(Some(SavedOtherwise {
        outcome,
        report: report.filter(|_| outcome == StaffCallOutcome::Reported),
        differing: differs,
        is_note_stored: sent.note.is_some() && sent.note == stored.note,
    }))
}
