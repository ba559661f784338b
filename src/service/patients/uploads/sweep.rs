//! Continues the work that another process has left, and erases what isn't needed any more.

use std::sync::Arc;

use jiff::SignedDuration;

use super::work::{FindingWords, work_on_upload};
use crate::domain::UploadId;
use crate::service::context::{Context, Pace};
use crate::service::error::ServiceError;
use crate::store::list_uploads::{self, PartKind};

/// How long the content of an upload is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Parts that are deleted in one transaction.
const PARTS: u32 = 8;

/// Continues dry runs and imports whose process has ended, and erases the content of uploads after a day.
///
/// # Errors
/// Database errors. The next call goes on.
pub async fn sweep_uploads(context: &Arc<Context>, words: FindingWords) -> Result<(), ServiceError> {
    let now = context.clock.now();
    let mut tx = context.database.begin_autocommit().await?;
    let old = list_uploads::older(&mut tx, now.checked_sub(KEPT).unwrap_or(now)).await?;
    let left = list_uploads::left_behind(&mut tx, now).await?;
    drop(tx);
    for upload in old {
        erase_upload(context, upload).await?;
    }
    for upload in left {
        work_on_upload(Arc::clone(context), upload, words).await;
    }
    Ok(())
}

/// Erases everything that was in a list. From the first commit on nobody can read it.
pub(super) async fn erase_upload(context: &Context, upload: UploadId) -> Result<(), ServiceError> {
    let mut tx = context.database.begin_write().await?;
    list_uploads::forget_key(&mut tx, upload, context.clock.now()).await?;
    tx.commit().await?;
    delete_parts(context, upload, None).await
}

/// Deletes the parts of a kind, in short transactions.
pub(super) async fn delete_parts(
    context: &Context,
    upload: UploadId,
    kind: Option<PartKind>,
) -> Result<(), ServiceError> {
    let mut pace = Pace::default();
    loop {
        let mut step = pace.begin(context).await?;
        let deleted = list_uploads::delete_parts(&mut step.tx, upload, kind, PARTS).await?;
        pace.end(step).await?;
        if deleted == 0 {
            return Ok(());
        }
    }
}
