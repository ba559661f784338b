//! Staff withdraw a certificate that shouldn't have been issued, and let the person have one again.

use super::change::held_patient;
use crate::domain::{Actor, NoteText, PatientId};
use crate::policy::{Permission, Scope, scope};
use crate::service::context::{Changes, Context, audit_entry};
use crate::service::error::ServiceError;
use crate::store::audit::{self, Subject};
use crate::store::certificates;

/// What came of a decision about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateDecided {
    /// It was done.
    Now,
    /// There was nothing to do: perhaps the same form was sent before.
    Before,
}

/// Withdraws the certificates of a person that hold. From then on their codes verify as withdrawn, and nobody gets
/// another one that says the same, until staff allow it. The audit trail has the reason, encrypted with the person's
/// key.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound).
pub async fn withdraw_certificate(
    context: &Context,
    actor: &Actor,
    id: PatientId,
    reason: &NoteText,
) -> Result<CertificateDecided, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let decided = decide(context, actor, &scope, id, Decision::Withdraw(reason)).await;
    context.looked_up(actor, id, "certificate.withdrawn", decided).await
}

/// Lets a person have a certificate again that staff have withdrawn: a new one, with another code.
///
/// # Errors
/// [`PatientError::NotFound`](crate::service::PatientError::NotFound).
pub async fn allow_certificate(
    context: &Context,
    actor: &Actor,
    id: PatientId,
) -> Result<CertificateDecided, ServiceError> {
    let scope = scope(actor, Permission::ChangePatients)?;
    let decided = decide(context, actor, &scope, id, Decision::Allow).await;
    context.looked_up(actor, id, "certificate.allowed", decided).await
}

#[derive(Clone, Copy)]
enum Decision<'r> {
    Withdraw(&'r NoteText),
    Allow,
}

async fn decide(
    context: &Context,
    actor: &Actor,
    scope: &Scope,
    id: PatientId,
    decision: Decision<'_>,
) -> Result<CertificateDecided, ServiceError> {
    let mut tx = context.database.begin_write().await?;
    let patient = held_patient(&mut tx, scope, &id.into()).await?;
    let now = context.clock.now();
    let (is_done, action, what) = match decision {
        Decision::Withdraw(reason) => {
            let what = Changes::default().field("reason", None::<String>, reason.expose());
            (certificates::withdraw(&mut tx, id, now).await?, "certificate.withdrawn", what)
        }
        Decision::Allow => {
            (certificates::replace_withdrawn(&mut tx, id).await?, "certificate.allowed", Changes::default())
        }
    };
    if !is_done {
        return Ok(CertificateDecided::Before);
    }
    let entry = audit_entry(actor, now, action, Subject::Patient(id), Some(patient.centre), what);
    audit::append(&mut tx, vec![entry]).await?;
    tx.commit().await?;
    Ok(CertificateDecided::Now)
}
