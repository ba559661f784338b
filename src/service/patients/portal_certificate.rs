//! The certificate of a person of a portal's account.

use super::certificate::{CertificateOffer, give, shown};
use crate::domain::{PassportNumber, PatientId};
use crate::policy::Scope;
use crate::service::context::{Context, Viewed};
use crate::service::error::{PortalError, ServiceError};
use crate::service::portal::PortalLoggedIn;

/// The certificate of a person of the account, or why there is none.
///
/// # Errors
/// [`PortalError::NotYours`], or a database that can't be written.
pub async fn show_portal_certificate(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
) -> Result<Viewed<CertificateOffer>, ServiceError> {
    logged_in.person(patient).ok_or(PortalError::NotYours)?;
    shown(context, &logged_in.actor, &Scope::AllCentres, patient).await
}

/// Writes down the passport number of a person of the account.
///
/// # Errors
/// [`PortalError::NotYours`]. Database errors.
pub async fn give_portal_passport(
    context: &Context,
    logged_in: &PortalLoggedIn,
    patient: PatientId,
    number: &PassportNumber,
) -> Result<(), ServiceError> {
    logged_in.person(patient).ok_or(PortalError::NotYours)?;
    give(context, &logged_in.actor, &Scope::AllCentres, patient, number).await
}
