//! What staff decide about an uploaded list: to import it, to discard it, or to read another sheet.

use super::content::UploadDetails;
use super::show::{decision, visible};
use super::sweep::erase_upload;
use crate::domain::{Actor, UploadId, UploadState};
use crate::policy::{Forbidden, Permission, scope};
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::{audit, list_uploads};

/// What came of a decision about an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// It counts now.
    Now,
    /// The upload has come too far for it, such as by the same decision before.
    Before(UploadState),
    /// The dry run shows something else by now.
    Changed,
}

/// Staff agree to what the dry run with this digest shows. The import is the work that is to be done next.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::error::PatientError::NotFound); database errors.
pub async fn start_import(context: &Context, actor: &Actor, id: UploadId, plan: &str) -> Result<Started, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let Actor::Staff(staff) = actor else { return Err(Forbidden(Permission::ChangePatients).into()) };
    let (upload, tx) = visible(context, actor, &scope, id, "list.import_started").await?;
    drop(tx);
    if upload.state != UploadState::Read || upload.details.is_none() {
        return Ok(Started::Before(upload.state));
    }
    let mut tx = context.database.begin_write().await?;
    if !list_uploads::start(&mut tx, id, staff.account, plan, context.clock.now()).await? {
        return Ok(Started::Changed);
    }
    audit::append(&mut tx, vec![decision(context, actor, &upload, "list.import_started")]).await?;
    tx.commit().await?;
    Ok(Started::Now)
}

/// Discards an uploaded list. Everything in it is erased.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::error::PatientError::NotFound); database errors.
pub async fn discard_upload(context: &Context, actor: &Actor, id: UploadId) -> Result<Started, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let (upload, tx) = visible(context, actor, &scope, id, "list.discarded").await?;
    drop(tx);
    if !upload.state.is_open() {
        return Ok(Started::Before(upload.state));
    }
    let mut tx = context.database.begin_write().await?;
    let discarded = (upload.state, UploadState::Discarded);
    if !list_uploads::go(&mut tx, id, discarded, context.clock.now()).await? {
        return Ok(Started::Changed);
    }
    audit::append(&mut tx, vec![decision(context, actor, &upload, "list.discarded")]).await?;
    tx.commit().await?;
    erase_upload(context, id).await?;
    Ok(Started::Now)
}

/// Chooses the sheet of a workbook that is to be read. The dry run is the work that is to be done next.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::error::PatientError::NotFound); database errors.
pub async fn choose_sheet(
    context: &Context,
    actor: &Actor,
    id: UploadId,
    sheet: &str,
) -> Result<Started, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let (upload, tx) = visible(context, actor, &scope, id, "list.sheet_chosen").await?;
    drop(tx);
    let details = upload.details.as_deref().and_then(UploadDetails::of_json);
    let Some(details) = details.filter(|_| upload.state.is_open()) else {
        return Ok(Started::Before(upload.state));
    };
    let chosen = UploadDetails::named(&details.file_name, Some(sheet.to_owned())).to_json();
    let mut tx = context.database.begin_write().await?;
    if !list_uploads::again(&mut tx, id, &chosen, context.clock.now()).await? {
        return Ok(Started::Changed);
    }
    audit::append(&mut tx, vec![decision(context, actor, &upload, "list.sheet_chosen")]).await?;
    tx.commit().await?;
    Ok(Started::Now)
}
