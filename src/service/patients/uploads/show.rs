//! Uploaded lists as staff see them. The audit trail records who was shown (D3).

use jiff::Timestamp;

use super::content::{ListedRow, UploadDetails};
use super::work::PAGE_ROWS;
use crate::domain::{Actor, CentreCode, PatientId, RowFate, UploadId, UploadState};
use crate::policy::{Permission, Scope, scope};
use crate::service::context::{Changes, Context, Details, Noted, Viewed, audit_entry};
use crate::service::error::{PatientError, ServiceError};
use crate::store::audit::{AuditPerson, AuditRow, Subject};
use crate::store::list_uploads::{self, FateCounts, PartKind, UploadRow};
use crate::store::{Database, Tx};

/// Uploads that are listed.
const MOST_LISTED: u32 = 50;

/// An uploaded list.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "a file's name may name people")]
pub struct UploadView {
    /// The upload.
    pub id: UploadId,
    /// The health centre.
    pub centre: CentreCode,
    /// Who uploaded it, or decided to import it.
    pub by: String,
    /// How far it has come.
    pub state: UploadState,
    /// What is known of the file. `None` once it is erased.
    pub details: Option<UploadDetails>,
    /// The digest of what the import would do.
    pub plan: String,
    /// The file's size.
    pub bytes: u64,
    /// The numbers of rows by their fate.
    pub counts: FateCounts,
    /// How far the work has come: finished steps, and all steps.
    pub steps: (u64, u64),
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// When its state changed.
    pub changed_at: Timestamp,
}

impl From<UploadRow> for UploadView {
    fn from(row: UploadRow) -> Self {
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        Self {
            id: row.id,
            centre: row.centre,
            by: row.by,
            state: row.state,
            details: row.details.as_deref().and_then(UploadDetails::of_json),
            plan: row.plan,
            bytes: count(row.bytes),
            counts: row.counts,
            steps: (count(row.steps.0), count(row.steps.1)),
            uploaded_at: row.uploaded_at,
            changed_at: row.changed_at,
        }
    }
}

/// An uploaded list, and a page of its rows.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "personal data")]
pub struct ShownUpload {
    /// The upload.
    pub upload: UploadView,
    /// The fate of the rows.
    pub fate: RowFate,
    /// The rows of the page.
    pub rows: Vec<ListedRow>,
    /// The rows of a full page.
    pub page_rows: usize,
}

/// The uploads of the actor's health centre, the latest first.
///
/// # Errors
/// Database errors.
pub async fn list_uploads(context: &Context, actor: &Actor) -> Result<Vec<UploadView>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let mut tx = context.database.begin_read().await?;
    let mut found = Vec::new();
    for centre in scope.centres().into_iter().flatten() {
        found.extend(list_uploads::of_centre(&mut tx, centre, MOST_LISTED).await?);
    }
    Ok(found.into_iter().map(UploadView::from).collect())
}

/// An uploaded list, and a page of the rows with a fate: the one that is asked for, or the faulty ones if there are
/// any. The audit trail names the patients among them.
///
/// # Errors
/// [`PatientError::NotFound`]; database errors.
pub async fn show_upload(
    context: &Context,
    actor: &Actor,
    id: UploadId,
    fate: Option<RowFate>,
    page: u32,
) -> Result<Viewed<ShownUpload>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let (upload, mut tx) = visible(context, actor, &scope, id, "list.shown").await?;
    let centre = upload.centre.clone();
    let view = UploadView::from(upload);
    // Without faulty rows, the page begins with what changes.
    let first = || RowFate::ALL.into_iter().find(|fate| view.counts.of(*fate) > 0);
    let is_faultless = view.counts.of(RowFate::Refused) == 0;
    let fate = fate.or_else(|| first().filter(|_| is_faultless)).unwrap_or(RowFate::Refused);
    let rows = rows_of(&mut tx, id, fate, i64::from(page)).await?;
    drop(tx);
    let decides = view.state == UploadState::Read;
    let alike = view.details.iter().filter(|_| decides).flat_map(|details| &details.alike).map(|alike| alike.patient);
    let named: Vec<PatientId> = rows.iter().filter_map(|row| row.patient).chain(alike).collect();
    // While it goes on, the page is read again every few seconds, and names nobody.
    let goes_on = matches!(view.state, UploadState::Waiting | UploadState::Importing) && named.is_empty();
    let noted = if goes_on { Noted::Yes } else { note(context, actor, (id, centre), "list.shown", named).await? };
    Ok(Viewed { found: ShownUpload { upload: view, fate, rows, page_rows: PAGE_ROWS }, noted })
}

