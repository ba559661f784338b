//! Notes of staff about a line of the open alerts. They are added and never changed.

use jiff::Timestamp;

use super::claims::visible_alert;
use super::list::line_key;
use crate::domain::{Actor, AlertId, ClosingReason, LineOf, NoteAudience, NoteId, NoteText};
use crate::policy::{Permission, scope};
use crate::service::context::{Changes, Context, audit_entry, new_id};
use crate::service::error::ServiceError;
use crate::store::audit::{self, Subject};
use crate::store::line_notes::{self, NewNote, NoteRow};
use crate::store::{StoreError, Tx};

/// The maximum number of notes on a view.
const MOST: u32 = 30;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteView {
    /// Who wrote it.
    pub author: String,
    /// For whom.
    pub audience: NoteAudience,
    /// The text.
    pub text: NoteText,
    /// When.
    pub at: Timestamp,
    /// Why alerts were closed with it. `None` if none was.
    pub closing: Option<ClosingReason>,
}

/// What came of adding a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It was added.
    Now,
    /// It was there: the form was sent twice.
    Before,
    /// It was added beside the one of the same form: the form was sent again with another text.
    Beside,
}

/// Adds a note for staff to the line of an alert. The audit trail says that, but not the text, which may be about the
/// patient.
///
/// # Errors
/// [`AlertError::NotFound`](crate::service::error::AlertError::NotFound).
pub async fn add_note(
    context: &Context,
    actor: &Actor,
    alert: AlertId,
    id: NoteId,
    text: &NoteText,
) -> Result<Added, ServiceError> {
    let scope = scope(actor, Permission::CloseAlerts)?;
    let mut tx = context.database.begin_write().await?;
    let named = visible_alert(&mut tx, alert, &scope).await?;
    let (line, at) = (line_key(&named), context.clock.now());
    let note = NewNote { id, line, author: actor.name(), audience: NoteAudience::Staff, text, at };
    let added = add_to_line(&mut tx, &note).await?;
    if added == Added::Before {
        return Ok(added);
    }
    let subject = match line {
        LineOf::Patient(patient) => Subject::Patient(patient),
        LineOf::Alert(alert) => format!("alert:{alert}").into(),
    };
    let entry = audit_entry(actor, at, "alert.noted", subject, named.centre, Changes::default());
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(added)
}

/// Adds a note to a line, under a new id if the id of its form has another text. The same text of the same author is
/// added once.
pub(in crate::service) async fn add_to_line(tx: &mut Tx, note: &NewNote<'_>) -> Result<Added, StoreError> {
    if line_notes::add(tx, note).await? {
        return Ok(Added::Now);
    }
    let known = line_notes::of_line(tx, note.line, MOST).await?;
    if known.iter().any(|known| known.author == note.author && known.text == *note.text) {
        return Ok(Added::Before);
    }
    line_notes::add(tx, &NewNote { id: NoteId(new_id()), ..note.clone() }).await?;
    Ok(Added::Beside)
}

/// The latest notes of a line, the latest first, with those of its closed alerts.
pub(in crate::service) async fn notes_of(tx: &mut Tx, line: LineOf) -> Result<Vec<NoteView>, StoreError> {
    let mut notes = line_notes::of_line(tx, line, MOST).await?;
    if let LineOf::Patient(patient) = line {
        notes.extend(line_notes::of_closing(tx, patient, MOST).await?);
    }
    notes.sort_by_key(|note| std::cmp::Reverse(note.at));
    notes.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    Ok(notes.into_iter().map(NoteView::from).collect())
}

impl From<NoteRow> for NoteView {
    fn from(row: NoteRow) -> Self {
        let NoteRow { author, audience, text, at, closing } = row;
        Self { author, audience, text, at, closing }
    }
}
