//! What was typed into a form whose log-in had ended meanwhile. It is there again after the next log-in.

use super::session::LoggedIn;
use crate::domain::StaffAccountId;
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::{Document, web_sessions};

/// Keeps the fields of a form, by its path.
///
/// # Errors
/// Database errors.
pub async fn save_draft(
    context: &Context,
    account: StaffAccountId,
    form: &str,
    fields: &[(String, String)],
) -> Result<(), ServiceError> {
    let pairs: serde_json::Value = fields.iter().map(|(name, value)| vec![name.as_str(), value.as_str()]).collect();
    let fields = Document::from(pairs.to_string());
    let mut tx = context.database.begin_write().await?;
    web_sessions::save_draft(&mut tx, account, form, fields, context.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// The fields of a form that were kept.
///
/// # Errors
/// Database errors.
pub async fn draft(
    context: &Context,
    logged_in: &LoggedIn,
    form: &str,
) -> Result<Option<Vec<(String, String)>>, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let kept = web_sessions::draft(&mut tx, logged_in.account.id, form).await?;
    Ok(kept.and_then(|kept| serde_json::from_str(kept.as_str()).ok()))
}

/// Forgets the fields of a form.
///
/// # Errors
/// Database errors.
pub async fn drop_draft(context: &Context, logged_in: &LoggedIn, form: &str) -> Result<(), ServiceError> {
    let mut tx = context.database.begin_write().await?;
    web_sessions::delete_draft(&mut tx, logged_in.account.id, form).await?;
    Ok(tx.commit().await?)
}