async fn rows_of(tx: &mut Tx, id: UploadId, fate: RowFate, nth: i64) -> Result<Vec<ListedRow>, ServiceError> {
    let part = list_uploads::part(tx, id, PartKind::Rows(fate), nth).await?;
    Ok(part.and_then(|part| serde_json::from_slice(&part).ok()).unwrap_or_default())
}

async fn note(
    context: &Context,
    actor: &Actor,
    (id, centre): (UploadId, CentreCode),
    action: &str,
    named: Vec<PatientId>,
) -> Result<Noted, ServiceError> {
    let person = |patient| AuditPerson { patient, centre: centre.clone() };
    let mut people: Vec<AuditPerson> = named.into_iter().map(person).collect();
    people.sort_unstable();
    people.dedup();
    let subject = if people.is_empty() { Subject::Other(format!("list:{id}")) } else { Subject::Patients };
    let asked = Details::Revealed.changes().field("list", None::<String>, id.to_string());
    let entry = audit_entry(actor, context.clock.now(), action, subject, Some(centre), asked);
    Ok(context.note_view(AuditRow { people, ..entry }).await?)
}

/// The faulty rows of an uploaded list, page by page.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct RefusedRows {
    database: Database,
    upload: UploadId,
    nth: i64,
    /// The names of the file's columns.
    pub header: Vec<String>,
    /// The name of the file.
    pub file_name: String,
}

impl RefusedRows {
    /// The next rows. Empty at the end.
    ///
    /// # Errors
    /// Database errors.
    pub async fn next(&mut self) -> Result<Vec<ListedRow>, ServiceError> {
        let mut tx = self.database.begin_autocommit().await?;
        let rows = rows_of(&mut tx, self.upload, RowFate::Refused, self.nth).await?;
        self.nth += 1;
        Ok(rows)
    }
}

/// The faulty rows of an uploaded list, as a file for people who mend them.
///
/// # Errors
/// [`PatientError::NotFound`], also once the rows are erased; database errors.
pub async fn refused_rows(context: &Context, actor: &Actor, id: UploadId) -> Result<Viewed<RefusedRows>, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let (upload, tx) = visible(context, actor, &scope, id, "list.refused_rows_shown").await?;
    drop(tx);
    let noted = note(context, actor, (id, upload.centre.clone()), "list.refused_rows_shown", Vec::new()).await?;
    let details = upload.details.as_deref().and_then(UploadDetails::of_json).ok_or(PatientError::NotFound)?;
    let header = details.columns.into_iter().map(|column| column.name).collect();
    let database = context.database.clone();
    Ok(Viewed { found: RefusedRows { database, upload: id, nth: 0, header, file_name: details.file_name }, noted })
}

/// An upload that the actor may see. Trying others leaves entries.
pub(in crate::service::patients) async fn visible(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: UploadId,
    action: &str,
) -> Result<(UploadRow, Tx), ServiceError> {
    let mut tx = context.database.begin_autocommit().await?;
    let found = list_uploads::get(&mut tx, id).await?;
    if let Some(upload) = found.filter(|upload| scope.covers(&upload.centre)) {
        return Ok((upload, tx));
    }
    drop(tx);
    match context.note_absence(actor, format!("list:{id}"), "list.not_found", action).await? {
        Noted::Yes => Err(PatientError::NotFound.into()),
        Noted::No(error) => Err(PatientError::NotFoundNotAudited(error).into()),
    }
}

/// What is recorded of a decision about an upload.
pub(super) fn decision(context: &Context, actor: &Actor, upload: &UploadRow, action: &str) -> AuditRow {
    let subject = format!("list:{}", upload.id);
    audit_entry(actor, context.clock.now(), action, subject, Some(upload.centre.clone()), Changes::default())
}
