//! What was typed into a form whose log-in had ended meanwhile. It is there again after the next log-in, until the form
//! is sent or the draft discarded. It goes with the person whom it is about.

use super::session::LoggedIn;
use crate::domain::{AlertId, PatientId, StaffAccountId, TransferId};
use crate::service::context::Context;
use crate::service::error::ServiceError;
use crate::store::{Document, StoreError, Tx, alerts, patients, staff_accounts, transfers, web_sessions};

/// The largest draft, in bytes: the largest form has a tenth of it.
const MOST_BYTES: usize = 256 * 1024;
/// The most drafts of an account. The oldest ones go.
const MOST_DRAFTS: u32 = 100;

/// Keeps the fields of a form, by its path. What no form of ours has is left out: one that is too large, and one about
/// somebody who isn't of the account's health centre.
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
    let fields = pairs.to_string();
    if fields.len() > MOST_BYTES {
        return Ok(());
    }
    let fields = Document::from(fields);
    let mut tx = context.database.begin_write().await?;
    let patient = person_of(&mut tx, form).await?;
    if let Some(patient) = patient
        && !is_of_centre(&mut tx, account, patient).await?
    {
        return Ok(());
    }
    web_sessions::forget_old_drafts(&mut tx, account, form, MOST_DRAFTS).await?;
    web_sessions::save_draft(&mut tx, account, (form, patient), fields, context.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Whether an account is of the patient's health centre, or of the one that offers or gets the patient.
async fn is_of_centre(tx: &mut Tx, account: StaffAccountId, patient: PatientId) -> Result<bool, StoreError> {
    let centre = staff_accounts::get(tx, account).await?.and_then(|account| account.centre);
    let Some(patient) = patients::by_ids(tx, &[patient]).await?.pop() else { return Ok(false) };
    if centre.as_ref() == Some(&patient.centre) {
        return Ok(true);
    }
    let transfers = transfers::of_patient(tx, patient.id).await?;
    Ok(transfers.iter().any(|transfer| centre.as_ref().is_some_and(|of| transfer.from == *of || transfer.to == *of)))
}

/// The patient whom a form is about, by its path.
async fn person_of(tx: &mut Tx, form: &str) -> Result<Option<PatientId>, StoreError> {
    let mut parts = form.split('/').filter(|part| !part.is_empty());
    let (Some(about), Some(id)) = (parts.next(), parts.next()) else { return Ok(None) };
    Ok(match (about, id.parse::<uuid::Uuid>()) {
        ("patients", Ok(id)) => Some(PatientId(id)),
        ("alerts", Ok(id)) => alerts::get(tx, AlertId(id)).await?.and_then(|alert| alert.patient),
        ("transfers", Ok(id)) => transfers::get(tx, TransferId(id)).await?.map(|transfer| transfer.patient),
        _ => None,
    })
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
