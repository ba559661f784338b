//! All calls to a patient, and those in which the ID was keyed, page by page.

use super::change::known_patient;
use super::show::{CallOfPatient, with_outcomes};
use super::view::PatientView;
use crate::domain::{Actor, CallId, PatientId};
use crate::policy::{Permission, Scope, scope};
use crate::service::calls::CallSummary;
use crate::service::context::{Context, Details, Page, Viewed, shown_of};
use crate::service::error::{CallError, ServiceError};
use crate::store::calls::{self, CallFilter, CallsOf};

/// The calls of a patient, latest first. The audit trail records the view (D3).
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound); [`CallError::NotFound`] if the call before the
/// page doesn't exist.
pub async fn calls_of_patient(
    context: &Context,
    actor: &Actor,
    id: PatientId,
    after: Option<CallId>,
    limit: u32,
) -> Result<Viewed<(PatientView, Page<CallOfPatient>)>, ServiceError> {
    let scope = scope(actor, Permission::ViewPatients)?;
    let found = read(context, actor, &scope, id, (after, limit)).await;
    context.looked_up(actor, id, "patient.shown", found).await
}

async fn read(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    (after, limit): (Option<CallId>, u32),
) -> Result<Viewed<(PatientView, Page<CallOfPatient>)>, ServiceError> {
    let mut tx = context.database.begin_read().await?;
    let patient = known_patient(&mut tx, scope, &id.into()).await?;
    if let Some(after) = after {
        calls::show(&mut tx, after).await?.ok_or(CallError::NotFound)?;
    }
    let of = CallsOf::HersysId(patient.hersys_id.clone());
    let filter = CallFilter { of, after, limit: Page::<CallSummary>::one_more(limit), ..CallFilter::default() };
    let found: Vec<CallSummary> = calls::list(&mut tx, &filter).await?.iter().map(CallSummary::from).collect();
    let page = Page::of(with_outcomes(&mut tx, patient.id, &found).await?, limit);
    drop(tx);
    let asked = Details::Revealed.changes();
    let noted = shown_of(context, actor, std::slice::from_ref(&patient), "patient.shown", asked).await?;
    Ok(Viewed { found: (patient.into(), page), noted })
}
